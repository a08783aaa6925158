//! A witness decides as published, in the order of the specification; a request has one text.

use super::*;
use crate::naive::NaiveTree;
use crate::note::{MAX_NOTE_BYTES, sign_note};
use crate::sign::SigningKey;
use crate::vectors::{list, number, record_leaves, text, tlog};
use crate::{CosignerKey, WitnessTime, cosign, split_note};
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const ORIGIN: &str = "log.example";

fn key() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, key().public()).unwrap()
}

fn tree() -> NaiveTree {
    NaiveTree::of(&record_leaves(40))
}

fn root(size: u64) -> TreeHash {
    if size == 0 { EMPTY_ROOT } else { tree().mth(0, size) }
}

fn signed(size: u64, root: TreeHash) -> String {
    sign_note(&Checkpoint { origin: ORIGIN.into(), size, root }.to_string(), ORIGIN, &key()).unwrap()
}

fn state(size: u64) -> Cosigned {
    Cosigned { size, root: root(size) }
}

/// An honest request for a witness that has cosigned `old` leaves.
fn request(old: u64, size: u64) -> AddCheckpoint {
    let proof = if old == 0 { vec![] } else { tree().proof(old, size) };
    AddCheckpoint { old, proof, checkpoint: signed(size, root(size)) }
}

/// What a witness answers to a request's bytes, and its state after it.
fn answer(body: &str, log: &VerifierKey, last: Cosigned) -> (u16, Cosigned) {
    let decided = body.parse().map_err(WitnessRefusal::from).and_then(|request| decide(&request, log, last));
    match decided {
        Ok(checkpoint) => (200, Cosigned { size: checkpoint.size, root: checkpoint.root }),
        Err(refusal) => (refusal.status(), last),
    }
}

fn refused(request: &AddCheckpoint, last: Cosigned) -> WitnessRefusal {
    decide(request, &vkey(), last).unwrap_err()
}

#[test]
fn the_published_session_is_answered_as_the_specification_says() {
    let vectors = tlog();
    let requests = list(&vectors["tlog_witness_session"]["requests_in_order"]);
    // The log's key as the source names it: a Sigsum log, whose origin is made of the key's hash.
    let public = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
    assert!(text(&vectors["tlog_witness_session"]["warning"]).contains(public));
    let public = HEXLOWER.decode(public.as_bytes()).unwrap();
    let origin = format!("sigsum.org/v1/tree/{}", HEXLOWER.encode(&Sha256::digest(&public)));
    let log = VerifierKey::new(&origin, crate::PublicKey::from_bytes(&public).unwrap()).unwrap();

    let mut last = Cosigned::NOTHING;
    for (number_, vector) in requests.iter().enumerate() {
        let (body, published) = (text(&vector["request_body"]), number(&vector["spec_status"]));
        let (status, after) = answer(body, &log, last);
        assert_eq!(u64::from(status), published, "request {number_}");
        let parsed: AddCheckpoint = body.parse().unwrap();
        assert_eq!(parsed.to_string(), body);
        // One signature has bits left over in its base64, so that it cannot be read here; elsewhere it is bad.
        match split_note(&parsed.checkpoint) {
            Ok((_, lines)) => assert_eq!(lines[0].id.to_string(), text(&vector["key_id_in_line"])),
            Err(error) => assert_eq!((error, status), (OpenNoteError::Line(1), 403)),
        }
        let own = VerifierKey::new(&parsed.origin().unwrap(), *log.public()).unwrap();
        assert_eq!(own.id().to_string(), text(&vector["key_id_recomputed"]));
        let valid = Checkpoint::open(&parsed.checkpoint, &log).is_ok();
        assert_eq!(valid, vector["log_signature_valid"].as_bool().unwrap());
        if status == 409 {
            let refusal = decide(&parsed, &log, last).unwrap_err();
            assert_eq!(refusal, WitnessRefusal::OtherOld { known: last.size });
            assert_eq!(text(&vector["assert"]), format!("body == \"{}\\n\"", last.size));
        }
        last = after;
    }
    assert_eq!((requests.len(), last.size), (9, 5));
}

