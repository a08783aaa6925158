//! The receipt: an entry, its inclusion proof and a signed checkpoint; proves itself offline (ledger.md 3).

use crate::checkpoint::{Checkpoint, OpenCheckpointError};
use crate::entry::{Entry, EntryError, entry_hash, leaf_hash};
use crate::hash::{EntryHash, TreeHash};
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

    /// The proof in the text format of C2SP tlog-proof v1, for clients of other logs.
    ///
    /// `index` is the entry's position. The entry itself is not in it: the client brings it.
    pub fn to_tlog_proof(&self, index: u64) -> TlogProof {
        TlogProof { extra: None, index, proof: self.proof.clone(), checkpoint: self.checkpoint.clone() }
    }
}

#[cfg(test)]
mod tests;
