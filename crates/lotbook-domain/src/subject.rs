//! What an event is about: one name per subject, for expected positions and refusals.

use crate::state::State;
use core::fmt;
use lotbook_chain::Position;
use lotbook_event::Event;
use lotbook_event::ceremony::*;
use lotbook_event::draw::*;
use lotbook_event::inspection::*;
use lotbook_event::keys::{KeyConfirmed, KeyRevoked};
use lotbook_event::oversight::*;
use lotbook_event::plan::*;
use lotbook_event::recusal::*;
use lotbook_event::registry::{CalendarAmended, CalendarPublished};
use lotbook_event::result::*;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What kind of thing a subject is. Ordered without a look at its name, so that finding a kind compares numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is what its name says
pub enum Kind {
    Batch,
    Breach,
    Calendar,
    Comment,
    Conflicts,
    Disclosure,
    Draw,
    Duty,
    Enterprises,
    Entry,
    File,
    Inspection,
    Inspectors,
    Item,
    Items,
    Key,
    Ledger,
    Office,
    Plan,
    Recusal,
    Refusals,
    RuleSet,
    Sections,
    Statuses,
    Violation,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Breach => "breach",
            Self::Calendar => "calendar",
            Self::Comment => "comment",
            Self::Conflicts => "conflicts",
            Self::Disclosure => "disclosure",
            Self::Draw => "draw",
            Self::Duty => "duty",
            Self::Enterprises => "enterprises",
            Self::Entry => "entry",
            Self::File => "file",
            Self::Inspection => "inspection",
            Self::Inspectors => "inspectors",
            Self::Item => "item",
            Self::Items => "items",
            Self::Key => "key",
            Self::Ledger => "ledger",
            Self::Office => "office",
            Self::Plan => "plan",
            Self::Recusal => "recusal",
            Self::Refusals => "refusals",
            Self::RuleSet => "rule set",
            Self::Sections => "sections",
            Self::Statuses => "statuses",
            Self::Violation => "violation",
        }
    }
}

/// The name of a subject: what it is, and which one; the latter is empty where there is only one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject<'a> {
    kind: Kind,
    name: Cow<'a, str>,
}

impl<'a> Subject<'a> {
    fn new(kind: Kind, name: impl Into<Cow<'a, str>>) -> Self {
        Self { kind, name: name.into() }
    }

    fn only(kind: Kind) -> Self {
        Self::new(kind, "")
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.name {
            "" => f.write_str(self.kind.name()),
            name => write!(f, "{} {name}", self.kind.name()),
        }
    }
}

/// Where each subject but an inspection changed last, by kind and name; an inspection knows it itself, for most
/// entries are about one.
pub type Changes = BTreeMap<Kind, BTreeMap<String, Position>>;

impl State {
    /// Where a subject changed last; `None` if it never did.
    pub fn last_change(&self, subject: &Subject<'_>) -> Option<Position> {
        if subject.kind == Kind::Inspection {
            return self.inspections.get(&*subject.name).map(|inspection| inspection.changed);
        }
        self.changed.get(&subject.kind)?.get(&*subject.name).copied()
    }

    /// A subject changed; one that is known costs no allocation.
    pub(crate) fn changes(&mut self, subject: Subject<'_>, at: Position) {
        if subject.kind == Kind::Inspection {
            if let Some(inspection) = self.inspections.get_mut(&*subject.name) {
                inspection.changed = at;
            }
            return;
        }
        let of_kind = self.changed.entry(subject.kind).or_default();
        match of_kind.get_mut(&*subject.name) {
            Some(last) => *last = at,
            None => drop(of_kind.insert(subject.name.into_owned(), at)),
        }
    }
}

