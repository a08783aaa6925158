//! Opening a store: lock, anchor, journal against anchor, index against journal, in this order.

use crate::anchor::{Anchor, AnchorError};
use crate::fault::{OpenError, StoreError, Unavailable};
use crate::index::{IndexError, Start, StatementId, start};
use crate::journal::{AppendError, Head, Journal, JournalError};
use crate::lock::DirLock;
use crate::progress::{Phase, Progress};
use crate::segment::{Disk, RealDisk, SEGMENT_BYTES, SegmentJournal};
use crate::store::{Appender, Store};
use crate::watch::HeadWatch;
use lotbook_chain::Frontier;
use lotbook_chain::entry::leaf_hash;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Memory for the index's cache, in bytes: the working set of a million usual entries.
pub const INDEX_CACHE_BYTES: u64 = 256 << 20;
/// Entries between two reports of progress.
const REPORT: u64 = 4096;

/// Where a store is, and what it needs to know.
pub struct StoreOptions {
    /// The data directory: `journal/`, `index/` and `lock` are in it. Made if it is not there.
    pub dir: PathBuf,
    /// The anchor's file; in production on another volume. Its directory must be there.
    pub anchor: PathBuf,
    /// Finds the statement id in statement bytes.
    pub statement_id: StatementId,
    /// Told how far the start has come.
    pub progress: Box<dyn FnMut(Progress) + Send>,
    /// Length of new segments, in bytes; tests use small ones.
    pub segment_bytes: u32,
    /// Memory for the index's cache, in bytes.
    pub cache_bytes: u64,
}

impl StoreOptions {
    /// Options with the usual sizes and no report of progress.
    pub fn new(
        dir: impl Into<PathBuf>,
        anchor: impl Into<PathBuf>,
        statement_id: fn(&[u8]) -> Option<[u8; 16]>,
    ) -> Self {
        Self {
            dir: dir.into(),
            anchor: anchor.into(),
            statement_id,
            progress: Box::new(|_| {}),
            segment_bytes: SEGMENT_BYTES,
            cache_bytes: INDEX_CACHE_BYTES,
        }
    }
}

impl core::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { dir, anchor, .. } = self;
        f.debug_struct("StoreOptions").field("dir", dir).field("anchor", anchor).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens or makes a store; every entry is read and checked before anything is served.
    ///
    /// # Errors
    /// See [`OpenError`]; of a damaged journal it names position, file and byte. Nothing is changed
    /// then, but for an index that was set aside.
    pub fn open(options: StoreOptions) -> Result<Self, OpenError> {
        Self::open_on(|| Box::new(RealDisk), options)
    }

    pub(crate) fn open_on(
        disk: impl Fn() -> Box<dyn Disk>,
        mut options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let dir = &options.dir;
        std::fs::create_dir_all(dir).map_err(failed("make", dir))?;
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        disk().sync_dir(parent).map_err(failed("sync", parent))?;
        let lock_path = dir.join("lock");
        let locked = DirLock::take(&lock_path).map_err(failed("lock", &lock_path))?;
        let lock = locked.ok_or(OpenError::Locked { file: lock_path })?;

        let anchor = Anchor::read(&options.anchor)?;
        let (journal, tree) = open_journal(disk(), &mut options, anchor.as_ref())?;
        let index = start(Start {
            dir: &options.dir.join("index"),
            cache_bytes: options.cache_bytes,
            statement_id: options.statement_id,
            journal: &journal,
            root: tree.root(),
            progress: &mut options.progress,
        })?;
        let lease = journal.acquire("store").map_err(|error| not_acquired(error, &options.dir))?;
        let store = Self {
            head: HeadWatch::new(lease.head),
            journal,
            index,
            appender: Mutex::new(Appender { lease, stopped: false }),
            dir: options.dir,
            anchor_path: options.anchor,
            anchor: Mutex::new(anchor),
            disk: disk(),
            _lock: lock,
        };
        store.check_found_anchor()?;
        Ok(store)
    }

    /// The anchor's root must be the tree's too; its size and hash the journal was checked against.
    fn check_found_anchor(&self) -> Result<(), OpenError> {
        let Some(anchor) = self.anchor() else {
            if self.head().size > 0 {
                tracing::warn!(anchor = %self.anchor_path.display(), head = %self.head(),
                    "there is no anchor: the end of the journal is taken on trust");
            }
            return Ok(());
        };
        match self.check_anchor(&anchor) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(AnchorError::Malformed { file: self.anchor_path.clone(), why }.into()),
            Err(StoreError::Unavailable(Unavailable::Index(error))) => Err(error.into()),
            Err(error) => Err(IndexError::Database(Box::new(error)).into()),
        }
    }
}

/// Opens the journal, and computes the tree over all of its entries on the way.
fn open_journal(
    disk: Box<dyn Disk>,
    options: &mut StoreOptions,
    anchor: Option<&Anchor>,
) -> Result<(SegmentJournal, Frontier), JournalError> {
    let mut tree = Frontier::new();
    let progress = &mut options.progress;
    let mut observe = |_, entry: &[u8]| {
        tree.push(leaf_hash(entry));
        if tree.size().is_multiple_of(REPORT) {
            progress(Progress { phase: Phase::CheckingJournal, done: tree.size(), total: None });
        }
    };
    let anchored = anchor.map_or(Head::EMPTY, Anchor::head);
    let dir = options.dir.join("journal");
    let journal = SegmentJournal::open_on(disk, &dir, options.segment_bytes, anchored, &mut observe)?;
    Ok((journal, tree))
}

/// A journal just opened has not stopped.
fn not_acquired(error: AppendError, dir: &Path) -> OpenError {
    failed("acquire the journal in", dir)(std::io::Error::other(error))
}

fn failed(action: &'static str, file: &Path) -> impl FnOnce(std::io::Error) -> OpenError + use<> {
    let file = file.to_owned();
    move |source| OpenError::Io { action, file, source }
}
