//! The state: what all entries up to here add up to. Rebuilt by [`crate::evolve()`], never stored.

mod aftermath;
mod board;
mod embargo;
mod inspection;
mod oversight;

pub use aftermath::*;
pub use board::*;
pub use embargo::*;
pub use inspection::*;
pub use oversight::*;

use crate::calendar::Calendar;
use crate::ceremony::Ceremony;
use crate::genesis::Genesis;
use crate::key::Key;
use crate::obligation::Obligations;
use crate::recusal::Recusal;
use crate::registry::{Change, ConflictRecord, EnterpriseRecord, InspectorRecord, ItemRecord};
use crate::subject::Changes;
use lotbook_chain::{EntryHash, Frontier, Instant, KeyId, LedgerId, Position};
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
    /// Enterprises on the roster. Boxed, as inspections are: small nodes keep the look-ups of large maps in cache.
    pub enterprises: BTreeMap<Uscc, Box<EnterpriseRecord>>,
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
    /// Embargoes by batch.
    pub embargoes: BTreeMap<BatchKey, Embargo>,
    /// Inspections.
    pub inspections: BTreeMap<InspectionId, Box<Inspection>>,
    /// Recusals.
    pub recusals: BTreeMap<RecusalId, Recusal>,
    /// Comments.
    pub comments: BTreeMap<CommentId, Comment>,
    /// Violations and how far their handling is.
    pub violations: BTreeMap<ViolationId, Violation>,
    /// Entries that can be corrected, with their corrections.
    pub correctable: Correctables,
    /// Annual disclosures by year.
    pub disclosures: BTreeMap<u32, DisclosureRecord>,
    /// Refusals on the ledger.
    pub refusals: Refusals,
    /// The office's date of the first entry; duties of the time before are not this ledger's.
    pub began: Option<Date>,
    /// Clocks.
    pub obligations: Obligations,
    /// Flags in the order in which they were computed.
    pub flags: Vec<Flagged>,
    /// What people say of flags, by the position of the entry that brought them.
    pub explanations: BTreeMap<Position, Vec<Text>>,
    /// Dossiers of Art. 25.
    pub breaches: BTreeMap<BreachId, Breach>,
    /// Where each subject changed last.
    pub changed: Changes,
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
    /// Whether supervision has approved that substitutes come in reserve order.
    pub reserve_order: bool,
    /// Its scheme.
    pub scheme: Option<Stated<SchemeAdopted>>,
    /// Attempts so far.
    pub attempts: Vec<DrawId>,
    /// The draw that counts.
    pub drawn: Option<DrawId>,
    /// The inspectors' draw that staffed it, where its own had no assignment.
    pub staffed: Option<DrawId>,
    /// Who sits where since the draw, and who left; `None` before the draw or without an assignment.
    pub board: Option<Board>,
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
    /// When that was recorded.
    pub at: Instant,
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
    /// UNKNOWN_SUBJECT if there is none, EMBARGOED if its enterprise is not open yet.
    pub fn inspection(&self, id: &InspectionId) -> Result<&Inspection, Refusal> {
        let none = || match self.withheld(id) {
            Some((embargo, ..)) => {
                let until = crate::civil::show(embargo.stated.until);
                let found = format!("whom {id} concerns is under embargo, at the latest until {until}");
                Refusal::new(Code::Embargoed, id, found)
            }
            None => Refusal::new(Code::UnknownSubject, id, format!("there is no inspection {id}")),
        };
        self.inspections.get(id).map(|inspection| &**inspection).ok_or_else(none)
    }

    /// A recusal.
    ///
    /// # Errors
    /// UNKNOWN_SUBJECT if there is none.
    pub fn recusal(&self, id: &RecusalId) -> Result<&Recusal, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no recusal {id}"));
        self.recusals.get(id).ok_or_else(none)
    }

    /// A violation.
    ///
    /// # Errors
    /// UNKNOWN_SUBJECT if there is none.
    pub fn violation(&self, id: &ViolationId) -> Result<&Violation, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no violation {id}"));
        self.violations.get(id).ok_or_else(none)
    }

    /// The items of an inspection: those of its batch, or those it was opened for.
    pub fn items_of<'a>(&'a self, inspection: &'a Inspection) -> impl Iterator<Item = &'a ItemId> {
        let own = match &inspection.origin {
            Origin::Drawn { batch, .. } => self.batches.get(batch).map(|record| &record.batch.items),
            Origin::Direct { items, .. } => Some(items),
        };
        own.into_iter().flatten()
    }

    /// Items apply to firms of their class; where none does, all of the inspection are answered for.
    pub fn applicable_items<'a>(&'a self, inspection: &'a Inspection) -> Vec<&'a ItemId> {
        let kind = self.enterprises.get(&inspection.uscc).map(|firm| &firm.row.kind);
        let applies =
            |id: &&ItemId| self.items.get(*id).is_some_and(|record| Some(&record.item.applies_to) == kind);
        let own: Vec<_> = self.items_of(inspection).filter(applies).collect();
        if own.is_empty() { self.items_of(inspection).collect() } else { own }
    }

    /// The sections that inspect: those of its batch, or the one that opened it.
    pub fn sections_of(&self, inspection: &Inspection) -> BTreeSet<SectionId> {
        match &inspection.origin {
            Origin::Drawn { batch, .. } => {
                self.batches.get(batch).map(|record| record.batch.sections.clone()).unwrap_or_default()
            }
            Origin::Direct { section, .. } => BTreeSet::from([section.clone()]),
        }
    }

    /// The person who holds a key in the registration that stands first; empty if there is none.
    pub fn person_of(&self, key: &KeyId) -> &str {
        let grants = self.keys.get(key).map(|key| key.grants.values());
        grants.into_iter().flatten().next().map_or("", |grant| grant.person.as_str())
    }

    /// The flags that an entry brought.
    pub fn flags_at(&self, position: Position) -> &[Flagged] {
        let first = self.flags.partition_point(|flagged| flagged.position < position);
        let behind = self.flags.partition_point(|flagged| flagged.position <= position);
        self.flags.get(first..behind).unwrap_or_default()
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
