//! One process, one directory: an advisory lock (flock) on a file of the store's own.

use fs4::fs_std::FileExt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a database that was just closed in this process may take to let go of its files.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Holds the directory until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

impl DirLock {
    /// Takes the lock; none if somebody else has it.
    pub(crate) fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let taken = file.try_lock_exclusive()?;
        Ok(taken.then_some(Self { _file: file }))
    }
}

/// Waits until nobody holds a lock on a file; false if somebody does not let go of it.
///
/// sled gives its lock back from a thread of its own, some time after the last handle was dropped.
pub(crate) fn wait_until_free(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(true);
        }
        Err(error) => return Err(error),
    };
    let start = Instant::now();
    while !file.try_lock_exclusive()? {
        if start.elapsed() > PATIENCE {
            return Ok(false);
        }
        std::thread::sleep(PAUSE);
    }
    Ok(true)
}
