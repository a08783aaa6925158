//! The projector: the state as far as it is durable and published, for everybody who only reads.
//!
//! The writer's own state runs ahead of the disk: an entry is in it before its group is durable. So readers
//! have a second one, which a thread of its own brings up to each published size. A reader waits until it
//! holds everything that was published when it asked, hence everything that was answered before.

use crate::engine::{Shared, Unavailable, open_entry};
use crate::{read, write};
use lotbook_chain::{Position, Sealed};
use lotbook_domain::{State, evolve};
use lotbook_event::Statement;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};

/// Entries read at once; a group is read whole before any of it is shown.
const CHUNK: u64 = 1_024;

/// The readers' state, and how far it is.
pub(crate) struct Projector {
    state: RwLock<State>,
    progress: Mutex<Progress>,
    moved: Condvar,
}

struct Progress {
    /// Entries that are published.
    published: u64,
    /// Entries that the readers' state holds.
    projected: u64,
    /// Why it gets no further.
    failed: Option<String>,
    /// Nothing more will be published.
    ended: bool,
}

impl Projector {
    /// Begins with a state in which everything is durable.
    pub fn new(state: State) -> Self {
        let size = state.head.size;
        let progress = Progress { published: size, projected: size, failed: None, ended: false };
        Self { state: RwLock::new(state), progress: Mutex::new(progress), moved: Condvar::new() }
    }

    /// Looks at a state that holds at least everything published so far, and nothing that is not.
    pub fn view<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, Unavailable> {
        self.wait_for_published()?;
        let state = read(&self.state);
        Ok(look(&state))
    }

    /// More is published.
    pub fn publish(&self, size: u64) {
        self.change(|progress| progress.published = progress.published.max(size));
    }

    /// Nothing more will be published: the thread ends once it has done its work.
    pub fn end(&self) {
        self.change(|progress| progress.ended = true);
    }

    /// The thread: brings the state up to each published size, until the end.
    pub fn run(&self, shared: &Shared) {
        // A panic leaves the state unknown, as in the writer: readers are told, and the log can still be read.
        let ended = catch_unwind(AssertUnwindSafe(|| self.follow(shared)));
        let ended = ended.unwrap_or_else(|_| Err("the projector panicked".into()));
        if let Err(why) = ended {
            tracing::error!(why, "views are no longer brought up to date");
            self.change(|progress| progress.failed = Some(why));
        }
    }

    fn follow(&self, shared: &Shared) -> Result<(), String> {
        while let Some((from, to)) = self.next() {
            let entries = entries(shared, from, to)?;
            let mut state = write(&self.state);
            entries.iter().for_each(|sealed| evolve(&mut state, sealed));
            drop(state);
            self.change(|progress| progress.projected = to);
        }
        Ok(())
    }

    /// What is to be done next: from where to where; `None` at the end.
    fn next(&self) -> Option<(u64, u64)> {
        let mut progress = self.lock();
        while progress.projected == progress.published {
            if progress.ended {
                return None;
            }
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
        Some((progress.projected, progress.published))
    }

    fn wait_for_published(&self) -> Result<(), Unavailable> {
        let mut progress = self.lock();
        let wanted = progress.published;
        loop {
            if let Some(why) = &progress.failed {
                return Err(Unavailable(why.clone()));
            }
            if progress.projected >= wanted {
                return Ok(());
            }
            progress = self.moved.wait(progress).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.lock());
        self.moved.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The durable entries of a range, opened.
fn entries(shared: &Shared, from: u64, to: u64) -> Result<Vec<Sealed<Statement>>, String> {
    let mut opened = Vec::new();
    let mut at = from;
    while at < to {
        let max = usize::try_from(to.saturating_sub(at).min(CHUNK)).unwrap_or(usize::MAX);
        let chunk = shared.store.entries(Position(at), max).map_err(|error| error.to_string())?;
        if chunk.is_empty() {
            return Err(format!("entry {at} is published and cannot be read"));
        }
        for bytes in chunk {
            opened.push(open_entry(bytes).map_err(|what| format!("entry {at}: {what}"))?);
            at = at.saturating_add(1);
        }
    }
    Ok(opened)
}
