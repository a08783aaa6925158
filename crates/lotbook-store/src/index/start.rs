//! The index at a start: opened, completed from the journal, compared with it; else set aside and made anew.

use super::{Index, IndexError, StatementId};
use crate::journal::Journal;
use crate::progress::{Phase, Progress};
use lotbook_chain::{Position, TreeHash};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Entries indexed at once while completing, and between two reports of progress.
const PAGE: usize = 1024;
/// Entries compared byte by byte with the journal, evenly spread, besides the last one. The tiles are
/// all checked; that the entries are those the tiles were made from, these show.
const SAMPLES: u64 = 64;

/// What a start of the index needs.
pub(crate) struct Start<'a, J> {
    pub(crate) dir: &'a Path,
    pub(crate) cache_bytes: u64,
    pub(crate) statement_id: StatementId,
    pub(crate) journal: &'a J,
    /// Root of the tree over the journal's entries.
    pub(crate) root: TreeHash,
    pub(crate) progress: &'a mut dyn FnMut(Progress),
}

/// Opens the index; one that is not the journal's is renamed to `index.broken-N` and made anew.
pub(crate) fn start<J: Journal>(mut start: Start<'_, J>) -> Result<Index, IndexError> {
    let why = match start.attempt(Phase::CompletingIndex) {
        // A full volume, another user or an unreadable journal is not the index's fault.
        Err(error @ (IndexError::Full(_) | IndexError::Busy { .. } | IndexError::Journal(_))) => {
            return Err(error);
        }
        Err(error) => error,
        Ok(index) => return Ok(index),
    };
    let aside = set_aside(start.dir)?;
    tracing::warn!(%why, aside = %aside.display(), "the index was set aside and is rebuilt from the journal");
    start.attempt(Phase::RebuildingIndex)
}

impl<J: Journal> Start<'_, J> {
    /// sled panics on some damage; that must not end the process.
    fn attempt(&mut self, phase: Phase) -> Result<Index, IndexError> {
        catch_unwind(AssertUnwindSafe(|| {
            let index = Index::open(self.dir, self.cache_bytes, self.statement_id)?;
            self.complete(&index, phase)?;
            self.compare(&index)?;
            Ok(index)
        }))
        .unwrap_or_else(|panic| Err(IndexError::Panicked(panic_text(panic.as_ref()))))
    }

    /// Adds what the journal has and the index has not.
    fn complete(&mut self, index: &Index, phase: Phase) -> Result<(), IndexError> {
        let journal = self.journal.durable_head().size;
        let mut size = index.size()?;
        if size > journal {
            return Err(IndexError::Beyond { index: size, journal });
        }
        while size < journal {
            let entries = self.journal.read(Position(size), PAGE)?;
            index.extend(size, &entries)?;
            size = size.saturating_add(entries.len() as u64);
            (self.progress)(Progress { phase, done: size, total: Some(journal) });
        }
        Ok(())
    }

    fn compare(&self, index: &Index) -> Result<(), IndexError> {
        let size = self.journal.durable_head().size;
        let found = index.root(size)?;
        if found != self.root {
            return Err(IndexError::Root { index: found, journal: self.root });
        }
        index.tiles.check(size)?;
        let step = usize::try_from((size / SAMPLES).max(1)).unwrap_or(usize::MAX);
        for position in (0..size).step_by(step).chain(size.checked_sub(1)) {
            self.compare_entry(index, Position(position))?;
        }
        Ok(())
    }

    fn compare_entry(&self, index: &Index, position: Position) -> Result<(), IndexError> {
        let written = self.journal.read(position, 1)?.pop();
        if index.entry(position)? != written {
            return Err(IndexError::Differs { position });
        }
        let key = written.and_then(|entry| index.statement_key(&entry));
        match key.map(|key| index.statements.get(key)).transpose()? {
            Some(None) => Err(IndexError::Differs { position }),
            Some(Some(_)) | None => Ok(()),
        }
    }
}

fn set_aside(dir: &Path) -> Result<PathBuf, IndexError> {
    let name = |n: u32| dir.with_file_name(format!("index.broken-{n}"));
    let to = (1..).map(name).find(|to| !to.exists()).unwrap_or_else(|| name(0));
    match std::fs::rename(dir, &to) {
        Ok(()) => Ok(to),
        Err(source) => Err(IndexError::SetAside { to, source }),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}
