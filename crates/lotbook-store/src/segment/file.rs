//! A segment in use: its file, and marks that say where in it a position is to be looked for.

use super::frame::{MAX_FRAME_BYTES, parse_frame};
use super::header::{HEADER_BYTES, Header};
use crate::damage::{Damage, Damaged, FrameFault, Proof};
use crate::journal::JournalError;
use crate::link::LinkFault;
use crate::watch::lock;
use lotbook_chain::{Entry, Position};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Mutex;

/// Bytes between two marks: a read passes over at most so much before it finds its first entry.
const MARK_BYTES: u64 = 64 << 10;
/// Bytes read at once; holds the largest frame.
const PAGE_BYTES: u64 = 128 << 10;
const _: () = assert!(MAX_FRAME_BYTES as u64 <= PAGE_BYTES);

/// A segment that is read, and written if it is the last.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) header: Header,
    pub(crate) file: File,
    marks: Mutex<Vec<Mark>>,
}

/// A place where a group begins.
#[derive(Debug, Clone, Copy)]
struct Mark {
    position: u64,
    offset: u64,
}

impl Segment {
    pub(crate) fn new(path: PathBuf, header: Header, file: File) -> Self {
        let start = Mark { position: header.before.size, offset: HEADER_BYTES as u64 };
        Self { path, header, file, marks: Mutex::new(vec![start]) }
    }

    /// First position in the segment.
    pub(crate) fn first(&self) -> u64 {
        self.header.before.size
    }

    /// Notes where a group begins, if the last mark is far enough behind.
    pub(crate) fn mark(&self, position: Position, offset: u64) {
        let mut marks = lock(&self.marks);
        if marks.last().is_none_or(|last| offset >= last.offset.saturating_add(MARK_BYTES)) {
            marks.push(Mark { position: position.0, offset });
        }
    }

    /// Adds the entries at `from..end`, all of which are durable and in this segment.
    pub(crate) fn read(&self, from: u64, end: u64, out: &mut Vec<Vec<u8>>) -> Result<(), JournalError> {
        let Mark { mut position, mut offset } = self.mark_before(from);
        let mut page = Vec::new();
        let mut used = 0_usize;
        while position < end {
            match parse_frame(self.header.salt, page.get(used..).unwrap_or_default()) {
                Ok(frame) => {
                    self.check(position, offset, frame.entry)?;
                    if position >= from {
                        out.push(frame.entry.to_vec());
                    }
                    used = used.saturating_add(frame.length());
                    offset = offset.saturating_add(frame.length() as u64);
                    position = position.saturating_add(1);
                }
                // Either the page is used up, or the frame is bad in a page that begins with it.
                Err(fault) if used == 0 && !page.is_empty() => {
                    let what = Damage::Frame { fault, proof: Proof::Acknowledged };
                    return Err(self.damaged(position, offset, what));
                }
                Err(_) => (page, used) = (self.page(position, offset)?, 0),
            }
        }
        Ok(())
    }

    fn mark_before(&self, position: u64) -> Mark {
        let marks = lock(&self.marks);
        let after = marks.partition_point(|mark| mark.position <= position);
        let start = Mark { position: self.first(), offset: HEADER_BYTES as u64 };
        after.checked_sub(1).and_then(|index| marks.get(index).copied()).unwrap_or(start)
    }

    fn page(&self, position: u64, offset: u64) -> Result<Vec<u8>, JournalError> {
        let length = u64::from(self.header.length).saturating_sub(offset).min(PAGE_BYTES);
        if length == 0 {
            let what = Damage::Frame { fault: FrameFault::End, proof: Proof::Acknowledged };
            return Err(self.damaged(position, offset, what));
        }
        let mut page = vec![0; usize::try_from(length).unwrap_or_default()];
        match self.file.read_exact_at(&mut page, offset) {
            Ok(()) => Ok(page),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                let found = self.file.metadata().map(|file| file.len()).unwrap_or_default();
                let expected = u64::from(self.header.length);
                Err(self.damaged(position, offset, Damage::Length { found, expected }))
            }
            Err(error) => Err(JournalError::io("read", &self.path)(error)),
        }
    }

    /// The entry is where it belongs; its link was checked when it was written or recovered.
    fn check(&self, position: u64, offset: u64, entry: &[u8]) -> Result<(), JournalError> {
        let fault = match Entry::decode(entry) {
            Ok(decoded) if decoded.position.0 == position => return Ok(()),
            Ok(decoded) => LinkFault::Position { found: decoded.position },
            Err(error) => LinkFault::Entry(error),
        };
        Err(self.damaged(position, offset, Damage::Link(fault)))
    }

    fn damaged(&self, position: u64, offset: u64, what: Damage) -> JournalError {
        Box::new(Damaged { position: Position(position), file: self.path.clone(), offset, what }).into()
    }
}
