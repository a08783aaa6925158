//! The articles of the plan, one file each: what an event must be to be accepted, and which flags it
//! brings. The two functions here only say which article looks at which event.

pub mod a08_items;
pub mod a10_inspectors;
pub mod a11_enterprises;
pub mod a12_plan_due;
pub mod a13_plan_content;
pub mod a14_draw;
pub mod a14_scheme;
pub mod a14_visit;
pub mod a16_yearly_cap;
pub mod a17_directed;
pub mod a18_report;
pub mod a19_feedback;
pub mod office;
pub mod registration;

use crate::decide::Stated;
use crate::evolve::At;
use crate::state::{Flagged, State};
use lotbook_event::{Event, Flag, Refusal};

/// Checks an event against the articles that have a rule for it.
///
/// # Errors
/// The first refusal.
pub fn check(state: &State, stated: &Stated<'_>, event: &Event) -> Result<(), Refusal> {
    match event {
        Event::KeyRegistered(e) => registration::registered(state, e),
        Event::KeyConfirmed(e) => registration::confirmed(state, stated, e),
        Event::KeyRevoked(e) => registration::revoked(state, e),
        Event::OfficeConstituted(e) => office::constituted(state, e),
        Event::RulesetAdopted(e) => office::rule_set(state, e),
        Event::CalendarPublished(e) => office::calendar(state, e),
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
        Event::SeedCommitted(e) => a14_draw::committed(state, stated, e),
        Event::SeedRevealed(e) => a14_draw::revealed(state, stated, e),
        Event::NoticeServed(e) => a14_visit::notice(state, stated, e),
        Event::InspectionStarted(e) => a14_visit::started(state, stated, e),
        Event::ItemResultConfirmed(e) => a18_report::item_result(state, stated, e),
        Event::InspectionConcluded(e) => a18_report::concluded(state, stated, e),
        Event::ReportCompleted(e) => a18_report::completed(state, stated, e),
        Event::FeedbackDispatched(e) => a19_feedback::dispatched(state, stated, e),
        Event::FeedbackDelivered(e) => a19_feedback::delivered(state, stated, e),
        Event::ResultPublished(e) => a19_feedback::published(state, e),
        // Stated by the registrar for information; nothing depends on it.
        Event::RosterImported(_) => Ok(()),
        // Only the ledger states these; `authority::check` has refused everybody else.
        Event::LedgerCreated(_)
        | Event::Heartbeat(_)
        | Event::PoolFrozen(_)
        | Event::CeremonySealed(_)
        | Event::CeremonyClosed(_)
        | Event::CeremonyFailed(_)
        | Event::DrawCompleted(_)
        | Event::EnterpriseAssigned(_)
        | Event::AssignmentInfeasible(_)
        | Event::DeadlineMissed(_)
        | Event::StatementRefused(_) => Ok(()),
    }
}

/// Flags that an entry brings, against the state before it.
pub(crate) fn flags(state: &State, at: At<'_>, event: &Event) -> Vec<Flagged> {
    let found = match event {
        Event::PlanAdopted(e) => a12_plan_due::adopted(state, at, e),
        Event::EnterpriseEnrolled(e) => a11_enterprises::outside(state, &e.rows),
        Event::EnterpriseUpdated(e) => a11_enterprises::outside(state, &e.rows),
        Event::CeremonyOpened(e) => a17_directed::opened(state, at, e),
        Event::PoolFrozen(e) => a14_draw::late_roster(e),
        Event::DrawCompleted(e) => a17_directed::drawn(state, e),
        Event::NoticeServed(e) => a14_visit::outside_slot(state, &e.inspection, e.visit_on),
        Event::InspectionStarted(e) => a14_visit::started_flags(state, at, e),
        Event::InspectionConcluded(e) => a18_report::concluded_flags(state, at, e),
        Event::ReportCompleted(e) => a18_report::late(state, at, e),
        Event::FeedbackDispatched(e) => a19_feedback::dispatched_flags(state, at, e),
        Event::FeedbackDelivered(e) => a19_feedback::delivered_flags(state, at, e),
        Event::ResultPublished(e) => a19_feedback::published_late(state, at, e),
        Event::DeadlineMissed(e) => a12_plan_due::missed(e),
        _ => vec![],
    };
    let flagged = |(flag, subject, detail)| Flagged { flag, subject, detail, position: at.position() };
    found.into_iter().map(flagged).collect()
}

/// A flag before its position is known: flag, subject, detail.
pub(crate) type Found = (Flag, String, String);
