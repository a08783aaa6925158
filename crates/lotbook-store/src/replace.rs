//! Replaces a small file whole: after a crash there is the old one or the new one, never a part.

use crate::segment::Disk;
use std::io;
use std::path::{Path, PathBuf};

/// A step that failed: what was to be done, with which file, and what the operating system said.
pub(crate) struct Failed {
    pub(crate) action: &'static str,
    pub(crate) file: PathBuf,
    pub(crate) source: io::Error,
}

/// Writes a temporary file beside `path`, syncs it, gives it its name, and syncs the folder.
pub(crate) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let unfinished = path.with_file_name(name);
    if unfinished.exists() {
        disk.remove(&unfinished).map_err(failed("remove", &unfinished))?;
    }
    let file = disk.create(&unfinished).map_err(failed("make", &unfinished))?;
    disk.write_at(&file, bytes, 0).map_err(failed("write", &unfinished))?;
    disk.sync_all(&file).map_err(failed("sync", &unfinished))?;
    disk.rename(&unfinished, path).map_err(failed("replace", path))?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    disk.sync_dir(dir).map_err(failed("sync", dir))
}

pub(crate) fn failed(action: &'static str, file: &Path) -> impl FnOnce(io::Error) -> Failed + use<> {
    let file = file.to_owned();
    move |source| Failed { action, file, source }
}
