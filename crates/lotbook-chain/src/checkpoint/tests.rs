//! Checkpoints: written as the specification says, read strictly, signed under their own name.

use super::*;
use crate::note::sign_note;
use crate::tree::root;
use crate::vectors::{list, record_leaves, text, tlog};
use crate::vkey::KeyNameError;
use proptest::prelude::*;

const ORIGIN: &str = "ledger.example/2026";
const ROOT: &str = "gw31yQrqZZCcEOPrzX+bpy3nJ6QgngTKn8G1m0i62uU=";

fn key() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, key().public()).unwrap()
}

fn refused(text: &str) -> CheckpointError {
    text.parse::<Checkpoint>().expect_err(text)
}

#[test]
fn the_published_checkpoint_of_300_entries_has_our_root() {
    let vectors = tlog();
    let (note, _) = text(&vectors["tlog_tiles_tree_300"]["checkpoint"]).rsplit_once("\n\n").unwrap();
    let expected =
        Checkpoint { origin: "rome2026h1.example.org".into(), size: 300, root: root(&record_leaves(300)) };
    assert_eq!(format!("{note}\n").parse(), Ok(expected.clone()));
    assert_eq!(expected.to_string(), format!("{note}\n"));
}

#[test]
fn the_checksum_database_signs_under_another_name_than_its_origin() {
    let vectors = tlog();
    let vector = &vectors["signed_notes"][3];
    let key: VerifierKey = text(&vector["vkeys"][0]).parse().unwrap();
    let expected = OpenCheckpointError::Origin {
        expected: "sum.golang.org".into(),
        found: "go.sum database tree".into(),
    };
    assert_eq!(Checkpoint::open(text(&vector["note"]), &key), Err(expected));
}

/// Go's checksum database asks for its own origin line; here that is a question of the key.
#[test]
fn the_published_trees_of_the_checksum_database_are_read_as_published() {
    let vectors = tlog();
    let published = &vectors["sumdb_tree_note"];
    let good = text(&published["format_tree"]);
    let checkpoint: Checkpoint = good.parse().unwrap();
    assert_eq!((checkpoint.to_string().as_str(), checkpoint.size), (good, 123_456_789_012));
    assert_eq!(checkpoint.root, crate::entry::leaf_hash(text(&published["leaf_data"]).as_bytes()));
    let [origin, size, root] = list(&published["bad"]) else { panic!("three bad trees") };
    let other: Checkpoint = text(origin).parse().unwrap();
    assert_eq!((other.origin.as_str(), other.root), ("not-go.sum database tree", checkpoint.root));
    assert_eq!(refused(text(size)), CheckpointError::Size("0xabcdef".into()));
    assert!(matches!(refused(text(root)), CheckpointError::Root(_)));
}

#[test]
fn the_empty_tree_has_one_checkpoint() {
    let empty = Checkpoint { origin: ORIGIN.into(), size: 0, root: EMPTY_ROOT };
    assert_eq!(empty.to_string(), format!("{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"));
    assert_eq!(Checkpoint::open(&empty.sign(&key()).unwrap(), &vkey()), Ok(empty.clone()));
    let wrong = Checkpoint { root: TreeHash::ZERO, ..empty };
    let error = CheckpointError::EmptyTree(TreeHash::ZERO);
    assert_eq!(wrong.sign(&key()), Err(SignCheckpointError::Text(error.clone())));
    assert_eq!(refused(&wrong.to_string()), error);
}

#[test]
fn extension_lines_are_read_and_not_kept() {
    let plain = format!("{ORIGIN}\n300\n{ROOT}\n");
    let extended = format!("{plain}extension 1\n— not a signature\n");
    assert_eq!(extended.parse::<Checkpoint>().unwrap().to_string(), plain);
    let note = sign_note(&extended, ORIGIN, &key()).unwrap();
    assert_eq!(Checkpoint::open(&note, &vkey()).unwrap().size, 300);
}

