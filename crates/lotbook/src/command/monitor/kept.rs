//! What a monitor keeps: the note of the last good head, replaced whole, and evidence beside it, never replaced.

use anyhow::{Context, Result};
use lotbook_chain::{Checkpoint, TreeHash};
use lotbook_verifier::{Alarm, Kept};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The state file.
pub struct KeptHead {
    path: PathBuf,
}

impl KeptHead {
    /// The head kept at this path.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The note; nothing if there is no file yet. A file that is there and cannot be read is an error: a
    /// monitor that forgets is none.
    pub fn read(&self) -> Result<Option<String>> {
        match std::fs::read_to_string(&self.path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("failed to read {}", self.path.display())),
        }
    }

    /// Replaces the note; after a crash there is the old one or this one.
    pub fn write(&self, note: &str) -> Result<()> {
        let unfinished = self.beside("new");
        let written = File::create(&unfinished).and_then(|mut file| {
            file.write_all(note.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&unfinished, &self.path)?;
            self.sync_folder()
        });
        written.with_context(|| format!("failed to write {}", self.path.display()))
    }

    /// Keeps what proves, or shows, an alarm; gives the files. What is there already is not written again.
    pub fn keep_evidence(&self, alarm: &Alarm) -> Result<Vec<PathBuf>> {
        let files = match alarm {
            Alarm::Contradiction(found) => {
                let second = crate::static_log::stated(&found.second)?;
                vec![(format!("contradiction-{}-{}", second.size, short(&second.root)), found.to_string())]
            }
            Alarm::Forked { kept, shown } | Alarm::RolledBack { kept, shown } => {
                vec![named(kept), named(shown)]
            }
            Alarm::Head(_) | Alarm::Unwitnessed(_) | Alarm::Entry(_) => vec![],
        };
        files.into_iter().map(|(name, content)| self.keep(&name, &content)).collect()
    }

    fn keep(&self, name: &str, content: &str) -> Result<PathBuf> {
        let path = self.beside(name);
        let made = OpenOptions::new().write(true).create_new(true).open(&path);
        let kept = match made {
            Ok(mut file) => file.write_all(content.as_bytes()).and_then(|()| file.sync_all()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        };
        kept.and_then(|()| self.sync_folder())
            .with_context(|| format!("failed to keep {}", path.display()))?;
        Ok(path)
    }

    fn beside(&self, name: &str) -> PathBuf {
        let mut file = self.path.file_name().unwrap_or_default().to_owned();
        file.push(".");
        file.push(name);
        self.path.with_file_name(file)
    }

    fn sync_folder(&self) -> std::io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

/// A head's own name: its size and the begin of its root.
fn named(head: &Kept) -> (String, String) {
    let Checkpoint { size, root, .. } = &head.checkpoint;
    (format!("head-{size}-{}", short(root)), head.note.clone())
}

fn short(root: &TreeHash) -> String {
    root.to_string().chars().take(8).collect()
}
