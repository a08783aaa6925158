//! The store's errors: why it did not open, and the two classes of what can happen afterwards.

use crate::anchor::{AnchorError, AnchorFault};
use crate::index::IndexError;
use crate::journal::{AppendError, Head, JournalError};
use crate::link::LinkFault;
use lotbook_chain::Position;
use std::path::PathBuf;

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the directory.
    #[error(
        "another process has this store open (it holds {file}): stop it first; two would fork the ledger",
        file = file.display()
    )]
    Locked {
        /// The lock file.
        file: PathBuf,
    },
    /// The directory could not be made or used.
    #[error("failed to {action} {file}: {source}", file = file.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file or directory.
        file: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The anchor could not be read, or does not fit the tree.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// The journal is damaged, shorter than the anchor or another than the anchor's, or unreadable.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The index could be neither opened nor made anew.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Why a store did not do what it was asked: it cannot now, or it must not go on.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is wrong with what is stored; answer UNAVAILABLE.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// What is stored, or what was to be stored, is not what it must be: stop and look.
    #[error(transparent)]
    Fatal(#[from] Fatal),
}

/// What a restart may mend.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// A write failed earlier, or the store was closed: nothing is appended until a restart.
    #[error("the store stopped at {head}: nothing is appended until a restart; reading goes on")]
    Stopped {
        /// The durable head.
        head: Head,
        /// What the operating system said, if it was this call that failed.
        source: Option<std::io::Error>,
    },
    /// The group's write failed half-way. Nobody may be told that it was accepted.
    #[error("the group at position {at} may or may not have been written ({source}); restart and look")]
    Unknown {
        /// Where the group was to go.
        at: Position,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The group is durable, but cannot be read from the index before a restart.
    #[error("the journal reached {head}, the index did not ({source}); restart to complete it")]
    NotIndexed {
        /// The durable head, the group included.
        head: Head,
        /// What the index said.
        source: IndexError,
    },
    /// The index could not be read now.
    #[error(transparent)]
    Index(IndexError),
    /// The operating system could not read the journal, or write the anchor.
    #[error("failed to {action} {file}: {source}", file = file.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// What must stop the process.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The journal is damaged.
    #[error(transparent)]
    Damaged(Box<crate::damage::Damaged>),
    /// The group is not a chain of entries: a bug of the caller; nothing was written.
    #[error("entry for position {position} cannot be appended: {why}; nothing was written")]
    Malformed {
        /// The entry at fault.
        position: Position,
        /// What is wrong with it.
        why: LinkFault,
    },
    /// Somebody else appended: there are two writers, which the lock excludes; nothing was written.
    #[error("the store is not the only writer of its journal: {0}")]
    Fenced(AppendError),
    /// The anchor given does not state what the store has: a bug of the caller; nothing was written.
    #[error("anchor of {head} was not written: {why}")]
    Anchor {
        /// The head given.
        head: Head,
        /// What is wrong with it.
        why: AnchorFault,
    },
}

impl From<AppendError> for StoreError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Unavailable { head, source } => Unavailable::Stopped { head, source }.into(),
            AppendError::Unknown { at, source } => Unavailable::Unknown { at, source }.into(),
            AppendError::Malformed { position, why } => Fatal::Malformed { position, why }.into(),
            AppendError::Fenced { .. } | AppendError::Conflict { .. } => Fatal::Fenced(error).into(),
        }
    }
}

impl From<JournalError> for StoreError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Damaged(damaged) => Fatal::Damaged(damaged).into(),
            JournalError::Io { action, file, source } => Unavailable::Io { action, file, source }.into(),
        }
    }
}

impl From<IndexError> for StoreError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Journal(error) => error.into(),
            error => Unavailable::Index(error).into(),
        }
    }
}
