//! Cosignatures (C2SP tlog-cosignature v1): a witness's word, with a time, on a log's checkpoint.

use crate::note::{NoteSignature, split_note};
use crate::sign::{Signature, SigningKey};
use crate::vkey::CosignerKey;
use crate::{Checkpoint, CheckpointError, OpenNoteError};

/// Bytes of a cosignature after the key id: a timestamp and an Ed25519 signature.
const COSIGNATURE_BYTES: usize = 8 + 64;

/// Unix time in whole seconds, UTC, as witnesses state it; 1 to 2^63 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WitnessTime(u64);

/// A cosignature that verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// Whose it is.
    pub witness: CosignerKey,
    /// When the witness made it: at that time this was the largest tree of the log that it knew.
    pub time: WitnessTime,
}

/// Why a cosignature is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// Not the note of a checkpoint.
    #[error(transparent)]
    Note(#[from] OpenNoteError),
    /// The note's text is not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Not 72 bytes, or a time of 0 or beyond 2^63 - 1.
    #[error("the cosignature of {name} is malformed: {bytes} bytes")]
    Malformed {
        /// The witness.
        name: String,
        /// Bytes after the key id.
        bytes: usize,
    },
    /// It does not verify.
    #[error("the cosignature of {name} does not verify")]
    Bad {
        /// The witness.
        name: String,
    },
}

impl WitnessTime {
    /// A time; `None` for 0, which is no time (tlog-witness), and beyond 2^63 - 1 (tlog-cosignature).
    pub fn new(seconds: u64) -> Option<Self> {
        i64::try_from(seconds).is_ok_and(|seconds| seconds > 0).then_some(Self(seconds))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> u64 {
        self.0
    }
}

/// Cosigns the text of a checkpoint note (with its final line feed); the result is one signature line.
///
/// # Errors
/// [`CheckpointError`]: a witness cosigns checkpoints, nothing else.
pub fn cosign(
    text: &str,
    witness: &CosignerKey,
    key: &SigningKey,
    time: WitnessTime,
) -> Result<NoteSignature, CheckpointError> {
    text.parse::<Checkpoint>()?;
    // base64(key id || u64 BE time || Ed25519(message))                         C2SP tlog-cosignature, Format
    let signature = key.sign(&cosigned_message(text, time));
    let bytes = [time.0.to_be_bytes().as_slice(), &signature.0].concat();
    Ok(NoteSignature { name: witness.name().to_owned(), id: witness.id(), bytes })
}

/// Verifies one signature line as a cosignature by this witness.
///
/// # Errors
/// [`CosignatureError::Malformed`] or [`CosignatureError::Bad`].
pub fn verify_cosignature(
    text: &str,
    line: &NoteSignature,
    witness: &CosignerKey,
) -> Result<Cosignature, CosignatureError> {
    let (name, bytes) = (line.name.clone(), line.bytes.len());
    let malformed = || CosignatureError::Malformed { name: name.clone(), bytes };
    let payload: &[u8; COSIGNATURE_BYTES] = line.bytes.as_slice().try_into().map_err(|_| malformed())?;
    let (time, signature) = payload.split_first_chunk::<8>().ok_or_else(malformed)?;
    let time = WitnessTime::new(u64::from_be_bytes(*time)).ok_or_else(malformed)?;
    let signature = Signature(signature.try_into().map_err(|_| malformed())?);
    let verified = witness.public().verify(&cosigned_message(text, time), &signature);
    verified.map_err(|_| CosignatureError::Bad { name: name.clone() })?;
    Ok(Cosignature { witness: witness.clone(), time })
}

/// The good cosignatures of known witnesses on a checkpoint note, at most one for each, in their order.
///
/// Lines of others are passed by. The log's own signature is not checked here.
///
/// # Errors
/// See [`CosignatureError`]: a known witness's line that is bad refuses the whole note (signed-note).
pub fn cosignatures(note: &str, witnesses: &[CosignerKey]) -> Result<Vec<Cosignature>, CosignatureError> {
    let (text, lines) = split_note(note)?;
    text.parse::<Checkpoint>()?;
    let mut good: Vec<Cosignature> = Vec::new();
    for line in &lines {
        let known = witnesses.iter().find(|key| key.name() == line.name && key.id() == line.id);
        let Some(witness) = known else { continue };
        let cosignature = verify_cosignature(&text, line, witness)?;
        if !good.iter().any(|seen| seen.witness == *witness) {
            good.push(cosignature);
        }
    }
    Ok(good)
}

/// Adds signature lines to a note; what it has already is not added again.
///
/// # Errors
/// See [`OpenNoteError`]: the note before must be well-formed, and so must the result.
pub fn add_signatures(note: &str, lines: &[NoteSignature]) -> Result<String, OpenNoteError> {
    let (_, mut present) = split_note(note)?;
    let mut signed = note.to_owned();
    for line in lines {
        if !present.contains(line) {
            signed.push_str(&line.to_string());
            present.push(line.clone());
        }
    }
    split_note(&signed)?;
    Ok(signed)
}

fn cosigned_message(text: &str, time: WitnessTime) -> Vec<u8> {
    // "cosignature/v1\n" || "time " || decimal time || "\n" || note text          C2SP tlog-cosignature, Ed25519
    format!("cosignature/v1\ntime {}\n{text}", time.0).into_bytes()
}

#[cfg(test)]
mod tests;