#[test]
fn a_witness_follows_a_log_through_every_pair_of_sizes() {
    for old in 0..=20 {
        for size in old..=20 {
            let request = request(old, size);
            let checkpoint = decide(&request, &vkey(), state(old)).unwrap();
            assert_eq!((checkpoint.size, checkpoint.root), (size, root(size)));
            // The same request again is no more what the witness has cosigned last, unless nothing grew.
            let again = decide(&request, &vkey(), state(size));
            assert_eq!(again.is_ok(), old == size);
        }
    }
}

#[test]
fn what_a_witness_has_cosigned_last_is_what_a_request_starts_from() {
    for (old, size, last) in [(0, 5, 3), (5, 5, 3), (2, 5, 3), (4, 5, 3), (0, 0, 3), (3, 5, 0), (5, 5, 8)] {
        let other = WitnessRefusal::OtherOld { known: last };
        assert_eq!(refused(&request(old, size), state(last)), other, "{old} to {size} after {last}");
        assert_eq!(other.status(), 409);
    }
}

#[test]
fn a_fork_or_an_unproved_growth_is_not_cosigned() {
    let good = request(3, 5);
    let made = |proof: Vec<TreeHash>, checkpoint: String| AddCheckpoint { old: 3, proof, checkpoint };
    for bad in [
        made(vec![], good.checkpoint.clone()),
        made(good.proof[1..].to_vec(), good.checkpoint.clone()),
        made([good.proof.clone(), vec![root(1)]].concat(), good.checkpoint.clone()),
        made(good.proof.clone(), signed(5, root(6))),
        made(good.proof.clone(), signed(6, root(6))),
        made(good.proof.clone(), signed(3, root(3))),
        made(vec![], signed(3, root(4))),
        AddCheckpoint { old: 0, ..good.clone() },
    ] {
        let last = if bad.old == 0 { Cosigned::NOTHING } else { state(3) };
        assert_eq!(refused(&bad, last).status(), 422, "{bad}");
    }
    // A proof from another history than the one that was cosigned.
    let other = Cosigned { size: 3, root: root(4) };
    assert!(matches!(refused(&good, other), WitnessRefusal::Inconsistent(_)));
    assert_eq!(refused(&good, other).status(), 422);
}

#[test]
fn an_unknown_origin_is_404_whoever_signed() {
    let other = VerifierKey::new("other.example", key().public()).unwrap();
    let unknown = WitnessRefusal::UnknownOrigin(ORIGIN.into());
    assert_eq!(decide(&request(0, 5), &other, Cosigned::NOTHING), Err(unknown.clone()));
    // The right key under the other name, too: the origin is what the first line says.
    let text = Checkpoint { origin: ORIGIN.into(), size: 5, root: root(5) }.to_string();
    let checkpoint = sign_note(&text, "other.example", &key()).unwrap();
    let request = AddCheckpoint { old: 0, proof: vec![], checkpoint };
    assert_eq!(decide(&request, &other, Cosigned::NOTHING), Err(unknown.clone()));
    assert_eq!(unknown.status(), 404);
    assert_eq!(request.origin().as_deref(), Ok(ORIGIN));
}

