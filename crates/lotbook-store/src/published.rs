//! The published checkpoint of a ledger whose witnesses are waited for ([P-115]): the newest one that their
//! quorum has cosigned, verbatim, in a file of the data directory. Without the file nothing is waited for.

use crate::fault::Unavailable;
use crate::replace::{failed, replace};
use crate::segment::{Disk, RealDisk};
use std::io;
use std::path::{Path, PathBuf};

/// What may be shown of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// Every signed checkpoint, at once: no witnesses are waited for.
    AtOnce,
    /// Witnesses are waited for, and no checkpoint has their quorum yet.
    Nothing,
    /// This signed and cosigned checkpoint, and none that is newer.
    Checkpoint(String),
}

impl Publication {
    /// Reads what may be shown of the ledger in a data directory; locks nothing.
    ///
    /// # Errors
    /// [`Unavailable::Io`]. Whether the note is the ledger's is not checked here.
    pub fn read(dir: &Path) -> Result<Self, Unavailable> {
        let path = path(dir);
        match std::fs::read_to_string(&path) {
            Ok(note) if note.is_empty() => Ok(Self::Nothing),
            Ok(note) => Ok(Self::Checkpoint(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::AtOnce),
            Err(source) => Err(io_error(failed("read", &path)(source))),
        }
    }

    /// Makes durable that this note is published; an empty one says that none is yet, and that it is waited for.
    ///
    /// # Errors
    /// [`Unavailable::Io`]; what was there before is still there then.
    pub fn write(dir: &Path, note: &str) -> Result<(), Unavailable> {
        Self::write_on(&RealDisk, dir, note)
    }

    pub(crate) fn write_on(disk: &dyn Disk, dir: &Path, note: &str) -> Result<(), Unavailable> {
        replace(disk, &path(dir), note.as_bytes()).map_err(io_error)
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join("published")
}

fn io_error(failed: crate::replace::Failed) -> Unavailable {
    Unavailable::Io { action: failed.action, file: failed.file, source: failed.source }
}
