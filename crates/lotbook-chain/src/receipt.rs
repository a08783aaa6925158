//! The receipt: an entry, its inclusion proof and a signed checkpoint; proves itself offline (ledger.md 3).

use crate::checkpoint::{Checkpoint, OpenCheckpointError};
use crate::entry::{Entry, EntryError, entry_hash, leaf_hash};
use crate::hash::{EntryHash, Position, TreeHash};
use crate::inclusion::{InclusionError, verify_inclusion};
use crate::tlog_proof::TlogProof;
use crate::vkey::VerifierKey;

/// What a ledger hands out for an entry. Nothing in it is believed before [`Receipt::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// The inclusion proof, the leaf's sibling first.
    pub proof: Vec<TreeHash>,
    /// The signed checkpoint, verbatim, cosignatures included.
    pub checkpoint: String,
}

/// What a receipt proves: that the ledger recorded this entry at its position.
///
/// It does not prove who stated it: the author's key is known only from the ledger's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// The entry.
    pub entry: Entry,
    /// Its link in the hash chain.
    pub hash: EntryHash,
    /// The tree it was proved to be in.
    pub checkpoint: Checkpoint,
}

/// Why a receipt is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The entry's bytes are not an entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The checkpoint is not one of this ledger.
    #[error(transparent)]
    Checkpoint(#[from] OpenCheckpointError),
    /// The entry is not proved to be in the checkpoint's tree at the position it names.
    #[error(transparent)]
    Inclusion(#[from] InclusionError),
}

/// Why a tlog-proof is not the file of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFileError {
    /// It has no line `extra`: the entry's bytes would have to come from elsewhere.
    #[error("the proof has no entry: the line `extra` is missing")]
    NoEntry,
    /// The bytes of `extra` are not an entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The index is not the position that the entry names.
    #[error("the proof is of leaf {index}, the entry is that of position {position}")]
    OtherIndex {
        /// What the line `index` says.
        index: u64,
        /// What the entry says.
        position: Position,
    },
}

impl Receipt {
    /// Verifies the receipt with the ledger's verifier key alone.
    ///
    /// The leaf's index is the position that the entry's own bytes name, so an entry put at another
    /// place of the tree is refused.
    ///
    /// # Errors
    /// See [`ReceiptError`].
    pub fn verify(&self, key: &VerifierKey) -> Result<VerifiedReceipt, ReceiptError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        let entry = Entry::decode(&self.entry)?;
        let leaf = leaf_hash(&self.entry);
        verify_inclusion(leaf, entry.position.0, checkpoint.size, &self.proof, checkpoint.root)?;
        Ok(VerifiedReceipt { entry, hash: entry_hash(&self.entry), checkpoint })
    }

    /// The receipt as a file, in the text format of C2SP tlog-proof v1 (protocol.md [P-117]).
    ///
    /// `extra` holds the entry's bytes and `index` is the position they name.
    ///
    /// # Errors
    /// [`EntryError`] if the bytes are not an entry: they name no position.
    pub fn to_tlog_proof(&self) -> Result<TlogProof, EntryError> {
        Ok(TlogProof {
            extra: Some(self.entry.clone()),
            index: Entry::decode(&self.entry)?.position.0,
            proof: self.proof.clone(),
            checkpoint: self.checkpoint.clone(),
        })
    }

    /// The receipt of a file; what it says is not believed before [`Receipt::verify`].
    ///
    /// # Errors
    /// See [`ReceiptFileError`].
    pub fn from_tlog_proof(proof: &TlogProof) -> Result<Self, ReceiptFileError> {
        let entry = proof.extra.clone().ok_or(ReceiptFileError::NoEntry)?;
        let (index, position) = (proof.index, Entry::decode(&entry)?.position);
        if index != position.0 {
            return Err(ReceiptFileError::OtherIndex { index, position });
        }
        Ok(Self { entry, proof: proof.proof.clone(), checkpoint: proof.checkpoint.clone() })
    }
}

#[cfg(test)]
mod tests;
