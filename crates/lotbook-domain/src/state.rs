//! The state: what all entries up to here add up to. Rebuilt by [`crate::evolve()`], never stored.

use crate::calendar::Calendar;
use crate::ceremony::Ceremony;
use crate::genesis::Genesis;
use crate::key::Key;
use crate::obligation::Obligations;
use crate::recusal::Recusal;
use crate::registry::{Change, ConflictRecord, EnterpriseRecord, InspectorRecord, ItemRecord};
use lotbook_chain::{EntryHash, Frontier, Instant, KeyId, LedgerId, Position};
use lotbook_event::disclosure::DisclosureDocument;
use lotbook_event::inspection::{DirectCause, ItemOutcome};
use lotbook_event::oversight::{AnnualDisclosureGenerated, RefusalsCounted, StatementRefused};
use lotbook_event::plan::{Batch, PlanDrafted, SchemeAdopted};
use lotbook_event::registry::{OfficeConstituted, RulesetAdopted, Section};
use lotbook_event::result::HandlingKind;
use lotbook_event::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    /// Recusals.
    pub recusals: BTreeMap<RecusalId, Recusal>,
    /// Comments.
    pub comments: BTreeMap<CommentId, Comment>,
    /// Violations and how far their handling is.
    pub violations: BTreeMap<ViolationId, Violation>,
    /// Entries that can be corrected, with their corrections.
    pub correctable: BTreeMap<Position, Correctable>,
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
    /// Who sits where since the draw, and who left; `None` before the draw or without an assignment.
    pub board: Option<Board>,
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
    /// Nothing is open any more.
    Closed,
}

/// Where an inspection comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A draw.
    Drawn {
        /// Its draw.
        draw: DrawId,
        /// Its batch.
        batch: BatchKey,
        /// Its first slot, counted over the batch from 0.
        first_slot: u32,
    },
    /// A section, without a draw (Art. 9).
    Direct {
        /// The section.
        section: SectionId,
        /// Its items.
        items: BTreeSet<ItemId>,
        /// Why.
        cause: DirectCause,
        /// Whether it may start: another cause needs the leader's approval.
        approved: bool,
        /// Who opened it; somebody else approves it.
        by: KeyId,
    },
}

/// The result of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// What was found.
    pub outcome: ItemOutcome,
    /// Who confirmed it.
    pub by: InspectorId,
    /// The section whose item it is.
    pub section: SectionId,
    /// When it was recorded.
    pub at: Instant,
}

/// One inspection. Each instant is that of the record.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Where it comes from.
    pub origin: Origin,
    /// The enterprise.
    pub uscc: Uscc,
    /// The team by seat.
    pub team: Vec<InspectorId>,
    /// Hash of the entry that set the team.
    pub team_entry: EntryHash,
    /// When the inspection was assigned or opened.
    pub assigned_at: Instant,
    /// How far it is.
    pub phase: Phase,
    /// Day of the visit as last announced.
    pub visit_on: Option<Date>,
    /// When it was started.
    pub started: Option<Instant>,
    /// Results by item.
    pub results: BTreeMap<ItemId, ItemResult>,
    /// Members who have concluded.
    pub concluded: BTreeSet<InspectorId>,
    /// When the last member concluded.
    pub concluded_at: Option<Instant>,
    /// When the report was completed.
    pub reported: Option<Instant>,
    /// When feedback was sent.
    pub dispatched: Option<Instant>,
    /// When feedback was delivered.
    pub delivered: Option<Instant>,
    /// When feedback reached the enterprise, as its delivery states; not the instant of the record.
    pub delivery_occurred: Option<Instant>,
    /// When the result was published.
    pub published: Option<Instant>,
    /// Whether the time for comments ended without one.
    pub comment_window_closed: bool,
    /// When it was closed.
    pub closed: Option<Instant>,
}

impl Inspection {
    /// An inspection of which nothing is known but its team.
    pub fn new(origin: Origin, uscc: Uscc, team: Vec<InspectorId>, entry: EntryHash, at: Instant) -> Self {
        Self {
            origin,
            uscc,
            team,
            team_entry: entry,
            assigned_at: at,
            phase: Phase::Assigned,
            visit_on: None,
            started: None,
            results: BTreeMap::new(),
            concluded: BTreeSet::new(),
            concluded_at: None,
            reported: None,
            dispatched: None,
            delivered: None,
            delivery_occurred: None,
            published: None,
            comment_window_closed: false,
            closed: None,
        }
    }

    /// Its batch; `None` for an inspection under Art. 9.
    pub fn batch(&self) -> Option<&BatchKey> {
        match &self.origin {
            Origin::Drawn { batch, .. } => Some(batch),
            Origin::Direct { .. } => None,
        }
    }

    /// Its draw; `None` for an inspection under Art. 9.
    pub fn draw(&self) -> Option<&DrawId> {
        match &self.origin {
            Origin::Drawn { draw, .. } => Some(draw),
            Origin::Direct { .. } => None,
        }
    }
}

