//! What leads to the root is handed on; whatever else a source gives is named with its position.

use super::*;
use crate::source::Http;
use crate::source::tests::QUICK;
use crate::trial::{Canned, Files, TrialLog};
use lotbook_chain::{BundleError, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use std::sync::OnceLock;

fn log() -> &'static TrialLog {
    static LOG: OnceLock<TrialLog> = OnceLock::new();
    LOG.get_or_init(|| TrialLog::new("reader.example", 2, 70_000))
}

fn reader(size: u64, change: impl FnOnce(&Files)) -> LogReader {
    let files = Files::of(log().files(size));
    change(&files);
    LogReader::new(Arc::new(files), log().checkpoint(size))
}

/// All entries, or the error that ended them and how many came before.
fn read(reader: &LogReader, from: u64) -> Result<u64, (u64, ReadError)> {
    let mut position = from;
    for entry in reader.entries(from) {
        let (at, bytes) = entry.map_err(|error| (position, error))?;
        assert_eq!(at, position);
        assert_eq!(bytes, log().entries[usize::try_from(at).unwrap()]);
        position += 1;
    }
    Ok(position)
}

/// The position and fault with which reading from the beginning ends.
fn bad(reader: &LogReader) -> (u64, Bad) {
    match read(reader, 0) {
        Err((came, ReadError::Bad { position, what })) => {
            assert!(came <= position, "{came} entries came although nothing from {position} on is proved");
            (position, what)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_entry_of_a_log_of_any_size_is_read() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_536, 65_537, 70_000] {
        assert_eq!(read(&reader(size, |_| {}), 0).unwrap(), size);
    }
}

#[test]
fn reading_begins_at_any_position_and_ends_at_the_size() {
    let reader = reader(600, |_| {});
    for from in [0, 1, 255, 256, 257, 511, 512, 599] {
        assert_eq!(reader.entries(from).next().unwrap().unwrap().0, from);
        assert_eq!(read(&reader, from).unwrap(), 600);
    }
    for from in [600, 601, u64::MAX] {
        assert!(reader.entries(from).next().is_none());
    }
}

#[test]
fn a_smaller_checkpoint_is_read_from_a_larger_log_whose_partial_tiles_are_gone() {
    let files = Files::of(log().files(70_000));
    let reader = LogReader::new(Arc::new(files), log().checkpoint(700));
    assert_eq!(read(&reader, 0).unwrap(), 700);
}

#[test]
fn proofs_made_of_what_was_read_lead_to_the_root() {
    let reader = reader(70_000, |_| {});
    let head = log().checkpoint(70_000);
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_999] {
        let proof = prove_inclusion(&reader, index, 70_000).unwrap();
        let leaf = lotbook_chain::entry::leaf_hash(&log().entries[usize::try_from(index).unwrap()]);
        verify_inclusion(leaf, index, 70_000, &proof, head.root).unwrap();
    }
    for from in [1, 255, 256, 257, 65_536, 69_999] {
        let proof = prove_consistency(&reader, from, 70_000).unwrap();
        verify_consistency(from, log().checkpoint(from).root, 70_000, head.root, &proof).unwrap();
        assert_eq!(proof, log().prove(from, 70_000));
    }
}

#[test]
fn hashes_beyond_the_checkpoint_are_not_given() {
    let reader = reader(300, |_| {});
    assert!(reader.tile(TileId { level: 0, index: 1 }, 44).is_ok());
    for (level, index, width) in [(0, 1, 45), (0, 2, 1), (1, 0, 2), (1, 1, 1), (2, 0, 1), (63, 0, 1)] {
        let beyond = reader.tile(TileId { level, index }, width);
        assert!(matches!(beyond, Err(ReadError::Beyond { .. })), "{beyond:?}");
    }
}

#[test]
fn a_full_tile_with_one_bit_changed_is_named_with_its_first_position() {
    let reader = reader(70_000, |files| files.change("tile/0/003", |bytes| bytes[8_191] ^= 1));
    let (position, what) = bad(&reader);
    assert_eq!(position, 768);
    assert!(matches!(&what, Bad::Tile { path, .. } if path.to_string() == "tile/0/003"), "{what}");
    // The others are read as before.
    assert_eq!(reader.entries(1_024).next().unwrap().unwrap().0, 1_024);
}

