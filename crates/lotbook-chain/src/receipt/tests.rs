//! A receipt proves its entry, and nothing else does.

use super::*;
use crate::entry::EntryError;
use crate::hash::{Instant, KeyId, Position};
use crate::note::{OpenNoteError, sign_note};
use crate::sign::{Signature, SigningKey};
use crate::tile::tests::MemoryTiles;
use crate::tree::root;
use crate::vectors::{base64, list, text, tlog};
use proptest::prelude::*;

const ORIGIN: &str = "ledger.example";

fn key() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, key().public()).unwrap()
}

/// The bytes of a chain of entries.
fn entries(count: u64) -> Vec<Vec<u8>> {
    let mut previous = EntryHash::ZERO;
    let entry = |position| {
        let entry = Entry {
            position: Position(position),
            recorded_at: Instant(1_000_000),
            previous,
            author: KeyId([1; 32]),
            signature: Signature([2; 64]),
            statement: format!("statement {position}").into_bytes(),
        };
        let bytes = entry.encode().unwrap();
        previous = entry_hash(&bytes);
        bytes
    };
    (0..count).map(entry).collect()
}

/// The receipt of the entry at `index` in a ledger of these entries.
fn receipt(entries: &[Vec<u8>], index: usize) -> Receipt {
    let leaves: Vec<TreeHash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let size = leaves.len() as u64;
    let proof = crate::prove_inclusion(&MemoryTiles::of(&leaves), index as u64, size).unwrap();
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: root(&leaves) };
    Receipt { entry: entries[index].clone(), proof, checkpoint: checkpoint.sign(&key()).unwrap() }
}

#[test]
fn a_receipt_of_every_entry_verifies() {
    let entries = entries(20);
    for index in 0..20 {
        let verified = receipt(&entries, index).verify(&vkey()).unwrap();
        assert_eq!(verified.entry, Entry::decode(&entries[index]).unwrap());
        assert_eq!(verified.hash, entry_hash(&entries[index]));
        assert_eq!(verified.checkpoint.size, 20);
    }
}

#[test]
fn an_entry_at_another_place_of_the_tree_is_refused() {
    let mut entries = entries(20);
    entries.swap(3, 4);
    assert!(matches!(receipt(&entries, 3).verify(&vkey()), Err(ReceiptError::Inclusion(_))));
    assert!(receipt(&entries, 5).verify(&vkey()).is_ok());
}

#[test]
fn a_receipt_that_was_bent_is_refused() {
    let entries = entries(20);
    let good = receipt(&entries, 7);
    let refused = |receipt: Receipt| receipt.verify(&vkey()).unwrap_err();

    let other_entry = Receipt { entry: entries[8].clone(), ..good.clone() };
    assert!(matches!(refused(other_entry), ReceiptError::Inclusion(InclusionError::WrongRoot { .. })));
    let no_proof = Receipt { proof: Vec::new(), ..good.clone() };
    assert_eq!(refused(no_proof), ReceiptError::Inclusion(InclusionError::TooShort { found: 0 }));
    let long = Receipt { proof: vec![TreeHash::ZERO; 10_000], ..good.clone() };
    assert_eq!(refused(long), ReceiptError::Inclusion(InclusionError::TooLong { found: 10_000 }));
    let short_tree = Receipt { checkpoint: receipt(&entries[..5], 0).checkpoint, ..good.clone() };
    assert_eq!(
        refused(short_tree),
        ReceiptError::Inclusion(InclusionError::NoSuchLeaf { index: 7, size: 5 })
    );
    let cut = Receipt { entry: entries[7][..145].to_vec(), ..good.clone() };
    assert_eq!(refused(cut), ReceiptError::Entry(EntryError::TooShort(145)));

    // The same checkpoint under another key, and under the right name by another key.
    let other = SigningKey::from_seed(&[6; 32]);
    let (checkpoint, _) = good.checkpoint.rsplit_once("\n\n").unwrap();
    let forged =
        Receipt { checkpoint: sign_note(&format!("{checkpoint}\n"), ORIGIN, &other).unwrap(), ..good };
    let unknown = OpenCheckpointError::Note(OpenNoteError::NoKnownSignature(1));
    assert_eq!(refused(forged), ReceiptError::Checkpoint(unknown));
}

#[test]
fn the_text_form_is_that_of_tlog_proof() {
    let vectors = tlog();
    let derived = text(&vectors["tlog_proof_derived"]["proof"]);
    let published = [(299, derived), (5, text(&vectors["tlog_proof_syntax"]["good"][0]))];
    let shortest = [(0, text(&vectors["tlog_proof_syntax"]["good"][2]))];
    for (index, expected) in published.into_iter().chain(shortest) {
        let (head, checkpoint) = expected.split_once("\n\n").unwrap();
        let hash = |line: &str| TreeHash::try_from(base64(&line.into()).as_slice()).unwrap();
        let proof = head.lines().skip(2).map(hash).collect();
        let receipt = Receipt { entry: Vec::new(), proof, checkpoint: checkpoint.into() };
        assert_eq!(receipt.to_tlog_proof(index).to_string(), expected);
    }
    assert_eq!(list(&vectors["tlog_proof_syntax"]["good"]).len(), 3);
}

proptest! {
    #[test]
    fn any_changed_bit_is_refused(part in 0_usize..3, at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let mut receipt = receipt(&entries(20), 7);
        match part {
            0 => {
                let at = at.index(receipt.entry.len());
                receipt.entry[at] ^= 1 << bit;
            }
            1 => {
                let at = at.index(receipt.proof.len() * 32);
                receipt.proof[at / 32].0[at % 32] ^= 1 << bit;
            }
            _ => {
                let mut bytes = receipt.checkpoint.into_bytes();
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
                receipt.checkpoint = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        prop_assert!(receipt.verify(&vkey()).is_err());
    }
}
