//! Why there is no export.

use lotbook_chain::{BundleError, TreeHash};
use std::io;
use std::path::PathBuf;

/// Why an export ended without a checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// The folder cannot take it.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The note is not one of the checkpoint.
    #[error("the note to be written does not state the checkpoint that is exported")]
    OtherNote,
    /// An entry could not be read.
    #[error("failed to read the entry at position {position}")]
    Entry {
        /// Its position.
        position: u64,
        /// What the entries' source says.
        #[source]
        error: E,
    },
    /// The entries end before the checkpoint does.
    #[error("the checkpoint has {size} entries, only {found} came")]
    TooFew {
        /// The checkpoint's size.
        size: u64,
        /// Entries that came.
        found: u64,
    },
    /// The entries are not those of the checkpoint; the files written are worth nothing.
    #[error("the first {size} entries have root {computed}, the checkpoint says {expected}")]
    WrongRoot {
        /// The checkpoint's size.
        size: u64,
        /// Root over the entries.
        computed: TreeHash,
        /// The checkpoint's root.
        expected: TreeHash,
    },
}

/// Why a folder is not written to.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The system failed.
    #[error("failed to {action} {}: {error}", path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// File or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another export writes into it right now.
    #[error("another process exports to {}", .0.display())]
    Busy(PathBuf),
    /// The file `checkpoint` is something else.
    #[error("{} is no checkpoint: this is another folder than an export's", .0.display())]
    NoCheckpoint(PathBuf),
    /// The folder holds another log.
    #[error("the folder holds the log {found}, not {expected}")]
    OtherOrigin {
        /// Origin of the folder's checkpoint.
        found: String,
        /// Origin of the log to be exported.
        expected: String,
    },
    /// The folder holds more of the log.
    #[error("the folder holds {found} entries already, more than {size}")]
    Larger {
        /// Size of the folder's checkpoint.
        found: u64,
        /// Size of the checkpoint to be exported.
        size: u64,
    },
    /// The folder's checkpoint is of another tree: the log does not extend it.
    #[error("the folder's checkpoint of {size} entries has root {found}, these entries have {ours}")]
    Forked {
        /// Size of the folder's checkpoint.
        size: u64,
        /// Its root.
        found: TreeHash,
        /// Root of the entries to be exported, at that size.
        ours: TreeHash,
    },
    /// A tile is there with other bytes; tiles never change.
    #[error("{} is there with other bytes; a tile never changes", .0.display())]
    OtherTile(PathBuf),
    /// An entry does not fit a bundle.
    #[error("position {position}: {error}")]
    Entry {
        /// Its position.
        position: u64,
        /// Why not.
        error: BundleError,
    },
}
