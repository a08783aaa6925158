//! What a log asks of a witness (C2SP tlog-witness, add-checkpoint), and what the witness decides. Pure.
//!
//! The witness's state is what it has cosigned last for this origin; whoever calls [`decide`] keeps the
//! new state durably **before** the answer goes out, and lets no second request of the origin in between.

use crate::base64::BASE64;
use crate::consistency::{ConsistencyError, verify_consistency};
use crate::hash::TreeHash;
use crate::tree::EMPTY_ROOT;
use crate::vkey::VerifierKey;
use crate::{Checkpoint, CheckpointError, OpenCheckpointError, OpenNoteError};
use core::fmt;
use core::str::FromStr;

/// Most hashes of a consistency proof (tlog-witness).
pub const MAX_PROOF_HASHES: usize = 63;
/// Most bytes of a request: the proof's lines and a note of the largest size.
pub const MAX_REQUEST_BYTES: usize = 4 * 1024 + crate::note::MAX_NOTE_BYTES;

/// The body of `POST <prefix>/add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size that the witness is believed to have cosigned last.
    pub old: u64,
    /// Consistency proof from there.
    pub proof: Vec<TreeHash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

/// Why bytes are no such request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddCheckpointError {
    /// Over [`MAX_REQUEST_BYTES`].
    #[error("request of {0} bytes is over the limit of {MAX_REQUEST_BYTES}")]
    TooLong(usize),
    /// No empty line between proof and checkpoint.
    #[error("no empty line stands before the checkpoint")]
    NoCheckpoint,
    /// The first line is another.
    #[error("the first line is not `old` and a decimal number")]
    Old,
    /// A line of the proof is not a hash.
    #[error("hash {0} of the proof is not the base64 of 32 bytes")]
    Hash(usize),
    /// Over [`MAX_PROOF_HASHES`].
    #[error("proof of {0} hashes is over the limit of {MAX_PROOF_HASHES}")]
    TooManyHashes(usize),
}

/// What a witness has cosigned last for an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosigned {
    /// Leaves of that tree; 0 if nothing was cosigned yet.
    pub size: u64,
    /// Its root.
    pub root: TreeHash,
}

/// Why a witness does not cosign; the HTTP status is [`WitnessRefusal::status`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// Not a request.
    #[error(transparent)]
    Malformed(#[from] AddCheckpointError),
    /// The note cannot be read.
    #[error("malformed note: {0}")]
    Note(OpenNoteError),
    /// The note's text is no checkpoint.
    #[error("malformed checkpoint: {0}")]
    Checkpoint(CheckpointError),
    /// No log of this origin is known here.
    #[error("unknown log {0:?}")]
    UnknownOrigin(String),
    /// No good signature by the log's key.
    #[error("the checkpoint is not signed by the log: {0}")]
    Signature(OpenNoteError),
    /// The old size is larger than the new one.
    #[error("old size {old} is larger than the checkpoint's {size}")]
    OldTooLarge {
        /// The old size of the request.
        old: u64,
        /// The checkpoint's size.
        size: u64,
    },
    /// The old size is not what was cosigned last.
    #[error("the last cosigned size is {known}")]
    OtherOld {
        /// What was cosigned last.
        known: u64,
    },
    /// The checkpoint does not extend what was cosigned last.
    #[error("{0}")]
    Inconsistent(ConsistencyError),
}

