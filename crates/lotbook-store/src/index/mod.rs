//! The index: the event store in sled that everything reads from. It can always be made anew.
//!
//! | tree | key | value |
//! | --- | --- | --- |
//! | `entries` | position, u64 big-endian | entry bytes |
//! | `statements` | author key id (32) `\|\|` statement id (16) | position, u64 big-endian |
//! | `tiles` | level, u8 `\|\|` index, u64 big-endian | hashes, 32 bytes each (see [`tiles`]) |
//! | `meta` | `size` | number of entries indexed, u64 big-endian; written last |
//!
//! sled 0.34 is not durable and takes damage for its end (faults.md 0): so it holds nothing that the
//! journal does not, `size` is written after what it counts, and a start compares it with the journal.

mod fault;
mod nodes;
mod start;
mod tiles;

pub use fault::IndexError;
pub(crate) use start::{Start, start};

use crate::lock::wait_until_free;
use lotbook_chain::entry::{HEADER_BYTES, leaf_hash};
use lotbook_chain::{KeyId, Position, TileId, TileReader, TreeHash, frontier, prove_inclusion};
use std::path::Path;
use tiles::Tiles;

/// Finds the statement id in statement bytes; the store does not know their format.
pub type StatementId = fn(&[u8]) -> Option<[u8; 16]>;

/// Where the author's key id stands in an entry (ledger.md 2).
const AUTHOR: core::ops::Range<usize> = 49..81;
const SIZE: &str = "size";

/// The event store. Cheap to read from any thread; written by one.
#[derive(Debug)]
pub(crate) struct Index {
    db: sled::Db,
    entries: sled::Tree,
    statements: sled::Tree,
    meta: sled::Tree,
    tiles: Tiles,
    statement_id: StatementId,
}

impl Index {
    /// Opens or makes the database; it may panic, sled does on some damage.
    fn open(dir: &Path, cache_bytes: u64, statement_id: StatementId) -> Result<Self, IndexError> {
        let file = dir.join("db");
        if !wait_until_free(&file).map_err(sled::Error::Io)? {
            return Err(IndexError::Busy { file });
        }
        let config = sled::Config::new().path(dir).flush_every_ms(None).cache_capacity(cache_bytes);
        let db = config.mode(sled::Mode::HighThroughput).open()?;
        let index = Self {
            entries: db.open_tree("entries")?,
            statements: db.open_tree("statements")?,
            meta: db.open_tree("meta")?,
            tiles: Tiles::new(db.open_tree("tiles")?),
            db,
            statement_id,
        };
        index.restore_edge()?;
        Ok(index)
    }

    /// Number of entries indexed.
    pub(crate) fn size(&self) -> Result<u64, IndexError> {
        self.meta.get(SIZE)?.map_or(Ok(0), |value| number("meta", &value))
    }

    /// Adds entries at `size`, which is the size so far.
    pub(crate) fn extend<E: AsRef<[u8]>>(&self, size: u64, entries: &[E]) -> Result<(), IndexError> {
        let (mut bytes, mut statements) = (sled::Batch::default(), sled::Batch::default());
        let mut end = size;
        for entry in entries {
            let (entry, position) = (entry.as_ref(), end.to_be_bytes());
            bytes.insert(&position, entry);
            if let Some(key) = self.statement_key(entry) {
                statements.insert(key, &position);
            }
            end = end.saturating_add(1);
        }
        let leaves: Vec<TreeHash> = entries.iter().map(|entry| leaf_hash(entry.as_ref())).collect();
        self.entries.apply_batch(bytes)?;
        self.statements.apply_batch(statements)?;
        self.tiles.extend(size, &leaves)?;
        self.meta.insert(SIZE, &end.to_be_bytes())?;
        Ok(())
    }

    /// The entry at a position, if it is indexed.
    pub(crate) fn entry(&self, position: Position) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.entries.get(position.0.to_be_bytes())?.map(|value| value.to_vec()))
    }

    /// The entries at `from..end`; all of them must be there.
    pub(crate) fn entries(&self, from: u64, end: u64) -> Result<Vec<Vec<u8>>, IndexError> {
        let mut found = Vec::new();
        let range = self.entries.range(from.to_be_bytes()..end.to_be_bytes());
        for (pair, position) in range.zip(from..end) {
            let (key, value) = pair?;
            if number("entries", &key)? != position {
                return Err(IndexError::Missing { position: Position(position) });
            }
            found.push(value.to_vec());
        }
        let reached = from.saturating_add(found.len() as u64);
        if reached < end {
            return Err(IndexError::Missing { position: Position(reached) });
        }
        Ok(found)
    }

    /// Where an author's statement with this id stands.
    pub(crate) fn find(&self, author: &KeyId, id: &[u8; 16]) -> Result<Option<Position>, IndexError> {
        let value = self.statements.get([author.0.as_slice(), id].concat())?;
        value.map(|value| number("statements", &value).map(Position)).transpose()
    }

    /// Root of the tree of `size` entries, at most as many as are indexed.
    pub(crate) fn root(&self, size: u64) -> Result<TreeHash, IndexError> {
        Ok(frontier(&self.tiles, size)?.root())
    }

    /// Inclusion proof of `index` in the tree of `size` entries, at most as many as are indexed.
    pub(crate) fn prove(&self, index: u64, size: u64) -> Result<Vec<TreeHash>, IndexError> {
        Ok(prove_inclusion(&self.tiles, index, size)?)
    }

    /// The hashes of a tile, at least `width`.
    pub(crate) fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, IndexError> {
        self.tiles.tile(id, width)
    }

    /// An inner node that is remembered.
    pub(crate) fn node(&self, start: u64, height: u32) -> Option<TreeHash> {
        self.tiles.node(start, height)
    }

    /// Remembers an inner node.
    pub(crate) fn remember(&self, start: u64, height: u32, root: TreeHash) {
        self.tiles.remember(start, height, root);
    }

    /// Hands everything to the operating system.
    pub(crate) fn flush(&self) -> Result<(), IndexError> {
        self.db.flush()?;
        Ok(())
    }

    fn statement_key(&self, entry: &[u8]) -> Option<Vec<u8>> {
        let id = (self.statement_id)(entry.get(HEADER_BYTES..)?)?;
        Some([entry.get(AUTHOR)?, &id].concat())
    }

    /// The last leaf tile is not stored while it is partial: it is made from its entries.
    fn restore_edge(&self) -> Result<(), IndexError> {
        let size = self.size()?;
        let start = tiles::edge_start(size);
        let leaves: Vec<TreeHash> = self.entries(start, size)?.iter().map(|entry| leaf_hash(entry)).collect();
        self.tiles.extend(start, &leaves)
    }
}

fn number(tree: &'static str, bytes: &[u8]) -> Result<u64, IndexError> {
    let found = bytes.len();
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| IndexError::Value { tree, found })
}
