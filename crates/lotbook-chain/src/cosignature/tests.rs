//! Cosignatures: the published ones byte for byte; whatever is bent, of another kind or without a time is refused.

use super::*;
use crate::note::sign_note;
use crate::vectors::{hex, list, number, text, tlog};
use crate::vkey::VerifierKey;
use crate::{TreeHash, note};
use proptest::prelude::*;

const ORIGIN: &str = "log.example";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn witness(seed: u8) -> CosignerKey {
    CosignerKey::new("witness.example", key(seed).public()).unwrap()
}

fn time(seconds: u64) -> WitnessTime {
    WitnessTime::new(seconds).unwrap()
}

/// A signed checkpoint, without cosignatures.
fn signed() -> String {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 7, root: TreeHash([9; 32]) };
    checkpoint.sign(&key(1)).unwrap()
}

fn body(note: &str) -> String {
    split_note(note).unwrap().0
}

/// The cosignature of the witness with this seed on the signed checkpoint.
fn line(seed: u8, seconds: u64) -> NoteSignature {
    cosign(&body(&signed()), &witness(seed), &key(seed), time(seconds)).unwrap()
}

fn with(lines: &[NoteSignature]) -> String {
    add_signatures(&signed(), lines).unwrap()
}

#[test]
fn the_published_cosignatures_verify_and_are_made_again_byte_for_byte() {
    let vectors = tlog();
    let published = list(&vectors["cosignature_v1"]);
    for vector in published {
        let checkpoint = text(&vector["checkpoint"]);
        let witness: CosignerKey = text(&vector["vkey"]).parse().unwrap();
        assert_eq!(
            (witness.to_string().as_str(), witness.name()),
            (text(&vector["vkey"]), text(&vector["cosigner_name"]))
        );
        let time = time(number(&vector["timestamp"]));
        let expected = Cosignature { witness: witness.clone(), time };
        assert_eq!(cosignatures(checkpoint, core::slice::from_ref(&witness)), Ok(vec![expected]));

        let body = body(checkpoint);
        assert_eq!(cosigned_message(&body, time), text(&vector["signed_message"]).as_bytes());
        let key = SigningKey::from_seed(&hex(&vector["private_seed_hex"]).try_into().unwrap());
        assert_eq!(key.public(), *witness.public());
        let line = cosign(&body, &witness, &key, time).unwrap();
        assert_eq!(line.to_string(), format!("{}\n", text(&vector["cosignature_line"])));
        assert_eq!(line.bytes.len(), COSIGNATURE_BYTES);
    }
    assert_eq!(published.len(), 3);
}

/// Its leaf is the published one; its checkpoint carries a mirror's cosignature and no log's signature.
#[test]
fn the_derived_proof_of_entry_299_is_cosigned_by_the_mirror() {
    let vectors = tlog();
    let derived = &vectors["tlog_proof_derived"];
    let proof: crate::TlogProof = text(&derived["proof"]).parse().unwrap();
    let mirror: CosignerKey = text(&derived["mirror_vkey"]).parse().unwrap();
    let good = cosignatures(&proof.checkpoint, &[mirror]).unwrap();
    assert_eq!((good.len(), good[0].time.seconds()), (1, 1_767_139_200));
    let checkpoint: Checkpoint = body(&proof.checkpoint).parse().unwrap();
    let leaf = crate::vectors::hex_hash(&derived["leaf_hash_hex"]);
    let verified = crate::verify_inclusion(leaf, proof.index, checkpoint.size, &proof.proof, checkpoint.root);
    assert_eq!(verified, Ok(()));
}

