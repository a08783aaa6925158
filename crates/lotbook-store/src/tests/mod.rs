//! Tests with files, threads and failing disks, and what they share: a place, a chain, a disk.

mod anchor;
mod conform;
mod damage;
mod disk;
mod faults;
mod index;
mod store;
mod torn;

use crate::journal::{Head, Journal, JournalError};
use crate::segment::SegmentJournal;
use crate::suite::{push, some};
use crate::{Damaged, Store, StoreOptions};
use disk::QuietDisk;
use lotbook_chain::{Checkpoint, SigningKey};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A segment for about ten of the entries that `some` makes.
const SMALL: u32 = 2048;

/// A journal in `dir` on a disk that does not sync, so that thousands can be opened.
fn open(dir: &Path, anchor: Head) -> Result<SegmentJournal, JournalError> {
    SegmentJournal::open_on(Box::new(QuietDisk), dir, SMALL, anchor, &mut |_, _| {})
}

/// A journal with groups of these sizes, closed again; returns its entries and the heads after each.
fn written(dir: &Path, groups: &[u64]) -> (Vec<Vec<u8>>, Vec<Head>) {
    let journal = open(dir, Head::EMPTY).unwrap();
    let lease = journal.acquire("test").unwrap();
    let (mut entries, mut heads) = (Vec::new(), Vec::new());
    for count in groups {
        let batch = some(journal.durable_head(), *count);
        heads.push(push(&journal, &lease, &batch).unwrap());
        entries.extend(batch);
    }
    (entries, heads)
}

/// The segment files of a journal, in order.
fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Bytes up to the last that is not zero: those that carry meaning.
fn meaning(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// Puts bytes into a file in place: truncating it first would make the file system sync it each time.
fn put(path: &Path, bytes: &[u8]) {
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(path).unwrap();
    file.write_all_at(bytes, 0).unwrap();
    file.set_len(bytes.len() as u64).unwrap();
}

#[track_caller]
fn damaged<T: std::fmt::Debug>(answer: Result<T, JournalError>) -> Box<Damaged> {
    match answer {
        Err(JournalError::Damaged(damaged)) => damaged,
        other => panic!("expected damage, got {other:?}"),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Statements of the tests have an id if they begin with `id:` and 16 bytes.
fn statement_id(statement: &[u8]) -> Option<[u8; 16]> {
    statement.strip_prefix(b"id:").and_then(|rest| rest.first_chunk::<16>()).copied()
}

/// A place for a store and its anchor.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn anchor(&self) -> PathBuf {
        self.0.path().join("anchor")
    }

    fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::new(self.dir(), self.anchor(), statement_id);
        (options.segment_bytes, options.cache_bytes) = (64 << 10, 8 << 20);
        options
    }

    fn open(&self) -> Store {
        Store::open_on(|| Box::new(QuietDisk), self.options()).unwrap()
    }

    fn open_fails(&self) -> String {
        Store::open_on(|| Box::new(QuietDisk), self.options()).unwrap_err().to_string()
    }
}

/// The checkpoint of a store's head, signed.
fn note(store: &Store) -> String {
    let size = store.head().size;
    let root = store.root_at(size).unwrap().unwrap();
    Checkpoint { origin: "ledger.example".into(), size, root }.sign(&SigningKey::from_seed(&[7; 32])).unwrap()
}

/// Appends `count` entries in groups of 7, anchors the head and closes.
fn fill(store: &Store, count: u64) {
    let mut left = count;
    while left > 0 {
        let size = left.min(7);
        store.append_group(&some(store.head(), size)).unwrap();
        left -= size;
    }
    store.write_anchor(&note(store), store.head()).unwrap();
    store.close().unwrap();
}
