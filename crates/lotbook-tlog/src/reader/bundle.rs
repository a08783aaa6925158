//! A bundle's entries, each held against its leaf hash; the first one that is wrong is named.

use super::{Bad, ReadError};
use crate::source::end_of_entries;
use lotbook_chain::bundle::decode_entries;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{BundleError, TilePath, TreeHash};

/// The entries of a bundle whose first one is at position `first`.
///
/// # Errors
/// [`ReadError::Bad`]. A length that was changed makes nonsense of all that follows it: so entries before
/// the place where decoding ends are looked at first.
pub(super) fn open(
    bytes: &[u8],
    path: TilePath,
    first: u64,
    leaves: &[TreeHash],
) -> Result<Vec<Vec<u8>>, ReadError> {
    let bad = |place: usize, what| {
        let place = u64::try_from(place).unwrap_or(u64::MAX);
        ReadError::Bad { position: first.saturating_add(place), what }
    };
    let (entries, fault) = decode(bytes, path.width());
    for (place, (entry, expected)) in entries.iter().zip(leaves).enumerate() {
        // SHA-256(0x00 || entry bytes)                                  RFC 6962 section 2.1, [P-6], [P-113]
        let (computed, expected) = (leaf_hash(entry), *expected);
        if computed != expected {
            return Err(bad(place, Bad::Leaf { path, computed, expected }));
        }
    }
    match fault {
        Some(error) => Err(bad(entries.len(), Bad::Form { path, error })),
        None => Ok(entries),
    }
}

/// The entries that can be told apart, and why there are not exactly `width` of them.
fn decode(bytes: &[u8], width: u16) -> (Vec<Vec<u8>>, Option<BundleError>) {
    let error = match decode_entries(bytes, width) {
        Ok(entries) => return (entries, None),
        Err(error) => error,
    };
    let whole = match error {
        BundleError::Truncated { entry, .. } => entry,
        BundleError::Trailing { expected, .. } => expected,
        BundleError::Hashes { .. } | BundleError::TooLong(_) => 0,
    };
    let end = end_of_entries(bytes, whole).unwrap_or(0);
    let whole = u16::try_from(whole).unwrap_or(width);
    let entries = bytes.get(..end).and_then(|bytes| decode_entries(bytes, whole).ok());
    (entries.unwrap_or_default(), Some(error))
}
