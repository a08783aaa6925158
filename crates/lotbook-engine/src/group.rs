//! A group: entries that become durable together, and the answers that wait for them.

use crate::RefusalReceipt;
use crate::engine::Answer;
use lotbook_chain::{KeyId, Position};
use lotbook_event::{Refusal, StatementId};
use std::collections::BTreeMap;

/// Most statements in one group; bounds how long the first caller of a group waits.
pub const MAX_STATEMENTS: usize = 256;

/// What a caller gets once the group is durable.
pub(crate) enum Outcome {
    /// The entry at this position; a receipt is made for it.
    Accepted(Position),
    /// A rule said no.
    Refused(Refusal, Option<RefusalReceipt>),
}

/// A group under construction.
#[derive(Default)]
pub(crate) struct Group {
    /// Entry bytes in order.
    pub entries: Vec<Vec<u8>>,
    /// Statements of this group, for those submitted twice at once.
    pub statements: BTreeMap<(KeyId, StatementId), Position>,
    /// Who waits, and for what.
    pub answers: Vec<(Answer, Outcome)>,
    /// Who waits for everything due to be stated.
    pub settled: Vec<std::sync::mpsc::SyncSender<()>>,
}
