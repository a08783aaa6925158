//! Sealed values and file hashes (ledger.md 5): a short secret is committed to with a salt.

use lotbook_event::Bytes32;

/// A value whose commitment is on the ledger; whoever holds salt and value can open it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// What is on the ledger.
    pub commitment: Bytes32,
    /// 32 fresh random bytes.
    pub salt: [u8; 32],
    /// The value; empty where it is a file's bytes.
    pub value: String,
    /// What it is about: a pair of inspector and code, or a file name.
    pub about: String,
}

/// Shows neither salt nor value.
impl core::fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SealedValue({}, {:?})", self.about, self.commitment)
    }
}

impl SealedValue {
    pub(crate) fn of_text(value: String, about: String, salt: [u8; 32]) -> Self {
        Self { commitment: commit(&salt, value.as_bytes()), salt, value, about }
    }

    pub(crate) fn of_file(bytes: &[u8], about: String, salt: [u8; 32]) -> Self {
        Self { commitment: commit(&salt, bytes), salt, value: String::new(), about }
    }

    /// Whether salt and value open the commitment; not for files, whose bytes are elsewhere.
    pub fn opens(&self) -> bool {
        commit(&self.salt, self.value.as_bytes()) == self.commitment
    }
}

/// The sealed commitment of a value.
pub fn commit(salt: &[u8; 32], value: &[u8]) -> Bytes32 {
    // BLAKE3.derive_key("lotbook v1 sealed", salt (32) || value)
    let mut hasher = blake3::Hasher::new_derive_key("lotbook v1 sealed");
    hasher.update(salt).update(value);
    Bytes32(*hasher.finalize().as_bytes())
}

/// The hash of a file that holds nothing restricted.
pub fn file_hash(bytes: &[u8]) -> Bytes32 {
    // BLAKE3.derive_key("lotbook v1 file", bytes of the file)
    Bytes32(blake3::derive_key("lotbook v1 file", bytes))
}