#[test]
fn a_full_tile_of_a_higher_level_with_one_bit_changed_is_named() {
    let (position, what) = bad(&reader(70_000, |files| files.change("tile/1/000", |bytes| bytes[32] ^= 128)));
    assert_eq!(position, 0);
    assert!(matches!(&what, Bad::Tile { path, .. } if path.to_string() == "tile/1/000"), "{what}");
}

#[test]
fn a_partial_tile_with_one_bit_changed_leaves_nothing_proved() {
    for path in ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"] {
        let (position, what) = bad(&reader(70_000, |files| files.change(path, |bytes| bytes[0] ^= 1)));
        assert_eq!(position, 0);
        assert!(matches!(&what, Bad::Edge { paths, .. } if paths.contains(path)), "{what}");
    }
}

#[test]
fn two_tiles_in_each_others_place_are_named() {
    let swap = |files: &Files| {
        let mut files = files.0.lock().unwrap();
        let (a, b) = (files["tile/0/001"].clone(), files["tile/0/002"].clone());
        files.insert("tile/0/001".into(), b);
        files.insert("tile/0/002".into(), a);
    };
    let (position, what) = bad(&reader(1_000, swap));
    assert_eq!(position, 256);
    assert!(matches!(what, Bad::Tile { .. }), "{what}");
}

#[test]
fn a_tile_of_another_length_is_named() {
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(8_191);
    for (path, position) in [("tile/0/001", 256), ("tile/0/002", 512)] {
        let (found, what) = bad(&reader(1_000, |files| files.change(path, cut)));
        assert_eq!(found, position);
        assert!(matches!(&what, Bad::Form { error: BundleError::Hashes { found: 8_191, .. }, .. }), "{what}");
    }
    let (position, what) = bad(&reader(1_000, |files| files.change("tile/0/003.p/232", |b| b.push(0))));
    assert_eq!(position, 768);
    assert!(matches!(what, Bad::Form { .. }), "{what}");
}

#[test]
fn an_entry_with_one_bit_changed_is_named_with_its_position() {
    let (at, entry) = (300, b"record 300");
    let change = |bytes: &mut Vec<u8>| {
        let place = bytes.windows(entry.len()).position(|window| window == entry).unwrap();
        bytes[place] ^= 1;
    };
    let reader = reader(1_000, |files| files.change("tile/entries/001", change));
    let (came, error) = read(&reader, 0).unwrap_err();
    assert_eq!(came, 256, "what came before the bundle");
    assert!(
        matches!(error, ReadError::Bad { position, what: Bad::Leaf { .. } } if position == at),
        "{error}"
    );
}

#[test]
fn two_bundles_in_each_others_place_are_named() {
    let swap = |files: &Files| {
        let mut files = files.0.lock().unwrap();
        let (a, b) = (files["tile/entries/001"].clone(), files["tile/entries/002"].clone());
        files.insert("tile/entries/001".into(), b);
        files.insert("tile/entries/002".into(), a);
    };
    let (position, what) = bad(&reader(1_000, swap));
    assert_eq!(position, 256);
    assert!(matches!(what, Bad::Leaf { .. }), "{what}");
}

#[test]
fn a_bundle_that_is_cut_off_is_named_at_the_entry_where_it_ends() {
    let (position, what) = bad(&reader(600, |files| {
        files.change("tile/entries/000", |bytes| bytes.truncate(bytes.len() - 1));
    }));
    assert_eq!(position, 255);
    assert!(matches!(what, Bad::Form { error: BundleError::Truncated { entry: 255, .. }, .. }), "{what}");
    let (position, _) = bad(&reader(600, |files| files.change("tile/entries/001", Vec::clear)));
    assert_eq!(position, 256);
}

#[test]
fn bytes_after_the_last_entry_are_named_at_the_position_after_it() {
    for (path, expected) in [("tile/entries/000", 256), ("tile/entries/002.p/88", 600)] {
        let (position, what) = bad(&reader(600, |files| files.change(path, |bytes| bytes.push(7))));
        assert_eq!(position, expected);
        assert!(matches!(what, Bad::Form { error: BundleError::Trailing { found: 1, .. }, .. }), "{what}");
    }
}

