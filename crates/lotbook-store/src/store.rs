//! The store: lock, journal, index and anchor of one directory, as one thing.
//!
//! One thread appends, any number read. What they see is what is durable *and* indexed.

use crate::anchor::{Anchor, AnchorError, AnchorFault};
use crate::fault::{Fatal, StoreError, Unavailable};
use crate::index::Index;
use crate::journal::{Head, Journal, Lease};
use crate::lock::DirLock;
use crate::published::Publication;
use crate::segment::{Disk, SegmentJournal};
use crate::stamps::{read_stamp, write_stamp_on};
use crate::watch::{HeadWatch, lock};
use lotbook_chain::entry::entry_hash;
use lotbook_chain::{EntryHash, KeyId, Position, TileId, TileReader, TreeHash};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

/// An open store. Put it into an `Arc`; it closes when the last one is dropped.
pub struct Store {
    pub(crate) journal: SegmentJournal,
    pub(crate) index: Index,
    /// The head as readers see it: durable and indexed.
    pub(crate) head: HeadWatch,
    pub(crate) appender: Mutex<Appender>,
    pub(crate) dir: PathBuf,
    pub(crate) anchor_path: PathBuf,
    pub(crate) anchor: Mutex<Option<Anchor>>,
    pub(crate) disk: Box<dyn Disk>,
    /// Declared last: released when everything else is closed.
    pub(crate) _lock: DirLock,
}

/// What the one appending thread holds.
#[derive(Debug)]
pub(crate) struct Appender {
    pub(crate) lease: Lease,
    pub(crate) stopped: bool,
}

impl Store {
    /// Appends a group of entries at the head: durable in the journal first, then indexed.
    ///
    /// After an error that is not about the group itself, nothing is appended until a restart.
    ///
    /// # Errors
    /// See [`StoreError`]. Nobody may be told that the group was accepted.
    pub fn append_group(&self, entries: &[Vec<u8>]) -> Result<Head, StoreError> {
        // A thread that panicked here left its state unknown: the same as a failed write.
        let appender = self.appender.lock().ok().filter(|appender| !appender.stopped);
        let stopped = || Unavailable::Stopped { head: self.journal.durable_head(), source: None };
        let mut appender = appender.ok_or_else(stopped)?;
        let before = self.journal.durable_head();
        let last = entries.last().map_or(before.hash, |entry| entry_hash(entry));
        let head = self.journal.append(&appender.lease, before.next(), before.hash, last, entries)?;
        if !entries.is_empty() {
            self.index.extend(before.size, entries).map_err(|source| {
                appender.stopped = true;
                tracing::error!(%source, "the store stops: the index failed");
                Unavailable::NotIndexed { head, source }
            })?;
            self.head.set(head);
        }
        Ok(head)
    }

    /// The head: everything before it is durable, and can be read here.
    pub fn head(&self) -> Head {
        self.head.get()
    }

    /// Waits until the head lies beyond `position`, at most `timeout`; returns the head.
    pub fn wait_beyond(&self, position: Position, timeout: Duration) -> Head {
        self.head.wait_beyond(position, timeout)
    }

