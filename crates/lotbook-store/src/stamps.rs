//! The stamps of a ledger's ceremonies ([P-188]): of each close that waits for a beacon, the first published checkpoint
//! that covers it, verbatim, in a file of DIR/stamps named by the position of CeremonyClosed.

use crate::fault::Unavailable;
use crate::replace::{failed, replace};
use crate::segment::Disk;
use std::io;
use std::path::{Path, PathBuf};

/// Reads the stamp of a close in a data directory; nothing if there is none. Locks nothing.
///
/// # Errors
/// [`Unavailable::Io`]. Whether the note is the ledger's, and cosigned, is not checked here.
pub fn read_stamp(dir: &Path, position: u64) -> Result<Option<String>, Unavailable> {
    let path = path(dir, position);
    match std::fs::read_to_string(&path) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(io_error(failed("read", &path)(source))),
    }
}

/// Makes a stamp durable; one that is there stays.
pub(crate) fn write_stamp_on(
    disk: &dyn Disk,
    dir: &Path,
    position: u64,
    note: &str,
) -> Result<(), Unavailable> {
    if read_stamp(dir, position)?.is_some() {
        return Ok(());
    }
    let folder = folder(dir);
    std::fs::create_dir_all(&folder).map_err(failed("make", &folder)).map_err(io_error)?;
    disk.sync_dir(dir).map_err(failed("sync", dir)).map_err(io_error)?;
    replace(disk, &path(dir, position), note.as_bytes()).map_err(io_error)
}

fn folder(dir: &Path) -> PathBuf {
    dir.join("stamps")
}

fn path(dir: &Path, position: u64) -> PathBuf {
    folder(dir).join(position.to_string())
}

fn io_error(failed: crate::replace::Failed) -> Unavailable {
    Unavailable::Io { action: failed.action, file: failed.file, source: failed.source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::RealDisk;

    #[test]
    fn the_first_stamp_of_a_close_stays_and_each_close_has_its_own() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_stamp(dir.path(), 7).unwrap(), None);
        write_stamp_on(&RealDisk, dir.path(), 7, "first").unwrap();
        write_stamp_on(&RealDisk, dir.path(), 7, "second").unwrap();
        write_stamp_on(&RealDisk, dir.path(), 70, "other").unwrap();
        assert_eq!(read_stamp(dir.path(), 7).unwrap().as_deref(), Some("first"));
        assert_eq!(read_stamp(dir.path(), 70).unwrap().as_deref(), Some("other"));
    }

    #[test]
    fn what_was_cut_off_aside_is_no_stamp() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder(dir.path())).unwrap();
        std::fs::write(folder(dir.path()).join("7.new"), "half").unwrap();
        assert_eq!(read_stamp(dir.path(), 7).unwrap(), None);
        write_stamp_on(&RealDisk, dir.path(), 7, "whole").unwrap();
        assert_eq!(read_stamp(dir.path(), 7).unwrap().as_deref(), Some("whole"));
    }
}
