//! Genesis: makes a ledger in an empty store.

use crate::Signers;
use crate::publish::checkpoint;
use lotbook_chain::entry::{entry_hash, leaf_hash};
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, EntryHash, Instant, LedgerId, Position, PublicKey, VerifierKey};
use lotbook_event::keys::{LedgerCreated, Role};
use lotbook_event::{RawKey, Statement, StatementId, Text, Uscc};
use lotbook_store::Store;

/// What genesis states.
#[derive(Debug, Clone)]
pub struct NewLedger {
    /// Origin of checkpoints.
    pub origin: Text,
    /// Name of the office.
    pub office_name: Text,
    /// Code of the office.
    pub office_uscc: Uscc,
    /// Identifier of the first rule set.
    pub rule_set_id: Text,
    /// The first administrator.
    pub administrator: PublicKey,
    /// The first office leader.
    pub leader: PublicKey,
    /// Whether the clock is simulated.
    pub simulated_clock: bool,
    /// The statement's identifier, chosen by the caller (UUIDv7).
    pub id: StatementId,
    /// When the ledger begins.
    pub at: Instant,
}

/// Why no ledger was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is one already.
    #[error("the data directory holds a ledger of {0} entries already")]
    NotEmpty(u64),
    /// A value makes no genesis.
    #[error("genesis: {0}")]
    Invalid(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] lotbook_store::StoreError),
}

/// Appends the genesis entry, signs its checkpoint, and anchors it.
///
/// # Errors
/// See [`CreateError`].
pub fn create(store: &Store, signers: &Signers, new: &NewLedger) -> Result<LedgerId, CreateError> {
    if store.head().size > 0 {
        return Err(CreateError::NotEmpty(store.head().size));
    }
    let invalid = |what: String| CreateError::Invalid(what);
    if new.administrator == new.leader {
        return Err(invalid("administrator and office leader need two keys: each confirms the other".into()));
    }
    let bytes = genesis_entry(signers, new).map_err(invalid)?;
    let note = checkpoint(new.origin.as_str(), 1, leaf_hash(&bytes), &signers.checkpoint).map_err(invalid)?;
    let ledger = entry_hash(&bytes).into();
    let head = store.append_group(&[bytes])?;
    store.write_anchor(&note.note, head)?;
    Ok(ledger)
}

fn genesis_entry(signers: &Signers, new: &NewLedger) -> Result<Vec<u8>, String> {
    let vkey =
        VerifierKey::new(new.origin.as_str(), signers.checkpoint.public()).map_err(|e| e.to_string())?;
    let created = LedgerCreated {
        origin: new.origin.clone(),
        office_name: new.office_name.clone(),
        office_uscc: new.office_uscc.clone(),
        system_key: RawKey(signers.system.public().to_bytes()),
        checkpoint_vkey: Text::new(vkey.to_string()).map_err(|e| e.to_string())?,
        administrator_key: RawKey(new.administrator.to_bytes()),
        leader_key: RawKey(new.leader.to_bytes()),
        rule_set_id: new.rule_set_id.clone(),
        decide_version: lotbook_domain::DECIDE_VERSION,
        simulated_clock: new.simulated_clock,
    };
    let statement = Statement {
        id: new.id,
        stated_at: new.at,
        role: Role::System,
        section: None,
        expected_position: None,
        event: created.into(),
    }
    .encode();
    // Ed25519("lotbook v1 statement\n" || 32 zero bytes || statement bytes)                      ledger.md 2
    let signature = signers.system.sign(&statement_message(LedgerId::ZERO, &statement));
    let author = signers.system.public().key_id();
    let entry = Entry {
        position: Position(0),
        recorded_at: new.at,
        previous: EntryHash::ZERO,
        author,
        signature,
        statement,
    };
    entry.encode().map_err(|e| e.to_string())
}
