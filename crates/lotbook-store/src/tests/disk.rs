//! Disks for tests: one that does not sync, and one whose Nth call fails.

use crate::segment::{Disk, RealDisk};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes, but does not wait for the disk.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuietDisk;

impl Disk for QuietDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        RealDisk.create(path)
    }
    fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        RealDisk.write_at(file, bytes, offset)
    }
    fn sync_data(&self, _: &File) -> io::Result<()> {
        Ok(())
    }
    fn sync_all(&self, _: &File) -> io::Result<()> {
        Ok(())
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// Fails exactly one call; a write that fails has written half.
#[derive(Debug, Clone)]
pub(super) struct FailingDisk {
    calls: Arc<AtomicU64>,
    fail_at: u64,
}

impl FailingDisk {
    pub(super) fn new(fail_at: u64) -> Self {
        Self { calls: Arc::new(AtomicU64::new(0)), fail_at }
    }

    /// Whether the call that was to fail has been made.
    pub(super) fn failed(&self) -> bool {
        self.calls.load(Ordering::SeqCst) >= self.fail_at
    }

    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    fn count(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if call == self.fail_at { Err(io::Error::other(format!("call {call} fails"))) } else { Ok(()) }
    }
}

impl Disk for FailingDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.count().and_then(|()| QuietDisk.create(path))
    }
    fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.count().inspect_err(|_| {
            let _ = QuietDisk.write_at(file, &bytes[..bytes.len() / 2], offset);
        })?;
        QuietDisk.write_at(file, bytes, offset)
    }
    fn sync_data(&self, file: &File) -> io::Result<()> {
        self.count().and_then(|()| QuietDisk.sync_data(file))
    }
    fn sync_all(&self, file: &File) -> io::Result<()> {
        self.count().and_then(|()| QuietDisk.sync_all(file))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.count().and_then(|()| QuietDisk.rename(from, to))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.count().and_then(|()| QuietDisk.remove(path))
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.count().and_then(|()| QuietDisk.sync_dir(dir))
    }
}
