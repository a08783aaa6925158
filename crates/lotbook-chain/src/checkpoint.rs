//! The checkpoint (C2SP tlog-checkpoint): origin, size and root of a tree, as the text of a signed note.

use crate::base64::BASE64;
use crate::hash::TreeHash;
use crate::note::{OpenNoteError, SignNoteError, open_note, sign_note};
use crate::sign::SigningKey;
use crate::tree::EMPTY_ROOT;
use crate::vkey::{MAX_NAME_BYTES, VerifierKey};
use core::fmt;
use core::str::FromStr;

/// What a ledger says of its tree. Its text is three lines, each ended by a line feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the ledger, also that of its checkpoint key: a URL without its scheme; 1..=255 bytes.
    pub origin: String,
    /// Leaves in the tree.
    pub size: u64,
    /// Root of the RFC 6962 tree.
    pub root: TreeHash,
}

/// Why a text is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Fewer than three lines, or no final line feed.
    #[error("checkpoint has {0} whole lines, fewer than three or an unfinished one")]
    Lines(usize),
    /// Line 1 is empty or over 255 bytes.
    #[error("checkpoint origin has {0} bytes, not 1 to {MAX_NAME_BYTES}")]
    Origin(usize),
    /// Line 2 is not a decimal number of 64 bits without leading zeros.
    #[error("checkpoint size {0:?} is not a decimal number")]
    Size(String),
    /// Line 3 is not the base64 of 32 bytes.
    #[error("checkpoint root {0:?} is not the base64 of 32 bytes")]
    Root(String),
    /// The empty tree has one root only.
    #[error("checkpoint of an empty tree has root {0}")]
    EmptyTree(TreeHash),
    /// An extension line is empty.
    #[error("checkpoint line {0} is empty")]
    EmptyLine(usize),
}

/// Why a checkpoint is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignCheckpointError {
    /// The origin is not a name for a key.
    #[error(transparent)]
    Note(#[from] SignNoteError),
    /// It would not be read back: [`CheckpointError::EmptyTree`], or an origin of other lines.
    #[error(transparent)]
    Text(#[from] CheckpointError),
}

/// Why a signed checkpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenCheckpointError {
    /// The note is malformed, or not signed by the key.
    #[error(transparent)]
    Note(#[from] OpenNoteError),
    /// The note's text is not a checkpoint.
    #[error(transparent)]
    Text(#[from] CheckpointError),
    /// A checkpoint of another ledger than the key's.
    #[error("checkpoint is of {found}, the key is of {expected}")]
    Origin {
        /// The key's name.
        expected: String,
        /// The checkpoint's origin.
        found: String,
    },
}

impl Checkpoint {
    /// Signs the checkpoint with the ledger's checkpoint key; the key's name is the origin.
    ///
    /// # Errors
    /// See [`SignCheckpointError`]: what would not be opened is not signed.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SignCheckpointError> {
        let text = self.to_string();
        text.parse::<Self>()?;
        Ok(sign_note(&text, &self.origin, key)?)
    }

    /// Opens a signed checkpoint with the ledger's key. Cosignatures of witnesses are passed by.
    ///
    /// # Errors
    /// See [`OpenCheckpointError`].
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, OpenCheckpointError> {
        let note = open_note(note, core::slice::from_ref(key))?;
        let checkpoint: Self = note.text.parse()?;
        if checkpoint.origin != key.name() {
            let expected = key.name().to_owned();
            return Err(OpenCheckpointError::Origin { expected, found: checkpoint.origin });
        }
        Ok(checkpoint)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // origin LF size LF base64(root) LF                                      C2SP tlog-checkpoint, Note text
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64.encode(&self.root.0))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Parses the note text. Extension lines (4 and on) are accepted, not kept, and never written.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let whole = text.strip_suffix('\n').ok_or_else(|| CheckpointError::Lines(text.lines().count()))?;
        let lines: Vec<&str> = whole.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(CheckpointError::Lines(lines.len()));
        };
        if let Some((_, number)) = extensions.iter().zip(4..).find(|(line, _)| line.is_empty()) {
            return Err(CheckpointError::EmptyLine(number));
        }
        if origin.is_empty() || origin.len() > MAX_NAME_BYTES {
            return Err(CheckpointError::Origin(origin.len()));
        }
        let size = parse_decimal(size).ok_or_else(|| CheckpointError::Size((*size).to_owned()))?;
        let root = parse_root(root).ok_or_else(|| CheckpointError::Root((*root).to_owned()))?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyTree(root));
        }
        Ok(Self { origin: (*origin).to_owned(), size, root })
    }
}

/// ASCII digits without sign or leading zero, at most 2^64 - 1.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    canonical.then(|| text.parse().ok()).flatten()
}

pub(crate) fn parse_root(text: &str) -> Option<TreeHash> {
    crate::base64::decode(text)?.as_slice().try_into().ok()
}

#[cfg(test)]
mod tests;
