//! Static files that are not what they must be: `verify` and `restore` name what is wrong, and where; what is
//! missing refutes nothing.

use super::shelf::{Shelf, vkey};
use crate::recovery::program::{Ran, arg, run};
use crate::tamper::played::played;
use std::ops::RangeInclusive;
use std::path::Path;

/// Entries: two full bundles and a part of a third.
const SIZE: usize = 700;

/// What a bad file makes of the log.
enum Told {
    /// Exit code 1, at a position of this range: where a bundle breaks off depends on the length of its entries.
    Refuted(RangeInclusive<u64>),
    /// Exit code 2, and this file is named.
    Unreadable(&'static str),
}

struct Case {
    name: &'static str,
    file: &'static str,
    spoil: fn(&mut Vec<u8>),
    told: Told,
}

fn case(name: &'static str, file: &'static str, spoil: fn(&mut Vec<u8>), told: Told) -> Case {
    Case { name, file, spoil, told }
}

fn cases() -> Vec<Case> {
    use Told::Refuted;
    let bundle = "tile/entries/001";
    let edge = "tile/entries/002.p/188";
    vec![
        case("a bundle cut off", bundle, |bytes| bytes.truncate(bytes.len() / 2), Refuted(257..=510)),
        case(
            "a bundle cut off by one byte",
            bundle,
            |bytes| bytes.truncate(bytes.len() - 1),
            Refuted(511..=511),
        ),
        case("an empty bundle", bundle, Vec::clear, Refuted(256..=256)),
        case("a byte behind a bundle", bundle, |bytes| bytes.push(0), Refuted(512..=512)),
        case("a bundle of more than 16 MiB", bundle, |bytes| bytes.resize(17 << 20, 0), Refuted(256..=256)),
        case("a bit of the first entry of a bundle", bundle, |bytes| bytes[80] ^= 1, Refuted(256..=256)),
        case("a length that lies", bundle, |bytes| bytes[1] ^= 1, Refuted(256..=511)),
        case(
            "a bit of an entry of the last, partial bundle",
            edge,
            |bytes| bytes[80] ^= 1,
            Refuted(512..=512),
        ),
        case("a tile of hashes cut off", "tile/0/001", |bytes| bytes.truncate(8191), Refuted(256..=256)),
        case("a hash too many", "tile/0/001", |bytes| bytes.extend([7; 32]), Refuted(256..=256)),
        case("a bit of a leaf hash", "tile/0/001", |bytes| bytes[40] ^= 1, Refuted(256..=256)),
        case("two leaf hashes swapped", "tile/0/000", |bytes| bytes.rotate_left(32), Refuted(0..=0)),
        case("a bit of a hash above", "tile/1/000.p/2", |bytes| bytes[33] ^= 1, Refuted(0..=0)),
        case("a bit of a leaf hash at the edge", "tile/0/002.p/188", |bytes| bytes[1] ^= 1, Refuted(0..=0)),
        case("a checkpoint cut off", "checkpoint", |bytes| bytes.truncate(30), Refuted(0..=0)),
        case("a checkpoint of nothing", "checkpoint", Vec::clear, Refuted(0..=0)),
        case("a bit of the signed root", "checkpoint", |bytes| flip_root(bytes), Refuted(0..=0)),
    ]
}

/// Another root, of the right form: the signature is no longer one over it.
fn flip_root(note: &mut [u8]) {
    let root = note.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0 + 1;
    note[root] = if note[root] == b'A' { b'B' } else { b'A' };
}

fn verify(folder: &Path) -> Ran {
    run(&["verify", arg(folder), "--vkey", &vkey(played()).to_string()])
}

fn restore(folder: &Path, to: &Path) -> Ran {
    run(&["restore", "--tiles", arg(folder), "--data", arg(to), "--vkey", &vkey(played()).to_string()])
}

#[test]
fn every_bad_file_is_named_with_the_first_position_of_which_nothing_is_proved() {
    let shelf = Shelf::new();
    let honest = shelf.log("honest", SIZE);
    assert_eq!(verify(&honest).code, Some(0), "{:?}", verify(&honest));
    for (n, case) in cases().into_iter().enumerate() {
        let folder = shelf.log(&format!("case-{n}"), SIZE);
        let file = folder.join(case.file);
        let mut bytes = std::fs::read(&file).unwrap();
        (case.spoil)(&mut bytes);
        std::fs::write(&file, bytes).unwrap();
        check(&case, &verify(&folder));
        let restored = restore(&folder, &shelf.path(&format!("restored-{n}")));
        assert!(restored.code != Some(0), "{}: restored all the same: {restored:?}", case.name);
        assert!(!shelf.path(&format!("restored-{n}/anchor")).exists(), "{}: taken for whole", case.name);
    }
}

fn check(case: &Case, ran: &Ran) {
    match &case.told {
        Told::Refuted(positions) => {
            let said = ran.out.strip_prefix("REFUTED at position ").and_then(|rest| rest.split(':').next());
            let position = said.and_then(|position| position.parse().ok());
            let named = position.is_some_and(|position| positions.contains(&position));
            assert!(ran.code == Some(1) && named, "{}: {ran:?}", case.name);
        }
        Told::Unreadable(file) => {
            assert!(ran.code == Some(2) && ran.err.contains(file), "{}: {ran:?}", case.name);
        }
    }
}

#[test]
fn a_file_that_is_missing_refutes_nothing_and_is_named() {
    for file in ["checkpoint", "tile/entries/001", "tile/0/000", "tile/1/000.p/2", "tile/entries/002.p/188"] {
        let shelf = Shelf::new();
        let folder = shelf.log("log", SIZE);
        std::fs::remove_file(folder.join(file)).unwrap();
        let case = case("a file is missing", file, |_| {}, Told::Unreadable(file));
        let ran = verify(&folder);
        if file == "checkpoint" {
            // Without it the folder is none of a log.
            assert!(ran.code == Some(2) && ran.err.contains("no checkpoint"), "{ran:?}");
        } else {
            check(&case, &ran);
        }
    }
}

#[test]
fn bundles_in_each_others_place_are_found_at_the_first_of_them() {
    let shelf = Shelf::new();
    let folder = shelf.log("log", SIZE);
    let (one, two) = (folder.join("tile/entries/000"), folder.join("tile/entries/001"));
    let kept = std::fs::read(&one).unwrap();
    std::fs::copy(&two, &one).unwrap();
    std::fs::write(&two, kept).unwrap();
    let ran = verify(&folder);
    assert!(ran.code == Some(1) && ran.out.starts_with("REFUTED at position 0: Tiles"), "{ran:?}");
}
