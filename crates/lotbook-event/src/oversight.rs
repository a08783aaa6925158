//! Lateness and refusals: strong types of `oversight.proto` (rules.md 1.6, 0).

use crate::id::Text;
use crate::wire::{enumeration, message};
use lotbook_chain::{EntryHash, Instant, KeyId, StatementHash};

enumeration! {
    /// A duty with a clock (rules.md 1.6).
    Obligation { Plan = "D1", Report = "D2", Feedback = "D3", Publication = "D4" }
}

message! {
    /// A duty was not met when its time was up.
    DeadlineMissed {
        obligation: Obligation, subject: Text, due: Instant, calendar: Option<EntryHash>, provisional: bool,
    }
    /// An authenticated statement was refused.
    StatementRefused { author: KeyId, event: Text, code: Text, article: u32, statement_hash: StatementHash }
}
