//! The journal on disk: append-only segment files, one fdatasync a group (ledger.md 4).
//!
//! # Layout, version 1
//!
//! A journal is a directory of segments. A segment is named after the position of its first entry, 20
//! decimal digits and `.seg`; `*.seg.new` is one that a crash left unfinished and is removed. All
//! numbers are little-endian. A segment has, from byte 0:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 8 | magic `LOTBOOKJ` |
//! | 8 | 4 | version, u32 = 1 |
//! | 12 | 4 | length of the file in bytes, u32, zero padding included |
//! | 16 | 8 | position of the first entry, u64 |
//! | 24 | 32 | entry hash of the entry before it (zeros at position 0) |
//! | 56 | 8 | salt, u64, drawn for each segment |
//! | 64 | 4 | CRC32C of bytes 0..64 |
//! | 68 | .. | frames, one for each entry, then zeros up to the length |
//!
//! A frame has no padding and no alignment:
//!
//! | offset | size | field |
//! | --- | --- | --- |
//! | 0 | 4 | CRC32C of: salt (8 bytes) `\|\|` bytes 4..16 `\|\|` entry |
//! | 4 | 4 | length word, u32: bits 0-15 length n of the entry (1..=65535), bits 16-30 zero, bit 31 set in the last frame of a group |
//! | 8 | 8 | group, u64: position of the first entry of the group |
//! | 16 | n | entry bytes (ledger.md 2) |
//!
//! A length word of zero, or fewer than 16 bytes to the end of the file, is the end of the segment. A
//! group never spans segments: if it does not fit, a segment is made, longer than usual if need be. A
//! group is written only after the fdatasync of the one before, and a segment gets its name only when
//! it is filled with zeros and synced. Hence the rule by which [`recover`] tells a torn tail from damage.
//!
//! The CRC finds accidents; that the entries are a chain (position, previous entry hash) is checked
//! as well, so a forged CRC does not pass.

mod create;
mod disk;
mod file;
mod frame;
mod group;
mod header;
mod load;
mod reader;
mod recover;

pub use reader::JournalReader;

pub(crate) use disk::{Disk, RealDisk};
#[cfg(test)]
pub(crate) use {frame::FRAME_HEADER_BYTES, header::HEADER_BYTES};

use crate::journal::{AppendError, Head, Journal, JournalError, Lease};
use crate::link::{LinkFault, follow_batch};
use crate::watch::{HeadWatch, lock};
use file::Segment;
use frame::{encode_group, group_length};
use lotbook_chain::{EntryHash, Position};
use recover::{Recovered, Recovery};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Usual length of a segment, in bytes: about 25,000 usual entries. Read at once at a start, and filled
/// with zeros when it is made, which takes some ten milliseconds.
pub const SEGMENT_BYTES: u32 = 8 << 20;
/// Largest group, in bytes with its frames: a thousand entries of the largest size.
pub const MAX_GROUP_BYTES: usize = 64 << 20;

/// The journal on disk.
pub struct SegmentJournal {
    disk: Box<dyn Disk>,
    dir: PathBuf,
    segment_bytes: u32,
    writer: Mutex<Writer>,
    segments: Mutex<Vec<Arc<Segment>>>,
    head: HeadWatch,
}

/// What only the one writer knows.
#[derive(Debug)]
struct Writer {
    epoch: u64,
    /// Where the next group goes in the last segment, in bytes.
    end: u64,
    /// A write or a sync failed: never again in this process (ledger.md 4).
    stopped: bool,
}

impl SegmentJournal {
    /// Opens or makes the journal in `dir`, checks all of it, and cuts a torn tail.
    ///
    /// `anchor` is the least that must be there ([`Head::EMPTY`] if nothing is known). `observe` sees
    /// every entry in order. The caller holds a lock against other processes: epochs count in this one.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] names the position; nothing was changed then.
    pub fn open(
        dir: &Path,
        segment_bytes: u32,
        anchor: Head,
        observe: &mut dyn FnMut(Position, &[u8]),
    ) -> Result<Self, JournalError> {
        Self::open_on(Box::new(RealDisk), dir, segment_bytes, anchor, observe)
    }

    pub(crate) fn open_on(
        disk: Box<dyn Disk>,
        dir: &Path,
        segment_bytes: u32,
        anchor: Head,
        observe: &mut dyn FnMut(Position, &[u8]),
    ) -> Result<Self, JournalError> {
        if !dir.is_dir() {
            std::fs::create_dir(dir).map_err(JournalError::io("make", dir))?;
        }
        if let Some(parent) = dir.parent() {
            disk.sync_dir(parent).map_err(JournalError::io("sync", parent))?;
        }
        let recovery = Recovery { disk: disk.as_ref(), dir, segment_bytes, anchor, observe };
        let Recovered { segments, head, end } = recovery.run()?;
        Ok(Self {
            disk,
            dir: dir.to_owned(),
            segment_bytes,
            writer: Mutex::new(Writer { epoch: 0, end, stopped: false }),
            segments: Mutex::new(segments),
            head: HeadWatch::new(head),
        })
    }

