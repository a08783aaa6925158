//! The tree cut into 256-wide tiles (C2SP tlog-tiles): what to store after an append, what to read.

use crate::hash::TreeHash;
use crate::tree::{Frontier, join, root};
use std::collections::BTreeMap;

/// Hashes in a full tile (tlog-tiles: tile height 8).
pub const TILE_WIDTH: u16 = 256;
/// Levels of the tree that one level of tiles spans.
const TILE_HEIGHT: u32 = 8;

/// Name of a tile: its level, 0 for leaf hashes, and its place in that level, 0 for the leftmost.
///
/// Hash `i` of tile `n` at level `l` is the root over leaves `(256n + i) * 256^l` up to
/// `(256n + i + 1) * 256^l` (tlog-tiles).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for leaf hashes; at most 7 for sizes below 2^64.
    pub level: u8,
    /// Place from the left.
    pub index: u64,
}

impl TileId {
    /// How many hashes, 0..=256, this tile has in a tree of `size` leaves.
    pub fn width_at(self, size: u64) -> u16 {
        // Partial width at level l = floor(size / 256^l) mod 256; tiles further left are full.
        let hashes = size.checked_shr(u32::from(self.level).saturating_mul(TILE_HEIGHT)).unwrap_or(0);
        let before = self.index.saturating_mul(u64::from(TILE_WIDTH));
        u16::try_from(hashes.saturating_sub(before)).map_or(TILE_WIDTH, |width| width.min(TILE_WIDTH))
    }
}

impl core::fmt::Display for TileId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} of level {}", self.index, self.level)
    }
}

/// Where tiles are kept: a database, a folder of static files, a map in memory.
pub trait TileReader {
    /// Why a tile could not be read.
    type Error;

    /// The first hashes of a tile: at least `width` (1..=256) of them; more are ignored.
    ///
    /// # Errors
    /// If the tile is not there, or cannot be read.
    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Self::Error>;

    /// The root over the complete subtree of 2^height leaves from leaf `start` on, if the reader remembers it.
    ///
    /// Tiles hold no inner nodes: without memory each proof hashes some hundred of them again.
    fn node(&self, _start: u64, _height: u32) -> Option<TreeHash> {
        None
    }

    /// Gives the reader such a root to remember: a complete subtree never changes.
    fn remember(&self, _start: u64, _height: u32, _root: TreeHash) {}
}

/// Why tiles could not be read or extended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// The reader failed.
    #[error("failed to read a tile")]
    Read(#[source] E),
    /// The reader gave fewer hashes than the tree has there.
    #[error("tile {id} has {found} hashes, expected {expected}")]
    Short {
        /// The tile asked for.
        id: TileId,
        /// Hashes it must have at this size.
        expected: usize,
        /// Hashes it has.
        found: usize,
    },
    /// The tree would have more leaves than 64 bits can count.
    #[error("tree of {size} leaves cannot take {added} more")]
    Full {
        /// Leaves before.
        size: u64,
        /// Leaves to be added.
        added: usize,
    },
}

/// A tile and its whole content as it is now: 1..=256 hashes.
pub type TileContent = (TileId, Vec<TreeHash>);

/// The tiles that change when `leaves` are added to a tree of `size` leaves.
///
/// Of the old tiles at most the last partial one of each level is read. The result is in order of
/// level, then index; each tile appears once, with its full content (what was there, then what is
/// new). Only full tiles are hashed upward (tlog-tiles).
///
/// # Errors
/// See [`TileError`].
pub fn append<R: TileReader>(
    reader: &R,
    size: u64,
    leaves: &[TreeHash],
) -> Result<Vec<TileContent>, TileError<R::Error>> {
    let full = || TileError::Full { size, added: leaves.len() };
    u64::try_from(leaves.len()).ok().and_then(|added| size.checked_add(added)).ok_or_else(full)?;
    let (mut level, mut start) = (0_u8, size);
    let mut hashes = leaves.to_vec();
    let mut changed = Vec::new();
    while !hashes.is_empty() {
        hashes = append_level(reader, level, start, &hashes, &mut changed)?;
        start >>= TILE_HEIGHT;
        level = level.saturating_add(1);
    }
    Ok(changed)
}

