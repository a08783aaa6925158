//! Which role may state which event (rules.md 1.8). What only the ledger states, nobody may.

use lotbook_event::keys::Role;
use lotbook_event::{Code, Event, Refusal};

/// Roles that may state an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// One of these.
    Roles(&'static [Role]),
    /// Whoever the ceremony names.
    Participants,
    /// Whoever has a right on the ledger.
    Anybody,
    /// Follows by rule: only the ledger itself.
    LedgerOnly,
}

/// Who acts under the plan may explain a deviation; whoever only looks on may not.
const EXPLAINS: &[Role] = &[
    Role::OfficeLeader,
    Role::Coordinator,
    Role::SectionOfficer,
    Role::DrawOperator,
    Role::Registrar,
    Role::Inspector,
    Role::RecusalApprover,
    Role::Handler,
    Role::Publisher,
    Role::Supervisor,
];

/// The authority an event needs.
pub fn authority(event: &Event) -> Authority {
    use Authority::{Anybody, LedgerOnly, Participants, Roles};
    use Event as E;
    match event {
        E::LedgerCreated(_) | E::Heartbeat(_) => LedgerOnly,
        E::KeyRegistered(_) => Roles(&[Role::Administrator]),
        E::KeyConfirmed(_) => Roles(&[Role::OfficeLeader]),
        E::KeyRevoked(_) => Roles(&[Role::Administrator, Role::OfficeLeader]),
        E::OfficeConstituted(_) | E::RulesetAdopted(_) => Roles(&[Role::OfficeLeader]),
        E::CalendarPublished(_) | E::CalendarAmended(_) | E::SectionRegistered(_) => {
            Roles(&[Role::Administrator])
        }
        E::ItemProposed(_) | E::ItemWithdrawn(_) => Roles(&[Role::SectionOfficer]),
        E::ItemAggregated(_) => Roles(&[Role::Coordinator]),
        E::ItemPublished(_) | E::PlanPublished(_) | E::ResultPublished(_) => Roles(&[Role::Publisher]),
        E::InspectorEnrolled(_) | E::InspectorUpdated(_) | E::InspectorRemoved(_) => {
            Roles(&[Role::Registrar])
        }
        E::EnterpriseEnrolled(_) | E::EnterpriseUpdated(_) => Roles(&[Role::Registrar]),
        E::StatusRecorded(_) | E::StatusEnded(_) => Roles(&[Role::Registrar]),
        E::ConflictDeclared(_) | E::ConflictEnded(_) => Roles(&[Role::Registrar]),
        E::RosterImported(_) => Roles(&[Role::Registrar]),
        E::PlanDrafted(_) | E::PlanAdopted(_) | E::SchemeAdopted(_) => Roles(&[Role::SectionOfficer]),
        E::CeremonyOpened(_) => Roles(&[Role::DrawOperator]),
        E::SeedCommitted(_) | E::SeedRevealed(_) => Participants,
        E::PoolFrozen(_) | E::CeremonySealed(_) | E::CeremonyClosed(_) | E::CeremonyFailed(_) => LedgerOnly,
        E::EmbargoKeyHeld(_) | E::EmbargoReleased(_) => Roles(&[Role::Supervisor]),
        E::EmbargoRead(_) => Roles(&[Role::Supervisor, Role::Inspector]),
        E::RowRevealed(_) | E::AssignmentWithheld(_) | E::TeamsWithheld(_) => LedgerOnly,
        E::DrawCompleted(_) | E::EnterpriseAssigned(_) | E::AssignmentInfeasible(_) => LedgerOnly,
        E::TeamAssigned(_) | E::DrawOpened(_) => LedgerOnly,
        E::BeaconRecorded(_) | E::RevealHeld(_) => Anybody,
        E::DrawVoidProposed(_) | E::PoolExtensionApproved(_) => Roles(&[Role::Supervisor]),
        E::DrawVoided(_) => Roles(&[Role::OfficeLeader]),
        E::NoticeServed(_) | E::InspectionStarted(_) | E::ItemResultConfirmed(_) => Roles(&[Role::Inspector]),
        E::InspectionConcluded(_) | E::ReportCompleted(_) => Roles(&[Role::Inspector]),
        E::FeedbackDispatched(_) | E::FeedbackDelivered(_) => Roles(&[Role::SectionOfficer, Role::Inspector]),
        E::DeadlineMissed(_) | E::StatementRefused(_) | E::RefusalsCounted(_) => LedgerOnly,
        E::RecusalRequested(_) | E::SlotRecusalRequested(_) => {
            Roles(&[Role::Inspector, Role::Enterprise, Role::SectionOfficer, Role::Supervisor])
        }
        E::RecusalDecided(_) => Roles(&[Role::RecusalApprover]),
        E::AssignmentSwapped(_) | E::SubstituteDrawn(_) | E::SubstitutePoolExhausted(_) => LedgerOnly,
        E::CounterpartChosen(_) => Roles(&[Role::RecusalApprover]),
        E::ReserveOrderApproved(_) => Roles(&[Role::Supervisor]),
        E::DirectInspectionOpened(_) | E::DirectTeamChanged(_) => Roles(&[Role::SectionOfficer]),
        E::InspectionApproved(_) => Roles(&[Role::OfficeLeader]),
        E::CommentReceived(_) => Roles(&[Role::Enterprise, Role::Coordinator]),
        E::CommentWindowClosed(_) => LedgerOnly,
        E::CommentAnswered(_) => Roles(&[Role::Coordinator]),
        E::ViolationFound(_) => Roles(&[Role::Inspector]),
        E::InvestigationOpened(_) | E::HandlingDecided(_) => Roles(&[Role::Handler]),
        E::TransferAcknowledged(_) | E::RectificationVerified(_) => Roles(&[Role::Handler]),
        E::HandlingPublished(_) | E::HandlingWithheld(_) => Roles(&[Role::Publisher]),
        E::InspectionClosed(_) => Roles(&[Role::SectionOfficer, Role::Inspector]),
        E::EntryCorrected(_) => Roles(&[Role::OfficeLeader, Role::Coordinator, Role::Supervisor]),
        E::AnnualDisclosureRequested(_) | E::AnnualDisclosurePublished(_) => Roles(&[Role::Publisher]),
        E::AnnualDisclosureGenerated(_) => LedgerOnly,
        E::DeviationExplained(_) => Roles(EXPLAINS),
        E::BreachRecorded(_) | E::ConsequenceAssessed(_) => Roles(&[Role::Supervisor, Role::OfficeLeader]),
        E::AccountabilityReferred(_) | E::AccountabilityDecided(_) => {
            Roles(&[Role::Supervisor, Role::OfficeLeader])
        }
    }
}

/// Refuses an event that the acting role may not state.
///
/// # Errors
/// MANUAL_ASSIGNMENT or SUBSTITUTE_NOT_DRAWN for what only the ledger states, ROLE_NOT_HELD otherwise.
pub fn check(event: &Event, role: Role) -> Result<(), Refusal> {
    match authority(event) {
        Authority::Participants | Authority::Anybody => Ok(()),
        Authority::Roles(roles) if roles.contains(&role) => Ok(()),
        Authority::Roles(roles) => {
            let names: Vec<_> = roles.iter().map(|role| role.code()).collect();
            let found = format!("{} was stated as {role}; it needs {}", event.name(), names.join(" or "));
            Err(Refusal::new(Code::RoleNotHeld, event.name(), found))
        }
        Authority::LedgerOnly => {
            let found = format!("{} was stated by a person; only the ledger states it", event.name());
            let substitute = matches!(event, Event::AssignmentSwapped(_) | Event::SubstituteDrawn(_));
            let code = if substitute { Code::SubstituteNotDrawn } else { Code::ManualAssignment };
            Err(Refusal::new(code, event.name(), found))
        }
    }
}
