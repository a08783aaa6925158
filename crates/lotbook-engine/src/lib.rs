//! The one writer: authenticate, seal, decide, group, append, project, publish.
//!
//! Blocking and single-minded: one thread writes; signatures are verified on the callers' threads while
//! it does. Nothing is answered before it is durable; nothing is published that is not. Where to read
//! first: [`writer`], whose `submit` is the way of a statement as one function.

pub mod create;
pub mod engine;
pub mod group;
pub mod port;
pub mod projector;
mod proof;
pub mod public;
pub mod publish;
pub mod reading;
mod refusing;
pub mod secrets;
pub mod writer;

pub use create::{CreateError, NewLedger, create};
pub use engine::{Engine, EngineOptions, OpenError, SubmitError, Unavailable};
pub use lotbook_chain as chain;
pub use lotbook_domain as domain;
pub use lotbook_domain::refusals::RefusalReceipt;
pub use lotbook_domain::{SignedStatement, State, projection};
pub use port::{Clock, SimulatedClock, SystemClock};
pub use public::{PublishError, Publishing};
pub use secrets::{MissingKey, Secrets, SecretsError};

use lotbook_chain::SigningKey;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The ledger's own keys: derived statements and refusal receipts; checkpoints.
#[derive(Debug, Clone)]
pub struct Signers {
    /// Signs what the ledger states itself.
    pub system: Arc<SigningKey>,
    /// Signs checkpoints.
    pub checkpoint: Arc<SigningKey>,
}

/// Reads a lock; a writer that panicked has stopped the engine anyway.
pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a lock; see [`read`].
pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// The statement id in statement bytes, for the store, which knows no statements.
pub fn statement_id(statement: &[u8]) -> Option<[u8; 16]> {
    lotbook_event::Statement::decode(statement).ok().map(|statement| statement.id.0)
}
