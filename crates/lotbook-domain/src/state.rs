//! The state: what all entries up to here add up to. Rebuilt by [`crate::evolve()`], never stored.

use crate::calendar::Calendar;
use crate::ceremony::Ceremony;
use crate::genesis::Genesis;
use crate::key::Key;
use crate::obligation::Obligations;
use crate::registry::{Change, ConflictRecord, EnterpriseRecord, InspectorRecord, ItemRecord};
use lotbook_chain::{EntryHash, Frontier, Instant, KeyId, LedgerId, Position};
use lotbook_event::inspection::ItemOutcome;
use lotbook_event::plan::{Batch, PlanDrafted, SchemeAdopted};
use lotbook_event::registry::{OfficeConstituted, RulesetAdopted, Section};
use lotbook_event::*;
use std::collections::{BTreeMap, BTreeSet};

/// A batch is named by its plan and its own identifier.
pub type BatchKey = (PlanId, BatchId);

/// Everything the rules look at.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The trust root; `None` before the first entry.
    pub genesis: Option<Genesis>,
    /// The end of the chain.
    pub head: Head,
    /// Keys by identifier; the system key is not among them.
    pub keys: BTreeMap<KeyId, Key>,
    /// The office.
    pub office: Option<OfficeConstituted>,
    /// The rule set in force.
    pub rules: Option<Stated<RulesetAdopted>>,
    /// Identifiers of every rule set adopted so far.
    pub rule_sets: BTreeSet<Text>,
    /// Published working days.
    pub calendar: Calendar,
    /// Sections.
    pub sections: BTreeMap<SectionId, Section>,
    /// Items and how far they are.
    pub items: BTreeMap<ItemId, ItemRecord>,
    /// Inspectors on the roster.
    pub inspectors: BTreeMap<InspectorId, InspectorRecord>,
    /// Enterprises on the roster.
    pub enterprises: BTreeMap<Uscc, EnterpriseRecord>,
    /// Conflicts that have not ended, by enterprise, then inspector.
    pub conflicts: BTreeMap<(Uscc, InspectorId), ConflictRecord>,
    /// Conflicts and inspectors that left the rosters: when, and by whom.
    pub ended: Vec<Change>,
    /// Plans.
    pub plans: BTreeMap<PlanId, PlanRecord>,
    /// Batches with their scheme and ceremonies.
    pub batches: BTreeMap<BatchKey, BatchRecord>,
    /// Schemes known by identifier.
    pub schemes: BTreeSet<SchemeId>,
    /// Ceremonies by draw.
    pub ceremonies: BTreeMap<DrawId, Ceremony>,
    /// Inspections.
    pub inspections: BTreeMap<InspectionId, Inspection>,
    /// The office's date of the first entry; duties of the time before are not this ledger's.
    pub began: Option<Date>,
    /// Clocks.
    pub obligations: Obligations,
    /// Flags in the order in which they were computed.
    pub flags: Vec<Flagged>,
    /// Where each subject changed last.
    pub changed: BTreeMap<String, Position>,
}

/// The end of the chain.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Hash of the last entry.
    pub hash: EntryHash,
    /// When the last entry was recorded.
    pub recorded_at: Instant,
    /// Whether the last entry is a heartbeat.
    pub heartbeat: bool,
    /// The tree's frontier.
    pub frontier: Frontier,
}

/// A value with the entry that stated it.
#[derive(Debug, Clone)]
pub struct Stated<T> {
    /// Hash of the entry.
    pub entry: EntryHash,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What it states.
    pub value: T,
}

/// A plan.
#[derive(Debug, Clone)]
pub struct PlanRecord {
    /// Its content.
    pub draft: PlanDrafted,
    /// When its adoption was recorded.
    pub adopted: Option<Instant>,
    /// When its publication was recorded.
    pub published: Option<Instant>,
}

/// A batch.
#[derive(Debug, Clone)]
pub struct BatchRecord {
    /// Its definition.
    pub batch: Batch,
    /// Its scheme.
    pub scheme: Option<Stated<SchemeAdopted>>,
    /// Attempts so far.
    pub attempts: Vec<DrawId>,
    /// The draw that counts.
    pub drawn: Option<DrawId>,
}

/// How far an inspection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The team is named.
    Assigned,
    /// The enterprise knows.
    Notified,
    /// The team has entered.
    Started,
    /// Every member has concluded.
    Concluded,
    /// The report is complete.
    Reported,
}

/// One inspection.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Its draw.
    pub draw: DrawId,
    /// Its batch.
    pub batch: BatchKey,
    /// The enterprise.
    pub uscc: Uscc,
    /// The team by seat.
    pub team: Vec<InspectorId>,
    /// When the team was assigned.
    pub assigned_at: Instant,
    /// How far it is.
    pub phase: Phase,
    /// Results by item.
    pub results: BTreeMap<ItemId, ItemOutcome>,
    /// Members who have concluded.
    pub concluded: BTreeSet<InspectorId>,
    /// Whether feedback was sent.
    pub dispatched: bool,
    /// Whether feedback was delivered.
    pub delivered: bool,
    /// Whether the result is published.
    pub published: bool,
}

/// A flag with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flagged {
    /// Which flag.
    pub flag: Flag,
    /// What it is about.
    pub subject: String,
    /// More, such as how late.
    pub detail: String,
    /// The entry that brought it.
    pub position: Position,
}

impl State {
    /// Identity of the ledger; zeros before genesis.
    pub fn ledger(&self) -> LedgerId {
        self.genesis.as_ref().map_or(LedgerId::ZERO, |genesis| genesis.ledger)
    }

    /// Whether the clock is simulated.
    pub fn simulated(&self) -> bool {
        self.genesis.as_ref().is_some_and(|genesis| genesis.created.simulated_clock)
    }

    /// The rule set in force.
    ///
    /// # Errors
    /// UNKNOWN_SUBJECT if none has been adopted.
    pub fn rule_set(&self) -> Result<&Stated<RulesetAdopted>, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, "rule set", "no rule set has been adopted");
        self.rules.as_ref().ok_or_else(none)
    }

    /// A batch.
    ///
    /// # Errors
    /// NO_ADOPTED_PLAN if there is no such plan, UNKNOWN_SUBJECT if it has no such batch.
    pub fn batch(&self, plan: &PlanId, batch: &BatchId) -> Result<&BatchRecord, Refusal> {
        if !self.plans.contains_key(plan) {
            let found = format!("there is no plan {plan}");
            return Err(Refusal::new(Code::NoAdoptedPlan, format!("{plan}/{batch}"), found));
        }
        let none = || Refusal::new(Code::UnknownSubject, plan, format!("plan {plan} has no batch {batch}"));
        self.batches.get(&(plan.clone(), batch.clone())).ok_or_else(none)
    }

    /// An inspection.
    ///
    /// # Errors
    /// UNKNOWN_SUBJECT if there is none.
    pub fn inspection(&self, id: &InspectionId) -> Result<&Inspection, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no inspection {id}"));
        self.inspections.get(id).ok_or_else(none)
    }

    /// A ceremony.
    ///
    /// # Errors
    /// UNKNOWN_SUBJECT if there is none.
    pub fn ceremony(&self, id: &DrawId) -> Result<&Ceremony, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no ceremony {id}"));
        self.ceremonies.get(id).ok_or_else(none)
    }
}