#[test]
fn other_texts_are_refused() {
    for lines in ["", "\n", "a\n", "a\n1\n"] {
        assert!(matches!(refused(lines), CheckpointError::Lines(_)), "{lines:?}");
    }
    assert_eq!(refused(&format!("a\n1\n{ROOT}")), CheckpointError::Lines(3));
    assert_eq!(refused(&format!("\n1\n{ROOT}\n")), CheckpointError::Origin(0));
    assert_eq!(refused(&format!("{}\n1\n{ROOT}\n", "a".repeat(256))), CheckpointError::Origin(256));
    assert_eq!(refused(&format!("a\n1\n{ROOT}\n\n")), CheckpointError::EmptyLine(4));
    assert_eq!(refused(&format!("a\n1\n{ROOT}\nb\n\nc\n")), CheckpointError::EmptyLine(5));
    for size in [
        "",
        "00",
        "01",
        "+1",
        "-1",
        "1 ",
        " 1",
        "0x1",
        "1e3",
        "1_000",
        "١",
        "18446744073709551616",
        "99999999999999999999",
    ] {
        assert_eq!(refused(&format!("a\n{size}\n{ROOT}\n")), CheckpointError::Size(size.into()));
    }
    let short = &ROOT[4..];
    let long = format!("AAAA{ROOT}");
    let url = ROOT.replace('+', "-");
    let unpadded = ROOT.trim_end_matches('=');
    let trailing_bits = ROOT.replace("U=", "V=");
    for root in ["", "!", short, &long, &url, unpadded, &trailing_bits, &format!("{ROOT} ")] {
        assert_eq!(refused(&format!("a\n1\n{root}\n")), CheckpointError::Root(root.into()));
    }
    assert_eq!(format!("a\n18446744073709551615\n{ROOT}\n").parse::<Checkpoint>().unwrap().size, u64::MAX);
}

#[test]
fn a_checkpoint_of_another_key_or_name_is_refused() {
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size: 300, root: root(&record_leaves(300)) };
    let note = checkpoint.sign(&key()).unwrap();
    assert_eq!(Checkpoint::open(&note, &vkey()), Ok(checkpoint.clone()));

    let other = VerifierKey::new(ORIGIN, SigningKey::from_seed(&[4; 32]).public()).unwrap();
    let unknown = OpenCheckpointError::Note(OpenNoteError::NoKnownSignature(1));
    assert_eq!(Checkpoint::open(&note, &other), Err(unknown.clone()));
    let renamed = VerifierKey::new("other.example", key().public()).unwrap();
    assert_eq!(Checkpoint::open(&note, &renamed), Err(unknown));

    // The right key signs another ledger's checkpoint.
    let foreign = Checkpoint { origin: "other.example".into(), ..checkpoint };
    let note = sign_note(&foreign.to_string(), ORIGIN, &key()).unwrap();
    let expected = OpenCheckpointError::Origin { expected: ORIGIN.into(), found: "other.example".into() };
    assert_eq!(Checkpoint::open(&note, &vkey()), Err(expected));

    let note = sign_note("not a checkpoint\n", ORIGIN, &key()).unwrap();
    assert_eq!(Checkpoint::open(&note, &vkey()), Err(CheckpointError::Lines(1).into()));
}

#[test]
fn an_origin_that_is_no_name_is_not_signed() {
    let sign = |origin: &str| Checkpoint { origin: origin.into(), size: 300, root: EMPTY_ROOT }.sign(&key());
    let name = |error| Err(SignCheckpointError::Note(SignNoteError::Name(error)));
    assert_eq!(sign("a b"), name(KeyNameError::Character(' ')));
    assert_eq!(sign("a+b"), name(KeyNameError::Character('+')));
    assert_eq!(sign(""), Err(CheckpointError::Origin(0).into()));
    assert_eq!(sign(&"a".repeat(256)), Err(CheckpointError::Origin(256).into()));
    // A line feed in the origin would put another size and root into the text.
    let forged = sign(&format!("{ORIGIN}\n7\n{ROOT}"));
    assert_eq!(forged, name(KeyNameError::Character('\n')));
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_checkpoint(size in 1_u64.., root in any::<[u8; 32]>(), origin in "[a-z./]{1,80}") {
        let checkpoint = Checkpoint { origin, size, root: TreeHash(root) };
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint.clone()));
        let key = key();
        let vkey = VerifierKey::new(&checkpoint.origin, key.public()).unwrap();
        prop_assert_eq!(Checkpoint::open(&checkpoint.sign(&key).unwrap(), &vkey), Ok(checkpoint));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(text in "a\n[0-9+ ]{1,4}\n[A-Za-z0-9+/]{42}[A-Z]=\n") {
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}
