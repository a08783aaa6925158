//! The port for secrets: embargo keys, and randomness for answers. The only place where the engine meets
//! randomness, as the clock is the only one where it meets time.

use crate::read;
use crate::writer::{Fatal, Writer};
use lotbook_domain::authenticate::Authentic;
use lotbook_domain::embargo::EmbargoKey;
use lotbook_domain::state::BatchKey;
use lotbook_domain::{LedgerKeys, State};
use lotbook_event::plan::Reveal;
use lotbook_event::{BatchId, Event, PlanId};
use lotbook_store::{Vault, VaultError};
use zeroize::Zeroizing;

/// Keeps embargo keys, and makes secrets.
pub trait Secrets: Send + Sync {
    /// The key of a batch; nothing if there is none.
    ///
    /// # Errors
    /// If what is kept cannot be read.
    fn embargo_key(&self, batch: &BatchKey) -> Result<Option<EmbargoKey>, SecretsError>;

    /// A fresh key for a batch that has none; kept for good when this returns.
    ///
    /// # Errors
    /// If it cannot be made or kept.
    fn new_embargo_key(&self, batch: &BatchKey) -> Result<EmbargoKey, SecretsError>;

    /// 32 fresh random bytes, used once.
    ///
    /// # Errors
    /// If the system gives none.
    fn one_time(&self) -> Result<Zeroizing<[u8; 32]>, SecretsError>;
}

/// Secrets cannot be kept, found or made.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SecretsError(#[from] VaultError);

impl Secrets for Vault {
    fn embargo_key(&self, batch: &BatchKey) -> Result<Option<EmbargoKey>, SecretsError> {
        Ok(self.get(&name(batch))?.map(|key| EmbargoKey::from_bytes(*key)))
    }

    fn new_embargo_key(&self, batch: &BatchKey) -> Result<EmbargoKey, SecretsError> {
        let key = self.fresh()?;
        self.put(&name(batch), &key)?;
        Ok(EmbargoKey::from_bytes(*key))
    }

    fn one_time(&self) -> Result<Zeroizing<[u8; 32]>, SecretsError> {
        Ok(self.fresh()?)
    }
}

/// The name of a batch's key in the vault ([P-165]); identifiers hold no slash.
pub fn name((plan, batch): &BatchKey) -> Vec<u8> {
    format!("embargo {plan}/{batch}").into_bytes()
}

/// Why a ledger cannot go on with its embargoes.
#[derive(Debug, thiserror::Error)]
pub enum MissingKey {
    /// There is none.
    #[error(
        "the vault has no embargo key of batch {0}/{1}, which is not released: bring DIR/vault and keys/vault.secret back"
    )]
    None(PlanId, BatchId),
    /// It is another one.
    #[error("the vault's embargo key of batch {0}/{1} is not the one that its pool commits to")]
    Other(PlanId, BatchId),
    /// The vault failed.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

/// The keys of every embargo that is not released.
///
/// # Errors
/// See [`MissingKey`].
pub(crate) fn keys_of(state: &State, secrets: &dyn Secrets) -> Result<LedgerKeys, MissingKey> {
    let mut keys = LedgerKeys::default();
    for (batch, embargo) in state.embargoes.iter().filter(|(_, embargo)| embargo.released.is_none()) {
        let (plan, id) = batch.clone();
        let key = secrets.embargo_key(batch)?.ok_or_else(|| MissingKey::None(plan.clone(), id.clone()))?;
        if key.commitment() != embargo.stated.commitment.0 {
            return Err(MissingKey::Other(plan, id));
        }
        keys.add(batch.clone(), key);
    }
    Ok(keys)
}

impl Writer {
    /// Before the first opening of a batch under embargo is decided: its key, one for all its attempts.
    pub(crate) fn prepare(&self, authentic: &Authentic) -> Result<(), Fatal> {
        let Event::CeremonyOpened(e) = &authentic.statement().event else { return Ok(()) };
        let batch = (e.plan.clone(), e.batch.clone());
        let state = read(&self.shared.state);
        let scheme = state.batches.get(&batch).and_then(|record| record.scheme.as_ref());
        let hidden = scheme.is_some_and(|scheme| scheme.value.reveal != Reveal::AtDraw);
        if !hidden || read(&self.shared.keys).get(&batch).is_some() {
            return Ok(());
        }
        let secrets = &self.shared.secrets;
        let key = match secrets.embargo_key(&batch)? {
            Some(key) => key,
            None => secrets.new_embargo_key(&batch)?,
        };
        crate::write(&self.shared.keys).add(batch, key);
        Ok(())
    }
}
