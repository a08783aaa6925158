//! Tiles agree with the published tree, with the frontier and with the naive tree at every size.

use super::*;
use crate::vectors::{base64, hex_hash, record_leaves, text, tlog};
use core::cell::RefCell;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// Tiles in memory; remembers what was read.
#[derive(Default)]
pub(crate) struct MemoryTiles {
    pub(crate) tiles: BTreeMap<TileId, Vec<TreeHash>>,
    pub(crate) reads: RefCell<Vec<TileId>>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such tile")]
pub(crate) struct Missing;

impl TileReader for MemoryTiles {
    type Error = Missing;

    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Missing> {
        assert!((1..=TILE_WIDTH).contains(&width), "{id:?} asked for with width {width}");
        self.reads.borrow_mut().push(id);
        self.tiles.get(&id).cloned().ok_or(Missing)
    }
}

impl MemoryTiles {
    pub(crate) fn of(leaves: &[TreeHash]) -> Self {
        let mut tiles = Self::default();
        tiles.add(0, leaves);
        tiles
    }

    pub(crate) fn add(&mut self, size: u64, leaves: &[TreeHash]) -> Vec<TileContent> {
        let changed = append(self, size, leaves).unwrap();
        self.tiles.extend(changed.iter().cloned());
        changed
    }
}

fn sha256_hex(hashes: &[TreeHash]) -> String {
    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
    TreeHash(Sha256::digest(bytes).into()).to_string()
}

#[test]
fn the_published_tree_of_300_entries_has_these_tiles() {
    let vectors = tlog();
    let tree = &vectors["tlog_tiles_tree_300"];
    let tiles = MemoryTiles::of(&record_leaves(300)).tiles;
    let expected =
        [("tile/0/000", (0, 0), 256), ("tile/0/001.p/44", (0, 1), 44), ("tile/1/000.p/1", (1, 0), 1)];
    assert_eq!(tiles.len(), expected.len());
    for (path, (level, index), width) in expected {
        let tile = &tiles[&TileId { level, index }];
        assert_eq!(tile.len(), width);
        assert_eq!(tile.len() * 32, tree["files"][path]["bytes_on_the_wire_decompressed"]);
        assert_eq!(sha256_hex(tile), text(&tree["files"][path]["sha256"]), "{path}");
    }
    assert_eq!(tiles[&TileId { level: 1, index: 0 }], [hex_hash(&tree["tile1_hex"])]);
    let expected = TreeHash::try_from(base64(&tree["root_b64"]).as_slice()).unwrap();
    assert_eq!(root(&record_leaves(300)), expected);
}

#[test]
fn the_widths_are_those_of_the_specification() {
    let width = |level, index, size| TileId { level, index }.width_at(size);
    let vectors = tlog();
    let tree = &vectors["tlog_tiles_paths"]["tree_70000"];
    assert_eq!(width(0, 272, 70_000), TILE_WIDTH);
    assert_eq!(width(0, 273, 70_000), tree["level0_partial_width"]);
    assert_eq!(width(0, 274, 70_000), 0);
    assert_eq!(width(1, 0, 70_000), TILE_WIDTH);
    assert_eq!(width(1, 1, 70_000), tree["level1_partial_width"]);
    assert_eq!(width(2, 0, 70_000), tree["level2_partial_width"]);
    assert_eq!(width(3, 0, 70_000), 0);
    assert_eq!((width(0, 0, 256), width(0, 1, 256), width(1, 0, 256)), (256, 0, 1));
    assert_eq!(width(7, 0, u64::MAX), 255);
    assert_eq!((width(8, 0, u64::MAX), width(255, 0, u64::MAX), width(0, u64::MAX, u64::MAX)), (0, 0, 0));
}

#[test]
fn a_large_tree_has_its_tiles_and_a_frontier_read_back_from_few_of_them() {
    let leaves = record_leaves(70_000);
    let tiles = MemoryTiles::of(&leaves);
    for (id, content) in &tiles.tiles {
        assert_eq!(content.len(), usize::from(id.width_at(70_000)), "{id:?}");
    }
    assert_eq!(tiles.tiles.len(), 274 + 2 + 1);
    for size in [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000] {
        tiles.reads.borrow_mut().clear();
        let frontier = frontier(&tiles, size).unwrap();
        assert_eq!((frontier.size(), frontier.root()), (size, root(&leaves[..size as usize])));
        assert!(tiles.reads.borrow().len() <= 3);
    }
}

#[test]
fn one_leaf_at_a_time_gives_the_same_tiles_and_frontier_at_every_size() {
    let leaves = record_leaves(300);
    let (mut tiles, mut pushed) = (MemoryTiles::default(), Frontier::new());
    for (leaf, size) in leaves.iter().zip(0_u64..) {
        assert_eq!(frontier(&tiles, size).unwrap(), pushed, "size {size}");
        let changed = tiles.add(size, core::slice::from_ref(leaf));
        assert!(changed.is_sorted_by(|a, b| a.0 < b.0));
        pushed.push(*leaf);
    }
    assert_eq!(tiles.tiles, MemoryTiles::of(&leaves).tiles);
}

#[test]
fn only_full_tiles_are_hashed_upward() {
    let leaves = record_leaves(256);
    let mut tiles = MemoryTiles::of(&leaves[..255]);
    assert_eq!(tiles.tiles.len(), 1);
    let changed = tiles.add(255, &leaves[255..]);
    assert_eq!(changed[0], (TileId { level: 0, index: 0 }, leaves.clone()));
    assert_eq!(changed[1..], [(TileId { level: 1, index: 0 }, vec![root(&leaves)])]);
}

#[test]
fn nothing_appended_changes_nothing_and_reads_nothing() {
    let tiles = MemoryTiles::default();
    assert_eq!(append(&tiles, 300, &[]), Ok(Vec::new()));
    assert_eq!(append(&tiles, 256, &record_leaves(1)).unwrap().len(), 1);
    assert!(tiles.reads.borrow().is_empty());
}

#[test]
fn a_tile_that_ran_ahead_is_cut_to_the_size() {
    let leaves = record_leaves(300);
    let tiles = MemoryTiles::of(&leaves);
    assert_eq!(
        append(&tiles, 10, &leaves[10..20]),
        Ok(vec![(TileId { level: 0, index: 0 }, leaves[..20].to_vec())])
    );
    assert_eq!(frontier(&tiles, 10).unwrap().root(), root(&leaves[..10]));
}

#[test]
fn a_missing_or_short_tile_and_a_full_tree_are_refused() {
    let leaves = record_leaves(300);
    let mut tiles = MemoryTiles::of(&leaves);
    assert_eq!(append(&tiles, u64::MAX, &leaves), Err(TileError::Full { size: u64::MAX, added: 300 }));
    let id = TileId { level: 0, index: 1 };
    let short = TileError::Short { id, expected: 45, found: 44 };
    assert_eq!(append(&tiles, 301, &leaves), Err(short.clone()));
    assert_eq!(frontier(&tiles, 301), Err(short));
    tiles.tiles.remove(&id);
    assert_eq!(append(&tiles, 300, &leaves), Err(TileError::Read(Missing)));
    assert_eq!(frontier(&tiles, 300), Err(TileError::Read(Missing)));
    assert_eq!(frontier(&tiles, 256).unwrap().root(), root(&leaves[..256]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn batches_of_any_size_give_the_same_tiles(batches in prop::collection::vec(0_usize..400, 0..8)) {
        let leaves = record_leaves(batches.iter().sum::<usize>() as u64);
        let (mut tiles, mut rest, mut size) = (MemoryTiles::default(), leaves.as_slice(), 0_u64);
        for batch in batches {
            let (now, later) = rest.split_at(batch);
            tiles.add(size, now);
            (rest, size) = (later, size + batch as u64);
        }
        prop_assert_eq!(frontier(&tiles, size).unwrap().root(), root(&leaves));
        prop_assert_eq!(tiles.tiles, MemoryTiles::of(&leaves).tiles);
    }
}

#[test]
fn the_errors_say_which_tile() {
    let short = TileError::<Missing>::Short { id: TileId { level: 0, index: 1 }, expected: 45, found: 44 };
    assert_eq!(short.to_string(), "tile 1 of level 0 has 44 hashes, expected 45");
}