    /// The entry at a position; none at or beyond the head.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn entry(&self, position: Position) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entries(position, 1)?.pop())
    }

    /// At most `max` entries from `from` on, in order; fewer, or none, at the head.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn entries(&self, from: Position, max: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        let max = u64::try_from(max).unwrap_or(u64::MAX);
        let end = from.0.saturating_add(max).min(self.head().size);
        if from.0 >= end {
            return Ok(Vec::new());
        }
        Ok(self.index.entries(from.0, end)?)
    }

    /// Where an author's statement with this id stands; for statements submitted twice.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn find_statement(&self, author: &KeyId, id: &[u8; 16]) -> Result<Option<Position>, StoreError> {
        let found = self.index.find(author, id)?;
        Ok(found.filter(|position| position.0 < self.head().size))
    }

    /// Root of the tree of the first `size` entries; none if there are fewer.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn root_at(&self, size: u64) -> Result<Option<TreeHash>, StoreError> {
        let known = size <= self.head().size;
        Ok(known.then(|| self.index.root(size)).transpose()?)
    }

    /// Proof that entry `index` is in the tree of the first `size` entries; none if it is not.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn inclusion_proof(&self, index: Position, size: u64) -> Result<Option<Vec<TreeHash>>, StoreError> {
        let known = index.0 < size && size <= self.head().size;
        Ok(known.then(|| self.index.prove(index.0, size)).transpose()?)
    }

    /// The anchor: as found at the start, or as written since. A store without one cannot tell that
    /// its end was cut off.
    pub fn anchor(&self) -> Option<Anchor> {
        lock(&self.anchor).clone()
    }

    /// Replaces the anchor by a signed checkpoint of `head`. An older one never replaces a newer one.
    ///
    /// # Errors
    /// [`Unavailable::Io`] if it could not be written: the old one is still there. [`Fatal::Anchor`] if
    /// it states another tree than the store has; it would keep the store from opening.
    pub fn write_anchor(&self, note: &str, head: Head) -> Result<(), StoreError> {
        let refused = |why| Fatal::Anchor { head, why };
        let anchor = Anchor::new(note, head).map_err(refused)?;
        self.check_anchor(&anchor)?.map_err(refused)?;
        let mut current = lock(&self.anchor);
        if current.as_ref().is_some_and(|current| current.head().size > head.size) {
            return Ok(());
        }
        match anchor.write_on(self.disk.as_ref(), &self.anchor_path) {
            Ok(()) => {
                *current = Some(anchor);
                Ok(())
            }
            Err(AnchorError::Io { action, file, source }) => {
                Err(Unavailable::Io { action, file, source }.into())
            }
            Err(AnchorError::Malformed { why, .. } | AnchorError::Refused { why, .. }) => {
                Err(refused(why).into())
            }
        }
    }

    /// What may be shown of the ledger, as it was left by the last run.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn publication(&self) -> Result<Publication, StoreError> {
        Ok(Publication::read(&self.dir)?)
    }

    /// Makes durable that this note is published; an empty one says that none is yet, and that it is waited for.
    ///
    /// # Errors
    /// [`Unavailable::Io`]; what was there before is still there then.
    pub fn write_publication(&self, note: &str) -> Result<(), StoreError> {
        Ok(Publication::write_on(self.disk.as_ref(), &self.dir, note)?)
    }

    /// The stamp of a close ([P-188]).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn stamp(&self, close: Position) -> Result<Option<String>, StoreError> {
        Ok(read_stamp(&self.dir, close.0)?)
    }

    /// Makes a note durable as the stamp of a close; one that is there stays.
    ///
    /// # Errors
    /// [`Unavailable::Io`].
    pub fn write_stamp(&self, close: Position, note: &str) -> Result<(), StoreError> {
        Ok(write_stamp_on(self.disk.as_ref(), &self.dir, close.0, note)?)
    }

    /// Whether an anchor states what is stored.
    pub(crate) fn check_anchor(&self, anchor: &Anchor) -> Result<Result<(), AnchorFault>, StoreError> {
        let head = anchor.head();
        let Some(expected) = self.root_at(head.size)? else { return Ok(Err(AnchorFault::Head)) };
        let last = head.size.checked_sub(1).map(|last| self.entry(Position(last))).transpose()?.flatten();
        if last.map_or(EntryHash::ZERO, |entry| entry_hash(&entry)) != head.hash {
            return Ok(Err(AnchorFault::Head));
        }
        let found = anchor.root();
        Ok(if found == expected { Ok(()) } else { Err(AnchorFault::Root { found, expected }) })
    }

    /// Reads entries from the journal itself, past the index: to compare in the background.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn journal_entries(&self, from: Position, max: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.journal.read(from, max)?)
    }

    /// Ends appending and hands the index to the operating system. Write the anchor before.
    ///
    /// # Errors
    /// If the index could not be flushed; nothing is lost then, the next start completes it.
    pub fn close(&self) -> Result<(), StoreError> {
        lock(&self.appender).stopped = true;
        Ok(self.index.flush()?)
    }
}

impl TileReader for Store {
    type Error = StoreError;

    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, StoreError> {
        Ok(self.index.tile(id, width)?)
    }

    fn node(&self, start: u64, height: u32) -> Option<TreeHash> {
        self.index.node(start, height)
    }

    fn remember(&self, start: u64, height: u32, root: TreeHash) {
        self.index.remember(start, height, root);
    }
}

impl core::fmt::Debug for Store {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Store").field("journal", &self.journal).field("head", &self.head()).finish()
    }
}
