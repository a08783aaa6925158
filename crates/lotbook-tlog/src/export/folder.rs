//! The folder that is written: what is there stays, what comes is whole, the checkpoint comes last.

use super::{Exported, TargetError};
use crate::durable;
use crate::source::{max_bytes, read_bounded};
use lotbook_chain::layout::CHECKPOINT_PATH;
use lotbook_chain::note::{MAX_NOTE_BYTES, split_note};
use lotbook_chain::{Checkpoint, TilePath};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The folder below which all tiles lie.
const TILES: &str = "tile";

/// A folder that may be written to.
pub(super) struct Target {
    out: PathBuf,
    /// Locked until the export ends: two at once would remove each other's unfinished files.
    _lock: File,
    /// Folders with names that are not yet sure to last.
    touched: BTreeSet<PathBuf>,
    /// Folders of partial tiles whose full one is there.
    superseded: Vec<PathBuf>,
    written: u64,
    kept: u64,
}

impl Target {
    /// Makes the folder if it is not there, or looks whether it may be added to; the older checkpoint, if any.
    pub(super) fn open(
        out: &Path,
        checkpoint: &Checkpoint,
    ) -> Result<(Self, Option<Checkpoint>), TargetError> {
        durable::create_folder(out).map_err(failed("create", out))?;
        let lock = File::open(out).map_err(failed("open", out))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => TargetError::Busy(out.to_owned()),
            TryLockError::Error(error) => failed("lock", out)(error),
        })?;
        let older = read_checkpoint(&out.join(CHECKPOINT_PATH))?;
        if let Some(older) = &older {
            may_extend(older, checkpoint)?;
        }
        remove_leftovers(out)?;
        let (out, touched, superseded) = (out.to_owned(), BTreeSet::new(), Vec::new());
        Ok((Self { out, _lock: lock, touched, superseded, written: 0, kept: 0 }, older))
    }

    /// Writes a tile that is not there; compares one that is.
    pub(super) fn put(&mut self, path: TilePath, bytes: &[u8]) -> Result<(), TargetError> {
        let file = self.out.join(path.to_string());
        if path.is_full() {
            // Only partial tiles have `.p` in their path: tile/0/001.p/44 beside tile/0/001.
            let mut partial = file.clone().into_os_string();
            partial.push(".p");
            let partial = PathBuf::from(partial);
            if partial.is_dir() {
                self.superseded.push(partial);
            }
        }
        match read_bounded(&file, max_bytes(path)) {
            Ok(found) if found == bytes => {
                self.kept += 1;
                self.touch(&file);
                Ok(())
            }
            Ok(_) => Err(TargetError::OtherTile(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.write(&file, bytes),
            Err(error) => Err(failed("read", &file)(error)),
        }
    }

    /// Makes all tiles last, then replaces the checkpoint, then removes what it supersedes.
    pub(super) fn publish(mut self, note: &str, size: u64) -> Result<Exported, TargetError> {
        for folder in &self.touched {
            durable::sync_folder(folder).map_err(failed("sync", folder))?;
        }
        let file = self.out.join(CHECKPOINT_PATH);
        match read_bounded(&file, MAX_NOTE_BYTES) {
            Ok(found) if found == note.as_bytes() => self.kept += 1,
            _ => self.write(&file, note.as_bytes())?,
        }
        durable::sync_folder(&self.out).map_err(failed("sync", &self.out))?;
        for folder in &self.superseded {
            fs::remove_dir_all(folder).map_err(failed("remove", folder))?;
        }
        Ok(Exported { size, written: self.written, kept: self.kept })
    }

    fn write(&mut self, file: &Path, bytes: &[u8]) -> Result<(), TargetError> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failed("create", folder))?;
        }
        durable::write(file, bytes).map_err(failed("write", file))?;
        self.written += 1;
        self.touch(file);
        Ok(())
    }

    /// Remembers the folders from the file's up to `out`: any of them may be new.
    fn touch(&mut self, file: &Path) {
        let inside = file.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.out));
        self.touched.extend(inside.map(Path::to_owned));
    }
}

fn read_checkpoint(file: &Path) -> Result<Option<Checkpoint>, TargetError> {
    let bytes = match read_bounded(file, MAX_NOTE_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", file)(error)),
    };
    let note = String::from_utf8(bytes).ok().and_then(|note| split_note(&note).ok());
    let checkpoint = note.and_then(|(text, _)| text.parse().ok());
    checkpoint.map(Some).ok_or_else(|| TargetError::NoCheckpoint(file.to_owned()))
}

fn may_extend(older: &Checkpoint, newer: &Checkpoint) -> Result<(), TargetError> {
    if older.origin != newer.origin {
        let (found, expected) = (older.origin.clone(), newer.origin.clone());
        return Err(TargetError::OtherOrigin { found, expected });
    }
    if older.size > newer.size {
        return Err(TargetError::Larger { found: older.size, size: newer.size });
    }
    if older.size == newer.size && older.root != newer.root {
        return Err(TargetError::Forked { size: older.size, found: older.root, ours: newer.root });
    }
    Ok(())
}

/// Removes what an export that was cut off left unfinished, and nothing that is not an export's.
fn remove_leftovers(out: &Path) -> Result<(), TargetError> {
    let tiles = out.join(TILES);
    if tiles.is_dir() {
        durable::remove_unfinished(&tiles).map_err(failed("clean up", &tiles))?;
    }
    let checkpoint = durable::unfinished(&out.join(CHECKPOINT_PATH));
    match fs::remove_file(&checkpoint) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", &checkpoint)(error)),
        _ => Ok(()),
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> TargetError {
    let path = path.to_owned();
    move |error| TargetError::Io { action, path, error }
}
