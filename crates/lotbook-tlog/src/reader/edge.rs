//! The right edge of the tree: the partial tiles, which together hash to the root.

use super::{Bad, ReadError, TILE_HEIGHT};
use lotbook_chain::{Checkpoint, EMPTY_ROOT, TileId, TilePath, TreeHash, node_hash, root};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The partial tile of each level that has one.
pub(super) struct Edge {
    tiles: BTreeMap<u8, Arc<[TreeHash]>>,
}

impl Edge {
    /// Reads the partial tiles of the checkpoint's tree and holds them against its root.
    pub(super) fn read(
        checkpoint: &Checkpoint,
        mut hashes: impl FnMut(TilePath) -> Result<Vec<TreeHash>, ReadError>,
    ) -> Result<Self, ReadError> {
        let mut tiles = BTreeMap::new();
        for (level, path) in paths(checkpoint.size) {
            tiles.insert(level, hashes(path)?.into());
        }
        let edge = Self { tiles };
        let (computed, expected) = (edge.root(), checkpoint.root);
        if computed == expected {
            return Ok(edge);
        }
        let paths: Vec<String> = paths(checkpoint.size).map(|(_, path)| path.to_string()).collect();
        // No leaf of the tree is proved without its edge.
        let what = Bad::Edge { paths: paths.join(", "), computed, expected };
        Err(ReadError::Bad { position: 0, what })
    }

    /// The partial tile of a level.
    pub(super) fn tile(&self, level: u8) -> Option<Arc<[TreeHash]>> {
        self.tiles.get(&level).cloned()
    }

    /// The root of the tree whose edge this is.
    fn root(&self) -> TreeHash {
        // MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])), k the largest power of two below n:
        // the complete subtrees, one for each bit of the size, are joined from the smallest up. The bits
        // of a level's width are those of the size at that level (floor(s / 256^l) mod 256).
        let levels = self.tiles.values();
        let subtrees = levels.flat_map(|tile| complete_subtrees(tile).into_iter().rev());
        subtrees.reduce(|right, left| node_hash(&left, &right)).unwrap_or(EMPTY_ROOT)
    }
}

/// The partial tiles of a tree of `size` leaves, level by level.
fn paths(size: u64) -> impl Iterator<Item = (u8, TilePath)> {
    (0..8_u8).filter_map(move |level| {
        let hashes = size >> (u32::from(level) * TILE_HEIGHT);
        let id = TileId { level, index: hashes >> TILE_HEIGHT };
        let [width, ..] = hashes.to_le_bytes();
        (width > 0).then_some((level, TilePath::Hashes { id, width: u16::from(width) }))
    })
}

/// Roots over the largest power of two of hashes, then of the rest, and so on.
fn complete_subtrees(hashes: &[TreeHash]) -> Vec<TreeHash> {
    let mut subtrees = Vec::new();
    let mut rest = hashes;
    while let Some(height) = rest.len().checked_ilog2() {
        let (subtree, after) = rest.split_at(1 << height);
        subtrees.push(root(subtree));
        rest = after;
    }
    subtrees
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotbook_chain::Frontier;
    use lotbook_chain::entry::leaf_hash;

    #[test]
    fn the_edge_of_every_small_tree_hashes_to_its_root() {
        let (mut tree, mut leaves) = (Frontier::new(), Vec::new());
        for size in 0..1_100_u64 {
            let above: Vec<TreeHash> = leaves.chunks_exact(256).map(root).collect();
            let checkpoint = Checkpoint { origin: "edge.example".into(), size, root: tree.root() };
            let read = Edge::read(&checkpoint, |path| match path {
                TilePath::Hashes { id, width } => {
                    let level = if id.level == 0 { &leaves } else { &above };
                    let start = usize::try_from(id.index).unwrap() * 256;
                    Ok(level[start..start + usize::from(width)].to_vec())
                }
                TilePath::Entries { .. } => panic!("no entries are needed"),
            });
            assert!(read.is_ok(), "size {size}");
            leaves.push(leaf_hash(&size.to_be_bytes()));
            tree.push(leaves[leaves.len() - 1]);
        }
    }
}
