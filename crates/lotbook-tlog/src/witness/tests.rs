//! Witnesses over real sockets: what is refused and with which status, what survives, and who is believed.

use super::*;
use crate::ask::Patience;
use crate::source::tests::QUICK;
use crate::trial::{Canned, Running, TrialLog, raw};
use lotbook_chain::{
    AddCheckpoint, Checkpoint, Contradiction, Cosignature, CosignerKey, Policy, PublicKey, SigningKey,
    TreeHash, VerifierKey, cosignatures,
};
use serde_json::Value;
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

mod asking;
mod gathering;
mod keeping;
mod serving;

const NAME: &str = "witness.example";
const NOW: u64 = 1_800_000_000;

fn secret() -> SigningKey {
    SigningKey::from_seed(&[99; 32])
}

fn key() -> CosignerKey {
    CosignerKey::new(NAME, secret().public()).unwrap()
}

fn log() -> TrialLog {
    TrialLog::new("log.example", 10, 40)
}

fn open(dir: &Path, logs: &[&TrialLog]) -> Result<Witness, WitnessStateError> {
    let logs = logs.iter().map(|log| log.vkey()).collect();
    Witness::open(dir, NAME, secret(), logs, Box::new(|| NOW))
}

fn request(log: &TrialLog, old: u64, size: u64) -> Vec<u8> {
    let proof = if old <= size { log.prove(old, size) } else { Vec::new() };
    AddCheckpoint { old, proof, checkpoint: log.note(size) }.to_string().into_bytes()
}

/// Whom the good cosignatures on a note are by, at which times.
fn good(note: &str) -> Vec<Cosignature> {
    cosignatures(note, &[key()]).unwrap()
}
