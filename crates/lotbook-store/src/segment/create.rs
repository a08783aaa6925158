//! A new segment: filled and synced under another name, so that under its own it is always whole.

use super::disk::Disk;
use super::file::Segment;
use super::header::{HEADER_BYTES, Header, file_name};
use crate::journal::{Head, JournalError};
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};

/// Zeros written at once, in bytes.
const FILL_BYTES: u64 = 1 << 20;

/// Makes the segment that follows `before`, at least `least` bytes long and with room for `room`.
///
/// The zeros are really written: overwriting them later changes no length and no extent, and halves
/// the fdatasync (ledger.md 4).
pub(crate) fn create(
    disk: &dyn Disk,
    dir: &Path,
    before: Head,
    least: u32,
    room: u32,
) -> Result<Segment, JournalError> {
    let needed = room.saturating_add(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX));
    let header = Header { length: least.max(needed), before, salt: draw_salt() };
    let path = dir.join(file_name(before.next()));
    let unfinished = unfinished(&path);
    let failed = || JournalError::io("make the segment", &path);
    let file = disk.create(&unfinished).map_err(failed())?;
    disk.write_at(&file, &header.encode(), 0).map_err(failed())?;
    let zeros = vec![0; usize::try_from(FILL_BYTES).unwrap_or_default()];
    let (mut at, end) = (HEADER_BYTES as u64, u64::from(header.length));
    while at < end {
        let count = usize::try_from((end - at).min(FILL_BYTES)).unwrap_or_default();
        let chunk = zeros.get(..count).unwrap_or(&zeros);
        disk.write_at(&file, chunk, at).map_err(failed())?;
        at = at.saturating_add(count as u64);
    }
    disk.sync_all(&file).map_err(failed())?;
    disk.rename(&unfinished, &path).map_err(failed())?;
    disk.sync_dir(dir).map_err(failed())?;
    Ok(Segment::new(path, header, file))
}

/// Removes what a crash left of segments that were being made.
pub(crate) fn remove_unfinished(disk: &dyn Disk, dir: &Path) -> Result<(), JournalError> {
    for entry in std::fs::read_dir(dir).map_err(JournalError::io("list", dir))? {
        let path = entry.map_err(JournalError::io("list", dir))?.path();
        if path.extension().is_some_and(|extension| extension == "new") {
            disk.remove(&path).map_err(JournalError::io("remove the unfinished segment", &path))?;
        }
    }
    Ok(())
}

fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("seg.new")
}

/// A number nobody outside can know: the standard library's hasher is keyed by the operating system.
fn draw_salt() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}
