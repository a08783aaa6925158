//! Annual disclosures and refusals.

use lotbook_chain::{Instant, KeyId, Position};
use lotbook_event::Text;
use lotbook_event::disclosure::DisclosureDocument;
use lotbook_event::oversight::{AnnualDisclosureGenerated, RefusalsCounted, StatementRefused};
use std::collections::BTreeMap;
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
