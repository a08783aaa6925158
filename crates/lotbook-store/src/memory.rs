//! A journal in memory, for tests: the same promises as the others, but for the loss of power.

use crate::journal::{AppendError, Head, Journal, JournalError, Lease};
use crate::link::follow_batch;
use crate::watch::{HeadWatch, lock};
use lotbook_chain::{EntryHash, Position};
use std::sync::Mutex;
use std::time::Duration;

/// A journal that ends with the process.
#[derive(Debug)]
pub struct MemoryJournal {
    kept: Mutex<Kept>,
    head: HeadWatch,
}

#[derive(Debug, Default)]
struct Kept {
    epoch: u64,
    entries: Vec<Vec<u8>>,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self { kept: Mutex::default(), head: HeadWatch::new(Head::EMPTY) }
    }
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl Journal for MemoryJournal {
    fn acquire(&self, _owner: &str) -> Result<Lease, AppendError> {
        let mut kept = lock(&self.kept);
        kept.epoch = kept.epoch.saturating_add(1);
        Ok(Lease { epoch: kept.epoch, head: self.head.get() })
    }

    fn append(
        &self,
        lease: &Lease,
        at: Position,
        previous: EntryHash,
        last: EntryHash,
        batch: &[Vec<u8>],
    ) -> Result<Head, AppendError> {
        let mut kept = lock(&self.kept);
        if lease.epoch != kept.epoch {
            return Err(AppendError::Fenced { held: lease.epoch, current: kept.epoch });
        }
        let head = follow_batch(self.head.get(), at, previous, last, batch)?;
        kept.entries.extend_from_slice(batch);
        self.head.set(head);
        Ok(head)
    }

    fn read(&self, from: Position, max: usize) -> Result<Vec<Vec<u8>>, JournalError> {
        let skip = usize::try_from(from.0).unwrap_or(usize::MAX);
        Ok(lock(&self.kept).entries.iter().skip(skip).take(max).cloned().collect())
    }

    fn durable_head(&self) -> Head {
        self.head.get()
    }

    fn wait_beyond(&self, position: Position, timeout: Duration) -> Head {
        self.head.wait_beyond(position, timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_in_memory_conforms() {
        crate::suite::conforms(MemoryJournal::new);
    }
}
