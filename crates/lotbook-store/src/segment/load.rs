//! A segment's file, read whole and judged: its header, its groups, and what a bad frame means.

use super::frame::later_frame;
use super::group::{Group, Stop, StopFault, read_group};
use super::header::{Header, file_name, parse_file_name};
use crate::damage::{Damage, Damaged, FrameFault, HeaderFault, Proof};
use crate::journal::{Head, JournalError};
use lotbook_chain::Position;
use std::path::{Path, PathBuf};

/// A segment in memory. A segment has a few MiB, so it is read at once.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) path: PathBuf,
    pub(crate) header: Header,
    pub(crate) bytes: Vec<u8>,
}

/// The first positions of the segments in a directory, in order.
pub(crate) fn list(dir: &Path) -> Result<Vec<Position>, JournalError> {
    let failed = || JournalError::io("list", dir);
    let mut firsts = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed())? {
        let name = entry.map_err(failed())?.file_name();
        firsts.extend(name.to_str().and_then(parse_file_name));
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// The damage "entries are missing", if the first segment of a journal is not its first.
pub(crate) fn check_first(dir: &Path, first: Position) -> Result<(), JournalError> {
    if first == Position(0) {
        return Ok(());
    }
    let what = Damage::Gap { next: first };
    Err(Box::new(Damaged { position: Position(0), file: dir.to_owned(), offset: 0, what }).into())
}

impl Loaded {
    /// Reads the segment that follows `head` and checks its header and length.
    pub(crate) fn load(dir: &Path, head: Head) -> Result<Self, JournalError> {
        let path = dir.join(file_name(head.next()));
        let bytes = std::fs::read(&path).map_err(JournalError::io("read", &path))?;
        let damaged = |what| Damaged { position: head.next(), file: path.clone(), offset: 0, what };
        let header = Header::decode(&bytes).map_err(|fault| Box::new(damaged(Damage::Header(fault))))?;
        if header.before.size != head.size {
            let fault = HeaderFault::Misplaced(header.before.next());
            return Err(Box::new(damaged(Damage::Header(fault))).into());
        }
        if header.before.hash != head.hash {
            return Err(Box::new(damaged(Damage::Header(HeaderFault::Unlinked))).into());
        }
        let (found, expected) = (bytes.len() as u64, u64::from(header.length));
        if found != expected {
            return Err(Box::new(damaged(Damage::Length { found, expected })).into());
        }
        Ok(Self { path, header, bytes })
    }

    /// Reads the group at `offset`, which must follow `head`.
    pub(crate) fn group(&self, offset: usize, head: Head) -> Result<Group<'_>, Stop> {
        read_group(self.header.salt, &self.bytes, offset, head)
    }

    /// Whether a stop is damage, by what stands there and what lies behind it. `head` is the end of
    /// the last whole group, `next` where the segment after this one begins.
    ///
    /// A group is written only when the one before is durable, a segment is made only then too: so
    /// whatever lies behind a bad group proves that it was whole.
    pub(crate) fn proof_of_damage(&self, stop: &Stop, head: Head, next: Option<Position>) -> Option<Damage> {
        let fault = match &stop.why {
            StopFault::Frame(fault) => *fault,
            StopFault::Group(found) => {
                return Some(Damage::Group { found: *found, expected: head.next() });
            }
            StopFault::Link(fault) => return Some(Damage::Link(fault.clone())),
        };
        match (next, fault) {
            (Some(next), _) if next == head.next() => None,
            (Some(next), FrameFault::End) => Some(Damage::Gap { next }),
            (Some(next), _) => Some(Damage::Frame { fault, proof: Proof::Segment { next } }),
            (None, _) => later_frame(self.header.salt, &self.bytes, stop.offset, head.next())
                .map(|offset| Damage::Frame { fault, proof: Proof::Later { offset: offset as u64 } }),
        }
    }

    /// An error that says what was found at a stop.
    pub(crate) fn damaged(&self, stop: &Stop, what: Damage) -> JournalError {
        let (position, file, offset) = (stop.position, self.path.clone(), stop.offset as u64);
        Box::new(Damaged { position, file, offset, what }).into()
    }
}
