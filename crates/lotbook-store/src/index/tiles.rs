//! The tree's tiles in sled, and the last leaf tile in memory.
//!
//! A tile is stored when it is full; a partial one above the leaves whenever a tile below it is full,
//! which is once in 256 entries. The partial leaf tile, which every entry changes, is kept in memory
//! and made again from its entries at a start: else each single entry would write 4 KiB on average.

use super::IndexError;
use super::nodes::Nodes;
use lotbook_chain::tile::{TILE_WIDTH, TileContent, TileId, TileReader, append};
use lotbook_chain::{TreeHash, root};
use std::sync::{PoisonError, RwLock};

/// Bytes of a hash.
const HASH_BYTES: usize = 32;

/// The tiles of one tree.
#[derive(Debug)]
pub(crate) struct Tiles {
    tree: sled::Tree,
    edge: RwLock<Option<TileContent>>,
    nodes: Nodes,
}

/// The first entry of the partial leaf tile of a tree of `size` leaves.
pub(crate) fn edge_start(size: u64) -> u64 {
    size.saturating_sub(size % u64::from(TILE_WIDTH))
}

impl Tiles {
    /// Tiles without their edge: it is made by extending the tree from [`edge_start`].
    pub(crate) fn new(tree: sled::Tree) -> Self {
        Self { tree, edge: RwLock::new(None), nodes: Nodes::default() }
    }

    /// Adds leaves to a tree of `size` leaves.
    pub(crate) fn extend(&self, size: u64, leaves: &[TreeHash]) -> Result<(), IndexError> {
        let mut edge = None;
        let mut batch = sled::Batch::default();
        let mut any = false;
        for (id, content) in append(self, size, leaves)? {
            if id.level == 0 && content.len() < usize::from(TILE_WIDTH) {
                edge = Some((id, content));
            } else {
                let bytes: Vec<u8> = content.iter().flat_map(|hash| hash.0).collect();
                batch.insert(&key(id), bytes);
                any = true;
            }
        }
        // Full tiles are stored before the edge moves on, so a reader finds a tile in either place.
        if any {
            self.tree.apply_batch(batch)?;
        }
        if any || edge.is_some() {
            *self.edge.write().unwrap_or_else(PoisonError::into_inner) = edge;
        }
        Ok(())
    }

    /// Whether each full tile is what the tile above says of it, in a tree of `size` leaves; with the
    /// tree's root, which covers the top, every stored hash is.
    pub(crate) fn check(&self, size: u64) -> Result<(), IndexError> {
        let width = u64::from(TILE_WIDTH);
        let (mut level, mut full) = (0_u8, size / width);
        while full > 0 {
            let above = level.saturating_add(1);
            for index in 0..full {
                let parent = TileId { level: above, index: index / width };
                let place = usize::try_from(index % width).unwrap_or(usize::MAX);
                let parent = self.tile(parent, parent.width_at(size))?;
                let found = root(&self.tile(TileId { level, index }, TILE_WIDTH)?);
                if parent.get(place) != Some(&found) {
                    return Err(IndexError::TileDiffers { id: TileId { level, index } });
                }
            }
            (level, full) = (above, full / width);
        }
        Ok(())
    }

    fn edge(&self, id: TileId) -> Option<Vec<TreeHash>> {
        let edge = self.edge.read().unwrap_or_else(PoisonError::into_inner);
        edge.as_ref().filter(|(edge, _)| *edge == id).map(|(_, content)| content.clone())
    }
}

impl TileReader for Tiles {
    type Error = IndexError;

    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, IndexError> {
        let content = match self.edge(id) {
            Some(content) => content,
            None => {
                let bytes = self.tree.get(key(id))?.ok_or(IndexError::NoTile { id, width })?;
                let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
                if !rest.is_empty() {
                    return Err(IndexError::Value { tree: "tiles", found: bytes.len() });
                }
                hashes.iter().copied().map(TreeHash).collect()
            }
        };
        if content.len() < usize::from(width) {
            return Err(IndexError::NoTile { id, width });
        }
        Ok(content)
    }

    fn node(&self, start: u64, height: u32) -> Option<TreeHash> {
        self.nodes.get(start, height)
    }

    fn remember(&self, start: u64, height: u32, root: TreeHash) {
        self.nodes.put(start, height, root);
    }
}

fn key(id: TileId) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = id.index.to_be_bytes();
    [id.level, a, b, c, d, e, f, g, h]
}
