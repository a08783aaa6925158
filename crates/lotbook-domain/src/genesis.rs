//! Genesis: what the first entry fixes for ever.

use lotbook_chain::{LedgerId, PublicKey, SignatureError, sign::statement_message, vkey::VerifierKey};
use lotbook_chain::{Sealed, entry::entry_hash};
use lotbook_event::keys::LedgerCreated;
use lotbook_event::{Event, Statement};

/// The trust root, read from a genesis entry.
#[derive(Debug, Clone)]
pub struct Genesis {
    /// Identity of the ledger: the genesis entry's hash.
    pub ledger: LedgerId,
    /// What it states.
    pub created: LedgerCreated,
    /// The key that signs derived statements.
    pub system_key: PublicKey,
    /// The key that signs checkpoints.
    pub checkpoint_key: VerifierKey,
}

/// Why an entry is not a genesis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// Not LedgerCreated by the system key at position 0.
    #[error("the first entry is not LedgerCreated, stated by its own system key at position 0")]
    NotGenesis,
    /// A key in it is not acceptable.
    #[error("genesis names an unacceptable key: {0}")]
    Key(String),
    /// The checkpoint key has another name than the origin.
    #[error("the checkpoint key is named {vkey}, not the origin")]
    OtherName {
        /// Its name.
        vkey: String,
    },
    /// The office's credit code fails its check.
    #[error("the office's code {0}")]
    OfficeCode(String),
    /// Made by a version of the rules this code does not know.
    #[error("genesis asks for decide_version {0}; this code knows {version}", version = crate::DECIDE_VERSION)]
    DecideVersion(u32),
    /// Its signature does not verify.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl Genesis {
    /// Reads and checks a genesis entry.
    ///
    /// # Errors
    /// See [`GenesisError`].
    pub fn open(sealed: &Sealed<Statement>) -> Result<Self, GenesisError> {
        let Event::LedgerCreated(created) = &sealed.body.event else { return Err(GenesisError::NotGenesis) };
        let system_key =
            PublicKey::from_bytes(&created.system_key.0).map_err(|e| GenesisError::Key(e.to_string()))?;
        let entry = &sealed.entry;
        if entry.position.0 != 0 || entry.author != system_key.key_id() || entry.previous.0 != [0; 32] {
            return Err(GenesisError::NotGenesis);
        }
        // Ed25519("lotbook v1 statement\n" || 32 zero bytes || statement bytes)
        system_key.verify(&statement_message(LedgerId::ZERO, &entry.statement), &entry.signature)?;
        if created.decide_version != crate::DECIDE_VERSION {
            return Err(GenesisError::DecideVersion(created.decide_version));
        }
        created.office_uscc.conforms().map_err(|e| GenesisError::OfficeCode(e.problem))?;
        if created.administrator_key == created.leader_key {
            return Err(GenesisError::Key(
                "administrator and office leader are one key; each confirms the other".into(),
            ));
        }
        for key in [&created.administrator_key, &created.leader_key] {
            PublicKey::from_bytes(&key.0).map_err(|e| GenesisError::Key(e.to_string()))?;
        }
        let vkey = created.checkpoint_vkey.as_str();
        let checkpoint_key = vkey.parse::<VerifierKey>().map_err(|e| GenesisError::Key(e.to_string()))?;
        if checkpoint_key.name() != created.origin.as_str() {
            return Err(GenesisError::OtherName { vkey: checkpoint_key.name().to_owned() });
        }
        let ledger = entry_hash(&sealed.bytes).into();
        Ok(Self { ledger, created: (**created).clone(), system_key, checkpoint_key })
    }
}