/// Adds hashes to one level that has `start` of them; returns the hashes for the level above.
fn append_level<R: TileReader>(
    reader: &R,
    level: u8,
    start: u64,
    hashes: &[TreeHash],
    changed: &mut Vec<TileContent>,
) -> Result<Vec<TreeHash>, TileError<R::Error>> {
    let mut index = start >> TILE_HEIGHT;
    // At its own level, `start` hashes are a tree of `start` leaves.
    let width = TileId { level: 0, index }.width_at(start);
    let mut content = read(reader, TileId { level, index }, width)?;
    let mut above = Vec::new();
    for hash in hashes {
        content.push(*hash);
        if content.len() == usize::from(TILE_WIDTH) {
            above.push(root(&content));
            changed.push((TileId { level, index }, core::mem::take(&mut content)));
            index = index.saturating_add(1);
        }
    }
    if !content.is_empty() {
        changed.push((TileId { level, index }, content));
    }
    Ok(above)
}

/// Exactly `width` hashes of a tile; an empty tile is never asked for.
fn read<R: TileReader>(reader: &R, id: TileId, width: u16) -> Result<Vec<TreeHash>, TileError<R::Error>> {
    if width == 0 {
        return Ok(Vec::new());
    }
    let mut content = reader.tile(id, width).map_err(TileError::Read)?;
    let (expected, found) = (usize::from(width), content.len());
    if found < expected {
        return Err(TileError::Short { id, expected, found });
    }
    content.truncate(expected);
    Ok(content)
}

/// The frontier of a tree of `size` leaves, from its stored tiles: to go on after a restart.
///
/// # Errors
/// See [`TileError`].
pub fn frontier<R: TileReader>(reader: &R, size: u64) -> Result<Frontier, TileError<R::Error>> {
    let subtrees = StoredTree::new(reader, size).subtrees(0, size)?;
    Ok(Frontier::from_subtrees(size, subtrees))
}

/// A tree of a certain size, read from its tiles; reads each tile at most once.
pub(crate) struct StoredTree<'r, R> {
    reader: &'r R,
    size: u64,
    seen: BTreeMap<TileId, Vec<TreeHash>>,
}

impl<'r, R: TileReader> StoredTree<'r, R> {
    pub(crate) fn new(reader: &'r R, size: u64) -> Self {
        Self { reader, size, seen: BTreeMap::new() }
    }

    /// MTH(D[start:end]) for a range that is a node of the tree of this size, or part of its right edge.
    pub(crate) fn range(&mut self, start: u64, end: u64) -> Result<Option<TreeHash>, TileError<R::Error>> {
        Ok(join(&self.subtrees(start, end)?))
    }

    /// The roots of the complete subtrees that make up a range, largest first.
    fn subtrees(&mut self, start: u64, end: u64) -> Result<Vec<TreeHash>, TileError<R::Error>> {
        let mut hashes = Vec::new();
        let mut at = start;
        while let Some(height) = end.checked_sub(at).and_then(u64::checked_ilog2) {
            hashes.push(self.subtree(at, height)?);
            at = at.saturating_add(1 << height);
        }
        Ok(hashes)
    }

    /// The root of the complete subtree of 2^height leaves that begins at leaf `start`.
    fn subtree(&mut self, start: u64, height: u32) -> Result<TreeHash, TileError<R::Error>> {
        // The height is below 64: the level is below 8, and no shift is too far.
        let level = height / TILE_HEIGHT;
        let place = start >> (level * TILE_HEIGHT);
        let id = TileId { level: u8::try_from(level).unwrap_or(u8::MAX), index: place >> TILE_HEIGHT };
        // The place within the tile is the lowest byte: place mod 256.
        let [offset, ..] = place.to_le_bytes();
        let (offset, count) = (usize::from(offset), 1_usize << (height % TILE_HEIGHT));
        if count > 1
            && let Some(known) = self.reader.node(start, height)
        {
            return Ok(known);
        }
        let tile = self.tile(id)?;
        let found = tile.len();
        let hashes = tile.get(offset..offset + count);
        let hash = hashes.map(root).ok_or(TileError::Short { id, expected: offset + count, found })?;
        if count > 1 {
            self.reader.remember(start, height, hash);
        }
        Ok(hash)
    }

    fn tile(&mut self, id: TileId) -> Result<&[TreeHash], TileError<R::Error>> {
        use std::collections::btree_map::Entry;
        match self.seen.entry(id) {
            Entry::Occupied(tile) => Ok(tile.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(read(self.reader, id, id.width_at(self.size))?)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
