//! Proof files: the published ones are read as published; every text that is read is written again as it was.

use super::*;
use crate::naive::NaiveTree;
use crate::sign::SigningKey;
use crate::vectors::{hex_hash, list, record_leaves, text, tlog};
use crate::{CosignerKey, OpenNoteError};
use proptest::prelude::*;

const ORIGIN: &str = "log.example";
const HASH: &str = "rzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm4=";

fn refused(text: &str) -> TlogProofError {
    text.parse::<TlogProof>().expect_err(text)
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, SigningKey::from_seed(&[5; 32]).public()).unwrap()
}

/// A proof of leaf 7 in a log of 20.
fn good() -> TlogProof {
    let tree = NaiveTree::of(&record_leaves(20));
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 20, root: tree.mth(0, 20) };
    let checkpoint = checkpoint.sign(&SigningKey::from_seed(&[5; 32])).unwrap();
    TlogProof { extra: None, index: 7, proof: tree.path(7, 20), checkpoint }
}

#[test]
fn the_published_proofs_are_read_and_written_back() {
    let vectors = tlog();
    let good = list(&vectors["tlog_proof_syntax"]["good"]);
    let read: Vec<TlogProof> = good.iter().map(|proof| text(proof).parse().unwrap()).collect();
    for (proof, published) in read.iter().zip(good) {
        assert_eq!(proof.to_string(), text(published));
    }
    let parts = |proof: &TlogProof| (proof.index, proof.proof.len(), proof.checkpoint.clone());
    assert_eq!(read.len(), 3);
    assert_eq!(parts(&read[0]), (5, 2, "test checkpoint\n".into()));
    assert_eq!(parts(&read[1]), (10, 1, "checkpoint data\n".into()));
    assert_eq!(parts(&read[2]), (0, 0, "checkpoint\n".into()));
    assert_eq!(read[0].extra, None);
    assert_eq!(read[1].extra.as_deref(), Some(b"extra information".as_slice()));
}

#[test]
fn the_published_bad_proofs_are_refused() {
    let vectors = tlog();
    let bad = list(&vectors["tlog_proof_syntax"]["bad"]);
    let errors: Vec<TlogProofError> = bad.iter().map(|proof| refused(text(&proof[0]))).collect();
    let index = |line: &str| TlogProofError::Index(line.into());
    let expected = [
        TlogProofError::Header,
        TlogProofError::Extra,
        index(""),
        index("index notanumber"),
        index("index -5"),
        TlogProofError::Hash(1),
        TlogProofError::Hash(1),
    ];
    assert_eq!(errors, expected);
}

#[test]
fn the_derived_proof_of_entry_299_is_that_of_the_definition() {
    let vectors = tlog();
    let derived = &vectors["tlog_proof_derived"];
    let proof: TlogProof = text(&derived["proof"]).parse().unwrap();
    let tree = NaiveTree::of(&record_leaves(300));
    assert_eq!((proof.index, &proof.extra), (299, &None));
    assert_eq!(proof.proof, tree.path(299, 300));
    assert_eq!(tree.mth(299, 300), hex_hash(&derived["leaf_hash_hex"]));
    assert_eq!(proof.to_string(), text(&derived["proof"]));
    // It carries a mirror's cosignature only: no log's key opens it, the mirror's is not one.
    assert!(text(&derived["mirror_vkey"]).parse::<CosignerKey>().is_ok());
    let unknown = OpenCheckpointError::Note(OpenNoteError::NoKnownSignature(1));
    assert_eq!(proof.verify(tree.mth(299, 300), &vkey()), Err(RefusedTlogProof::Checkpoint(unknown)));
}

#[test]
fn a_proof_verifies_for_its_leaf_index_and_log_only() {
    let (proof, leaves) = (good(), record_leaves(20));
    assert_eq!(proof.verify(leaves[7], &vkey()).unwrap().size, 20);
    for (index, leaf) in leaves.iter().enumerate().filter(|(index, _)| *index != 7) {
        assert!(matches!(proof.verify(*leaf, &vkey()), Err(RefusedTlogProof::Inclusion(_))));
        let other = TlogProof { index: index as u64, ..proof.clone() };
        assert!(matches!(other.verify(leaves[7], &vkey()), Err(RefusedTlogProof::Inclusion(_))));
    }
    let beyond = TlogProof { index: 20, ..proof.clone() };
    let none = InclusionError::NoSuchLeaf { index: 20, size: 20 };
    assert_eq!(beyond.verify(leaves[7], &vkey()), Err(RefusedTlogProof::Inclusion(none)));
    let other = VerifierKey::new(ORIGIN, SigningKey::from_seed(&[6; 32]).public()).unwrap();
    assert!(matches!(proof.verify(leaves[7], &other), Err(RefusedTlogProof::Checkpoint(_))));
    // Extra bytes are not authenticated: whatever they are, nothing changes.
    let extra = TlogProof { extra: Some(b"anything".to_vec()), ..proof };
    assert!(extra.verify(leaves[7], &vkey()).is_ok());
}

#[test]
fn a_proof_cut_at_any_byte_or_with_more_is_not_read_or_not_believed() {
    let extra = TlogProof { extra: Some(b"some extra bytes".to_vec()), ..good() };
    let leaf = record_leaves(20)[7];
    for text in [good().to_string(), extra.to_string()] {
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            if let Ok(proof) = text[..cut].parse::<TlogProof>() {
                assert!(proof.verify(leaf, &vkey()).is_err(), "cut at {cut}");
            }
        }
        for more in ["\n", " ", "x", "\n\n", "more\n"] {
            let proof: TlogProof = format!("{text}{more}").parse().unwrap();
            assert!(proof.verify(leaf, &vkey()).is_err(), "with {more:?}");
        }
    }
}

