//! A reader of a journal's directory that writes nothing and locks nothing: for the offline verifier,
//! and beside a running server.

use super::load::{Loaded, check_first, list};
use crate::journal::{Head, JournalError};
use lotbook_chain::Position;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// Iterates over all entries of a journal, or up to the first error.
///
/// Only whole groups are given. Beside a running server the last of them may not be durable yet; a
/// group half written, or torn by a crash, is the end. Whoever has an anchor compares it with
/// [`JournalReader::head`] at the end: the directory alone cannot tell that its last group was cut off.
#[derive(Debug)]
pub struct JournalReader {
    dir: PathBuf,
    segment: Option<Loaded>,
    /// Where the next group begins in the segment, in bytes.
    offset: usize,
    /// The head after the groups read.
    head: Head,
    /// Entries of the last group that were not given yet.
    ready: VecDeque<(Position, Vec<u8>)>,
    ended: bool,
}

impl JournalReader {
    /// Opens the journal in `dir` (the `journal` directory itself) for reading.
    ///
    /// # Errors
    /// If the directory cannot be listed, or its first segment is missing or damaged.
    pub fn open(dir: &Path) -> Result<Self, JournalError> {
        let segment = match list(dir)?.first() {
            Some(first) => {
                check_first(dir, *first)?;
                Some(Loaded::load(dir, Head::EMPTY)?)
            }
            None => None,
        };
        let offset = super::header::HEADER_BYTES;
        let (head, ready) = (Head::EMPTY, VecDeque::new());
        Ok(Self { dir: dir.to_owned(), ended: segment.is_none(), segment, offset, head, ready })
    }

    /// The head after the last whole group read; at the end of the iteration the journal's own.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Reads the next group; returns false at the end.
    fn advance(&mut self) -> Result<bool, JournalError> {
        let mut looked_again = false;
        while let Some(segment) = &self.segment {
            let stop = match segment.group(self.offset, self.head) {
                Ok(group) => {
                    let entries = group.entries.iter().map(|entry| entry.to_vec());
                    self.ready.extend((self.head.size..).map(Position).zip(entries));
                    (self.head, self.offset) = (group.head, group.end);
                    return Ok(true);
                }
                Err(stop) => stop,
            };
            let next = list(&self.dir)?.into_iter().find(|first| *first > segment.header.before.next());
            if let Some(damage) = segment.proof_of_damage(&stop, self.head, next) {
                // A writer may have gone on since the file was read: only what is still bad is damage.
                if looked_again {
                    return Err(segment.damaged(&stop, damage));
                }
                looked_again = true;
                self.segment = Some(Loaded::load(&self.dir, segment.header.before)?);
            } else if next == Some(self.head.next()) {
                self.segment = Some(Loaded::load(&self.dir, self.head)?);
                self.offset = super::header::HEADER_BYTES;
                looked_again = false;
            } else {
                return Ok(false);
            }
        }
        Ok(false)
    }
}

impl Iterator for JournalReader {
    type Item = Result<(Position, Vec<u8>), JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() && !self.ended {
            match self.advance() {
                Ok(more) => self.ended = !more,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}
