//! What was found to be wrong, where, and by which check.

use serde::Serialize;

/// The check that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The entry's bytes, or the statement's, cannot be decoded strictly.
    Bytes,
    /// Position, previous hash or time do not follow from the entry before.
    Chain,
    /// Key or signature are not good at this position.
    Signature,
    /// The rules refuse what was accepted.
    Decision,
    /// A derived entry is not what the rules yield.
    Derived,
    /// Something due was left out.
    Due,
    /// An identifier of an author was used twice.
    Idempotency,
    /// The tree's root is not the signed one.
    Tree,
    /// The checkpoint is not signed by the ledger's key, or contradicts the log.
    Checkpoint,
    /// A static file is not what the tree has there.
    Tiles,
    /// The log is shorter, or another, than was asked for.
    Expectation,
    /// The journal itself is damaged.
    Journal,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("position {position}: {check:?}: {what}")]
pub struct Finding {
    /// Position of the entry at which it shows.
    pub position: u64,
    /// Which check failed.
    pub check: Check,
    /// What was found, and what was expected.
    pub what: String,
}

impl Finding {
    /// A finding.
    pub fn new(position: u64, check: Check, what: impl Into<String>) -> Self {
        Self { position, check, what: what.into() }
    }
}
