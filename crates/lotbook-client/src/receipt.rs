//! Receipts: from the wire to chain types, and what the receipt of a submission must say.

use crate::error::Untrustworthy;
use crate::trust::TrustRoot;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{
    Checkpoint, EntryHash, Instant, Position, PublicKey, Receipt, Signature, SigningKey, TreeHash,
};
use lotbook_event::Statement;
use lotbook_rpc::proto;
use prost::Message;

/// A statement signed for one ledger, ready to be submitted, and submitted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedStatement {
    /// The exact bytes that are signed.
    pub statement: Vec<u8>,
    /// Who signs.
    pub author: PublicKey,
    /// The signature over domain, ledger id and bytes.
    pub signature: Signature,
}

/// A statement that is durably recorded; its receipt is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// Place on the ledger.
    pub position: Position,
    /// When the ledger recorded it.
    pub recorded_at: Instant,
    /// Hash of the entry.
    pub hash: EntryHash,
    /// The checkpoint that contains it.
    pub checkpoint: Checkpoint,
    /// Proof for others, offline.
    pub receipt: Receipt,
}

impl SignedStatement {
    /// Signs a statement for the ledger of this trust root.
    pub fn sign(trust: &TrustRoot, key: &SigningKey, statement: &Statement) -> Self {
        let statement = statement.encode();
        let signature = key.sign(&statement_message(trust.ledger_id, &statement));
        Self { statement, author: key.public(), signature }
    }

    /// The bytes of the request that states it: the statement, the author's key id, and the signature. What an
    /// author keeps, to have a refusal decided again ([P-119]).
    pub fn to_bytes(&self) -> Vec<u8> {
        self.request().encode_to_vec()
    }

    pub(crate) fn request(&self) -> proto::SubmitRequest {
        proto::SubmitRequest {
            statement: self.statement.clone(),
            key_id: self.author.key_id().0.to_vec(),
            signature: self.signature.0.to_vec(),
        }
    }

    /// Checks that a receipt is for exactly this statement of this author on this ledger.
    ///
    /// # Errors
    /// [`Untrustworthy`], naming what differs.
    pub fn check(&self, trust: &TrustRoot, receipt: Receipt) -> Result<Submitted, Untrustworthy> {
        let proved = receipt.verify(&trust.vkey)?;
        let entry = proved.entry;
        if entry.statement != self.statement {
            return Err(Untrustworthy::OtherStatement);
        }
        let expected = self.author.key_id();
        if entry.author != expected {
            return Err(Untrustworthy::OtherAuthor { expected, found: entry.author });
        }
        // Submitted twice, the first signature stays: not necessarily this one, but the author's.
        let message = statement_message(trust.ledger_id, &self.statement);
        self.author.verify(&message, &entry.signature).map_err(|_| Untrustworthy::AuthorSignature)?;
        Ok(Submitted {
            position: entry.position,
            recorded_at: entry.recorded_at,
            hash: proved.hash,
            checkpoint: proved.checkpoint,
            receipt,
        })
    }
}

/// A receipt from the wire; nothing in it is believed yet.
///
/// # Errors
/// [`Untrustworthy::Missing`] or [`Untrustworthy::Length`].
pub fn from_wire(receipt: Option<proto::Receipt>) -> Result<Receipt, Untrustworthy> {
    let receipt = receipt.ok_or(Untrustworthy::Missing("receipt"))?;
    let proof = proof_from_wire("inclusion_proof", &receipt.inclusion_proof)?;
    Ok(Receipt { entry: receipt.entry, proof, checkpoint: receipt.checkpoint })
}

/// The hashes of a proof from the wire.
pub(crate) fn proof_from_wire(
    field: &'static str,
    hashes: &[Vec<u8>],
) -> Result<Vec<TreeHash>, Untrustworthy> {
    let hash = |bytes: &Vec<u8>| {
        let length = Untrustworthy::Length { field, expected: 32, found: bytes.len() };
        TreeHash::try_from(bytes.as_slice()).map_err(|_| length)
    };
    hashes.iter().map(hash).collect()
}

#[cfg(test)]
mod tests;
