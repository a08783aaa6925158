//! The embargo: what keeps the drawn names from whoever has the public rows and the public seed, until
//! its key is published. [draw 7]
//!
//! A 32-byte key gives every row and every slot a salt of its own. A salt stands at the end of the row and
//! of the ticket, so that without the key neither can be computed, and with one salt exactly one can.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::encoding::{derive, length, put_enc, put_u64};
use crate::hex::Hex;
use crate::pool::{InspectorRow, ObjectRow, leaf_of, root_of};

/// K_emb, one for each batch. Wiped when dropped, never printed. [draw 7]
#[derive(Clone, PartialEq, Eq)]
pub struct EmbargoKey(Zeroizing<[u8; 32]>);

/// 32 raw bytes after the last field of a row and after the id in its ticket. Opens one row. [draw 7]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl EmbargoKey {
    /// A key from the operating system's 32 bytes, or one that was published.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key's 32 bytes: whoever has them knows everything that is withheld.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// What PoolFrozen states instead of the key. [draw 7]
    pub fn commitment(&self) -> [u8; 32] {
        // H("embargo", K_emb)
        derive("embargo", self.0.as_slice())
    }

    /// The salt of an enterprise.
    pub fn object(&self, uscc: &str) -> Salt {
        self.salt("object", &[uscc])
    }

    /// The salt of an inspector.
    pub fn inspector(&self, id: &str) -> Salt {
        self.salt("inspector", &[id])
    }

    /// The salt of a pair that must not meet.
    pub fn conflict(&self, uscc: &str, inspector: &str) -> Salt {
        self.salt("conflict", &[uscc, inspector])
    }

    /// The salt of a slot, for the tickets of substitutes and swaps.
    pub fn slot(&self, slot: usize) -> Salt {
        // salt = BLAKE3.keyed_hash(K_emb, enc("slot") || u64(slot))
        let mut message = Vec::new();
        put_enc(&mut message, b"slot");
        put_u64(&mut message, length(slot));
        Salt(*blake3::keyed_hash(&self.0, &message).as_bytes())
    }

    /// What the holder of a key states to show that they have the whole of K_emb ([P-154]).
    pub fn held_by(&self, key_id: &[u8; 32]) -> [u8; 32] {
        // BLAKE3.keyed_hash(K_emb, enc("held") || key_id)
        let mut message = Vec::new();
        put_enc(&mut message, b"held");
        message.extend_from_slice(key_id);
        *blake3::keyed_hash(&self.0, &message).as_bytes()
    }

    fn salt(&self, kind: &str, ids: &[&str]) -> Salt {
        // salt = BLAKE3.keyed_hash(K_emb, enc(kind) || enc(id));  of a conflict: || enc(uscc) || enc(inspector_id)
        let mut message = Vec::new();
        put_enc(&mut message, kind.as_bytes());
        ids.iter().for_each(|id| put_enc(&mut message, id.as_bytes()));
        Salt(*blake3::keyed_hash(&self.0, &message).as_bytes())
    }
}

impl fmt::Debug for EmbargoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmbargoKey(of commitment {})", Hex(self.commitment()))
    }
}

impl Salt {
    /// A salt that was published.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The salt's 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// Appends a salt where there is an embargo; without one nothing, so that the bytes are those of draw 2-3.
pub(crate) fn put_salt(out: &mut Vec<u8>, salt: Option<&Salt>) {
    out.extend_from_slice(salt.map_or(&[], |salt| salt.0.as_slice()));
}

/// What stands on the log for the inspector of a slot ([P-152]). The slot is in it, so that nobody sees
/// which slots belong to the same inspector; `leaf` is that of the inspector's salted row.
pub fn slot_commitment(slot: usize, leaf: &[u8; 32]) -> [u8; 32] {
    // H("embargo slot", u64(slot) || leaf)
    let mut message = Vec::with_capacity(40);
    put_u64(&mut message, length(slot));
    message.extend_from_slice(leaf);
    derive("embargo slot", &message)
}

/// A row with all that shows it to somebody who has the root only: one enterprise, or one inspector. [draw 7]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening<Row> {
    /// The row.
    pub row: Row,
    /// Its salt.
    pub salt: Salt,
    /// Its place among the rows of its list, from 0.
    pub index: u64,
    /// Its inclusion proof (RFC 6962), the leaf's neighbour first.
    pub path: Vec<[u8; 32]>,
}

/// Why an opening shows nothing. [draw 7]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpeningError {
    /// Row and salt are not what was committed to.
    #[error("row and salt do not open the commitment")]
    Commitment,
    /// The proof does not lead from the row to the root.
    #[error("the inclusion proof does not lead from the row to the root of the frozen pool")]
    Path,
}

impl Opening<ObjectRow> {
    /// The leaf of the salted row.
    pub fn leaf(&self) -> [u8; 32] {
        leaf_of(&self.row.encode_under(Some(&self.salt)))
    }

    /// Checks an enterprise: the leaf that the log committed to, in the list of `size` rows under `root`.
    ///
    /// # Errors
    /// See [`OpeningError`].
    pub fn check(&self, committed: &[u8; 32], size: u64, root: &[u8; 32]) -> Result<(), OpeningError> {
        let leaf = self.leaf();
        if leaf != *committed {
            return Err(OpeningError::Commitment);
        }
        leads(leaf, self.index, size, &self.path, root)
    }
}

impl Opening<InspectorRow> {
    /// The leaf of the salted row.
    pub fn leaf(&self) -> [u8; 32] {
        leaf_of(&self.row.encode_under(Some(&self.salt)))
    }

    /// Checks the inspector of a slot: the commitment of the slot, in the list of `size` rows under `root`.
    ///
    /// # Errors
    /// See [`OpeningError`].
    pub fn check(
        &self,
        slot: usize,
        committed: &[u8; 32],
        size: u64,
        root: &[u8; 32],
    ) -> Result<(), OpeningError> {
        let leaf = self.leaf();
        if slot_commitment(slot, &leaf) != *committed {
            return Err(OpeningError::Commitment);
        }
        leads(leaf, self.index, size, &self.path, root)
    }
}

fn leads(
    leaf: [u8; 32],
    index: u64,
    size: u64,
    path: &[[u8; 32]],
    root: &[u8; 32],
) -> Result<(), OpeningError> {
    if root_of(leaf, index, size, path) == Some(*root) { Ok(()) } else { Err(OpeningError::Path) }
}
