//! A receipt proves its entry, and nothing else does.

use super::*;
use crate::entry::EntryError;
use crate::hash::{Instant, KeyId, Position};
use crate::note::{OpenNoteError, sign_note};
use crate::sign::{Signature, SigningKey};
use crate::tile::tests::MemoryTiles;
use crate::tree::root;
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
fn the_file_of_a_receipt_is_a_tlog_proof_with_the_entry_in_it() {
    let entries = entries(20);
    for index in 0..20 {
        let receipt = receipt(&entries, index);
        let proof = receipt.to_tlog_proof().unwrap();
        assert_eq!((proof.index, proof.extra.as_deref()), (index as u64, Some(entries[index].as_slice())));
        let read: TlogProof = proof.to_string().parse().unwrap();
        assert_eq!(Receipt::from_tlog_proof(&read), Ok(receipt));
        // For clients of other logs it is a proof like any other; they bring the leaf's hash.
        assert!(read.verify(leaf_hash(&entries[index]), &vkey()).is_ok());
    }
}

#[test]
fn a_file_without_the_entry_or_of_another_index_is_no_receipt() {
    let entries = entries(20);
    let good = receipt(&entries, 7).to_tlog_proof().unwrap();
    let refused = |proof: TlogProof| Receipt::from_tlog_proof(&proof).unwrap_err();
    assert_eq!(refused(TlogProof { extra: None, ..good.clone() }), ReceiptFileError::NoEntry);
    for length in [0, 1, 144, 145] {
        let extra = Some(entries[7][..length].to_vec());
        let short = ReceiptFileError::Entry(EntryError::TooShort(length));
        assert_eq!(refused(TlogProof { extra, ..good.clone() }), short);
    }
    for index in [0, 6, 8, u64::MAX] {
        let other = ReceiptFileError::OtherIndex { index, position: Position(7) };
        assert_eq!(refused(TlogProof { index, ..good.clone() }), other);
    }
    // Another entry, with the index it names itself, is read, and refused when it is verified.
    let other = TlogProof { extra: Some(entries[8].clone()), index: 8, ..good };
    let receipt = Receipt::from_tlog_proof(&other).unwrap();
    assert!(matches!(receipt.verify(&vkey()), Err(ReceiptError::Inclusion(_))));
}

#[test]
fn bytes_that_are_no_entry_make_no_file() {
    let cut = Receipt { entry: vec![1; 145], proof: vec![], checkpoint: String::new() };
    assert_eq!(cut.to_tlog_proof(), Err(EntryError::TooShort(145)));
}

#[test]
fn the_file_of_the_largest_entry_under_the_largest_checkpoint_is_read() {
    let mut entry = Entry::decode(&entries(1)[0]).unwrap();
    entry.statement = vec![7; crate::MAX_STATEMENT_BYTES];
    let checkpoint = "x".repeat(crate::note::MAX_NOTE_BYTES);
    let receipt = Receipt { entry: entry.encode().unwrap(), proof: vec![TreeHash::ZERO; 63], checkpoint };
    let text = receipt.to_tlog_proof().unwrap().to_string();
    assert_eq!(Receipt::from_tlog_proof(&text.parse().unwrap()), Ok(receipt));
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