#[test]
fn without_a_good_signature_by_the_log_it_is_403() {
    let stranger = SigningKey::from_seed(&[6; 32]);
    let text = Checkpoint { origin: ORIGIN.into(), size: 5, root: root(5) }.to_string();
    let by_another = sign_note(&text, ORIGIN, &stranger).unwrap();
    let (good, bad) = (signed(5, root(5)), signed(5, root(6)));
    let line = |note: &str| split_note(note).unwrap().1[0].to_string();
    let forged = format!("{text}\n{}", line(&bad));
    let both = format!("{good}{}", line(&bad));
    // A witness's cosignature by the same key is none of the log's.
    let witness = CosignerKey::new(ORIGIN, key().public()).unwrap();
    let cosigned = cosign(&text, &witness, &key(), WitnessTime::new(1).unwrap()).unwrap();
    let unreadable = format!("{good}no signature line\n");
    for checkpoint in [by_another.clone(), forged, both, format!("{text}\n{cosigned}"), unreadable] {
        let request = AddCheckpoint { old: 0, proof: vec![], checkpoint };
        let refusal = refused(&request, Cosigned::NOTHING);
        assert!(matches!(refusal, WitnessRefusal::Signature(_)), "{refusal}");
        assert_eq!(refusal.status(), 403);
    }
    // Lines of others beside the log's own are passed by.
    let checkpoint = format!("{good}{}{cosigned}", line(&by_another));
    assert!(decide(&AddCheckpoint { old: 0, proof: vec![], checkpoint }, &vkey(), Cosigned::NOTHING).is_ok());
}

#[test]
fn what_is_no_signed_checkpoint_is_400() {
    let lines = format!("{ORIGIN}\n5\n");
    for checkpoint in [
        String::new(),
        format!("{ORIGIN}\n"),
        signed(5, root(5)).trim_end().to_owned(),
        format!("{}\n", signed(5, root(5))),
        signed(5, root(5)).replace(ORIGIN, "log.example\t"),
        sign_note(&lines, ORIGIN, &key()).unwrap(),
        sign_note(&format!("{ORIGIN}\n05\nx\n"), ORIGIN, &key()).unwrap(),
    ] {
        let request = AddCheckpoint { old: 0, proof: vec![], checkpoint };
        assert_eq!(refused(&request, Cosigned::NOTHING).status(), 400, "{request}");
    }
}

/// Each request has this fault and every one that comes later in the order.
#[test]
fn faults_are_found_in_the_order_of_the_specification() {
    let stranger = SigningKey::from_seed(&[6; 32]);
    let note = |origin: &str, key: &SigningKey| {
        sign_note(&Checkpoint { origin: origin.into(), size: 5, root: root(6) }.to_string(), origin, key)
            .unwrap()
    };
    let at = |old: u64, checkpoint: String, last: u64| {
        refused(&AddCheckpoint { old, proof: vec![root(1)], checkpoint }, state(last)).status()
    };
    assert_eq!(at(9, note("other.example", &stranger), 7), 404);
    assert_eq!(at(9, note(ORIGIN, &stranger), 7), 403);
    assert_eq!(at(9, note(ORIGIN, &key()), 7), 400);
    assert_eq!(at(4, note(ORIGIN, &key()), 7), 409);
    assert_eq!(at(4, note(ORIGIN, &key()), 4), 422);
    let too_large = WitnessRefusal::OldTooLarge { old: 9, size: 5 };
    assert_eq!(refused(&AddCheckpoint { old: 9, ..request(4, 5) }, state(9)), too_large);
}

/// Its root is wrong at any rate; but first the sizes are compared.
#[test]
fn an_empty_tree_with_the_root_of_another_is_refused_in_that_order_too() {
    let wrong = |old| AddCheckpoint { old, proof: vec![], checkpoint: signed(0, root(1)) };
    assert_eq!(refused(&wrong(1), state(1)).status(), 400);
    assert_eq!(refused(&wrong(0), state(1)).status(), 409);
    let forked = ConsistencyError::Forked { size: 0, from: EMPTY_ROOT, to: root(1) };
    assert_eq!(refused(&wrong(0), state(0)), WitnessRefusal::Inconsistent(forked));
    assert_eq!(WitnessRefusal::Inconsistent(forked).status(), 422);
    assert!(decide(&request(0, 0), &vkey(), Cosigned::NOTHING).is_ok());
}

