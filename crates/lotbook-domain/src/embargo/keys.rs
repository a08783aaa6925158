//! Who has embargo keys: the ledger those of its batches; a verifier only those on the log.

use super::Revealed;
use crate::draw::DrawFault;
use crate::state::{BatchKey, State};
use lotbook_draw::EmbargoKey;
use lotbook_event::DrawId;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The keys that a ledger holds, by batch. Each is wiped when dropped.
#[derive(Debug, Default)]
pub struct LedgerKeys(BTreeMap<BatchKey, Held>);

/// A key, and the draw it gives: computed once, for each opening needs it.
struct Held {
    key: EmbargoKey,
    revealed: OnceLock<(DrawId, Arc<Revealed>)>,
}

/// Names nobody: neither the key nor whom it drew.
impl core::fmt::Debug for Held {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&self.key, f)
    }
}

/// The keys at hand for whoever decides.
#[derive(Debug, Clone, Copy)]
pub enum Keys<'a> {
    /// The ledger's: a key that is missing is a fault.
    Ledger(&'a LedgerKeys),
    /// None but those on the log: what depends on another comes out as a template, see
    /// [`masked`](super::masked).
    Verifier,
}

impl LedgerKeys {
    /// Takes up the key of a batch; one that is there already stays.
    pub fn add(&mut self, batch: BatchKey, key: EmbargoKey) {
        self.0.entry(batch).or_insert_with(|| Held { key, revealed: OnceLock::new() });
    }

    /// The key of a batch.
    pub fn get(&self, batch: &BatchKey) -> Option<&EmbargoKey> {
        self.0.get(batch).map(|held| &held.key)
    }
}

impl<'a> Keys<'a> {
    /// The key of a batch; `None` for a verifier as long as it is not on the log.
    ///
    /// # Errors
    /// [`DrawFault`] if the ledger does not hold a key that it must hold.
    pub fn of(
        self,
        state: &'a State,
        batch: &BatchKey,
        draw: &DrawId,
    ) -> Result<Option<&'a EmbargoKey>, DrawFault> {
        if let Some((key, _)) = state.embargoes.get(batch).and_then(|embargo| embargo.released.as_ref()) {
            return Ok(Some(key));
        }
        match self {
            Self::Verifier => Ok(None),
            Self::Ledger(keys) => {
                let missing = || DrawFault {
                    draw: draw.clone(),
                    what: "is under embargo, and this ledger does not hold its key".into(),
                };
                keys.get(batch).map(Some).ok_or_else(missing)
            }
        }
    }

    /// What the ledger has computed before of a draw under its key, or computes now.
    pub(super) fn remembered(
        self,
        batch: &BatchKey,
        draw: &DrawId,
        compute: impl FnOnce() -> Result<Revealed, DrawFault>,
    ) -> Result<Arc<Revealed>, DrawFault> {
        let slot = match self {
            Self::Ledger(keys) => keys.0.get(batch).map(|held| &held.revealed),
            Self::Verifier => None,
        };
        if let Some((of, revealed)) = slot.and_then(|slot| slot.get())
            && of == draw
        {
            return Ok(revealed.clone());
        }
        let revealed = Arc::new(compute()?);
        if let Some(slot) = slot {
            // The first draw that is computed stays; a batch has one.
            drop(slot.set((draw.clone(), revealed.clone())));
        }
        Ok(revealed)
    }
}
