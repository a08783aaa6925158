//! Signed checkpoints that were refused because they do not extend what was cosigned: kept to be looked at.
//!
//! Two heads of one size with two roots prove the log's fault to anybody, and are kept as such a proof.
//! Otherwise the proof sent along was bad, of which the log may be innocent: both notes are kept. As anybody
//! can send a log's own checkpoints with bad proofs, these have a number of their own and cannot crowd out the
//! others.

use super::state::{Held, Origin, origin_hash};
use crate::durable;
use lotbook_chain::{AddCheckpoint, Checkpoint, Contradiction, WitnessRefusal};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::Path;

/// The folder in the witness's directory.
const FOLDER: &str = "evidence";
/// Most files of each kind: each has two notes of usually a few hundred bytes, at most 130 KiB.
const MAX_FILES: usize = 100;
/// Two heads that contradict each other, as `lotbook_chain::Contradiction` writes them.
const PROVED: &str = "contradiction";
/// The note that was cosigned last, then the request that was refused.
const UNPROVED: &str = "refused";

/// Keeps and reports a refused request if the log signed it and it does not extend what is held.
pub(super) fn keep(
    dir: &Path,
    origin: &Origin,
    held: &Held,
    request: &AddCheckpoint,
    refusal: &WitnessRefusal,
) {
    let (Some(first), true) = (&held.note, speaks_of_history(refusal)) else { return };
    // Refusals for other reasons come before the signature is known to be good.
    let Ok(checkpoint) = Checkpoint::open(&request.checkpoint, &origin.log) else { return };
    let forked = checkpoint.size == held.cosigned.size && checkpoint.root != held.cosigned.root;
    let (kind, content) = if forked {
        let (first, second) = (first.clone(), request.checkpoint.clone());
        let proof = Contradiction { first, second, prefix: checkpoint.root, proof: Vec::new() };
        (PROVED, proof.to_string())
    } else if matches!(refusal, WitnessRefusal::Inconsistent(_)) {
        (UNPROVED, format!("{first}\n{request}"))
    } else {
        return;
    };
    let (origin, size) = (origin.log.name(), checkpoint.size);
    tracing::warn!(%origin, size, %refusal, kind, "a signed checkpoint does not extend what was cosigned");
    if let Err(error) = write(&dir.join(FOLDER), origin, kind, &content) {
        tracing::error!(%error, "failed to keep the evidence");
    }
}

/// Whether the log's history is what was refused: a stale size alone is nothing, unless the roots differ.
fn speaks_of_history(refusal: &WitnessRefusal) -> bool {
    matches!(refusal, WitnessRefusal::Inconsistent(_) | WitnessRefusal::OtherOld { .. })
}

/// Writes it under a name that its content gives, so that the same twice is one file.
fn write(folder: &Path, origin: &str, kind: &str, content: &str) -> io::Result<()> {
    durable::create_folder(folder)?;
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(content.as_bytes()));
    let file = folder.join(format!("{}-{digest}.{kind}", origin_hash(origin)));
    if file.exists() {
        return Ok(());
    }
    let names = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path());
    if names.filter(|path| path.extension().is_some_and(|extension| extension == kind)).count() >= MAX_FILES {
        return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "there are as many files as are kept"));
    }
    durable::write(&file, content.as_bytes())?;
    durable::sync_folder(folder)
}
