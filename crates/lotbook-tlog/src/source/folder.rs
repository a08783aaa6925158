//! A log as a folder of static files, such as `export` writes or a web server publishes.

use super::{Source, SourceError, max_bytes};
use lotbook_chain::TilePath;
use lotbook_chain::layout::CHECKPOINT_PATH;
use lotbook_chain::note::MAX_NOTE_BYTES;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The folder that holds `checkpoint` and `tile/`.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A folder; it is not looked at yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let file = self.path.join(name);
        let place = || file.display().to_string();
        let bytes = read_bounded(&file, limit).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                SourceError::NotFound { place: place() }
            }
            _ => SourceError::Io { place: place(), error },
        })?;
        if bytes.len() > limit { Err(SourceError::TooLarge { place: place(), limit }) } else { Ok(bytes) }
    }
}

impl Source for Folder {
    fn checkpoint(&self) -> Result<String, SourceError> {
        let bytes = self.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)?;
        let place = || self.path.join(CHECKPOINT_PATH).display().to_string();
        String::from_utf8(bytes).map_err(|_| SourceError::NotText { place: place() })
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, SourceError> {
        self.read(&path.to_string(), max_bytes(path))
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

/// A file's bytes, and one byte more than `limit` at most: enough to see that it is too large.
pub(crate) fn read_bounded(file: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
