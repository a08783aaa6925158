//! Files that are whole or not there: a temporary name in the same folder, fsync, rename.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the name of a file ends with until it is whole. Left behind by a crash, it is worth nothing.
pub(crate) const UNFINISHED: &str = ".new";

/// Writes a file whole, in place of the one that may be there. [`sync_folder`] makes the name last, too.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = unfinished(path);
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&temporary, path));
    if renamed.is_err() {
        // What is left is removed at the next start in any case.
        let _ = fs::remove_file(&temporary);
    }
    renamed
}

/// Makes a folder, and those above it that are not there, so that all of them last.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let missing =
        path.ancestors().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()).count();
    fs::create_dir_all(path)?;
    // The folder above is synced in any case: who made this one may have died before.
    for above in path.ancestors().skip(1).take(missing.max(1)) {
        sync_folder(if above.as_os_str().is_empty() { Path::new(".") } else { above })?;
    }
    Ok(())
}

/// Makes names in a folder last.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes what a crash left unfinished in a folder and those below it.
pub(crate) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            remove_unfinished(&entry.path())?;
        } else if kind.is_file() && entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(UNFINISHED);
    name.into()
}
