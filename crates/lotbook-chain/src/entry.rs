//! The entry: what is hashed, chained and put into the tree (ledger.md 2, protocol.md [P-1]..[P-6]).

use crate::hash::{EntryHash, Instant, KeyId, Position, TreeHash};
use crate::sign::Signature;
use blake3::hazmat::{ContextKey, HasherExt, hash_derive_key_context};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Suite 1: Ed25519, BLAKE3, SHA-256 tree. Suite 2 is reserved for SM2 and SM3.
pub const SUITE: u8 = 1;
/// Bytes before the statement: suite 1, position 8, recorded_at 8, previous 32, author 32, signature 64.
pub const HEADER_BYTES: usize = 145;
/// Largest entry in bytes: a tlog-tiles bundle has a 16-bit length.
pub const MAX_ENTRY_BYTES: usize = 65_535;
/// Largest statement in bytes.
pub const MAX_STATEMENT_BYTES: usize = MAX_ENTRY_BYTES - HEADER_BYTES;

/// One entry, decoded. Its bytes are the layout of ledger.md 2; `decode` and `encode` are inverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place on the ledger, 0 for genesis.
    pub position: Position,
    /// When the ledger recorded it; never before its predecessor's.
    pub recorded_at: Instant,
    /// Hash of the entry before; zeros at position 0.
    pub previous: EntryHash,
    /// Who stated it.
    pub author: KeyId,
    /// The author's signature over the statement (see [`crate::sign`]).
    pub signature: Signature,
    /// The statement bytes exactly as received.
    pub statement: Vec<u8>,
}

/// Why bytes are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Fewer bytes than the fixed header and one byte of statement.
    #[error("entry of {0} bytes is shorter than its header of {HEADER_BYTES} bytes and a statement")]
    TooShort(usize),
    /// More bytes than a bundle can hold.
    #[error("entry of {0} bytes is over the limit of {MAX_ENTRY_BYTES}")]
    TooLong(usize),
    /// A suite this version does not know.
    #[error("unknown suite {0}; this version knows suite {SUITE}")]
    UnknownSuite(u8),
}

impl Entry {
    /// The entry's bytes.
    ///
    /// # Errors
    /// [`EntryError::TooShort`] or [`EntryError::TooLong`] if the statement is empty or too large.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let length = HEADER_BYTES + self.statement.len();
        check_length(length)?;
        let mut bytes = Vec::with_capacity(length);
        bytes.push(SUITE);
        bytes.extend_from_slice(&self.position.0.to_le_bytes());
        bytes.extend_from_slice(&self.recorded_at.0.to_le_bytes());
        bytes.extend_from_slice(&self.previous.0);
        bytes.extend_from_slice(&self.author.0);
        bytes.extend_from_slice(&self.signature.0);
        bytes.extend_from_slice(&self.statement);
        Ok(bytes)
    }

    /// Parses an entry's bytes.
    ///
    /// # Errors
    /// See [`EntryError`]. The statement itself is decoded by the room of events.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        check_length(bytes.len())?;
        let mut rest = bytes;
        let [suite] = take::<1>(&mut rest)?;
        if suite != SUITE {
            return Err(EntryError::UnknownSuite(suite));
        }
        Ok(Self {
            position: Position(u64::from_le_bytes(take(&mut rest)?)),
            recorded_at: Instant(i64::from_le_bytes(take(&mut rest)?)),
            previous: EntryHash(take(&mut rest)?),
            author: KeyId(take(&mut rest)?),
            signature: Signature(take(&mut rest)?),
            statement: rest.to_vec(),
        })
    }
}

fn check_length(length: usize) -> Result<(), EntryError> {
    if length <= HEADER_BYTES {
        Err(EntryError::TooShort(length))
    } else if length > MAX_ENTRY_BYTES {
        Err(EntryError::TooLong(length))
    } else {
        Ok(())
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], EntryError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(EntryError::TooShort(rest.len()))?;
    *rest = tail;
    Ok(*head)
}

/// Hash of an entry's bytes, the link of the chain.
pub fn entry_hash(entry: &[u8]) -> EntryHash {
    /// The context's own hash, which `derive_key` would compute again for each entry.
    static CONTEXT: LazyLock<ContextKey> = LazyLock::new(|| hash_derive_key_context("lotbook v1 entry"));
    // BLAKE3.derive_key("lotbook v1 entry", entry bytes)
    EntryHash(*blake3::Hasher::new_from_context_key(&CONTEXT).update(entry).finalize().as_bytes())
}

/// Hash of an entry's bytes as a leaf of the tree.
pub fn leaf_hash(entry: &[u8]) -> TreeHash {
    // SHA-256(0x00 || entry bytes)                                              RFC 6962 section 2.1
    TreeHash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
}

/// An entry with its bytes and hashes computed, and what its statement says (`B`).
///
/// Sealed before it is decided, so that what follows from it can name its hash; dropped if refused.
#[derive(Debug, Clone)]
pub struct Sealed<B> {
    /// The decoded entry.
    pub entry: Entry,
    /// Its bytes, as they are hashed and stored.
    pub bytes: Vec<u8>,
    /// Its link in the hash chain.
    pub hash: EntryHash,
    /// Its leaf in the tree.
    pub leaf: TreeHash,
    /// What the statement says, decoded by the room of events.
    pub body: B,
}

impl<B> Sealed<B> {
    /// Seals an entry: encodes and hashes it.
    ///
    /// # Errors
    /// See [`Entry::encode`].
    pub fn seal(entry: Entry, body: B) -> Result<Self, EntryError> {
        let bytes = entry.encode()?;
        Ok(Self { hash: entry_hash(&bytes), leaf: leaf_hash(&bytes), entry, bytes, body })
    }

    /// Reads sealed bytes back; `body` decodes the statement.
    ///
    /// # Errors
    /// What decoding the entry or `body` refuses.
    pub fn open<E: From<EntryError>>(
        bytes: Vec<u8>,
        body: impl FnOnce(&Entry) -> Result<B, E>,
    ) -> Result<Self, E> {
        let entry = Entry::decode(&bytes)?;
        let body = body(&entry)?;
        Ok(Self { hash: entry_hash(&bytes), leaf: leaf_hash(&bytes), entry, bytes, body })
    }

    /// The same entry, its bytes and hashes as they are, with another body.
    ///
    /// # Errors
    /// What `body` refuses.
    pub fn try_map<C, E>(self, body: impl FnOnce(B) -> Result<C, E>) -> Result<Sealed<C>, E> {
        let Self { entry, bytes, hash, leaf, body: before } = self;
        Ok(Sealed { body: body(before)?, entry, bytes, hash, leaf })
    }
}

#[cfg(test)]
mod tests;