#[test]
fn every_other_spelling_is_refused() {
    let with = |lines: &str| refused(&format!("{HEADER}\n{lines}\n\ncheckpoint\n"));
    for header in ["", "\n", " ", "c2sp.org/tlog-proof@v2\n", "C2SP.org/tlog-proof@v1\n", "\u{feff}"] {
        assert_eq!(refused(&format!("{header}{HEADER} \nindex 0\n\ncheckpoint\n")), TlogProofError::Header);
    }
    assert_eq!(refused(&format!("{HEADER}\r\nindex 0\n\ncheckpoint\n")), TlogProofError::Header);
    for index in [
        "index",
        "index ",
        "index 01",
        "index +1",
        "index  1",
        "index 1 ",
        "index 0x1",
        "Index 1",
        " index 1",
    ] {
        assert_eq!(with(index), TlogProofError::Index(index.into()));
    }
    assert_eq!(
        with("index 18446744073709551616"),
        TlogProofError::Index("index 18446744073709551616".into())
    );
    // Not `extra` with a space is not the extra line; the extra line comes once, and first.
    for line in ["extra", "extra\tAAAA", "Extra AAAA", " extra AAAA"] {
        assert_eq!(with(&format!("{line}\nindex 1")), TlogProofError::Index(line.into()));
    }
    for extra in [
        "extra extra AAAA",
        "extra  AAAA",
        "extra AAAA ",
        "extra AAA",
        "extra AA==AA==",
        "extra AB==",
        "extra A-__",
    ] {
        assert_eq!(with(&format!("{extra}\nindex 1")), TlogProofError::Extra, "{extra}");
    }
    assert_eq!(with("extra AAAA\nextra AAAA\nindex 1"), TlogProofError::Index("extra AAAA".into()));
    assert_eq!(with("index 1\nextra AAAA"), TlogProofError::Hash(1));
    assert_eq!(with("index 1\nindex 1"), TlogProofError::Hash(1));
    assert_eq!(with(&format!("index 1\n{HASH}\n{HASH} ")), TlogProofError::Hash(2));
    for hash in
        [&HASH[..43], &format!("{HASH}="), &HASH.replace("4=", "5="), &HASH.replace('/', "_"), "AAAA", " "]
    {
        assert_eq!(with(&format!("index 1\n{hash}")), TlogProofError::Hash(1), "{hash}");
    }
    assert_eq!(refused(&format!("{HEADER}\nindex 1\n{HASH}\ncheckpoint\n")), TlogProofError::NoCheckpoint);
    assert_eq!(refused(&format!("{HEADER}\nindex 1\n")), TlogProofError::NoCheckpoint);
}

#[test]
fn no_extra_and_an_empty_one_are_two_texts() {
    let none = TlogProof { extra: None, ..good() };
    let empty = TlogProof { extra: Some(vec![]), ..good() };
    assert!(empty.to_string().contains("\nextra \n") && !none.to_string().contains("extra"));
    assert_eq!(none.to_string().parse(), Ok(none));
    assert_eq!(empty.to_string().parse(), Ok(empty));
}

#[test]
fn the_limits_are_kept() {
    let of = |count: usize| TlogProof { proof: vec![TreeHash::ZERO; count], ..good() };
    assert_eq!(of(63).to_string().parse(), Ok(of(63)));
    assert_eq!(refused(&of(64).to_string()), TlogProofError::TooDeep(64));
    let overhead = TlogProof { checkpoint: String::new(), ..good() }.to_string().len();
    let long = |length: usize| TlogProof { checkpoint: "x".repeat(length - overhead), ..good() };
    let largest = long(MAX_TLOG_PROOF_BYTES);
    assert_eq!(largest.to_string().parse(), Ok(largest));
    let over = TlogProofError::TooLong(MAX_TLOG_PROOF_BYTES + 1);
    assert_eq!(refused(&long(MAX_TLOG_PROOF_BYTES + 1).to_string()), over);
}

prop_compose! {
    fn any_proof()(
        extra in prop::option::of(prop::collection::vec(any::<u8>(), 0..60)),
        index: u64,
        proof in prop::collection::vec(any::<[u8; 32]>(), 0..=63),
        checkpoint in "[ -~\n—]{0,80}",
    ) -> TlogProof {
        TlogProof { extra, index, proof: proof.into_iter().map(TreeHash).collect(), checkpoint }
    }
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_proof(proof in any_proof()) {
        prop_assert_eq!(proof.to_string().parse(), Ok(proof));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(proof in any_proof(), at in any::<prop::sample::Index>(), to in "[ -~\n]{0,2}") {
        let mut text = proof.to_string();
        // Near the front, where the syntax is.
        let at = at.index(text.len().min(200));
        prop_assume!(text.is_char_boundary(at) && text.is_char_boundary(at + 1));
        text.replace_range(at..=at, &to);
        if let Ok(read) = text.parse::<TlogProof>() {
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn any_changed_bit_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let mut bytes = good().to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let proof = String::from_utf8(bytes).ok().and_then(|text| text.parse::<TlogProof>().ok());
        let verified = proof.map(|proof| proof.verify(record_leaves(20)[7], &vkey()));
        prop_assert!(!matches!(verified, Some(Ok(_))));
    }
}