/// What an event is about, for expected positions and refusals.
#[allow(clippy::too_many_lines)] // one arm an event, exhaustive, nothing else
pub fn subject(event: &Event) -> Subject<'_> {
    match event {
        Event::LedgerCreated(_) | Event::Heartbeat(_) => Subject::only(Kind::Ledger),
        Event::KeyRegistered(e) => Subject::new(Kind::Key, e.person.as_str()),
        Event::KeyConfirmed(KeyConfirmed { key_id, .. }) | Event::KeyRevoked(KeyRevoked { key_id, .. }) => {
            Subject::new(Kind::Key, key_id.to_string())
        }
        Event::OfficeConstituted(_) => Subject::only(Kind::Office),
        Event::RulesetAdopted(_) => Subject::only(Kind::RuleSet),
        Event::CalendarPublished(CalendarPublished { year, .. })
        | Event::CalendarAmended(CalendarAmended { year, .. }) => {
            Subject::new(Kind::Calendar, year.to_string())
        }
        Event::SectionRegistered(_) => Subject::only(Kind::Sections),
        Event::ItemProposed(_) | Event::ItemAggregated(_) | Event::ItemPublished(_) => {
            Subject::only(Kind::Items)
        }
        Event::ItemWithdrawn(e) => Subject::new(Kind::Item, e.item.as_str()),
        Event::InspectorEnrolled(_) | Event::InspectorUpdated(_) | Event::InspectorRemoved(_) => {
            Subject::only(Kind::Inspectors)
        }
        Event::EnterpriseEnrolled(_) | Event::EnterpriseUpdated(_) => Subject::only(Kind::Enterprises),
        Event::StatusRecorded(_) | Event::StatusEnded(_) => Subject::only(Kind::Statuses),
        Event::ConflictDeclared(_) | Event::ConflictEnded(_) => Subject::only(Kind::Conflicts),
        Event::RosterImported(e) => Subject::new(Kind::File, e.file.as_str()),
        Event::PlanDrafted(PlanDrafted { plan, .. })
        | Event::PlanAdopted(PlanAdopted { plan, .. })
        | Event::PlanPublished(PlanPublished { plan, .. }) => Subject::new(Kind::Plan, plan.as_str()),
        Event::SchemeAdopted(e) => Subject::new(Kind::Batch, format!("{}/{}", e.plan, e.batch)),
        Event::ReserveOrderApproved(ReserveOrderApproved { plan, batch })
        | Event::CeremonyOpened(CeremonyOpened { plan, batch, .. }) => {
            Subject::new(Kind::Batch, format!("{plan}/{batch}"))
        }
        Event::PoolFrozen(e) => Subject::new(Kind::Draw, e.draw.as_str()),
        Event::SeedCommitted(SeedCommitted { draw, .. })
        | Event::CeremonySealed(CeremonySealed { draw, .. })
        | Event::SeedRevealed(SeedRevealed { draw, .. })
        | Event::CeremonyClosed(CeremonyClosed { draw, .. })
        | Event::CeremonyFailed(CeremonyFailed { draw, .. })
        | Event::DrawCompleted(DrawCompleted { draw, .. })
        | Event::DrawOpened(DrawOpened { draw, .. })
        | Event::EmbargoKeyHeld(EmbargoKeyHeld { draw, .. })
        | Event::EmbargoReleased(EmbargoReleased { draw, .. })
        | Event::EmbargoRead(EmbargoRead { draw, .. })
        | Event::BeaconRecorded(BeaconRecorded { draw, .. })
        | Event::RevealHeld(RevealHeld { draw, .. })
        | Event::DrawVoidProposed(DrawVoidProposed { draw, .. })
        | Event::PoolExtensionApproved(PoolExtensionApproved { draw, .. })
        | Event::DrawVoided(DrawVoided { draw, .. })
        | Event::AssignmentInfeasible(AssignmentInfeasible { draw, .. }) => {
            Subject::new(Kind::Draw, draw.as_str())
        }
        Event::EnterpriseAssigned(EnterpriseAssigned { inspection, .. })
        | Event::AssignmentWithheld(AssignmentWithheld { inspection, .. })
        | Event::RowRevealed(RowRevealed { inspection, .. })
        | Event::TeamAssigned(TeamAssigned { inspection, .. })
        | Event::NoticeServed(NoticeServed { inspection, .. })
        | Event::InspectionStarted(InspectionStarted { inspection, .. })
        | Event::ItemResultConfirmed(ItemResultConfirmed { inspection, .. })
        | Event::InspectionConcluded(InspectionConcluded { inspection, .. })
        | Event::ReportCompleted(ReportCompleted { inspection, .. })
        | Event::FeedbackDispatched(FeedbackDispatched { inspection, .. })
        | Event::FeedbackDelivered(FeedbackDelivered { inspection, .. })
        | Event::ResultPublished(ResultPublished { inspection, .. }) => {
            Subject::new(Kind::Inspection, inspection.as_str())
        }
        Event::RecusalRequested(RecusalRequested { recusal, .. })
        | Event::SlotRecusalRequested(SlotRecusalRequested { recusal, .. })
        | Event::TeamsWithheld(TeamsWithheld { recusal, .. })
        | Event::RecusalDecided(RecusalDecided { recusal, .. })
        | Event::SubstitutePoolExhausted(SubstitutePoolExhausted { recusal, .. })
        | Event::CounterpartChosen(CounterpartChosen { recusal, .. })
        | Event::DirectTeamChanged(DirectTeamChanged { recusal, .. }) => {
            Subject::new(Kind::Recusal, recusal.as_str())
        }
        Event::AssignmentSwapped(e) => Subject::new(Kind::Inspection, e.inspection.as_str()),
        Event::SubstituteDrawn(SubstituteDrawn { inspection, .. })
        | Event::DirectInspectionOpened(DirectInspectionOpened { inspection, .. })
        | Event::InspectionApproved(InspectionApproved { inspection })
        | Event::CommentReceived(CommentReceived { inspection, .. })
        | Event::CommentWindowClosed(CommentWindowClosed { inspection, .. })
        | Event::ViolationFound(ViolationFound { inspection, .. })
        | Event::InspectionClosed(InspectionClosed { inspection }) => {
            Subject::new(Kind::Inspection, inspection.as_str())
        }
        Event::CommentAnswered(e) => Subject::new(Kind::Comment, e.comment.as_str()),
        Event::InvestigationOpened(InvestigationOpened { violation })
        | Event::HandlingDecided(HandlingDecided { violation, .. })
        | Event::HandlingPublished(HandlingPublished { violation, .. })
        | Event::HandlingWithheld(HandlingWithheld { violation, .. })
        | Event::TransferAcknowledged(TransferAcknowledged { violation, .. })
        | Event::RectificationVerified(RectificationVerified { violation, .. }) => {
            Subject::new(Kind::Violation, violation.as_str())
        }
        Event::EntryCorrected(EntryCorrected { position, .. })
        | Event::DeviationExplained(DeviationExplained { position, .. }) => {
            Subject::new(Kind::Entry, position.to_string())
        }
        Event::BreachRecorded(BreachRecorded { breach, .. })
        | Event::ConsequenceAssessed(ConsequenceAssessed { breach, .. })
        | Event::AccountabilityReferred(AccountabilityReferred { breach, .. })
        | Event::AccountabilityDecided(AccountabilityDecided { breach, .. }) => {
            Subject::new(Kind::Breach, breach.as_str())
        }
        Event::AnnualDisclosureRequested(AnnualDisclosureRequested { year })
        | Event::AnnualDisclosureGenerated(AnnualDisclosureGenerated { year, .. })
        | Event::AnnualDisclosurePublished(AnnualDisclosurePublished { year, .. }) => {
            Subject::new(Kind::Disclosure, year.to_string())
        }
        Event::DeadlineMissed(e) => Subject::new(Kind::Duty, format!("{} {}", e.obligation, e.subject)),
        Event::StatementRefused(_) | Event::RefusalsCounted(_) => Subject::only(Kind::Refusals),
    }
}