#[test]
fn known_witnesses_are_counted_once_and_others_passed_by() {
    let note = with(&[line(2, 100), line(3, 200), line(2, 300)]);
    let found = |witnesses: &[CosignerKey]| {
        cosignatures(&note, witnesses)
            .unwrap()
            .into_iter()
            .map(|c| (c.witness, c.time.seconds()))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&[witness(3), witness(2)]), [(witness(2), 100), (witness(3), 200)]);
    assert_eq!(found(&[witness(3)]), [(witness(3), 200)]);
    // Neither the log's own signature nor an unknown witness, nor one of another name, is a cosignature.
    let log = CosignerKey::new(ORIGIN, key(1).public()).unwrap();
    let renamed = CosignerKey::new("other.example", key(2).public()).unwrap();
    assert_eq!(found(&[witness(4), log, renamed]), []);
    assert_eq!(found(&[]), []);
    // The log's signature is still good, and the witnesses' are not taken for a log's.
    let log = VerifierKey::new(ORIGIN, key(1).public()).unwrap();
    assert_eq!(note::open_note(&note, &[log]).unwrap().unverified.len(), 3);
}

#[test]
fn a_bad_line_of_a_known_witness_refuses_the_whole_note() {
    let other = Checkpoint { origin: ORIGIN.into(), size: 8, root: TreeHash([9; 32]) };
    let foreign = cosign(&other.to_string(), &witness(2), &key(2), time(100)).unwrap();
    let forged = cosign(&body(&signed()), &witness(2), &key(3), time(100)).unwrap();
    let bad = CosignatureError::Bad { name: "witness.example".into() };
    for line in [foreign, forged] {
        assert_eq!(cosignatures(&with(core::slice::from_ref(&line)), &[witness(2)]), Err(bad.clone()));
        // A good line of the witness does not make up for it, and who does not know the witness passes by.
        assert_eq!(cosignatures(&with(&[self::line(2, 100), line.clone()]), &[witness(2)]), Err(bad.clone()));
        assert_eq!(cosignatures(&with(&[line]), &[witness(3)]), Ok(vec![]));
    }
}

#[test]
fn a_plain_signature_by_the_same_key_is_no_cosignature_and_the_other_way_round() {
    // The ids differ by the type, so the lines are not even taken for each other.
    let plain = VerifierKey::new("witness.example", key(2).public()).unwrap();
    assert_ne!(plain.id(), witness(2).id());
    assert!(plain.to_string().parse::<CosignerKey>().is_err());
    assert!(witness(2).to_string().parse::<VerifierKey>().is_err());
    let note = with(&[line(2, 100)]);
    assert_eq!(note::open_note(&note, &[plain]), Err(OpenNoteError::NoKnownSignature(2)));
    // Under the id of the other type, the bytes are still those of another message.
    let mut signature = line(2, 100);
    signature.bytes[8..].copy_from_slice(&key(2).sign(body(&note).as_bytes()).0);
    let bad = CosignatureError::Bad { name: "witness.example".into() };
    assert_eq!(verify_cosignature(&body(&note), &signature, &witness(2)), Err(bad));
}

#[test]
fn every_other_length_is_malformed() {
    let good = line(2, 100);
    for length in (0..200).filter(|length| *length != COSIGNATURE_BYTES) {
        let mut bytes = good.bytes.clone();
        bytes.resize(length, 0);
        let malformed = CosignatureError::Malformed { name: "witness.example".into(), bytes: length };
        let line = NoteSignature { bytes, ..good.clone() };
        assert_eq!(verify_cosignature(&body(&signed()), &line, &witness(2)), Err(malformed));
    }
}

#[test]
fn a_time_is_from_1_to_2_to_the_63_less_1() {
    for seconds in [1, 1_767_139_200, (1 << 63) - 1] {
        assert_eq!(WitnessTime::new(seconds).map(WitnessTime::seconds), Some(seconds));
        assert_eq!(cosignatures(&with(&[line(2, seconds)]), &[witness(2)]).unwrap()[0].time, time(seconds));
    }
    let body = body(&signed());
    for seconds in [0, 1 << 63, u64::MAX] {
        assert_eq!(WitnessTime::new(seconds), None);
        // Well signed, but at no time.
        let signature = key(2).sign(&cosigned_message(&body, WitnessTime(seconds)));
        let bytes = [seconds.to_be_bytes().as_slice(), &signature.0].concat();
        let line = NoteSignature { bytes, ..line(2, 100) };
        let malformed = CosignatureError::Malformed { name: "witness.example".into(), bytes: 72 };
        assert_eq!(verify_cosignature(&body, &line, &witness(2)), Err(malformed));
    }
}