#[test]
fn a_length_that_was_changed_is_named_at_its_entry_and_not_where_decoding_ends() {
    // Entry 1 claims a byte more than it has; what follows it is nonsense.
    let (position, what) =
        bad(&reader(600, |files| files.change("tile/entries/000", |bytes| bytes[11] += 1)));
    assert_eq!(position, 1);
    assert!(matches!(what, Bad::Leaf { .. }), "{what}");
}

#[test]
fn entries_of_another_log_are_refuted_at_the_first_that_differs() {
    let mut entries = log().entries[..600].to_vec();
    entries[300] = b"another record".to_vec();
    let other = TrialLog::of("reader.example", 2, entries);
    let reader = LogReader::new(Arc::new(Files::of(other.files(600))), log().checkpoint(600));
    assert!(matches!(bad(&reader), (0, Bad::Edge { .. })));
    // The right hashes with those entries: the entry itself is named.
    let mut files = log().files(600);
    files.insert("tile/entries/001".into(), other.files(600)["tile/entries/001"].clone());
    let reader = LogReader::new(Arc::new(Files::of(files)), log().checkpoint(600));
    assert!(matches!(bad(&reader), (300, Bad::Leaf { .. })));
}

#[test]
fn what_is_missing_refutes_nothing_and_reading_goes_on_once_it_is_there() {
    let files = Arc::new(Files::of(log().files(1_000)));
    let taken = files.0.lock().unwrap().remove("tile/entries/002").unwrap();
    let reader = LogReader::new(files.clone(), log().checkpoint(1_000));
    let (came, error) = read(&reader, 0).unwrap_err();
    assert!(matches!(error, ReadError::Source(SourceError::NotFound { .. })), "{error}");
    assert_eq!(came, 512);
    files.0.lock().unwrap().insert("tile/entries/002".into(), taken);
    assert_eq!(read(&reader, came).unwrap(), 1_000);
}

#[test]
fn nothing_comes_after_an_error() {
    let reader = reader(1_000, |files| files.change("tile/entries/001", Vec::clear));
    let mut entries = reader.entries(0).skip_while(Result::is_ok);
    assert!(entries.next().unwrap().is_err());
    assert!(entries.next().is_none());
}

#[test]
fn a_tile_over_http_that_is_too_large_is_bad_and_one_that_fails_is_not() {
    let files = log().files(600);
    let server = Canned::start(move |path, _| match path {
        "/tile/0/001" => Canned::answer("200 OK", "", &[0; 8_193]),
        "/tile/0/000" => Canned::answer("500 Internal Server Error", "", b""),
        path => Canned::answer("200 OK", "", &files[path.trim_start_matches('/')]),
    });
    let reader = LogReader::new(Arc::new(Http::with_patience(server.prefix(), QUICK)), log().checkpoint(600));
    let too_large = reader.entries(256).next().unwrap().unwrap_err();
    assert!(
        matches!(too_large, ReadError::Bad { position: 256, what: Bad::TooLarge { limit: 8_192, .. } }),
        "{too_large}"
    );
    let failed = reader.entries(0).next().unwrap().unwrap_err();
    assert!(matches!(failed, ReadError::Source(SourceError::Status { status: 500, .. })), "{failed}");
    assert_eq!(read(&reader, 512).unwrap(), 600);
}

#[test]
fn a_log_of_other_lengths_is_read_up_to_the_longest_entry() {
    let mut entries: Vec<Vec<u8>> = (0..300).map(|length| vec![1; length]).collect();
    entries.push(vec![2; 65_535]);
    let long = TrialLog::of("long.example", 3, entries);
    let reader = LogReader::new(Arc::new(Files::of(long.files(301))), long.checkpoint(301));
    let read: Vec<Vec<u8>> = reader.entries(0).map(|entry| entry.unwrap().1).collect();
    assert_eq!(read, long.entries);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// `read` itself asserts that no wrong entry comes.
    #[test]
    fn any_bit_changed_in_any_file_is_noticed(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut files = log().files(600);
        files.remove("checkpoint");
        let path = file.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let bytes = files.get_mut(&path).unwrap();
        let place = at.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let reader = LogReader::new(Arc::new(Files::of(files)), log().checkpoint(600));
        prop_assert!(matches!(read(&reader, 0), Err((_, ReadError::Bad { .. }))), "{path} at {place}");
    }
}