impl WitnessRefusal {
    /// The HTTP status (tlog-witness, add-checkpoint).
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::Note(_) | Self::Checkpoint(_) | Self::OldTooLarge { .. } => 400,
            Self::Signature(_) => 403,
            Self::UnknownOrigin(_) => 404,
            Self::OtherOld { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

impl Cosigned {
    /// Nothing cosigned yet.
    pub const NOTHING: Self = Self { size: 0, root: EMPTY_ROOT };
}

impl AddCheckpoint {
    /// The origin that the checkpoint names, not yet believed: its first line.
    ///
    /// # Errors
    /// [`WitnessRefusal::Note`]; a signature line that cannot be read is no error yet, see [`decide`].
    pub fn origin(&self) -> Result<String, WitnessRefusal> {
        match crate::note::split_note(&self.checkpoint) {
            Ok(_) | Err(OpenNoteError::Line(_)) => {
                Ok(self.checkpoint.split('\n').next().unwrap_or_default().to_owned())
            }
            Err(error) => Err(WitnessRefusal::Note(error)),
        }
    }
}

/// Whether a witness that has cosigned `last` for the log of this key cosigns the request's checkpoint.
///
/// The checks and their order are those of tlog-witness. The result is the new state.
///
/// # Errors
/// See [`WitnessRefusal`]; the state stays as it was.
pub fn decide(
    request: &AddCheckpoint,
    log: &VerifierKey,
    last: Cosigned,
) -> Result<Checkpoint, WitnessRefusal> {
    // First the origin: a log that is not known here is unknown (404), not badly signed (403).
    let origin = request.origin()?;
    if origin != log.name() {
        return Err(WitnessRefusal::UnknownOrigin(origin));
    }
    let checkpoint = open(&request.checkpoint, log)?;
    let (old, size) = (request.old, checkpoint.size);
    if old > size {
        return Err(WitnessRefusal::OldTooLarge { old, size });
    }
    if old != last.size {
        return Err(WitnessRefusal::OtherOld { known: last.size });
    }
    verify_consistency(old, last.root, size, checkpoint.root, &request.proof)
        .map_err(WitnessRefusal::Inconsistent)?;
    Ok(checkpoint)
}

/// Opens the checkpoint. An empty tree with another root than [`EMPTY_ROOT`] passes here: what becomes of it
/// is said after the sizes have been compared, and `verify_consistency` always refuses it.
fn open(note: &str, log: &VerifierKey) -> Result<Checkpoint, WitnessRefusal> {
    match Checkpoint::open(note, log) {
        Ok(checkpoint) => Ok(checkpoint),
        Err(OpenCheckpointError::Text(CheckpointError::EmptyTree(root))) => {
            Ok(Checkpoint { origin: log.name().to_owned(), size: 0, root })
        }
        // A line that cannot be read is a signature that does not verify: others read it (base64 with bits
        // left over, say) and find it bad.
        Err(OpenCheckpointError::Note(
            error @ (OpenNoteError::Line(_)
            | OpenNoteError::BadSignature { .. }
            | OpenNoteError::NoKnownSignature(_)
            | OpenNoteError::AmbiguousKey { .. }),
        )) => Err(WitnessRefusal::Signature(error)),
        Err(OpenCheckpointError::Note(error)) => Err(WitnessRefusal::Note(error)),
        Err(OpenCheckpointError::Text(error)) => Err(WitnessRefusal::Checkpoint(error)),
        Err(OpenCheckpointError::Origin { found, .. }) => Err(WitnessRefusal::UnknownOrigin(found)),
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // "old " n LF (base64(hash) LF)* LF checkpoint                           C2SP tlog-witness, add-checkpoint
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", BASE64.encode(&hash.0))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for AddCheckpoint {
    type Err = AddCheckpointError;

    /// Parses the syntax strictly; the checkpoint is kept as it is.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_REQUEST_BYTES {
            return Err(AddCheckpointError::TooLong(text.len()));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(AddCheckpointError::NoCheckpoint)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(crate::checkpoint::parse_decimal).ok_or(AddCheckpointError::Old)?;
        let hash = |(line, number): (&str, usize)| {
            crate::checkpoint::parse_root(line).ok_or(AddCheckpointError::Hash(number))
        };
        let proof = lines.zip(1..).map(hash).collect::<Result<Vec<_>, _>>()?;
        if proof.len() > MAX_PROOF_HASHES {
            return Err(AddCheckpointError::TooManyHashes(proof.len()));
        }
        Ok(Self { old, proof, checkpoint: checkpoint.to_owned() })
    }
}

#[cfg(test)]
mod tests;
