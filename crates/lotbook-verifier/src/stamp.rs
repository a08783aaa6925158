//! Stamps: checkpoints that a quorum of witnesses has cosigned, kept by whoever saw them, and since when.

use lotbook_chain::{CosignerKey, Policy, UnwitnessedError, VerifierKey};

/// A head of a log that a quorum of witnesses had cosigned at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Its number of entries.
    pub size: u64,
    /// When the quorum was complete, in Unix seconds: the earliest time that its cosignatures allow.
    pub time: u64,
    /// The note.
    pub note: String,
}

impl Stamp {
    /// Reads a note of a log; nothing if the policy asks for no witness.
    ///
    /// # Errors
    /// [`UnwitnessedError`] if the log has not signed it, or its witnesses are no quorum.
    pub fn read(note: &str, log: &VerifierKey, policy: &Policy) -> Result<Option<Self>, UnwitnessedError> {
        let opened = policy.open_of(note, log)?;
        let mut good: Vec<_> =
            opened.cosignatures.iter().map(|good| (good.time.seconds(), &good.witness)).collect();
        good.sort_by_key(|(time, _)| *time);
        let mut keys: Vec<&CosignerKey> = vec![];
        let mut complete = None;
        for (time, witness) in good {
            keys.push(witness);
            if policy.is_quorum(&keys) {
                complete = Some(time);
                break;
            }
        }
        let size = opened.checkpoint.size;
        Ok(complete.map(|time| Self { size, time, note: note.to_owned() }))
    }
}

/// The earliest stamp over an entry.
pub fn earliest(stamps: &[Stamp], position: u64) -> Option<&Stamp> {
    stamps.iter().filter(|stamp| stamp.size > position).min_by_key(|stamp| stamp.time)
}
