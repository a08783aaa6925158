//! Folders of static files of the played year, made for a test: the true log, a begin of it, and a forged one.

use crate::tamper::forger::{Forged, checkpoint_of};
use crate::tamper::played::{Played, played};
use lotbook_chain::{Checkpoint, VerifierKey};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with folders in it, gone when dropped.
pub struct Shelf(TempDir);

impl Shelf {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The first `size` entries of the true log.
    pub fn log(&self, name: &str, size: usize) -> PathBuf {
        let played = played();
        let entries = &played.entries[..size];
        self.put(name, entries, &checkpoint_of(played, entries, &played.checkpoint))
    }

    /// A log made by an operator with every key.
    pub fn forged(&self, name: &str, forged: &Forged) -> PathBuf {
        self.put(name, &forged.entries, &forged.note)
    }

    fn put(&self, name: &str, entries: &[Vec<u8>], note: &str) -> PathBuf {
        let folder = self.path(name);
        let checkpoint = Checkpoint::open(note, &vkey(played())).unwrap();
        let entries = entries.iter().map(|entry| Ok::<_, std::convert::Infallible>(entry.clone()));
        lotbook_tlog::export(entries, note, &checkpoint, &folder, &mut |_| {}).unwrap();
        folder
    }
}

/// The played ledger's checkpoint key.
pub fn vkey(played: &Played) -> VerifierKey {
    VerifierKey::new(&played.origin, played.checkpoint.public()).unwrap()
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
