//! A log made with lotbook_chain: entries, tiles, proofs, heads, and its static files.

use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{
    Checkpoint, SigningKey, TileId, TileReader, TreeHash, VerifierKey, append, frontier, prove_consistency,
    prove_inclusion,
};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;

/// A log whose tiles are kept as an append leaves them.
pub struct Log {
    pub origin: String,
    pub key: SigningKey,
    pub entries: Vec<Vec<u8>>,
    tiles: Tiles,
}

#[derive(Default)]
struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl TileReader for Tiles {
    type Error = Infallible;

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, Infallible> {
        Ok(self.0.get(&id).cloned().unwrap_or_default())
    }
}

impl TileReader for Log {
    type Error = Infallible;

    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Infallible> {
        self.tiles.tile(id, width)
    }
}

impl Log {
    /// Appends the entries in groups, so that tiles are extended too and not only filled.
    pub fn new(origin: &str, key: SigningKey, entries: Vec<Vec<u8>>) -> Self {
        let mut tiles = Tiles::default();
        let mut size = 0;
        for group in entries.chunks(97) {
            let leaves: Vec<TreeHash> = group.iter().map(|entry| leaf_hash(entry)).collect();
            let changed = append(&tiles, size, &leaves).unwrap();
            tiles.0.extend(changed);
            size += leaves.len() as u64;
        }
        Self { origin: origin.to_owned(), key, entries, tiles }
    }

    /// Entries `record 0`, `record 1`, ...
    pub fn of_records(count: u64) -> Self {
        let records = (0..count).map(|i| format!("record {i}").into_bytes()).collect();
        Self::new("foreign.example/records", SigningKey::from_seed(&[11; 32]), records)
    }

    pub fn vkey(&self) -> VerifierKey {
        VerifierKey::new(&self.origin, self.key.public()).unwrap()
    }

    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub fn entry(&self, index: u64) -> &[u8] {
        &self.entries[usize::try_from(index).unwrap()]
    }

    pub fn root(&self, size: u64) -> TreeHash {
        frontier(&self.tiles, size).unwrap().root()
    }

    pub fn inclusion(&self, index: u64, size: u64) -> Vec<TreeHash> {
        prove_inclusion(&self.tiles, index, size).unwrap()
    }

    pub fn consistency(&self, old: u64, new: u64) -> Vec<TreeHash> {
        prove_consistency(&self.tiles, old, new).unwrap()
    }

    /// The signed checkpoint of the first `size` entries.
    pub fn head(&self, size: u64) -> String {
        Checkpoint { origin: self.origin.clone(), size, root: self.root(size) }.sign(&self.key).unwrap()
    }

    /// The content of the tile as it was at this width.
    pub fn tile_at(&self, id: TileId, width: u16) -> &[TreeHash] {
        &self.tiles.0[&id][..usize::from(width)]
    }

    /// Writes the first `size` entries as static files (tlog-tiles), as `export` does, with this signed checkpoint.
    pub fn write_static(&self, folder: &Path, size: u64, note: &str) {
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root: self.root(size) };
        let entries = self.entries.iter().map(|entry| Ok::<_, Infallible>(entry.clone()));
        lotbook_tlog::export(entries, note, &checkpoint, folder, &mut |_| ()).unwrap();
    }
}

/// Writes a file and the folders it lies in.
pub fn write(file: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}
