//! Reading a log verified: nothing leaves here that does not lead to the checkpoint's root.
//!
//! The tiles at the right edge of the tree (at most one a level is partial) hash to the root; a full tile
//! hashes to a hash of the tile above it. So every tile is authenticated by those above, up to the root,
//! and every entry by its hash in a tile of level 0.

mod bundle;
mod cache;
mod edge;
mod entries;
mod error;

pub use entries::Entries;
pub use error::{Bad, ReadError};

use crate::source::{Source, SourceError, tile_or_full};
use cache::Cache;
use edge::Edge;
use lotbook_chain::bundle::decode_hashes;
use lotbook_chain::{Checkpoint, TileId, TilePath, TileReader, TreeHash, root};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Levels of the tree that one level of tiles spans.
const TILE_HEIGHT: u32 = 8;

/// A log as of one checkpoint. Clones share what was read.
#[derive(Clone)]
pub struct LogReader {
    log: Arc<Log>,
}

struct Log {
    source: Arc<dyn Source>,
    checkpoint: Checkpoint,
    /// Read with the first tile; nothing is known without it.
    edge: Mutex<Option<Arc<Edge>>>,
    full: Mutex<Cache>,
}

impl LogReader {
    /// The log of this checkpoint, whose signature is the caller's business. Nothing is read yet.
    pub fn new(source: Arc<dyn Source>, checkpoint: Checkpoint) -> Self {
        let log = Log { source, checkpoint, edge: Mutex::default(), full: Mutex::default() };
        Self { log: Arc::new(log) }
    }

    /// The checkpoint that everything is held against.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.log.checkpoint
    }

    /// The entries from a position on to the checkpoint's size, in order, each verified; ends after an error.
    ///
    /// Some bundles are read ahead, on threads. To go on after a [`ReadError::Source`], ask again from the
    /// position after the last one that came.
    pub fn entries(&self, from: u64) -> Entries {
        Entries::new(self.clone(), from)
    }

    /// The verified entries of the bundle at a place.
    fn bundle(&self, index: u64) -> Result<Vec<Vec<u8>>, ReadError> {
        let leaves = self.verified(TileId { level: 0, index })?;
        let path = TilePath::entries_at(index, self.log.checkpoint.size);
        let first = index.saturating_mul(u64::from(lotbook_chain::TILE_WIDTH));
        let bytes = self.fetch(path, first)?;
        bundle::open(&bytes, path, first, &leaves)
    }

    /// A tile as it is at the checkpoint's size, authenticated.
    fn verified(&self, id: TileId) -> Result<Arc<[TreeHash]>, ReadError> {
        let size = self.log.checkpoint.size;
        let path = TilePath::Hashes { id, width: id.width_at(size) };
        if path.width() == 0 {
            return Err(ReadError::Beyond { id, size });
        }
        if !path.is_full() {
            return self.edge()?.tile(id.level).ok_or(ReadError::Beyond { id, size });
        }
        if let Some(tile) = locked(&self.log.full).get(id) {
            return Ok(tile);
        }
        let expected = self.hash_above(id)?;
        let hashes = self.hashes(path)?;
        // Hash i of tile n at level l + 1 is the root over tile 256n + i at level l.     C2SP tlog-tiles
        let computed = root(&hashes);
        if computed != expected {
            return Err(ReadError::Bad {
                position: first_leaf(id),
                what: Bad::Tile { path, computed, expected },
            });
        }
        let tile: Arc<[TreeHash]> = hashes.into();
        locked(&self.log.full).put(id, tile.clone());
        Ok(tile)
    }

    /// The hash that stands for a full tile in the tile above it.
    fn hash_above(&self, id: TileId) -> Result<TreeHash, ReadError> {
        let above = TileId { level: id.level.saturating_add(1), index: id.index >> TILE_HEIGHT };
        // The place within the tile is the lowest byte: index mod 256.
        let [offset, ..] = id.index.to_le_bytes();
        let tile = self.verified(above)?;
        let size = self.log.checkpoint.size;
        tile.get(usize::from(offset)).copied().ok_or(ReadError::Beyond { id, size })
    }

    /// The right edge, read and verified once.
    fn edge(&self) -> Result<Arc<Edge>, ReadError> {
        if let Some(edge) = locked(&self.log.edge).clone() {
            return Ok(edge);
        }
        let edge = Arc::new(Edge::read(&self.log.checkpoint, |path| self.hashes(path))?);
        *locked(&self.log.edge) = Some(edge.clone());
        Ok(edge)
    }

    /// A tile of hashes of the right form; not authenticated.
    fn hashes(&self, path: TilePath) -> Result<Vec<TreeHash>, ReadError> {
        let position = match path {
            TilePath::Hashes { id, .. } => first_leaf(id),
            TilePath::Entries { index, .. } => first_leaf(TileId { level: 0, index }),
        };
        let bytes = self.fetch(path, position)?;
        decode_hashes(&bytes, path.width())
            .map_err(|error| ReadError::Bad { position, what: Bad::Form { path, error } })
    }

    /// What lies at a path. Something that is too large is there, and is no tile.
    fn fetch(&self, path: TilePath, position: u64) -> Result<Vec<u8>, ReadError> {
        tile_or_full(self.log.source.as_ref(), path).map_err(|error| match error {
            SourceError::TooLarge { limit, .. } => {
                ReadError::Bad { position, what: Bad::TooLarge { path, limit } }
            }
            error => ReadError::Source(error),
        })
    }
}

impl TileReader for LogReader {
    type Error = ReadError;

    /// At least `width` hashes, if the checkpoint's tree has so many there: proofs between any sizes up to
    /// the checkpoint's can be made.
    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, ReadError> {
        let tile = self.verified(id)?;
        if tile.len() < usize::from(width) {
            return Err(ReadError::Beyond { id, size: self.log.checkpoint.size });
        }
        Ok(tile.to_vec())
    }
}

/// The first leaf that a tile stands over.
fn first_leaf(id: TileId) -> u64 {
    let height = u32::from(id.level).saturating_add(1).saturating_mul(TILE_HEIGHT);
    // A tile that exists has its leaves below 2^64.
    id.index.checked_shl(height).unwrap_or(0)
}

/// What is kept is whole after every statement, so a thread that died holding it left nothing half done.
fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