/// A batch after its draw (draw.md 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The enterprises in ticket order.
    pub firms: Vec<Uscc>,
    /// The inspector of every slot.
    pub assignment: Vec<InspectorId>,
    /// Highest load of the draw.
    pub hi: u32,
    /// Who withdrew from the batch.
    pub withdrawn: BTreeSet<InspectorId>,
    /// Pairs recused in the batch.
    pub recused: BTreeSet<(Uscc, InspectorId)>,
    /// The recusals' own draws, in the order of their DrawCompleted entries.
    pub draws: Vec<DrawId>,
}

impl Board {
    /// A board on which nobody sits yet.
    pub fn new(hi: u32) -> Self {
        Self {
            firms: vec![],
            assignment: vec![],
            hi,
            withdrawn: BTreeSet::new(),
            recused: BTreeSet::new(),
            draws: vec![],
        }
    }

    /// The slots that an inspector holds, ascending.
    pub fn slots_of(&self, inspector: &InspectorId) -> Vec<u32> {
        (0..).zip(&self.assignment).filter(|(_, held)| *held == inspector).map(|(slot, _)| slot).collect()
    }
}

/// A comment (Art. 21).
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its inspection.
    pub inspection: InspectionId,
    /// When it was recorded.
    pub at: Instant,
    /// When it reached the office.
    pub occurred_at: Instant,
    /// Whether it came after its time.
    pub late: bool,
    /// Whether the text may be published.
    pub consent: bool,
    /// Public summary and answer, with the instant.
    pub answer: Option<(Text, Text, Instant)>,
}

/// A violation and its handling (Art. 22). Each instant is that of the record.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Its inspection.
    pub inspection: InspectionId,
    /// Its item.
    pub item: ItemId,
    /// When it was found.
    pub found: Instant,
    /// When the investigation was opened.
    pub investigated: Option<Instant>,
    /// The decision: kind, number, legal basis, instant.
    pub decided: Option<(HandlingKind, Text, Text, Instant)>,
    /// When the decision was published.
    pub published: Option<Instant>,
    /// Ground on which it is withheld, with the instant.
    pub withheld: Option<(Text, Instant)>,
    /// Who acknowledged the transfer, with the instant.
    pub acknowledged: Option<(Text, Instant)>,
    /// When rectification was verified.
    pub rectified: Option<Date>,
}

/// An entry that may be corrected, and its corrections.
#[derive(Debug, Clone)]
pub struct Correctable {
    /// Hash of the entry.
    pub entry: EntryHash,
    /// Who stated it.
    pub author: KeyId,
    /// Name of its event.
    pub event: &'static str,
    /// Names of its fields that may be corrected.
    pub fields: &'static [&'static str],
    /// The inspection it is about.
    pub inspection: InspectionId,
    /// Corrections in their order.
    pub corrections: Vec<Correction>,
}

/// One correction; the value stated first stays on the ledger beside it.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Position of the correction.
    pub position: Position,
    /// Who stated it.
    pub by: KeyId,
    /// When it was recorded.
    pub at: Instant,
    /// Which field.
    pub field: Text,
    /// What it should say.
    pub value: Text,
    /// Why.
    pub reason: Text,
}

/// The annual disclosure of one year (Art. 23).
#[derive(Debug, Clone, Default)]
pub struct DisclosureRecord {
    /// The document of the last request.
    pub document: Option<Arc<DisclosureDocument>>,
    /// What was generated last, with its document.
    pub generated: Option<(AnnualDisclosureGenerated, Arc<DisclosureDocument>)>,
    /// When it was published, with the reference.
    pub published: Option<(Instant, Text)>,
    /// Whether the ledger has stated that it is late.
    pub missed: bool,
}

/// Refusals on the ledger: each one that is recorded, and the counts of the rest (ledger.md 1).
#[derive(Debug, Clone, Default)]
pub struct Refusals {
    /// Recorded one by one: position, instant, what.
    pub recorded: Vec<(Position, Instant, StatementRefused)>,
    /// Refusals recorded of each key in the hour of its last one: begin of the hour, how many.
    pub this_hour: BTreeMap<KeyId, (Instant, u32)>,
    /// Counted only: position, instant, what.
    pub counted: Vec<(Position, Instant, RefusalsCounted)>,
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
    /// UNKNOWN_SUBJECT if there is none.
    pub fn inspection(&self, id: &InspectionId) -> Result<&Inspection, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no inspection {id}"));
        self.inspections.get(id).ok_or_else(none)
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

    /// A ceremony.
    ///
    /// # Errors
    /// UNKNOWN_SUBJECT if there is none.
    pub fn ceremony(&self, id: &DrawId) -> Result<&Ceremony, Refusal> {
        let none = || Refusal::new(Code::UnknownSubject, id, format!("there is no ceremony {id}"));
        self.ceremonies.get(id).ok_or_else(none)
    }
}
