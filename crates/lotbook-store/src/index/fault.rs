//! What can be wrong with the index. None of it loses anything: the journal has every entry.

use crate::journal::JournalError;
use lotbook_chain::{Position, ProveInclusionError, TileError, TileId, TreeHash};

/// Why the index could not be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database failed.
    #[error("the index's database failed: {0}; nothing is lost, restart to complete it from the journal")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The volume is full; the database cannot even be opened then.
    #[error("the index's volume is full: {0}; make room and restart, nothing is lost")]
    Full(#[source] std::io::Error),
    /// Another program has the database open.
    #[error("another program has the index open (it locks {file}): stop it", file = file.display())]
    Busy {
        /// The file it locks.
        file: std::path::PathBuf,
    },
    /// The database panicked, as it does on some damage.
    #[error("the index's database panicked: {0}")]
    Panicked(String),
    /// An entry that must be there is not.
    #[error("the index has no entry at position {position}; restart to rebuild it from the journal")]
    Missing {
        /// The position.
        position: Position,
    },
    /// A tile that must be there is not, or is too short.
    #[error("the index has no tile {id} of {width} hashes; restart to rebuild it from the journal")]
    NoTile {
        /// The tile.
        id: TileId,
        /// Hashes it must have.
        width: u16,
    },
    /// A key or value is not of the form it has.
    #[error("the index's tree {tree} has a key or value of {found} bytes")]
    Value {
        /// The tree.
        tree: &'static str,
        /// Bytes found.
        found: usize,
    },
    /// The index has more entries than the journal.
    #[error("the index has {index} entries, the journal has {journal}")]
    Beyond {
        /// Entries indexed.
        index: u64,
        /// Entries in the journal.
        journal: u64,
    },
    /// An entry, or where its statement is found, is not as in the journal.
    #[error("the index differs from the journal at position {position}")]
    Differs {
        /// The position.
        position: Position,
    },
    /// A tile has another root than the tile above it says.
    #[error("the index's tile {id} is not the one the tree is made of")]
    TileDiffers {
        /// The tile.
        id: TileId,
    },
    /// The tree has another root.
    #[error("the index's tree has root {index}, the journal's has {journal}")]
    Root {
        /// Root from the index's tiles.
        index: TreeHash,
        /// Root computed from the journal.
        journal: TreeHash,
    },
    /// The tree would be over the limit, or a proof was asked for a leaf that is not there.
    #[error("the tree of {size} entries has no place {index}")]
    Place {
        /// The place.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The index could not be moved away, or removed.
    #[error("failed to set the index aside as {to}: {source}", to = to.display())]
    SetAside {
        /// The new name.
        to: std::path::PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The journal it is completed from could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<sled::Error> for IndexError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Self::Full(error),
            error => Self::Database(Box::new(error)),
        }
    }
}

impl From<TileError<Self>> for IndexError {
    fn from(error: TileError<Self>) -> Self {
        match error {
            TileError::Read(error) => error,
            TileError::Short { id, expected, .. } => {
                Self::NoTile { id, width: u16::try_from(expected).unwrap_or(u16::MAX) }
            }
            TileError::Full { size, added } => Self::Place { index: added as u64, size },
        }
    }
}

impl From<ProveInclusionError<Self>> for IndexError {
    fn from(error: ProveInclusionError<Self>) -> Self {
        match error {
            ProveInclusionError::NoSuchLeaf { index, size } => Self::Place { index, size },
            ProveInclusionError::Tile(error) => error.into(),
        }
    }
}
