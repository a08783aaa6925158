//! Where a log is read from: anything that gives a checkpoint and tiles. Nothing it gives is believed.

mod error;
mod folder;
mod http;
mod location;

pub use error::SourceError;
pub use folder::Folder;
pub(crate) use folder::read_bounded;
pub use http::Http;
pub use location::{Location, LocationError, Prefix};

use lotbook_chain::TilePath;
use lotbook_chain::bundle::{MAX_BUNDLE_BYTES, MAX_HASH_TILE_BYTES};

/// A place that holds a log as tlog-tiles lays it out.
pub trait Source: Send + Sync {
    /// The signed checkpoint, verbatim; its signature is not checked.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn checkpoint(&self) -> Result<String, SourceError>;

    /// What lies at exactly this path, at most [`max_bytes`] of it.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, SourceError>;

    /// The place in words, for people: a folder or a URL.
    fn place(&self) -> String;
}

/// What a tile at this path can have at most, in bytes.
pub fn max_bytes(path: TilePath) -> usize {
    match path {
        TilePath::Hashes { .. } => MAX_HASH_TILE_BYTES,
        TilePath::Entries { .. } => MAX_BUNDLE_BYTES,
    }
}

/// A tile; one whose partial form is gone is cut out of the full one (tlog-tiles, Partial tiles).
///
/// # Errors
/// See [`SourceError`].
pub fn tile_or_full(source: &dyn Source, path: TilePath) -> Result<Vec<u8>, SourceError> {
    match source.tile(path) {
        Err(gone @ SourceError::NotFound { .. }) if !path.is_full() => match source.tile(path.full()) {
            Ok(full) => Ok(cut(full, path)),
            // Neither is there: what was asked for is what is missing.
            Err(SourceError::NotFound { .. }) => Err(gone),
            Err(error) => Err(error),
        },
        read => read,
    }
}

/// The first `width` hashes or entries of a full tile; all of it if it has not so many.
fn cut(mut full: Vec<u8>, path: TilePath) -> Vec<u8> {
    let width = usize::from(path.width());
    let end = match path {
        TilePath::Hashes { .. } => width * 32,
        TilePath::Entries { .. } => end_of_entries(&full, width).unwrap_or(full.len()),
    };
    full.truncate(end);
    full
}

/// Where the first `count` entries of a bundle end; nothing if it has fewer.
pub(crate) fn end_of_entries(bundle: &[u8], count: usize) -> Option<usize> {
    (0..count).try_fold(0_usize, |at, _| {
        // u16 BE length || entry                                                 C2SP tlog-tiles, Log entries
        let (length, entries) = bundle.get(at..)?.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        (length <= entries.len()).then_some(at + 2 + length)
    })
}

#[cfg(test)]
pub(crate) mod tests;
