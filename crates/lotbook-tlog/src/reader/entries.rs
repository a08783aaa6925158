//! The entries of a log in order, with some bundles read ahead.

use super::{LogReader, ReadError};
use lotbook_chain::TILE_WIDTH;
use std::collections::VecDeque;
use std::thread::{Builder, JoinHandle};

/// Bundles read at once: a web server is a tenth of a second away, and the largest bundle has 16 MiB.
const BUNDLES_AHEAD: usize = 8;

type Bundle = Result<Vec<Vec<u8>>, ReadError>;

/// Positions and entries, verified; nothing comes after an error. Made by [`LogReader::entries`].
pub struct Entries {
    reader: LogReader,
    /// The position that comes next.
    position: u64,
    /// The entries of the bundle at hand that are still to come.
    current: std::vec::IntoIter<Vec<u8>>,
    /// Bundles asked for, in order. One without a thread is read when it is its turn.
    coming: VecDeque<(u64, Option<JoinHandle<Bundle>>)>,
    /// The bundle to ask for next, and the end of all bundles.
    next: u64,
    end: u64,
}

impl Entries {
    pub(super) fn new(reader: LogReader, from: u64) -> Self {
        let width = u64::from(TILE_WIDTH);
        let end = reader.checkpoint().size.div_ceil(width);
        let next = if from < reader.checkpoint().size { from / width } else { end };
        Self { reader, position: from, current: Vec::new().into_iter(), coming: VecDeque::new(), next, end }
    }

    fn ask_ahead(&mut self) {
        while self.coming.len() < BUNDLES_AHEAD && self.next < self.end {
            let (reader, index) = (self.reader.clone(), self.next);
            let thread = Builder::new().name("bundle".into()).spawn(move || reader.bundle(index));
            self.coming.push_back((index, thread.ok()));
            self.next = self.next.saturating_add(1);
        }
    }

    /// Makes the next bundle the current one; nothing at the end.
    fn turn(&mut self) -> Option<Result<(), ReadError>> {
        self.ask_ahead();
        let (index, thread) = self.coming.pop_front()?;
        let read = thread.and_then(|thread| thread.join().ok());
        let entries = match read.unwrap_or_else(|| self.reader.bundle(index)) {
            Ok(entries) => entries,
            Err(error) => {
                (self.next, self.coming) = (self.end, VecDeque::new());
                return Some(Err(error));
            }
        };
        self.current = entries.into_iter();
        // The first bundle may begin before the position that was asked for.
        let before = self.position.saturating_sub(index.saturating_mul(u64::from(TILE_WIDTH)));
        if let Some(last) = usize::try_from(before).ok().and_then(|before| before.checked_sub(1)) {
            self.current.nth(last);
        }
        Some(Ok(()))
    }
}

impl Iterator for Entries {
    type Item = Result<(u64, Vec<u8>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.current.next() {
                let position = self.position;
                self.position = position.saturating_add(1);
                return Some(Ok((position, entry)));
            }
            if let Err(error) = self.turn()? {
                return Some(Err(error));
            }
        }
    }
}
