//! Opening a journal: every byte that carries meaning is checked, and a torn tail is cut.
//!
//! The first bad frame decides. If the anchor states an entry there, or anything later lies behind it
//! (a frame of a later group, a later segment), it was durable once: that is damage, and nothing is
//! changed. Otherwise it is the unfinished group of a process that died; nobody was told of it.

use super::create::{create, remove_unfinished};
use super::disk::Disk;
use super::file::Segment;
use super::group::{Group, Stop, StopFault};
use super::header::HEADER_BYTES;
use super::load::{Loaded, check_first, list};
use crate::damage::{Damage, Damaged, FrameFault, Proof};
use crate::journal::{Head, JournalError};
use lotbook_chain::Position;
use lotbook_chain::entry::entry_hash;
use std::fs::OpenOptions;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A journal as it was found: whole.
pub(crate) struct Recovered {
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) head: Head,
    /// Where the next group goes in the last segment, in bytes.
    pub(crate) end: u64,
}

/// What a recovery needs to know.
pub(crate) struct Recovery<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) dir: &'a Path,
    /// Length of new segments, in bytes.
    pub(crate) segment_bytes: u32,
    /// The least that must be there.
    pub(crate) anchor: Head,
    /// Sees every entry in order.
    pub(crate) observe: &'a mut dyn FnMut(Position, &[u8]),
}

/// How far the recovery has come within a segment.
struct Reached {
    head: Head,
    /// The last whole group, in bytes.
    last: Range<usize>,
    stop: Stop,
}

impl Recovery<'_> {
    pub(crate) fn run(mut self) -> Result<Recovered, JournalError> {
        remove_unfinished(self.disk, self.dir)?;
        let firsts = list(self.dir)?;
        let Some(first) = firsts.first() else { return self.begin() };
        check_first(self.dir, *first)?;
        let mut segments = Vec::new();
        let mut head = Head::EMPTY;
        let mut end = HEADER_BYTES as u64;
        for index in 0..firsts.len() {
            let next = firsts.get(index.saturating_add(1)).copied();
            let loaded = Loaded::load(self.dir, head)?;
            let segment = open_segment(&loaded, next.is_none())?;
            let reached = self.walk(&loaded, &segment, head)?;
            if let Some(damage) = loaded.proof_of_damage(&reached.stop, reached.head, next) {
                return Err(loaded.damaged(&reached.stop, damage));
            }
            head = reached.head;
            if next.is_none() {
                self.check_length(&loaded, &reached)?;
                self.settle(&loaded, &segment, &reached)?;
                end = reached.last.end as u64;
            }
            segments.push(Arc::new(segment));
        }
        Ok(Recovered { segments, head, end })
    }

    /// An empty directory is a new journal, unless the anchor knows better.
    fn begin(&self) -> Result<Recovered, JournalError> {
        if self.anchor.size > 0 {
            let what = Damage::Shorter { anchor: self.anchor };
            let file = self.dir.to_owned();
            return Err(Box::new(Damaged { position: Position(0), file, offset: 0, what }).into());
        }
        let segment = create(self.disk, self.dir, Head::EMPTY, self.segment_bytes, 0)?;
        Ok(Recovered { segments: vec![Arc::new(segment)], head: Head::EMPTY, end: HEADER_BYTES as u64 })
    }

    /// Goes through a segment group by group, until none follows.
    fn walk(&mut self, loaded: &Loaded, segment: &Segment, head: Head) -> Result<Reached, JournalError> {
        let mut head = head;
        let mut last = HEADER_BYTES..HEADER_BYTES;
        loop {
            let group = match loaded.group(last.end, head) {
                Ok(group) => group,
                Err(stop) => return Ok(Reached { head, last, stop }),
            };
            self.check_anchor(loaded, head, last.end, &group)?;
            segment.mark(head.next(), last.end as u64);
            for (position, entry) in (head.size..).zip(&group.entries) {
                (self.observe)(Position(position), entry);
            }
            head = group.head;
            last = last.end..group.end;
        }
    }

    /// If the anchor's last entry is in this group, it must have the anchor's hash.
    fn check_anchor(
        &self,
        loaded: &Loaded,
        before: Head,
        start: usize,
        group: &Group<'_>,
    ) -> Result<(), JournalError> {
        let Some(position) = self.anchor.size.checked_sub(1) else { return Ok(()) };
        let index = position.checked_sub(before.size).and_then(|index| usize::try_from(index).ok());
        let Some(entry) = index.and_then(|index| group.entries.get(index)) else { return Ok(()) };
        let found = entry_hash(entry);
        if found == self.anchor.hash {
            return Ok(());
        }
        let what = Damage::Diverged { found, anchor: self.anchor };
        let (file, offset) = (loaded.path.clone(), start as u64);
        Err(Box::new(Damaged { position: Position(position), file, offset, what }).into())
    }

    /// The journal must reach as far as the anchor states.
    fn check_length(&self, loaded: &Loaded, reached: &Reached) -> Result<(), JournalError> {
        let (anchor, stop) = (self.anchor, &reached.stop);
        if reached.head.size >= anchor.size {
            return Ok(());
        }
        let what = match stop.why {
            StopFault::Frame(FrameFault::End) if stop.offset == reached.last.end => {
                Damage::Shorter { anchor }
            }
            StopFault::Frame(fault) => Damage::Frame { fault, proof: Proof::Anchor(anchor) },
            StopFault::Group(_) | StopFault::Link(_) => Damage::Shorter { anchor },
        };
        Err(loaded.damaged(stop, what))
    }

    /// Cuts a torn tail, and makes durable what is now taken for acknowledged.
    ///
    /// The process that wrote the last group may have died before its fdatasync, or because of it: the
    /// page cache then holds what the disk does not, and counts it as clean. So it is written again.
    fn settle(&self, loaded: &Loaded, segment: &Segment, reached: &Reached) -> Result<(), JournalError> {
        let failed = || JournalError::io("settle the end of", &loaded.path);
        let last = loaded.bytes.get(reached.last.clone()).unwrap_or_default();
        self.disk.write_at(&segment.file, last, reached.last.start as u64).map_err(failed())?;
        let tail = loaded.bytes.get(reached.last.end..).unwrap_or_default();
        if let Some(end) = tail.iter().rposition(|byte| *byte != 0) {
            let bytes = end.saturating_add(1);
            tracing::warn!(
                position = reached.head.size,
                segment = %loaded.path.display(),
                offset = reached.last.end,
                bytes,
                "cutting the torn end of a group that was never acknowledged"
            );
            let zeros = vec![0; bytes];
            self.disk.write_at(&segment.file, &zeros, reached.last.end as u64).map_err(failed())?;
        }
        self.disk.sync_all(&segment.file).map_err(failed())?;
        self.disk.sync_dir(self.dir).map_err(failed())
    }
}

/// Opens the file of a segment, to write only if it is the last.
fn open_segment(loaded: &Loaded, last: bool) -> Result<Segment, JournalError> {
    let file = OpenOptions::new().read(true).write(last).open(&loaded.path);
    let file = file.map_err(JournalError::io("open", &loaded.path))?;
    Ok(Segment::new(loaded.path.clone(), loaded.header, file))
}
