//! The tree of a whole log, in memory, for proofs.

use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{TileContent, TileId, TileReader, TreeHash, append};
use std::collections::BTreeMap;

/// The tree's tiles in memory.
pub(crate) struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl Tiles {
    pub fn of(entries: &[Vec<u8>]) -> Self {
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut tiles = Self(BTreeMap::new());
        let stored: Result<Vec<TileContent>, _> = append(&tiles, 0, &leaves);
        tiles.0.extend(stored.unwrap_or_default());
        tiles
    }
}

impl TileReader for Tiles {
    type Error = core::convert::Infallible;

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, Self::Error> {
        Ok(self.0.get(&id).cloned().unwrap_or_default())
    }
}
