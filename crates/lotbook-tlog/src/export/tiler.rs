//! Entries in, tiles out: as much of the tree as one tile a level has.

use super::{TargetError, folder::Target};
use lotbook_chain::bundle::{encode_entries, encode_hashes};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Frontier, TILE_WIDTH, TileId, TilePath, TreeHash, root};

/// Levels of the tree that one level of tiles spans.
const TILE_HEIGHT: u32 = 8;

/// The unfinished tile of each level, and the unfinished bundle.
pub(super) struct Tiler {
    tree: Frontier,
    /// At level l the hashes of the tile that is being filled; fewer than 256.
    levels: Vec<Vec<TreeHash>>,
    bundle: Vec<u8>,
}

impl Tiler {
    pub(super) fn new() -> Self {
        Self { tree: Frontier::new(), levels: Vec::new(), bundle: Vec::new() }
    }

    /// Entries so far.
    pub(super) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Root over the entries so far.
    pub(super) fn root(&self) -> TreeHash {
        self.tree.root()
    }

    /// Adds an entry; writes the bundle and the tiles that it fills.
    pub(super) fn push(&mut self, entry: &[u8], target: &mut Target) -> Result<(), TargetError> {
        let position = self.size();
        let encoded = encode_entries(&[entry]).map_err(|error| TargetError::Entry { position, error })?;
        self.bundle.extend_from_slice(&encoded);
        let leaf = leaf_hash(entry);
        self.tree.push(leaf);
        if self.size().is_multiple_of(u64::from(TILE_WIDTH)) {
            target
                .put(TilePath::Entries { index: position >> TILE_HEIGHT, width: TILE_WIDTH }, &self.bundle)?;
            self.bundle.clear();
        }
        self.add_hash(leaf, position, target)
    }

    /// Adds a hash to level 0 and, for each tile that becomes full, the root over it to the level above.
    fn add_hash(&mut self, leaf: TreeHash, position: u64, target: &mut Target) -> Result<(), TargetError> {
        let (mut hash, mut index) = (leaf, position);
        for level in 0..=u8::MAX {
            let at = usize::from(level);
            if self.levels.len() <= at {
                self.levels.push(Vec::new());
            }
            let Some(tile) = self.levels.get_mut(at) else { break };
            tile.push(hash);
            index >>= TILE_HEIGHT;
            if tile.len() < usize::from(TILE_WIDTH) {
                break;
            }
            let path = TilePath::Hashes { id: TileId { level, index }, width: TILE_WIDTH };
            target.put(path, &encode_hashes(tile))?;
            hash = root(tile);
            tile.clear();
        }
        Ok(())
    }

    /// Writes what is left: the partial tiles and the partial bundle.
    pub(super) fn finish(&self, target: &mut Target) -> Result<(), TargetError> {
        for (level, tile) in (0_u8..).zip(&self.levels) {
            let hashes = self.size() >> (u32::from(level) * TILE_HEIGHT);
            let id = TileId { level, index: hashes >> TILE_HEIGHT };
            if !tile.is_empty() {
                target.put(TilePath::Hashes { id, width: id.width_at(self.size()) }, &encode_hashes(tile))?;
            }
        }
        if !self.bundle.is_empty() {
            target.put(TilePath::entries_at(self.size() >> TILE_HEIGHT, self.size()), &self.bundle)?;
        }
        Ok(())
    }
}
