//! The `Journal`: the write-ahead truth of a ledger, whatever it is kept in (ledger.md 4).
//!
//! Bytes first, head second, acknowledgement third. An entry that [`Journal::append`] returned for is
//! durable; nothing beyond the durable head is ever handed to a reader.

use crate::damage::Damaged;
use crate::link::LinkFault;
use lotbook_chain::{EntryHash, Position};
use std::time::Duration;

/// The end of a journal: how many entries there are, and the hash of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Head {
    /// Number of entries; also the position of the next one.
    pub size: u64,
    /// Entry hash of the last entry; zeros when there is none.
    pub hash: EntryHash,
}

impl Head {
    /// The head of a journal without entries.
    pub const EMPTY: Self = Self { size: 0, hash: EntryHash::ZERO };

    /// Where the next entry goes.
    pub fn next(&self) -> Position {
        Position(self.size)
    }
}

impl core::fmt::Display for Head {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "size {} with entry hash {}", self.size, self.hash)
    }
}

/// The right to append, until somebody else acquires it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Grows with every acquisition; a lower epoch is fenced.
    pub epoch: u64,
    /// The durable head when the lease was given.
    pub head: Head,
}

/// Why a batch was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody acquired the journal later; nothing was written.
    #[error("lease of epoch {held} is fenced by epoch {current}; nothing was written")]
    Fenced {
        /// The epoch of the lease given.
        held: u64,
        /// The epoch in force.
        current: u64,
    },
    /// The journal does not end where the batch says; nothing was written.
    #[error("batch at position {at} after {previous} does not follow the head ({head}); nothing was written")]
    Conflict {
        /// Where the batch was to go.
        at: Position,
        /// The entry hash it was to follow.
        previous: EntryHash,
        /// The durable head as it is.
        head: Head,
    },
    /// The batch is not a chain of entries, or too large: a bug of the caller; nothing was written.
    #[error("entry for position {position} cannot be appended: {why}; nothing was written")]
    Malformed {
        /// The entry at fault.
        position: Position,
        /// What is wrong with it.
        why: LinkFault,
    },
    /// Writing failed half-way: the batch may or may not be there after a restart. Never retry blindly.
    #[error("batch at position {at} may or may not have been written ({source}); restart and read it again")]
    Unknown {
        /// Where the batch was to go.
        at: Position,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// An earlier write failed, or no room could be made; this process appends nothing any more.
    #[error("the journal stopped at {head} after a failed write; nothing is appended until a restart")]
    Unavailable {
        /// The durable head; everything before it can still be read.
        head: Head,
        /// What the operating system said, if it was this call that failed.
        source: Option<std::io::Error>,
    },
}

/// Why a journal could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The bytes are there but are not what was written.
    #[error(transparent)]
    Damaged(#[from] Box<Damaged>),
    /// The operating system failed.
    #[error("failed to {action} {file}: {source}", file = file.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file.
        file: std::path::PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl JournalError {
    /// For `map_err`: an operating system's error with what was to be done, and to which file.
    pub(crate) fn io(
        action: &'static str,
        file: &std::path::Path,
    ) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let file = file.to_owned();
        move |source| Self::Io { action, file, source }
    }
}

/// An append-only chain of entries with one writer. `suite::conforms` says what that means.
pub trait Journal: Send + Sync {
    /// Takes the right to append and fences every older lease.
    ///
    /// # Errors
    /// [`AppendError::Unavailable`] if this journal cannot be written any more.
    fn acquire(&self, owner: &str) -> Result<Lease, AppendError>;

    /// Appends all of `batch` at exactly `at`, or nothing; returns when it would survive loss of power.
    ///
    /// `previous` is the hash of the entry before, `last` that of the batch's last entry. An empty
    /// batch changes nothing (then `last` equals `previous`) but is checked like any other.
    ///
    /// # Errors
    /// See [`AppendError`]; only after `Unknown` may anything have been written.
    fn append(
        &self,
        lease: &Lease,
        at: Position,
        previous: EntryHash,
        last: EntryHash,
        batch: &[Vec<u8>],
    ) -> Result<Head, AppendError>;

    /// At most `max` entries from `from` on, in order; fewer, or none, at the durable head.
    ///
    /// # Errors
    /// See [`JournalError`].
    fn read(&self, from: Position, max: usize) -> Result<Vec<Vec<u8>>, JournalError>;

    /// The durable head.
    fn durable_head(&self) -> Head;

    /// Waits until the durable head lies beyond `position`, at most `timeout`; returns the head.
    fn wait_beyond(&self, position: Position, timeout: Duration) -> Head;

    /// Follows the journal from `from` on.
    fn tail(&self, from: Position) -> Tail<'_, Self>
    where
        Self: Sized,
    {
        Tail { journal: self, next: from }
    }
}

/// A follower of a journal; it never sees an entry that is not durable.
#[derive(Debug)]
pub struct Tail<'a, J> {
    journal: &'a J,
    next: Position,
}

/// Entries a follower takes at once: about 300 kB of usual entries, 64 MB of the largest.
pub const TAIL_PAGE: usize = 1024;

impl<J: Journal> Tail<'_, J> {
    /// The next entry's position.
    pub fn position(&self) -> Position {
        self.next
    }

    /// Waits at most `timeout` for entries; empty if none became durable in that time.
    ///
    /// # Errors
    /// See [`JournalError`]; the follower stays where it was.
    pub fn next_entries(&mut self, timeout: Duration) -> Result<Vec<Vec<u8>>, JournalError> {
        if self.journal.wait_beyond(self.next, timeout).size <= self.next.0 {
            return Ok(Vec::new());
        }
        let entries = self.journal.read(self.next, TAIL_PAGE)?;
        self.next = Position(self.next.0.saturating_add(entries.len() as u64));
        Ok(entries)
    }
}
