//! Full tiles that were read and verified; so many, and the one unused for longest goes first.

use lotbook_chain::{TileId, TreeHash};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tiles kept: 2 MiB. A reader in order needs one a level, a proof two.
const MAX_TILES: usize = 256;

#[derive(Default)]
pub(super) struct Cache {
    tiles: BTreeMap<TileId, Kept>,
    /// Counts uses, to tell which is the latest.
    uses: u64,
}

struct Kept {
    used: u64,
    hashes: Arc<[TreeHash]>,
}

impl Cache {
    pub(super) fn get(&mut self, id: TileId) -> Option<Arc<[TreeHash]>> {
        self.uses = self.uses.saturating_add(1);
        let kept = self.tiles.get_mut(&id)?;
        kept.used = self.uses;
        Some(kept.hashes.clone())
    }

    pub(super) fn put(&mut self, id: TileId, hashes: Arc<[TreeHash]>) {
        if self.tiles.len() >= MAX_TILES
            && let Some(oldest) = self.tiles.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| *id)
        {
            self.tiles.remove(&oldest);
        }
        self.uses = self.uses.saturating_add(1);
        self.tiles.insert(id, Kept { used: self.uses, hashes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(index: u64) -> TileId {
        TileId { level: 0, index }
    }

    #[test]
    fn the_tile_unused_for_longest_goes_first_and_no_more_are_kept_than_the_limit() {
        let mut cache = Cache::default();
        for index in 0..MAX_TILES as u64 {
            cache.put(id(index), Arc::new([]));
        }
        assert!(cache.get(id(0)).is_some(), "used again");
        cache.put(id(9_999), Arc::new([]));
        assert_eq!(cache.tiles.len(), MAX_TILES);
        assert!(cache.get(id(0)).is_some());
        assert!(cache.get(id(1)).is_none());
    }
}
