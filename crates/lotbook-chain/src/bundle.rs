//! What a tile holds on a web server: hashes, or entries each with its length (C2SP tlog-tiles).

use crate::entry::MAX_ENTRY_BYTES;
use crate::hash::TreeHash;

/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// Bytes of a length.
const LENGTH_BYTES: usize = 2;
/// Most bytes of a tile of hashes: 256 of them.
pub const MAX_HASH_TILE_BYTES: usize = 256 * HASH_BYTES;
/// Most bytes of a bundle of entries: 256 of the largest.
pub const MAX_BUNDLE_BYTES: usize = 256 * (LENGTH_BYTES + MAX_ENTRY_BYTES);

/// Why bytes are not a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not as many hashes as the path says.
    #[error("a tile of {expected} hashes has {} bytes, found {found}", expected * HASH_BYTES)]
    Hashes {
        /// Hashes it must have.
        expected: usize,
        /// Bytes it has.
        found: usize,
    },
    /// It ends within an entry.
    #[error("the bundle ends within entry {entry} of {expected}")]
    Truncated {
        /// The entry within the bundle, from 0.
        entry: usize,
        /// Entries it must have.
        expected: usize,
    },
    /// There is more after the last entry.
    #[error("the bundle of {expected} entries has {found} bytes after the last one")]
    Trailing {
        /// Entries it must have.
        expected: usize,
        /// Bytes beyond them.
        found: usize,
    },
    /// An entry is longer than its length can say.
    #[error("entry of {0} bytes does not fit a bundle: at most {MAX_ENTRY_BYTES}")]
    TooLong(usize),
}

/// The bytes of a tile of hashes, one after the other.
pub fn encode_hashes(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Exactly `width` hashes.
///
/// # Errors
/// [`BundleError::Hashes`].
pub fn decode_hashes(bytes: &[u8], width: u16) -> Result<Vec<TreeHash>, BundleError> {
    let expected = usize::from(width);
    let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
    if !rest.is_empty() || hashes.len() != expected {
        return Err(BundleError::Hashes { expected, found: bytes.len() });
    }
    Ok(hashes.iter().copied().map(TreeHash).collect())
}

/// The bytes of a bundle: (u16 BE length || entry)*.
///
/// # Errors
/// [`BundleError::TooLong`].
pub fn encode_entries<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong(entry.len()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Exactly `width` entries, and nothing after them.
///
/// # Errors
/// [`BundleError::Truncated`] or [`BundleError::Trailing`].
pub fn decode_entries(bytes: &[u8], width: u16) -> Result<Vec<Vec<u8>>, BundleError> {
    let expected = usize::from(width);
    let mut entries = Vec::with_capacity(expected);
    let mut rest = bytes;
    for entry in 0..expected {
        let truncated = || BundleError::Truncated { entry, expected };
        let (length, after) = rest.split_first_chunk::<LENGTH_BYTES>().ok_or_else(truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (bytes, after) = after.split_at_checked(length).ok_or_else(truncated)?;
        entries.push(bytes.to_vec());
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing { expected, found: rest.len() }) }
}

#[cfg(test)]
mod tests;
