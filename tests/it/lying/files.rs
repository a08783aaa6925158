//! The lie as static files: a checkpoint and tiles, as a folder or a web server would show them.

use super::history::History;
use lotbook_chain::bundle::{encode_entries, encode_hashes};
use lotbook_chain::{TilePath, TileReader};
use lotbook_tlog::{Source, SourceError};

/// How single files are bent.
#[derive(Clone, Default)]
pub struct Bent {
    /// The leaf whose hash is another one in its tile.
    pub hash: Option<usize>,
    /// The entry whose last byte is another one in its bundle.
    pub byte: Option<usize>,
    pub tile_less: usize,
    pub bundle_less: usize,
    pub bundle_more: usize,
}

/// The files of a history.
pub struct Files {
    pub history: History,
    pub bent: Bent,
}

/// Leaves in a tile.
const WIDTH: usize = 256;

impl Source for Files {
    fn checkpoint(&self) -> Result<String, SourceError> {
        Ok(self.history.note.clone())
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, SourceError> {
        let missing = || SourceError::NotFound { place: path.to_string() };
        match path {
            TilePath::Hashes { id, width } => {
                let mut hashes = self.history.tile(id, width).map_err(|()| missing())?;
                let of_leaves = |leaf: &usize| id.level == 0 && leaf / WIDTH == id.index as usize;
                if let Some(leaf) = self.bent.hash.filter(of_leaves) {
                    hashes[leaf % WIDTH].0[0] ^= 1;
                }
                let hashes = hashes.get(..usize::from(width)).ok_or_else(missing)?;
                let mut bytes = encode_hashes(hashes);
                bytes.truncate(bytes.len() - self.bent.tile_less);
                Ok(bytes)
            }
            TilePath::Entries { index, width } => {
                let first = index as usize * WIDTH;
                let entries: Vec<_> = (first..first + usize::from(width)).map(|at| self.entry(at)).collect();
                let mut bytes = encode_entries(&entries).unwrap();
                bytes.truncate(bytes.len() - self.bent.bundle_less);
                bytes.extend(vec![0; self.bent.bundle_more]);
                Ok(bytes)
            }
        }
    }

    fn place(&self) -> String {
        "the liar's files".into()
    }
}

impl Files {
    /// A history with too few entries for its tree shows its last one again.
    fn entry(&self, position: usize) -> Vec<u8> {
        let entries = &self.history.entries;
        let mut entry = entries.get(position).or(entries.last()).unwrap().clone();
        if self.bent.byte == Some(position) {
            *entry.last_mut().unwrap() ^= 1;
        }
        entry
    }
}
