//! What the public sees: each signed checkpoint at once, or those that the witnesses' quorum has cosigned
//! ([P-115]). It never gets smaller, also over a restart.

use crate::engine::Shared;
use crate::publish::{Listener, Published};
use crate::{read, write};
use lotbook_chain::{Checkpoint, Policy, Position, UnwitnessedError, VerifierKey, Witnessed};
use lotbook_store::{Publication, Store, StoreError};
use std::sync::{Mutex, PoisonError, RwLock};

/// Which checkpoints are shown to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publishing {
    /// None: nobody is served by this process, and what was published stays as it is.
    Nothing,
    /// Every signed one, at once.
    AtOnce,
    /// Those that satisfy this policy, once somebody brings the cosignatures ([`crate::Engine::publish`]).
    Witnessed(Policy),
}

/// Why a cosigned checkpoint is not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// This ledger publishes at once and waits for nobody.
    #[error("no witnesses are configured: checkpoints are published at once")]
    NotAwaited,
    /// This ledger has waited for witnesses; publishing without them is not to happen by oversight.
    #[error("this ledger waits for its witnesses: name them, or remove DIR/published to do without them")]
    Awaited,
    /// It does not satisfy the policy, or is not this ledger's.
    #[error(transparent)]
    Unwitnessed(#[from] UnwitnessedError),
    /// It is signed and cosigned, and states another tree than the ledger has.
    #[error("the checkpoint of {size} entries states another tree than this ledger has")]
    OtherTree {
        /// Its size.
        size: u64,
    },
    /// The store cannot read or write now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The newest checkpoint of those that wait for witnesses.
pub(crate) struct Public {
    publishing: Publishing,
    newest: RwLock<Option<Published>>,
    /// Held while one is made durable, so that they follow one another.
    turn: Mutex<()>,
    listeners: RwLock<Vec<Listener>>,
}

impl Public {
    /// Goes on where the last run ended.
    ///
    /// # Errors
    /// [`PublishError::OtherTree`] or [`PublishError::Unwitnessed`] if what was published is not of this ledger;
    /// [`PublishError::Awaited`] if it was to wait, and is not any more.
    pub fn open(publishing: Publishing, store: &Store, key: &VerifierKey) -> Result<Self, PublishError> {
        let newest = match (&publishing, store.publication()?) {
            (Publishing::Nothing, _) => None,
            (Publishing::AtOnce, Publication::AtOnce) => None,
            (Publishing::AtOnce, Publication::Nothing | Publication::Checkpoint(_)) => {
                return Err(PublishError::Awaited);
            }
            (Publishing::Witnessed(_), Publication::Checkpoint(note)) => {
                // It was published under the policy of then; only whose it is, is asked again.
                let checkpoint = Checkpoint::open(&note, key).map_err(UnwitnessedError::from)?;
                same_tree(store, &checkpoint)?;
                Some(Published { size: checkpoint.size, note })
            }
            (Publishing::Witnessed(_), Publication::AtOnce | Publication::Nothing) => {
                store.write_publication("")?;
                None
            }
        };
        let (turn, listeners) = (Mutex::default(), RwLock::default());
        Ok(Self { publishing, newest: RwLock::new(newest), turn, listeners })
    }

    /// The policy that is waited for; nothing if checkpoints are published at once.
    pub fn policy(&self) -> Option<&Policy> {
        match &self.publishing {
            Publishing::Nothing | Publishing::AtOnce => None,
            Publishing::Witnessed(policy) => Some(policy),
        }
    }

    pub fn newest(&self) -> Option<Published> {
        read(&self.newest).clone()
    }

    pub fn listen(&self, listener: Listener) {
        write(&self.listeners).push(listener);
    }

    /// Publishes a cosigned checkpoint: durable first, then shown. An older one changes nothing. Of those of `closes`
    /// that it covers and that have no stamp yet, it is that.
    pub fn publish(
        &self,
        store: &Store,
        key: &VerifierKey,
        note: &str,
        closes: &[Position],
    ) -> Result<Witnessed, PublishError> {
        let policy = self.policy().ok_or(PublishError::NotAwaited)?;
        let witnessed = policy.open_of(note, key)?;
        same_tree(store, &witnessed.checkpoint)?;
        let size = witnessed.checkpoint.size;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if self.newest().is_none_or(|newest| newest.size < size) {
            for close in closes.iter().filter(|close| close.0 < size) {
                store.write_stamp(*close, note)?;
            }
            store.write_publication(note)?;
            *write(&self.newest) = Some(Published { size, note: note.to_owned() });
            read(&self.listeners).iter().for_each(|listener| listener(size));
        }
        Ok(witnessed)
    }
}

/// The ledger's own tree has the checkpoint's root at its size.
fn same_tree(store: &Store, checkpoint: &Checkpoint) -> Result<(), PublishError> {
    let size = checkpoint.size;
    if store.root_at(size)? == Some(checkpoint.root) { Ok(()) } else { Err(PublishError::OtherTree { size }) }
}

impl Shared {
    /// The newest checkpoint for the public, and its size; nothing while the quorum is waited for.
    pub fn public(&self) -> Option<Published> {
        match self.public.publishing {
            Publishing::AtOnce => Some(read(&self.published).clone()),
            Publishing::Nothing | Publishing::Witnessed(_) => self.public.newest(),
        }
    }
}
