//! Writing a log as a folder of static files (C2SP tlog-tiles), for exactly one checkpoint.
//!
//! Files are immutable: one that is there already is compared, never written over. The checkpoint comes
//! last, so a folder that has one has all of its tiles, and an export that was cut off is simply repeated.

mod error;
mod folder;
mod tiler;

pub use error::{ExportError, TargetError};

use folder::Target;
use lotbook_chain::note::split_note;
use lotbook_chain::{Checkpoint, TILE_WIDTH};
use std::path::Path;
use tiler::Tiler;

/// What an export did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Entries in the folder now.
    pub size: u64,
    /// Files written.
    pub written: u64,
    /// Files that were there already, with the same bytes.
    pub kept: u64,
}

/// Writes the first `checkpoint.size` entries into `out`, with `note` as their checkpoint.
///
/// Streams: a bundle and one tile a level are held at a time. `progress` is told the number of entries done,
/// after each bundle. Later entries of the iterator are not taken. The note's signature is the caller's business.
///
/// # Errors
/// See [`ExportError`]. What was written before an error stays; it is right unless the entries were wrong
/// ([`ExportError::WrongRoot`]), and without a checkpoint it is not yet a log.
pub fn export<E>(
    entries: impl Iterator<Item = Result<Vec<u8>, E>>,
    note: &str,
    checkpoint: &Checkpoint,
    out: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<Exported, ExportError<E>> {
    let stated = split_note(note).ok().and_then(|(text, _)| text.parse::<Checkpoint>().ok());
    if stated.as_ref() != Some(checkpoint) {
        return Err(ExportError::OtherNote);
    }
    let (mut target, older) = Target::open(out, checkpoint)?;
    let mut tiler = Tiler::new();
    let mut entries = entries;
    loop {
        if let Some(older) = older.as_ref().filter(|older| older.size == tiler.size()) {
            extends(&tiler, older)?;
        }
        if tiler.size() == checkpoint.size {
            break;
        }
        let position = tiler.size();
        let entry = entries.next().ok_or(ExportError::TooFew { size: checkpoint.size, found: position })?;
        let entry = entry.map_err(|error| ExportError::Entry { position, error })?;
        tiler.push(&entry, &mut target)?;
        if tiler.size().is_multiple_of(u64::from(TILE_WIDTH)) {
            progress(tiler.size());
        }
    }
    let (computed, expected) = (tiler.root(), checkpoint.root);
    if computed != expected {
        return Err(ExportError::WrongRoot { size: checkpoint.size, computed, expected });
    }
    tiler.finish(&mut target)?;
    let exported = target.publish(note, checkpoint.size)?;
    progress(checkpoint.size);
    Ok(exported)
}

/// Whether the entries so far are those that the folder's checkpoint stands for.
fn extends(tiler: &Tiler, older: &Checkpoint) -> Result<(), TargetError> {
    if tiler.root() == older.root {
        return Ok(());
    }
    Err(TargetError::Forked { size: older.size, found: older.root, ours: tiler.root() })
}

#[cfg(test)]
mod tests;
