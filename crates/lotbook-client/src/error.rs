//! Errors in three classes: the ledger said no, it cannot answer now, or it is not to be believed.

use lotbook_chain::{
    ConsistencyError, EntryError, EntryHash, Instant, KeyId, LedgerId, OpenCheckpointError, PolicyError,
    Position, ReceiptError, TreeHash,
};
use lotbook_event::DecodeError;
use lotbook_rpc::{RpcError, explain, proto, status::reason};
use std::time::Duration;
use tonic::Code;

/// Why a call gave nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// The ledger said no. Expected; trying the same again gives the same.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// It cannot answer now. Trying again is safe, also with the same statement.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// It answered what cannot be true. Keep the answer and tell somebody.
    #[error("not to be trusted: {0}")]
    Untrustworthy(#[from] Untrustworthy),
}

/// The ledger said no.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// What it said; the code, article, rule and remedy.
    pub error: RpcError,
    /// The ledger's signed word for it, **verified**, where it gave one.
    pub receipt: Option<proto::RefusalReceipt>,
}

/// The ledger cannot answer now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger cannot answer now: {found}")]
pub struct Unavailable {
    /// What was found.
    pub found: String,
    /// When to try again, if the ledger said.
    pub retry_after: Option<Duration>,
}

/// What cannot be true of an honest ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // each message says what its fields are
pub enum Untrustworthy {
    #[error("the receipt: {0}")]
    Receipt(#[from] ReceiptError),
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] OpenCheckpointError),
    #[error("the entry at position {position}: {error}")]
    Entry { position: u64, error: EntryError },
    #[error("the statement at position {position}: {error}")]
    Statement { position: Position, error: DecodeError },
    #[error("a field of the answer: {field} has {found} bytes, needs {expected}")]
    Length { field: &'static str, expected: usize, found: usize },
    #[error("the answer has no {0}")]
    Missing(&'static str),
    #[error("the receipt is for another statement than the one submitted")]
    OtherStatement,
    #[error("the receipt names the author {found}, not {expected}")]
    OtherAuthor { expected: KeyId, found: KeyId },
    #[error("the recorded signature is not the author's")]
    AuthorSignature,
    #[error("position {found} came where {expected} was to come")]
    OtherPosition { expected: u64, found: u64 },
    #[error("the entry at {position} follows {found}, not {expected}, the entry before it")]
    BrokenChain { position: Position, expected: EntryHash, found: EntryHash },
    #[error("the entry at {position} was recorded at {found:?}, before its predecessor's {previous:?}")]
    BackInTime { position: Position, previous: Instant, found: Instant },
    #[error("the log shrank: the checkpoint has {found} entries, {known} were seen")]
    Shrunk { known: u64, found: u64 },
    #[error("the log forked at {size} entries: the checkpoint has the root {found}, known is {known}")]
    Forked { size: u64, known: TreeHash, found: TreeHash },
    #[error("the log of {to} entries does not extend the one of {from} entries seen before: {error}")]
    Inconsistent { from: u64, to: u64, error: ConsistencyError },
    #[error("the ledger does not prove that its log of {to} entries extends the one of {from}: {said}")]
    Unproved { from: u64, to: u64, said: String },
    #[error("the policy of witnesses: {0}")]
    Policy(PolicyError),
    #[error("another ledger: its genesis is {found}, trusted is {expected}")]
    OtherLedger { expected: LedgerId, found: LedgerId },
    #[error("the trust root is of origin {origin:?}, its verifier key of {key:?}")]
    TrustRoot { origin: String, key: String },
    #[error("the genesis entry: {0}")]
    Genesis(String),
    #[error("the ledger's word for its refusal: {0}")]
    RefusalReceipt(&'static str),
    #[error("a marker of having caught up {0}")]
    Marker(&'static str),
    #[error("the stream ended at position {found}, {expected} was asked for")]
    EndedEarly { expected: u64, found: u64 },
    #[error("an answer to a statement that was not sent")]
    UnaskedAnswer,
    #[error("an answer that says neither yes nor no")]
    NoAnswer,
    #[error("a list of which every page names itself as the next one")]
    Paging,
}

impl ClientError {
    /// Sorts a status into its class; a refusal receipt in it is *not* taken over here.
    pub(crate) fn from_status(status: &tonic::Status) -> Self {
        let error = explain(status);
        let again = match error.reason.as_str() {
            reason::OVERLOADED | reason::UNAVAILABLE | reason::STREAM_ENDED => true,
            "" => passing(error.code),
            _ => false,
        };
        if again {
            Unavailable { found: error.message, retry_after: error.retry_after }.into()
        } else {
            Self::Refused(Box::new(Refused { error, receipt: None }))
        }
    }

    pub(crate) fn unavailable(found: impl Into<String>) -> Self {
        Unavailable { found: found.into(), retry_after: None }.into()
    }
}

/// Codes that a transport, a deadline or a proxy makes, rather than the ledger.
fn passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::ResourceExhausted
            | Code::Unknown
            | Code::Internal
            | Code::Aborted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotbook_event::{Code as Rule, Refusal};
    use lotbook_rpc::status;

    #[test]
    fn a_status_falls_into_the_class_of_its_cause() {
        let class = |status| ClientError::from_status(&status);
        assert!(
            matches!(class(status::overloaded()), ClientError::Unavailable(u) if u.retry_after.is_some())
        );
        assert!(matches!(class(status::stream_ended("slow", 4)), ClientError::Unavailable(_)));
        assert!(matches!(class(tonic::Status::internal("h2")), ClientError::Unavailable(_)));
        assert!(matches!(class(tonic::Status::cancelled("Timeout expired")), ClientError::Unavailable(_)));
        assert!(matches!(class(status::bad_signature()), ClientError::Refused(_)));
        assert!(matches!(class(status::no_such_entry(3, 3)), ClientError::Refused(_)));
        for rule in Rule::ALL {
            let refused = class(status::refused(&Refusal::new(*rule, "s", "f"), None));
            assert!(matches!(refused, ClientError::Refused(r) if r.error.reason == rule.as_str()), "{rule}");
        }
    }
}