#[test]
fn every_changed_bit_of_a_cosignature_is_refused() {
    let good = line(2, 100);
    for bit in 0..COSIGNATURE_BYTES * 8 {
        let mut line = good.clone();
        line.bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_cosignature(&body(&signed()), &line, &witness(2)).is_err(), "bit {bit}");
    }
}

#[test]
fn every_changed_byte_of_the_text_is_refused_extension_lines_too() {
    let text = format!("{}an extension\n", body(&signed()));
    let line = cosign(&text, &witness(2), &key(2), time(100)).unwrap();
    assert!(verify_cosignature(&text, &line, &witness(2)).is_ok());
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let other = String::from_utf8(bytes).unwrap();
        assert!(verify_cosignature(&other, &line, &witness(2)).is_err(), "byte {at}");
    }
    for other in [body(&signed()), format!("{text}\n"), format!("{text}more\n"), text[1..].to_owned()] {
        assert!(verify_cosignature(&other, &line, &witness(2)).is_err());
    }
}

#[test]
fn only_checkpoints_are_cosigned_and_read() {
    for text in [
        "",
        "\n",
        "log.example\n",
        "log.example\n7\n",
        "a\n7\nroot\n",
        &signed(),
        &body(&signed())[1..].replace('7', "07"),
    ] {
        assert!(cosign(text, &witness(2), &key(2), time(100)).is_err(), "{text:?}");
    }
    let note = sign_note("no checkpoint\n", ORIGIN, &key(1)).unwrap();
    let lines = CosignatureError::Checkpoint(CheckpointError::Lines(1));
    assert_eq!(cosignatures(&note, &[witness(2)]), Err(lines));
    let unsigned = CosignatureError::Note(OpenNoteError::Unsigned);
    assert_eq!(cosignatures(&body(&signed()), &[witness(2)]), Err(unsigned));
}

#[test]
fn signatures_are_added_once_and_change_nothing_before_them() {
    let (first, second) = (line(2, 100), line(3, 200));
    let once = with(core::slice::from_ref(&first));
    assert_eq!(once, format!("{}{first}", signed()));
    assert_eq!(add_signatures(&once, core::slice::from_ref(&first)), Ok(once.clone()));
    let twice = [second.clone(), first.clone(), second.clone()];
    assert_eq!(add_signatures(&once, &twice), Ok(format!("{once}{second}")));
    assert_eq!(add_signatures(&once, &[]), Ok(once));
}

#[test]
fn a_note_that_would_not_be_read_is_not_made() {
    assert_eq!(add_signatures(&body(&signed()), &[line(2, 100)]), Err(OpenNoteError::Unsigned));
    let named = |name: &str| NoteSignature { name: name.into(), ..line(2, 100) };
    for bad in [named(""), named("a b"), named("a+b"), NoteSignature { bytes: vec![], ..line(2, 100) }] {
        assert_eq!(add_signatures(&signed(), &[bad]), Err(OpenNoteError::Line(2)));
    }
    let many: Vec<NoteSignature> = (1..=note::MAX_NOTE_SIGNATURES as u64).map(|n| line(2, n)).collect();
    assert_eq!(add_signatures(&signed(), &many), Err(OpenNoteError::TooManySignatures(65)));
    assert!(add_signatures(&signed(), &many[1..]).is_ok());
}

proptest! {
    #[test]
    fn whatever_is_cosigned_verifies(size in 1_u64.., root: [u8; 32], seed: u8, seconds in 1_u64..1 << 63, more in "[a-z ]{1,20}") {
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: TreeHash(root) };
        let text = format!("{checkpoint}{more}\n");
        let line = cosign(&text, &witness(seed), &key(seed), time(seconds)).unwrap();
        let cosignature = Cosignature { witness: witness(seed), time: time(seconds) };
        prop_assert_eq!(verify_cosignature(&text, &line, &witness(seed)), Ok(cosignature));
        prop_assert!(verify_cosignature(&text, &line, &witness(seed.wrapping_add(1))).is_err());
        // The line stands alone, as in a witness's answer, and is read as it was written.
        prop_assert_eq!(note::parse_signatures(&line.to_string()), Ok(vec![line]));
    }
}
