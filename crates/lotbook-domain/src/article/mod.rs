//! The articles of the plan, one file each: what an event must be to be accepted, and which flags it
//! brings. The two functions here only say which article looks at which event.

pub mod a04_combination;
pub mod a06_embargo;
pub mod a08_items;
pub mod a09_direct;
pub mod a10_inspectors;
pub mod a11_enterprises;
pub mod a12_plan_due;
pub mod a13_plan_content;
pub mod a14_beacon;
pub mod a14_ceremony;
pub mod a14_draw;
pub mod a14_extension;
pub mod a14_held;
pub mod a14_inspectors;
pub mod a14_scheme;
pub mod a14_visit;
pub mod a14_void;
pub mod a15_ceremony;
pub mod a15_recusal;
pub mod a15_unnamed;
pub mod a15_unrolled;
pub mod a16_yearly_cap;
pub mod a17_directed;
pub mod a17_predicates;
pub mod a18_report;
pub mod a19_feedback;
pub mod a21_comment;
pub mod a22_handling;
pub mod a23_disclosure;
pub mod a25_accountability;
pub mod correction;
pub mod office;
pub mod registration;

use crate::decide::Stated;
use crate::embargo::Known;
use crate::evolve::At;
use crate::state::{Flagged, State};
use lotbook_event::{Event, Flag, Refusal};

/// Checks an event against the articles that have a rule for it. `known` is what of an embargo it can be held
/// against.
///
/// # Errors
/// The first refusal.
#[allow(clippy::too_many_lines)] // one arm an event, exhaustive, nothing else
pub fn check(state: &State, stated: &Stated<'_>, event: &Event, known: &Known<'_>) -> Result<(), Refusal> {
    match event {
        Event::KeyRegistered(e) => registration::registered(state, e),
        Event::KeyConfirmed(e) => registration::confirmed(state, stated, e),
        Event::KeyRevoked(e) => registration::revoked(state, e),
        Event::OfficeConstituted(e) => office::constituted(state, e),
        Event::RulesetAdopted(e) => office::rule_set(state, e),
        Event::CalendarPublished(e) => office::calendar(state, e),
        Event::CalendarAmended(e) => office::calendar_amended(state, e),
        Event::SectionRegistered(e) => office::sections(state, e),
        Event::ItemProposed(e) => a08_items::proposed(state, stated, e),
        Event::ItemAggregated(e) => a08_items::aggregated(state, e),
        Event::ItemPublished(e) => a08_items::published(state, e),
        Event::ItemWithdrawn(e) => a08_items::withdrawn(state, stated, e),
        Event::InspectorEnrolled(e) => a10_inspectors::enrolled(state, e),
        Event::InspectorUpdated(e) => a10_inspectors::updated(state, e),
        Event::InspectorRemoved(e) => a10_inspectors::removed(state, e),
        Event::EnterpriseEnrolled(e) => a11_enterprises::enrolled(state, e),
        Event::EnterpriseUpdated(e) => a11_enterprises::updated(state, e),
        Event::StatusRecorded(e) => a11_enterprises::status_recorded(state, e),
        Event::StatusEnded(e) => a11_enterprises::status_ended(state, e),
        Event::ConflictDeclared(e) => a11_enterprises::conflict_declared(state, e),
        Event::ConflictEnded(e) => a11_enterprises::conflict_ended(state, e),
        Event::PlanDrafted(e) => a13_plan_content::drafted(state, stated, e),
        Event::PlanAdopted(e) => a13_plan_content::adopted(state, stated, e),
        Event::PlanPublished(e) => a13_plan_content::published(state, e),
        Event::SchemeAdopted(e) => a14_scheme::adopted(state, stated, e),
        Event::CeremonyOpened(e) => a14_draw::opened(state, stated, e),
        Event::SeedCommitted(e) => a14_ceremony::committed(state, stated, e),
        Event::EmbargoKeyHeld(e) => a06_embargo::held(state, stated, e, known),
        Event::EmbargoReleased(e) => a06_embargo::released(state, stated, e),
        Event::EmbargoRead(e) => a06_embargo::read(state, stated, e),
        Event::SeedRevealed(e) => a14_ceremony::revealed(state, stated, e),
        Event::NoticeServed(e) => a14_visit::notice(state, stated, e, known),
        Event::InspectionStarted(e) => a14_visit::started(state, stated, e, known),
        Event::BeaconRecorded(e) => a14_beacon::recorded(state, e),
        Event::RevealHeld(e) => a14_held::held(state, e),
        Event::PoolExtensionApproved(e) => a14_extension::approved(state, stated, e),
        Event::DrawVoidProposed(e) => a14_void::proposed(state, e),
        Event::DrawVoided(e) => a14_void::voided(state, stated, e),
        Event::ItemResultConfirmed(e) => a18_report::item_result(state, stated, e),
        Event::InspectionConcluded(e) => a18_report::concluded(state, stated, e),
        Event::ReportCompleted(e) => a18_report::completed(state, stated, e),
        Event::FeedbackDispatched(e) => a19_feedback::dispatched(state, stated, e),
        Event::FeedbackDelivered(e) => a19_feedback::delivered(state, stated, e),
        Event::ResultPublished(e) => a19_feedback::published(state, e),
        Event::RecusalRequested(e) => a15_recusal::requested(state, stated, e),
        Event::SlotRecusalRequested(e) => a15_unnamed::requested(state, stated, e),
        Event::RecusalDecided(e) => a15_recusal::decided(state, stated, e),
        Event::DirectInspectionOpened(e) => a09_direct::opened(state, stated, e),
        Event::InspectionApproved(e) => a09_direct::approved(state, stated, e),
        Event::CounterpartChosen(e) => a15_unrolled::chosen(state, stated, e),
        Event::ReserveOrderApproved(e) => a15_unrolled::reserve_approved(state, e),
        Event::DirectTeamChanged(e) => a09_direct::team_changed(state, stated, e),
        Event::CommentReceived(e) => a21_comment::received(state, stated, e),
        Event::CommentAnswered(e) => a21_comment::answered(state, stated, e),
        Event::ViolationFound(e) => a22_handling::found(state, stated, e),
        Event::InvestigationOpened(e) => a22_handling::investigated(state, e),
        Event::HandlingDecided(e) => a22_handling::decided(state, stated, e),
        Event::HandlingPublished(e) => a22_handling::published(state, e),
        Event::HandlingWithheld(e) => a22_handling::withheld(state, e),
        Event::TransferAcknowledged(e) => a22_handling::acknowledged(state, e),
        Event::RectificationVerified(e) => a22_handling::rectified(state, stated, e),
        Event::InspectionClosed(e) => a22_handling::closed(state, stated, e),
        Event::EntryCorrected(e) => correction::corrected(state, stated, e),
        Event::DeviationExplained(e) => a25_accountability::explained(state, e),
        Event::BreachRecorded(e) => a25_accountability::recorded(state, e),
        Event::ConsequenceAssessed(e) => a25_accountability::assessed(state, stated, e),
        Event::AccountabilityReferred(e) => a25_accountability::referred(state, e),
        Event::AccountabilityDecided(e) => a25_accountability::decided(state, stated, e),
        Event::AnnualDisclosureRequested(e) => a23_disclosure::requested(state, stated, e),
        Event::AnnualDisclosurePublished(e) => a23_disclosure::published(state, e),
        // Stated by the registrar for information; nothing depends on it.
        Event::RosterImported(_) => Ok(()),
        // Only the ledger states these; `authority::check` has refused everybody else.
        Event::LedgerCreated(_)
        | Event::Heartbeat(_)
        | Event::PoolFrozen(_)
        | Event::CeremonySealed(_)
        | Event::CeremonyClosed(_)
        | Event::CeremonyFailed(_)
        | Event::RowRevealed(_)
        | Event::AssignmentWithheld(_)
        | Event::TeamsWithheld(_)
        | Event::DrawCompleted(_)
        | Event::DrawOpened(_)
        | Event::EnterpriseAssigned(_)
        | Event::AssignmentInfeasible(_)
        | Event::TeamAssigned(_)
        | Event::DeadlineMissed(_)
        | Event::StatementRefused(_)
        | Event::AssignmentSwapped(_)
        | Event::SubstituteDrawn(_)
        | Event::SubstitutePoolExhausted(_)
        | Event::CommentWindowClosed(_)
        | Event::AnnualDisclosureGenerated(_)
        | Event::RefusalsCounted(_) => Ok(()),
    }
}

