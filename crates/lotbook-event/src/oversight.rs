//! Lateness, refusals, corrections, disclosure, accountability: strong types of `oversight.proto` (rules.md 0, 1.6;
//! Arts. 23, 25).

use crate::id::{BreachId, Bytes32, Date, Text};
use crate::wire::{enumeration, message};
use lotbook_chain::{EntryHash, Instant, KeyId, Position, StatementHash, TreeHash};
use std::collections::BTreeSet;

enumeration! {
    /// A duty with a clock (rules.md 1.6).
    Obligation {
        Plan = "D1", Report = "D2", Feedback = "D3", Publication = "D4", Comment = "D5", Disclosure = "D6",
        Draw = "D7", Release = "release",
    }
    /// A part of the annual disclosure (Art. 23).
    DisclosurePartKind {
        Draws = "draws", Inspections = "inspections", Feedback = "feedback", Comments = "comments",
        Use = "use", Deviations = "deviations",
    }
}

message! {
    /// A duty was not met when its time was up.
    DeadlineMissed {
        obligation: Obligation, subject: Text, due: Instant, calendar: Option<EntryHash>, provisional: bool,
    }
    /// An authenticated statement was refused.
    StatementRefused { author: KeyId, event: Text, code: Text, article: u32, statement_hash: StatementHash }
    /// What an entry says is corrected; both versions stay.
    EntryCorrected { position: Position, entry: EntryHash, field: Text, value: Text, reason: Text }
    /// The disclosure of a year is asked for.
    AnnualDisclosureRequested { year: u32 }
    /// The disclosure as the ledger derives it.
    AnnualDisclosureGenerated {
        year: u32, size: u64, root: TreeHash, document: Bytes32, parts: Vec<DisclosurePartSummary>,
    }
    /// One part, counted.
    DisclosurePartSummary { part: DisclosurePartKind, rows: u64 }
    /// The disclosure is published.
    AnnualDisclosurePublished {
        year: u32, document: Bytes32, parts: BTreeSet<DisclosurePartKind>, receipt_ref: Text,
    }
    /// Refusals of one key in one hour beyond those recorded one by one.
    RefusalsCounted { author: KeyId, hour: Instant, refusals: Vec<RefusalCount> }
    /// Refusals with one code.
    RefusalCount { code: Text, count: u64 }
    /// A justification beside a flag, which stays.
    DeviationExplained { position: Position, explanation: Text }
    /// A dossier is opened (Art. 25).
    BreachRecorded { breach: BreachId, article: u32, positions: BTreeSet<Position>, summary: Text }
    /// A person says whether the consequences are serious.
    ConsequenceAssessed { breach: BreachId, serious: bool, basis: Text }
    /// A breach with serious consequences is referred.
    AccountabilityReferred { breach: BreachId, organ: Text }
    /// The organ has decided.
    AccountabilityDecided {
        breach: BreachId, decided_on: Date, decision: Bytes32, publication_order: Text, published: Text,
    }
}
