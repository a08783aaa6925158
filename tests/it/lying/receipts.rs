//! A receipt as somebody shows it, with nothing but the ledger's key to check it: in memory, and as a file.

use super::liar::Call;
use super::scene::Scene;
use super::verdict::Said;
use crate::recovery::program::{arg, run};

/// What the reader of a receipt says, and the program of its file.
pub fn read(scene: &Scene, position: usize) -> Vec<Said> {
    let vkey = scene.truth.vkey();
    let mut receipt = scene.liar.shown(Call::GetEntry).receipt(position);
    let hash = |bytes: &Vec<u8>| lotbook_chain::TreeHash::try_from(bytes.as_slice()).unwrap();
    receipt.proof = scene.liar.inclusion.bend(&receipt.proof).iter().map(hash).collect();
    let read = match receipt.verify(&vkey) {
        Ok(_) => Said::Accepts,
        Err(error) => {
            Said::from(lotbook_client::ClientError::from(lotbook_client::Untrustworthy::from(error)))
        }
    };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("it.receipt");
    std::fs::write(&file, receipt.to_tlog_proof().unwrap().to_string()).unwrap();
    let ran = run(&["receipt", "verify", "--vkey", &vkey.to_string(), arg(&file)]);
    let expected = if read == Said::Accepts { 0 } else { 1 };
    assert_eq!(ran.code, Some(expected), "the program says otherwise: {ran:?}");
    vec![read]
}