/// Flags that an entry brings, against the state before it.
pub(crate) fn flags(state: &State, at: At<'_>, event: &Event) -> Vec<Flagged> {
    let found = match event {
        Event::PlanAdopted(e) => {
            let mut found = a12_plan_due::adopted(state, at, e);
            found.extend(a04_combination::missed(state, e));
            found
        }
        Event::EnterpriseEnrolled(e) => a11_enterprises::enrolled_flags(state, &e.rows),
        Event::EnterpriseUpdated(e) => a11_enterprises::outside(state, &e.rows),
        Event::CeremonyOpened(e) => a17_directed::opened(state, at, e),
        Event::PoolFrozen(e) => a14_draw::late_roster(e),
        Event::DrawCompleted(e) => a17_directed::drawn(state, e),
        Event::RevealHeld(e) => a14_held::flags(state, e),
        Event::EmbargoReleased(e) => a06_embargo::released_flags(state, e),
        Event::NoticeServed(e) => a14_visit::outside_slot(state, &e.inspection, e.visit_on),
        Event::InspectionStarted(e) => a14_visit::started_flags(state, at, e),
        Event::InspectionConcluded(e) => a18_report::concluded_flags(state, at, e),
        Event::ReportCompleted(e) => a18_report::late(state, at, e),
        Event::FeedbackDispatched(e) => a19_feedback::dispatched_flags(state, at, e),
        Event::FeedbackDelivered(e) => a19_feedback::delivered_flags(state, at, e),
        Event::ResultPublished(e) => a19_feedback::published_late(state, at, e),
        Event::DeadlineMissed(e) => a12_plan_due::missed(state, e),
        Event::RecusalDecided(e) => {
            let mut found = a15_recusal::decided_flags(state, e);
            found.extend(a15_unrolled::reserve_flags(state, e));
            found
        }
        Event::CounterpartChosen(e) => a15_unrolled::chosen_flags(state, e),
        Event::AssignmentSwapped(e) => a15_recusal::few_candidates(&e.inspection, e.candidates),
        Event::SubstituteDrawn(e) => a15_recusal::few_candidates(&e.inspection, e.candidates),
        Event::DirectInspectionOpened(e) => a09_direct::opened_flags(e),
        Event::CommentReceived(e) => a21_comment::received_flags(state, at, e),
        Event::CommentWindowClosed(e) => a21_comment::window_flags(e),
        Event::HandlingDecided(e) => a22_handling::decided_flags(state, at, e),
        Event::AnnualDisclosurePublished(e) => a23_disclosure::late(state, at, e),
        _ => vec![],
    };
    let (position, at) = (at.position(), at.entry.recorded_at);
    let flagged = |(flag, subject, detail)| Flagged { flag, subject, detail, position, at };
    found.into_iter().map(flagged).collect()
}

/// A flag before its position is known: flag, subject, detail.
pub(crate) type Found = (Flag, String, String);