#[test]
fn a_request_cut_at_any_byte_or_with_more_is_not_cosigned() {
    let body = request(3, 5).to_string();
    assert_eq!(answer(&body, &vkey(), state(3)), (200, state(5)));
    for cut in (0..body.len()).filter(|cut| body.is_char_boundary(*cut)) {
        assert_eq!(answer(&body[..cut], &vkey(), state(3)), (400, state(3)), "cut at {cut}");
    }
    for more in ["\n", " ", "x", "\n\n", "more\n", "\0"] {
        assert_ne!(answer(&format!("{body}{more}"), &vkey(), state(3)).0, 200, "with {more:?}");
    }
}

#[test]
fn every_other_spelling_is_refused() {
    let body = request(3, 5).to_string();
    let hash = body.lines().nth(1).unwrap().to_owned();
    let parse = |body: &str| body.parse::<AddCheckpoint>().expect_err(body);
    for first in [
        "old",
        "old ",
        "old 03",
        "old +3",
        "old -3",
        "old  3",
        "old 3 ",
        " old 3",
        "Old 3",
        "old 3\r",
        "old 0x3",
        "3",
        "old 18446744073709551616",
    ] {
        assert_eq!(parse(&body.replacen("old 3", first, 1)), AddCheckpointError::Old, "{first:?}");
    }
    for other in [
        &hash[1..],
        &hash[..43],
        &format!("{hash}="),
        &format!("{hash} "),
        &hash.replace('=', "\r"),
        "AAAA",
        "=",
        &HEXLOWER.encode(&root(1).0),
    ] {
        assert_eq!(parse(&body.replacen(&hash, other, 1)), AddCheckpointError::Hash(1), "{other:?}");
    }
    assert_eq!(parse("old 3\n"), AddCheckpointError::NoCheckpoint);
    assert_eq!(parse(""), AddCheckpointError::NoCheckpoint);
    assert_eq!(parse("\n\n"), AddCheckpointError::Old);
}

#[test]
fn the_limits_are_kept() {
    let of = |count: usize| AddCheckpoint { proof: vec![root(1); count], ..request(3, 5) };
    assert_eq!(of(63).to_string().parse(), Ok(of(63)));
    let many = of(64).to_string().parse::<AddCheckpoint>();
    assert_eq!(many, Err(AddCheckpointError::TooManyHashes(64)));
    // The longest request there can be is within the limit.
    let longest = AddCheckpoint { old: u64::MAX, checkpoint: "x".repeat(MAX_NOTE_BYTES), ..of(63) };
    assert!(longest.to_string().len() <= MAX_REQUEST_BYTES);
    assert_eq!(longest.to_string().parse(), Ok(longest));
    let over = "x".repeat(MAX_REQUEST_BYTES + 1).parse::<AddCheckpoint>();
    assert_eq!(over, Err(AddCheckpointError::TooLong(MAX_REQUEST_BYTES + 1)));
    assert_eq!(WitnessRefusal::from(over.unwrap_err()).status(), 400);
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_request(old: u64, proof in prop::collection::vec(any::<[u8; 32]>(), 0..=63), checkpoint in "[ -~\n—]{0,80}") {
        let proof = proof.into_iter().map(TreeHash).collect();
        let request = AddCheckpoint { old, proof, checkpoint };
        prop_assert_eq!(request.to_string().parse(), Ok(request));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(at in any::<prop::sample::Index>(), to in "[ -~\n]{0,2}") {
        let mut body = request(3, 5).to_string();
        let at = at.index(body.len());
        prop_assume!(body.is_char_boundary(at) && body.is_char_boundary(at + 1));
        body.replace_range(at..=at, &to);
        if let Ok(read) = body.parse::<AddCheckpoint>() {
            prop_assert_eq!(read.to_string(), body);
        }
    }

    #[test]
    fn any_changed_bit_is_not_cosigned(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let mut bytes = request(3, 5).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(body) = String::from_utf8(bytes) {
            prop_assert_ne!(answer(&body, &vkey(), state(3)).0, 200);
        }
    }
}
