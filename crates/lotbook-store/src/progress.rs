//! Progress of a start, for whoever waits for it.

/// How far a start has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Entries done.
    pub done: u64,
    /// Entries to do, once that is known.
    pub total: Option<u64>,
}

/// What a start does, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Every entry of the journal is read and checked.
    CheckingJournal,
    /// The index gets what the journal has beyond it.
    CompletingIndex,
    /// The index was set aside and is made anew.
    RebuildingIndex,
}
