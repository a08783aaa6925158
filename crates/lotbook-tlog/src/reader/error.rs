//! Why reading a log ends: the source says nothing, or what it says is refuted.

use crate::source::SourceError;
use lotbook_chain::{BundleError, TileId, TilePath, TreeHash};

/// Why there is no tile or no entry.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The source gave nothing; see [`SourceError::may_pass`]. This refutes nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The source gave something that does not lead to the checkpoint's root: it, or the log, is refuted.
    #[error("position {position}: {what}")]
    Bad {
        /// The first position of which nothing is proved.
        position: u64,
        /// What is wrong.
        what: Bad,
    },
    /// The reader was asked for what the checkpoint's tree does not have.
    #[error("tile {id} has not so many hashes in a tree of {size} leaves")]
    Beyond {
        /// The tile asked for.
        id: TileId,
        /// Leaves of the checkpoint's tree.
        size: u64,
    },
}

/// What is wrong with what a source gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    /// More bytes than any such file has.
    #[error("{path} has more than {limit} bytes")]
    TooLarge {
        /// The file.
        path: TilePath,
        /// Most bytes it can have.
        limit: usize,
    },
    /// Cut off, or something follows.
    #[error("{path}: {error}")]
    Form {
        /// The file.
        path: TilePath,
        /// What is wrong.
        error: BundleError,
    },
    /// A full tile that the tile above it does not state.
    #[error("{path} hashes to {computed}, the tile above it says {expected}")]
    Tile {
        /// The file.
        path: TilePath,
        /// Root over its hashes.
        computed: TreeHash,
        /// The hash in the tile above.
        expected: TreeHash,
    },
    /// The partial tiles at the right edge, of which it cannot be told which one is wrong.
    #[error("the tiles at the right edge ({paths}) hash to {computed}, the checkpoint says {expected}")]
    Edge {
        /// The files, separated by commas.
        paths: String,
        /// Root over their hashes.
        computed: TreeHash,
        /// The checkpoint's root.
        expected: TreeHash,
    },
    /// An entry that is not the one in the tree.
    #[error("{path}: the entry has leaf hash {computed}, the tree has {expected}")]
    Leaf {
        /// The bundle.
        path: TilePath,
        /// Hash of the entry's bytes as a leaf.
        computed: TreeHash,
        /// The hash in the tile of level 0.
        expected: TreeHash,
    },
}