    /// Writes one checked, non-empty group and syncs it.
    fn write(&self, writer: &mut Writer, head: Head, batch: &[Vec<u8>]) -> Result<(), AppendError> {
        let segment = self.segment_for(writer, head, batch)?;
        let bytes = encode_group(segment.header.salt, head.next(), batch);
        let written = self.disk.write_at(&segment.file, &bytes, writer.end);
        let synced = written.and_then(|()| self.disk.sync_data(&segment.file));
        if let Err(source) = synced {
            return Err(AppendError::Unknown { at: head.next(), source });
        }
        segment.mark(head.next(), writer.end);
        writer.end = writer.end.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// The segment the group goes into: the last one if it has room, else a new one.
    fn segment_for(
        &self,
        writer: &mut Writer,
        head: Head,
        batch: &[Vec<u8>],
    ) -> Result<Arc<Segment>, AppendError> {
        let room = u32::try_from(group_length(batch)).unwrap_or(u32::MAX);
        let last = lock(&self.segments).last().map(Arc::clone);
        let end = writer.end.saturating_add(u64::from(room));
        if let Some(last) = last.filter(|last| end <= u64::from(last.header.length)) {
            return Ok(last);
        }
        let made = create::create(self.disk.as_ref(), &self.dir, head, self.segment_bytes, room);
        let segment = match made {
            Ok(segment) => Arc::new(segment),
            Err(JournalError::Io { source, .. }) => {
                return Err(AppendError::Unavailable { head, source: Some(source) });
            }
            Err(JournalError::Damaged(_)) => return Err(AppendError::Unavailable { head, source: None }),
        };
        writer.end = header::HEADER_BYTES as u64;
        lock(&self.segments).push(Arc::clone(&segment));
        Ok(segment)
    }

    /// The segment that holds a position, and where the one after it begins.
    fn segment_of(&self, position: u64) -> Option<(Arc<Segment>, Option<u64>)> {
        let segments = lock(&self.segments);
        let after = segments.partition_point(|segment| segment.first() <= position);
        let segment = after.checked_sub(1).and_then(|index| segments.get(index))?;
        Some((Arc::clone(segment), segments.get(after).map(|next| next.first())))
    }
}

impl Journal for SegmentJournal {
    fn acquire(&self, owner: &str) -> Result<Lease, AppendError> {
        let head = self.head.get();
        let stopped = AppendError::Unavailable { head, source: None };
        let mut writer = self.writer.lock().ok().filter(|writer| !writer.stopped).ok_or(stopped)?;
        writer.epoch = writer.epoch.saturating_add(1);
        tracing::debug!(owner, epoch = writer.epoch, %head, "journal acquired");
        Ok(Lease { epoch: writer.epoch, head: self.head.get() })
    }

    fn append(
        &self,
        lease: &Lease,
        at: Position,
        previous: EntryHash,
        last: EntryHash,
        batch: &[Vec<u8>],
    ) -> Result<Head, AppendError> {
        // A writer that panicked left its state unknown: the same as a failed write.
        let stopped = || AppendError::Unavailable { head: self.head.get(), source: None };
        let mut writer = self.writer.lock().ok().filter(|writer| !writer.stopped).ok_or_else(stopped)?;
        if lease.epoch != writer.epoch {
            return Err(AppendError::Fenced { held: lease.epoch, current: writer.epoch });
        }
        let before = self.head.get();
        let head = follow_batch(before, at, previous, last, batch)?;
        let bytes = group_length(batch);
        if bytes > MAX_GROUP_BYTES {
            let why = LinkFault::TooLarge { bytes, limit: MAX_GROUP_BYTES };
            return Err(AppendError::Malformed { position: at, why });
        }
        if !batch.is_empty() {
            self.write(&mut writer, before, batch).inspect_err(|error| {
                writer.stopped = true;
                tracing::error!(%error, "the journal stops: a write failed");
            })?;
            self.head.set(head);
        }
        Ok(head)
    }

    fn read(&self, from: Position, max: usize) -> Result<Vec<Vec<u8>>, JournalError> {
        let max = u64::try_from(max).unwrap_or(u64::MAX);
        let end = from.0.saturating_add(max).min(self.head.get().size);
        let mut entries = Vec::new();
        let mut at = from.0;
        while at < end {
            let Some((segment, next)) = self.segment_of(at) else { break };
            let stop = next.map_or(end, |next| next.min(end));
            segment.read(at, stop, &mut entries)?;
            at = stop;
        }
        Ok(entries)
    }

    fn durable_head(&self) -> Head {
        self.head.get()
    }

    fn wait_beyond(&self, position: Position, timeout: Duration) -> Head {
        self.head.wait_beyond(position, timeout)
    }
}

impl core::fmt::Debug for SegmentJournal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { dir, .. } = self;
        f.debug_struct("SegmentJournal").field("dir", dir).field("head", &self.head.get()).finish()
    }
}
