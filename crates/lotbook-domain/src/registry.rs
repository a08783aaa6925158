//! Records of the rosters: the row, when and by whom it last changed, and an enterprise's history.

use crate::civil::plus_months;
use crate::state::BatchKey;
use litemap::LiteMap;
use lotbook_chain::{Instant, KeyId};
use lotbook_event::registry::{Conflict, Enterprise, Inspector, Item, RulesetAdopted, Status};
use lotbook_event::{Date, SectionId, Text};
use std::collections::BTreeSet;

/// How far an item is (Art. 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemPhase {
    /// Its section proposed it.
    Proposed,
    /// The co-ordinator put it on the list.
    Aggregated,
    /// Published and in force.
    Published,
    /// Withdrawn.
    Withdrawn,
}

/// An item.
#[derive(Debug, Clone)]
pub struct ItemRecord {
    /// The item.
    pub item: Item,
    /// How far it is.
    pub phase: ItemPhase,
    /// When it was published on the ledger.
    pub published_at: Option<Instant>,
}

/// When and by whom a row last changed.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// When it was recorded.
    pub at: Instant,
    /// Whose statement it was.
    pub by: KeyId,
}

/// An inspector on the roster.
#[derive(Debug, Clone)]
pub struct InspectorRecord {
    /// The row.
    pub row: Inspector,
    /// Its last change.
    pub change: Change,
}

/// An enterprise on the roster.
#[derive(Debug, Clone)]
pub struct EnterpriseRecord {
    /// The row.
    pub row: Enterprise,
    /// Statuses by kind that have not been ended; few, so in a list.
    pub statuses: LiteMap<Text, Vec<Status>>,
    /// Draws it was selected in.
    pub draws: Vec<PastDraw>,
    /// Last change of the row or a status.
    pub change: Change,
}

/// A draw that selected an enterprise (Art. 16).
#[derive(Debug, Clone)]
pub struct PastDraw {
    /// Calendar year of the draw.
    pub year: u32,
    /// Day of the draw.
    pub on: Date,
    /// The batch.
    pub batch: BatchKey,
    /// Sections whose plans the batch implements.
    pub units: BTreeSet<SectionId>,
}

/// A conflict in force.
#[derive(Debug, Clone)]
pub struct ConflictRecord {
    /// The row.
    pub row: Conflict,
    /// When and by whom it was declared.
    pub change: Change,
}

impl EnterpriseRecord {
    /// Whether a status holds on a day. A penalty without a last day of its own is remembered for a
    /// limited time (rules.md 1.4).
    pub fn has_status(&self, kind: &Text, on: Date, rules: &RulesetAdopted) -> bool {
        let holds = |status: &Status| {
            let last = match status.until {
                None if *kind == rules.penalty_status => {
                    Some(plus_months(status.since, rules.penalty_memory_months))
                }
                until => until,
            };
            status.since <= on && last.is_none_or(|last| on <= last)
        };
        self.statuses.get(kind).is_some_and(|of_kind| of_kind.iter().any(holds))
    }

    /// Whether a status of Art. 16 para. 2 holds on a day.
    pub fn is_exempt(&self, on: Date, rules: &RulesetAdopted) -> bool {
        rules.exempt_statuses.iter().any(|kind| self.has_status(kind, on, rules))
    }
}
