//! Tiles as bytes: the published ones, exactly as many as the path says, and nothing left over.

use super::*;
use crate::tile::TileId;
use crate::tile::tests::MemoryTiles;
use crate::vectors::{hex, number, record_leaves, text, tlog};
use data_encoding::HEXLOWER;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn records(from: u64, to: u64) -> Vec<Vec<u8>> {
    (from..to).map(|i| format!("record {i}").into_bytes()).collect()
}

#[test]
fn the_published_tiles_of_300_entries_have_their_bytes() {
    let vectors = tlog();
    let tree = &vectors["tlog_tiles_tree_300"];
    let tiles = MemoryTiles::of(&record_leaves(300)).tiles;
    for (path, level, index, width) in
        [("tile/0/000", 0, 0, 256), ("tile/0/001.p/44", 0, 1, 44), ("tile/1/000.p/1", 1, 0, 1)]
    {
        let bytes = encode_hashes(&tiles[&TileId { level, index }]);
        let published = &tree["files"][path];
        assert_eq!(bytes.len() as u64, number(&published["bytes_on_the_wire_decompressed"]));
        assert_eq!(sha256(&bytes), text(&published["sha256"]), "{path}");
        assert_eq!(decode_hashes(&bytes, width).unwrap(), tiles[&TileId { level, index }]);
    }
    assert_eq!(encode_hashes(&tiles[&TileId { level: 1, index: 0 }]), hex(&tree["tile1_hex"]));
}

#[test]
fn the_bundles_of_300_entries_have_the_derived_bytes() {
    let vectors = tlog();
    let tree = &vectors["tlog_tiles_tree_300"];
    for (path, from, to) in [("tile/entries/000", 0, 256), ("tile/entries/001.p/44", 256, 300)] {
        let (entries, published) = (records(from, to), &tree["derived_entry_bundles"][path]);
        let bytes = encode_entries(&entries).unwrap();
        assert_eq!(bytes.len() as u64, number(&published["bytes"]));
        assert_eq!(sha256(&bytes), text(&published["sha256"]), "{path}");
        assert_eq!(decode_entries(&bytes, (to - from) as u16), Ok(entries));
    }
    let entries = records(0, 300);
    for (name, index) in [("entry_first_hex", 0), ("entry_second_hex", 1), ("entry_last_hex", 299)] {
        assert_eq!(entries[index], hex(&tree[name]));
    }
}

#[test]
fn a_length_is_two_bytes_the_higher_first() {
    assert_eq!(encode_entries(&[vec![7; 258]]).unwrap()[..4], [1, 2, 7, 7]);
    assert_eq!(encode_entries(&[b"a".as_slice(), b"", b"bc"]).unwrap(), b"\0\x01a\0\0\0\x02bc");
    assert!(encode_entries::<&[u8]>(&[]).unwrap().is_empty());
}

#[test]
fn a_bundle_cut_at_any_byte_or_with_more_is_refused() {
    let entries = [b"first".to_vec(), vec![], b"the third".to_vec()];
    let bytes = encode_entries(&entries).unwrap();
    // First byte of each entry with its length; before it, the entry is not there at all.
    for (cut, entry) in
        (0..bytes.len()).map(|cut| (cut, [7, 9].iter().filter(|start| cut >= **start).count()))
    {
        let truncated = BundleError::Truncated { entry, expected: 3 };
        assert_eq!(decode_entries(&bytes[..cut], 3), Err(truncated), "cut at {cut}");
    }
    for found in 1..5 {
        let more = [bytes.as_slice(), &vec![0; found]].concat();
        assert_eq!(decode_entries(&more, 3), Err(BundleError::Trailing { expected: 3, found }));
    }
    assert_eq!(decode_entries(&bytes, 2), Err(BundleError::Trailing { expected: 2, found: 11 }));
    assert_eq!(decode_entries(&bytes, 4), Err(BundleError::Truncated { entry: 3, expected: 4 }));
    assert_eq!(decode_entries(&bytes, 3), Ok(entries.to_vec()));
}

#[test]
fn a_tile_of_another_length_than_its_width_is_refused() {
    let hashes = record_leaves(256);
    let bytes = encode_hashes(&hashes);
    for width in [1_u16, 2, 44, 255, 256] {
        let whole = usize::from(width) * 32;
        assert_eq!(decode_hashes(&bytes[..whole], width).unwrap(), hashes[..usize::from(width)]);
        for found in [0, 1, whole - 32, whole - 1, whole + 1, whole + 32] {
            let other = vec![0; found];
            let refused = BundleError::Hashes { expected: usize::from(width), found };
            assert_eq!(decode_hashes(&other, width), Err(refused), "{found} bytes for {width}");
        }
    }
}

#[test]
fn the_limits_are_those_of_the_largest_tiles() {
    assert_eq!(encode_hashes(&record_leaves(256)).len(), MAX_HASH_TILE_BYTES);
    let largest = vec![vec![7; MAX_ENTRY_BYTES]; 256];
    let bytes = encode_entries(&largest).unwrap();
    assert_eq!(bytes.len(), MAX_BUNDLE_BYTES);
    assert_eq!(decode_entries(&bytes, 256), Ok(largest));
    let longer = vec![7; MAX_ENTRY_BYTES + 1];
    assert_eq!(encode_entries(&[longer]), Err(BundleError::TooLong(65_536)));
}

#[test]
fn the_errors_say_how_many_bytes() {
    let hashes = BundleError::Hashes { expected: 44, found: 1407 };
    assert_eq!(hashes.to_string(), "a tile of 44 hashes has 1408 bytes, found 1407");
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_entries(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
        let bytes = encode_entries(&entries).unwrap();
        prop_assert_eq!(decode_entries(&bytes, entries.len() as u16), Ok(entries));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(bytes in prop::collection::vec(0_u8..3, 0..40), width in 0_u16..8) {
        if let Ok(entries) = decode_entries(&bytes, width) {
            prop_assert_eq!(encode_entries(&entries).unwrap(), bytes);
        }
    }

    #[test]
    fn writing_and_reading_give_the_same_hashes(hashes in prop::collection::vec(any::<[u8; 32]>(), 0..257)) {
        let hashes: Vec<TreeHash> = hashes.into_iter().map(TreeHash).collect();
        prop_assert_eq!(decode_hashes(&encode_hashes(&hashes), hashes.len() as u16), Ok(hashes));
    }
}
