//! The crate `tlog_tiles`, Cloudflare's port of Go's sumdb/tlog: proofs, tiles and their paths.
//!
//! Its tiles are those of the checksum database: `tile/8/L/N` for `tile/L/N`, `tile/8/data/N` for
//! `tile/entries/N`. The hashes in them are the same.

use super::signed_note::opened;
use crate::foreign::agrees;
use crate::foreign::case::What;
use crate::foreign::corpus::{corpus, records};
use crate::foreign::log::Log;
use lotbook_chain::bundle::{decode_entries, encode_hashes};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{TileId, TilePath, TreeHash, append, verify_consistency, verify_inclusion};
use std::path::{Path, PathBuf};
use tlog_tiles::tile::{Tile, TileHashReader, TileReader};
use tlog_tiles::tlog::{
    Error, Hash, HashReader, check_record, check_tree, prove_record, prove_tree, record_hash,
    stored_hash_index, stored_hashes, tree_hash,
};

const HEIGHT: u8 = 8;

/// Where the checksum database has what tlog-tiles calls so.
fn to_theirs(path: &str) -> String {
    path.replacen("tile/", "tile/8/", 1).replacen("/entries/", "/data/", 1)
}

fn to_ours(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1).replacen("/data/", "/entries/", 1)
}

fn theirs(hashes: &[TreeHash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(hash.0)).collect()
}

fn ours(hashes: &[Hash]) -> Vec<TreeHash> {
    hashes.iter().map(|hash| TreeHash(hash.0)).collect()
}

/// Its verdict; it knows no proof from the empty tree.
fn accepts(what: &What) -> Option<bool> {
    Some(match what {
        What::Inclusion { index, size, entry, root, proof } => {
            check_record(&theirs(proof), *size, Hash(root.0), *index, record_hash(entry)).is_ok()
        }
        What::Consistency { old: 0, .. } => return None,
        What::Consistency { old, new, old_root, new_root, proof } => {
            check_tree(&theirs(proof), *new, Hash(new_root.0), *old, Hash(old_root.0)).is_ok()
        }
        // Here it panics in place of refusing: nothing that reads paths of strangers should use it.
        What::Path(text) if text.contains("/64/") || text.ends_with(".p/0") => return None,
        What::Path(text) => Tile::from_path(&to_theirs(text)).is_ok(),
        What::Tiles { vkey, folder } => is_log(vkey, &corpus().dir.join(folder)),
        _ => return None,
    })
}

/// Tiles in a folder.
struct Folder(PathBuf);

impl TileReader for Folder {
    fn height(&self) -> u8 {
        HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| std::fs::read(self.0.join(to_ours(tile))).map_err(|_| Error::InvalidTile);
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

/// Whether the tiles lead to the signed checkpoint's root and every entry has its leaf hash.
fn is_log(vkey: &str, folder: &Path) -> bool {
    let note = std::fs::read(folder.join("checkpoint"));
    let Some(head) = note.ok().and_then(|note| opened(vkey, &note)) else { return false };
    if head.size() == 0 {
        return true;
    }
    let tiles = Folder(folder.to_owned());
    let reader = TileHashReader::new(head.size(), *head.hash(), &tiles);
    let leaves: Vec<u64> = (0..head.size()).map(|index| stored_hash_index(0, index)).collect();
    let Ok(leaves) = reader.read_hashes(&leaves) else { return false };
    leaves.chunks(256).zip(0..).all(|(leaves, index)| {
        let bundle = std::fs::read(folder.join(TilePath::entries_at(index, head.size()).to_string()));
        let width = u16::try_from(leaves.len()).unwrap();
        let entries = bundle.ok().and_then(|bundle| decode_entries(&bundle, width).ok());
        entries
            .is_some_and(|entries| entries.iter().map(|entry| record_hash(entry)).eq(leaves.iter().copied()))
    })
}

#[test]
fn tlog_tiles_gives_every_verdict_on_proofs_paths_and_tiles() {
    agrees(&["inclusion", "consistency", "path", "tiles"], &[], accepts);
}

/// Its own storage of a tree.
#[derive(Default)]
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
    }
}

impl Stored {
    fn of(log: &Log, size: u64) -> Self {
        let mut stored = Self::default();
        for index in 0..size {
            let new = stored_hashes(index, log.entry(index), &stored).unwrap();
            stored.0.extend(new);
        }
        stored
    }
}

#[test]
fn tlog_tiles_makes_the_same_roots_and_proofs_at_every_size_to_300() {
    let log = records();
    let stored = Stored::of(log, 300);
    for size in 1..=300 {
        let root = log.root(size);
        assert_eq!(tree_hash(size, &stored).unwrap().0, root.0, "size {size}");
        for index in 0..size {
            let proof = ours(&prove_record(size, index, &stored).unwrap());
            assert_eq!(proof, log.inclusion(index, size), "leaf {index} of {size}");
            verify_inclusion(leaf_hash(log.entry(index)), index, size, &proof, root).unwrap();
        }
        for old in 1..=size {
            let proof = ours(&prove_tree(size, old, &stored).unwrap());
            assert_eq!(proof, log.consistency(old, size), "from {old} to {size}");
            verify_consistency(old, log.root(old), size, root, &proof).unwrap();
        }
    }
}

#[test]
fn tlog_tiles_makes_the_same_tiles_at_the_same_paths() {
    let log = records();
    let stored = Stored::of(log, log.size());
    for size in [1, 255, 256, 257, 511, 512, 513, 600, 65_535, 65_536, 65_537, log.size()] {
        let tiles = Tile::new_tiles(HEIGHT, 0, size);
        let hashes = TilePath::all(size).filter(|path| matches!(path, TilePath::Hashes { .. }));
        let paths: Vec<String> = hashes.map(|path| path.to_string()).collect();
        assert_eq!(tiles.iter().map(to_ours).collect::<Vec<_>>(), paths, "size {size}");
        for tile in &tiles {
            let id = TileId { level: tile.level(), index: tile.level_index() };
            let width = u16::try_from(tile.width()).unwrap();
            let data = tile.read_data(&stored).unwrap();
            assert_eq!(data, encode_hashes(log.tile_at(id, width)), "{id} at {size}");
        }
    }
}

#[test]
fn an_append_writes_the_tiles_that_tlog_tiles_names() {
    let log = records();
    for (from, to) in
        [(0, 1), (1, 256), (200, 300), (255, 257), (256, 512), (65_000, 65_536), (65_536, 70_000)]
    {
        let leaves: Vec<TreeHash> = (from..to).map(|index| leaf_hash(log.entry(index))).collect();
        let written = append(log, from, &leaves).unwrap();
        let ours: Vec<_> =
            written.iter().map(|(id, hashes)| (id.level, id.index, hashes.len() as u32)).collect();
        let theirs = Tile::new_tiles(HEIGHT, from, to);
        let theirs: Vec<_> =
            theirs.iter().map(|tile| (tile.level(), tile.level_index(), tile.width())).collect();
        assert_eq!(ours, theirs, "from {from} to {to}");
    }
}
