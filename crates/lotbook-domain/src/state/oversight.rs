//! Annual disclosures, refusals, and dossiers.

use lotbook_chain::{Instant, KeyId, Position};
use lotbook_event::disclosure::DisclosureDocument;
use lotbook_event::oversight::{AnnualDisclosureGenerated, RefusalsCounted, StatementRefused};
use lotbook_event::{Date, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

/// A dossier (Art. 25). Each instant is that of the record.
#[derive(Debug, Clone)]
pub struct Breach {
    /// Who opened it.
    pub by: KeyId,
    /// When.
    pub at: Instant,
    /// The article departed from.
    pub article: u32,
    /// The entries that show it.
    pub positions: BTreeSet<Position>,
    /// What was departed from.
    pub summary: Text,
    /// Whether a person found the consequences serious, on what basis, when.
    pub assessed: Option<(bool, Text, Instant)>,
    /// The organ it was referred to, and when.
    pub referred: Option<(Text, Instant)>,
    /// The decision: its date, and its text where the organ orders publication.
    pub decided: Option<(Date, Option<Text>)>,
}
