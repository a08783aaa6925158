//! The anchor: what the ledger last signed, on a path of its own, so that a directory copied back or cut
//! short is noticed (ledger.md 4).
//!
//! # Layout, version 1
//!
//! ```text
//! lotbook anchor v1 <size> <entry hash> <crc>\n
//! <signed checkpoint, verbatim>
//! ```
//!
//! `size` is decimal, the hash of the entry before `size` is 64 hexadecimal digits, `crc` is eight:
//! the CRC32C of `<size> <entry hash>\n<signed checkpoint>`. One space between fields, lower case, no
//! leading zeros; the checkpoint's own size must be the same. Whoever has the vkey checks its signature.

use crate::journal::Head;
use crate::replace::{Failed, replace};
use crate::segment::{Disk, RealDisk};
use lotbook_chain::{Checkpoint, CheckpointError, EntryHash, TreeHash};
use std::io;
use std::path::{Path, PathBuf};

/// How every anchor begins.
const PREFIX: &str = "lotbook anchor v1 ";

/// A head and the signed checkpoint that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    head: Head,
    root: TreeHash,
    note: String,
}

/// Why an anchor was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The operating system failed.
    #[error("failed to {action} {file}: {source}", file = file.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is there, but is not an anchor.
    #[error(
        "{file} is not an anchor: {why}; restore it from a copy; removing it gives up the proof that \
         the journal is complete",
        file = file.display()
    )]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: AnchorFault,
    },
    /// The anchor to be written does not state what the store has.
    #[error("anchor of {head} was not written: {why}")]
    Refused {
        /// The head given.
        head: Head,
        /// What is wrong with it.
        why: AnchorFault,
    },
}

/// What is wrong with an anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorFault {
    /// Its first line is not of the form this version writes.
    #[error("its first line is not that of an anchor")]
    FirstLine,
    /// Its checksum does not match.
    #[error("its checksum does not match")]
    Checksum,
    /// What it holds is not a signed note.
    #[error("it holds no signed note")]
    Note,
    /// The note is not a checkpoint.
    #[error("its note is not a checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is of another size.
    #[error("its checkpoint has size {0}")]
    Size(u64),
    /// The store has no such head.
    #[error("the store has other entries there")]
    Head,
    /// The store's tree has another root there.
    #[error("its checkpoint has root {found}, the store's tree has {expected}")]
    Root {
        /// The checkpoint's root.
        found: TreeHash,
        /// The root of the store's tree at that size.
        expected: TreeHash,
    },
}

impl Anchor {
    /// An anchor from a signed checkpoint and the head it states.
    ///
    /// # Errors
    /// See [`AnchorFault`]; the signature is not checked.
    pub fn new(note: &str, head: Head) -> Result<Self, AnchorFault> {
        // A signed note is its text, an empty line, and its signatures; the text ends with a line feed.
        let (text, _) = note.rsplit_once("\n\n").ok_or(AnchorFault::Note)?;
        let checkpoint: Checkpoint = format!("{text}\n").parse()?;
        if checkpoint.size != head.size {
            return Err(AnchorFault::Size(checkpoint.size));
        }
        Ok(Self { head, root: checkpoint.root, note: note.to_owned() })
    }

    /// The head it states.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The tree's root that its checkpoint states.
    pub fn root(&self) -> TreeHash {
        self.root
    }

    /// The signed checkpoint, as it was given.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Reads the anchor at `path`; none if there is no file.
    ///
    /// # Errors
    /// See [`AnchorError`].
    pub fn read(path: &Path) -> Result<Option<Self>, AnchorError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed("read", path)(source)),
        };
        let text = String::from_utf8(bytes).map_err(|_| AnchorFault::FirstLine);
        let anchor = text.and_then(|text| Self::decode(&text));
        anchor.map(Some).map_err(|why| AnchorError::Malformed { file: path.to_owned(), why })
    }

    /// Replaces the anchor at `path`; after a crash there is either the old one or this one.
    ///
    /// # Errors
    /// [`AnchorError::Io`]; the old one is still there then.
    pub fn write(&self, path: &Path) -> Result<(), AnchorError> {
        self.write_on(&RealDisk, path)
    }

    pub(crate) fn write_on(&self, disk: &dyn Disk, path: &Path) -> Result<(), AnchorError> {
        let written = replace(disk, path, self.encode().as_bytes());
        written.map_err(|Failed { action, file, source }| AnchorError::Io { action, file, source })
    }

    fn encode(&self) -> String {
        let Head { size, hash } = self.head;
        let sum = crc32c::crc32c(format!("{size} {hash}\n{}", self.note).as_bytes());
        format!("{PREFIX}{size} {hash} {sum:08x}\n{}", self.note)
    }

    fn decode(text: &str) -> Result<Self, AnchorFault> {
        let (first, note) = text.split_once('\n').ok_or(AnchorFault::FirstLine)?;
        let head = parse_first_line(first).ok_or(AnchorFault::FirstLine)?;
        let anchor = Self { head, root: TreeHash::ZERO, note: note.to_owned() };
        // What would be written is what must be there: one encoding, and the checksum with it.
        if anchor.encode() != text {
            return Err(AnchorFault::Checksum);
        }
        Self::new(note, head)
    }
}

fn parse_first_line(line: &str) -> Option<Head> {
    let mut fields = line.strip_prefix(PREFIX)?.split(' ');
    let size = fields.next()?.parse().ok()?;
    let hash = EntryHash::from_hex(fields.next()?)?;
    let sum = fields.next()?;
    (sum.len() == 8 && fields.next().is_none()).then_some(Head { size, hash })
}

fn failed(action: &'static str, file: &Path) -> impl FnOnce(io::Error) -> AnchorError + use<> {
    let file = file.to_owned();
    move |source| AnchorError::Io { action, file, source }
}
