//! The hash chain, checked: an entry stands at its position and carries the hash of the one before.

use crate::journal::{AppendError, Head};
use lotbook_chain::entry::{Entry, EntryError, entry_hash};
use lotbook_chain::{EntryHash, Position};

/// Why an entry does not follow the one before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The bytes are not an entry.
    #[error("not an entry: {0}")]
    Entry(#[from] EntryError),
    /// The entry states another position.
    #[error("the entry states position {found}")]
    Position {
        /// The position it states.
        found: Position,
    },
    /// The entry follows another entry.
    #[error("the entry follows {found}, the entry before it is {expected}")]
    Previous {
        /// The hash it carries.
        found: EntryHash,
        /// The hash of the entry before.
        expected: EntryHash,
    },
    /// The last entry of a batch has another hash than the caller said.
    #[error("the batch ends with {found}, the caller said {expected}")]
    Last {
        /// The hash computed.
        found: EntryHash,
        /// The hash given.
        expected: EntryHash,
    },
    /// The batch is over the limit for one group.
    #[error("the batch takes {bytes} bytes, the limit for a group is {limit}")]
    TooLarge {
        /// Bytes it would take.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
}

/// The head after `entry`, if it follows `head`.
pub(crate) fn follow(head: Head, entry: &[u8]) -> Result<Head, LinkFault> {
    let decoded = Entry::decode(entry)?;
    if decoded.position != head.next() {
        return Err(LinkFault::Position { found: decoded.position });
    }
    if decoded.previous != head.hash {
        return Err(LinkFault::Previous { found: decoded.previous, expected: head.hash });
    }
    Ok(Head { size: head.size.saturating_add(1), hash: entry_hash(entry) })
}

/// The head after `batch`, if it stands at `at`, follows `head`, is linked in itself and ends in `last`.
pub(crate) fn follow_batch(
    head: Head,
    at: Position,
    previous: EntryHash,
    last: EntryHash,
    batch: &[Vec<u8>],
) -> Result<Head, AppendError> {
    if at != head.next() || previous != head.hash {
        return Err(AppendError::Conflict { at, previous, head });
    }
    let mut new = head;
    for entry in batch {
        let position = new.next();
        new = follow(new, entry).map_err(|why| AppendError::Malformed { position, why })?;
    }
    if new.hash != last {
        let why = LinkFault::Last { found: new.hash, expected: last };
        return Err(AppendError::Malformed { position: Position(new.size.saturating_sub(1)), why });
    }
    Ok(new)
}
