//! What an event is about: one name per subject, for expected positions and refusals.

use lotbook_event::Event;
use lotbook_event::ceremony::*;
use lotbook_event::draw::*;
use lotbook_event::inspection::*;
use lotbook_event::keys::{KeyConfirmed, KeyRevoked};
use lotbook_event::oversight::{
    AnnualDisclosureGenerated, AnnualDisclosurePublished, AnnualDisclosureRequested,
};
use lotbook_event::plan::*;
use lotbook_event::recusal::*;
use lotbook_event::result::*;

/// What an event is about, for expected positions and refusals.
#[allow(clippy::too_many_lines)] // one arm an event, exhaustive, nothing else
pub fn subject(event: &Event) -> String {
    match event {
        Event::LedgerCreated(_) | Event::Heartbeat(_) => "ledger".into(),
        Event::KeyRegistered(e) => format!("key {}", e.person),
        Event::KeyConfirmed(KeyConfirmed { key_id, .. }) | Event::KeyRevoked(KeyRevoked { key_id, .. }) => {
            format!("key {key_id}")
        }
        Event::OfficeConstituted(_) => "office".into(),
        Event::RulesetAdopted(_) => "rule set".into(),
        Event::CalendarPublished(e) => format!("calendar {}", e.year),
        Event::SectionRegistered(_) => "sections".into(),
        Event::ItemProposed(_) | Event::ItemAggregated(_) | Event::ItemPublished(_) => "items".into(),
        Event::ItemWithdrawn(e) => format!("item {}", e.item),
        Event::InspectorEnrolled(_) | Event::InspectorUpdated(_) | Event::InspectorRemoved(_) => {
            "inspectors".into()
        }
        Event::EnterpriseEnrolled(_) | Event::EnterpriseUpdated(_) => "enterprises".into(),
        Event::StatusRecorded(_) | Event::StatusEnded(_) => "statuses".into(),
        Event::ConflictDeclared(_) | Event::ConflictEnded(_) => "conflicts".into(),
        Event::RosterImported(e) => format!("file {}", e.file),
        Event::PlanDrafted(PlanDrafted { plan, .. })
        | Event::PlanAdopted(PlanAdopted { plan, .. })
        | Event::PlanPublished(PlanPublished { plan, .. }) => format!("plan {plan}"),
        Event::SchemeAdopted(SchemeAdopted { plan, batch, .. })
        | Event::CeremonyOpened(CeremonyOpened { plan, batch, .. }) => format!("batch {plan}/{batch}"),
        Event::PoolFrozen(PoolFrozen { draw, .. })
        | Event::SeedCommitted(SeedCommitted { draw, .. })
        | Event::CeremonySealed(CeremonySealed { draw, .. })
        | Event::SeedRevealed(SeedRevealed { draw, .. })
        | Event::CeremonyClosed(CeremonyClosed { draw, .. })
        | Event::CeremonyFailed(CeremonyFailed { draw, .. })
        | Event::DrawCompleted(DrawCompleted { draw, .. })
        | Event::EmbargoKeyHeld(EmbargoKeyHeld { draw, .. })
        | Event::EmbargoReleased(EmbargoReleased { draw, .. })
        | Event::EmbargoRead(EmbargoRead { draw, .. })
        | Event::AssignmentInfeasible(AssignmentInfeasible { draw, .. }) => format!("draw {draw}"),
        Event::EnterpriseAssigned(EnterpriseAssigned { inspection, .. })
        | Event::AssignmentWithheld(AssignmentWithheld { inspection, .. })
        | Event::RowRevealed(RowRevealed { inspection, .. })
        | Event::NoticeServed(NoticeServed { inspection, .. })
        | Event::InspectionStarted(InspectionStarted { inspection, .. })
        | Event::ItemResultConfirmed(ItemResultConfirmed { inspection, .. })
        | Event::InspectionConcluded(InspectionConcluded { inspection, .. })
        | Event::ReportCompleted(ReportCompleted { inspection, .. })
        | Event::FeedbackDispatched(FeedbackDispatched { inspection, .. })
        | Event::FeedbackDelivered(FeedbackDelivered { inspection, .. })
        | Event::ResultPublished(ResultPublished { inspection, .. }) => {
            format!("inspection {inspection}")
        }
        Event::RecusalRequested(RecusalRequested { recusal, .. })
        | Event::RecusalDecided(RecusalDecided { recusal, .. })
        | Event::SubstitutePoolExhausted(SubstitutePoolExhausted { recusal, .. })
        | Event::DirectTeamChanged(DirectTeamChanged { recusal, .. }) => format!("recusal {recusal}"),
        Event::AssignmentSwapped(AssignmentSwapped { inspection, .. })
        | Event::SubstituteDrawn(SubstituteDrawn { inspection, .. })
        | Event::DirectInspectionOpened(DirectInspectionOpened { inspection, .. })
        | Event::InspectionApproved(InspectionApproved { inspection })
        | Event::CommentReceived(CommentReceived { inspection, .. })
        | Event::CommentWindowClosed(CommentWindowClosed { inspection, .. })
        | Event::ViolationFound(ViolationFound { inspection, .. })
        | Event::InspectionClosed(InspectionClosed { inspection }) => format!("inspection {inspection}"),
        Event::CommentAnswered(e) => format!("comment {}", e.comment),
        Event::InvestigationOpened(InvestigationOpened { violation })
        | Event::HandlingDecided(HandlingDecided { violation, .. })
        | Event::HandlingPublished(HandlingPublished { violation, .. })
        | Event::HandlingWithheld(HandlingWithheld { violation, .. })
        | Event::TransferAcknowledged(TransferAcknowledged { violation, .. })
        | Event::RectificationVerified(RectificationVerified { violation, .. }) => {
            format!("violation {violation}")
        }
        Event::EntryCorrected(e) => format!("entry {}", e.position),
        Event::AnnualDisclosureRequested(AnnualDisclosureRequested { year })
        | Event::AnnualDisclosureGenerated(AnnualDisclosureGenerated { year, .. })
        | Event::AnnualDisclosurePublished(AnnualDisclosurePublished { year, .. }) => {
            format!("disclosure {year}")
        }
        Event::DeadlineMissed(e) => format!("duty {} {}", e.obligation, e.subject),
        Event::StatementRefused(_) | Event::RefusalsCounted(_) => "refusals".into(),
    }
}
