//! Two heads signed by one log that cannot both be true, kept so that anybody can be shown (ledger.md 3).
//!
//! # Layout, version 1
//!
//! ```text
//! lotbook contradiction v1 LF
//! prefix base64(root) LF
//! (base64(hash) LF)*
//! LF
//! first <bytes> LF
//! <the head of the smaller size, or the one seen first, verbatim>
//! second <bytes> LF
//! <the other head, verbatim>
//! ```
//!
//! The hashes are a consistency proof of the second head's tree from *its* tree of the first head's
//! size, whose root is `prefix`. The second head therefore states `prefix` where the first states another
//! root. For two heads of one size the proof is empty and `prefix` is the second head's root.

use crate::base64::BASE64;
use crate::consistency::{ConsistencyError, verify_consistency};
use crate::hash::TreeHash;
use crate::vkey::VerifierKey;
use crate::{Checkpoint, OpenCheckpointError};
use core::fmt;
use core::str::FromStr;

/// The first line.
const HEADER: &str = "lotbook contradiction v1";
/// Most bytes: two notes of the largest size and a proof.
pub const MAX_CONTRADICTION_BYTES: usize = 2 * crate::note::MAX_NOTE_BYTES + 8 * 1024;

/// Two signed heads and why they contradict each other. Nothing is believed before
/// [`Contradiction::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The head of the smaller size, or the one seen first; a signed note.
    pub first: String,
    /// The other one; a signed note.
    pub second: String,
    /// Root of the second head's tree at the first head's size.
    pub prefix: TreeHash,
    /// Consistency proof from `prefix` to the second head.
    pub proof: Vec<TreeHash>,
}

/// Why this is no contradiction of the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoContradiction {
    /// A head is not signed by the log.
    #[error(transparent)]
    Head(#[from] OpenCheckpointError),
    /// The proof does not show that `prefix` is part of the second head's tree.
    #[error(transparent)]
    Proof(#[from] ConsistencyError),
    /// Both heads state the same.
    #[error("both heads state root {0} at the first one's size: they agree")]
    Agree(TreeHash),
}

/// Why a text is no file of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a contradiction file: {0}")]
pub struct ContradictionError(pub &'static str);

impl Contradiction {
    /// Checks that the log of this key signed both heads and that they contradict each other.
    ///
    /// # Errors
    /// See [`NoContradiction`].
    pub fn verify(&self, log: &VerifierKey) -> Result<(Checkpoint, Checkpoint), NoContradiction> {
        let (first, second) = (Checkpoint::open(&self.first, log)?, Checkpoint::open(&self.second, log)?);
        verify_consistency(first.size, self.prefix, second.size, second.root, &self.proof)?;
        if self.prefix == first.root {
            return Err(NoContradiction::Agree(first.root));
        }
        Ok((first, second))
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nprefix {}", BASE64.encode(&self.prefix.0))?;
        for hash in &self.proof {
            writeln!(f, "{}", BASE64.encode(&hash.0))?;
        }
        write!(f, "\nfirst {}\n{}", self.first.len(), self.first)?;
        write!(f, "second {}\n{}", self.second.len(), self.second)
    }
}

impl FromStr for Contradiction {
    type Err = ContradictionError;

    /// Parses strictly: what it prints again is the same text.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_CONTRADICTION_BYTES {
            return Err(ContradictionError("it is too long"));
        }
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix("\nprefix "));
        let rest = rest.ok_or(ContradictionError("its first lines are others"))?;
        let (head, notes) = rest.split_once("\n\n").ok_or(ContradictionError("it has no heads"))?;
        let mut hashes = head.split('\n').map(|line| {
            crate::checkpoint::parse_root(line)
                .ok_or(ContradictionError("a hash is not the base64 of 32 bytes"))
        });
        let prefix = hashes.next().unwrap_or(Err(ContradictionError("it has no prefix")))?;
        let proof = hashes.collect::<Result<Vec<_>, _>>()?;
        let (first, notes) = take_note(notes, "first ")?;
        let (second, rest) = take_note(notes, "second ")?;
        if !rest.is_empty() {
            return Err(ContradictionError("something follows the second head"));
        }
        let parsed = Self { first, second, prefix, proof };
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(ContradictionError("it is written otherwise"))
        }
    }
}

/// Takes `<word><bytes> LF <note>` off the front.
fn take_note<'t>(text: &'t str, word: &str) -> Result<(String, &'t str), ContradictionError> {
    let error = ContradictionError("a head is not where it must be");
    let (length, rest) = text.strip_prefix(word).and_then(|rest| rest.split_once('\n')).ok_or(error)?;
    let length = crate::checkpoint::parse_decimal(length).and_then(|length| usize::try_from(length).ok());
    let (note, rest) = length.and_then(|length| rest.split_at_checked(length)).ok_or(error)?;
    Ok((note.to_owned(), rest))
}

#[cfg(test)]
mod tests;
