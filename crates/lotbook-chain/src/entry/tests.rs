//! The entry's bytes: one layout, one decoding, and limits.

use super::*;
use crate::hash::StatementHash;
use proptest::prelude::*;

fn entry(statement: Vec<u8>) -> Entry {
    Entry {
        position: Position(0x0102_0304_0506_0708),
        recorded_at: Instant(-2),
        previous: EntryHash([0x11; 32]),
        author: KeyId([0x22; 32]),
        signature: Signature([0x33; 64]),
        statement,
    }
}

#[test]
fn the_layout_is_that_of_the_table() {
    let bytes = entry(b"statement".to_vec()).encode().unwrap();
    assert_eq!(bytes[0], 1);
    assert_eq!(bytes[1..9], [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(bytes[9..17], (-2_i64).to_le_bytes());
    assert_eq!(bytes[17..49], [0x11; 32]);
    assert_eq!(bytes[49..81], [0x22; 32]);
    assert_eq!(bytes[81..145], [0x33; 64]);
    assert_eq!(&bytes[145..], b"statement");
}

#[test]
fn the_limits_are_kept_when_writing_and_reading() {
    assert_eq!(entry(vec![]).encode(), Err(EntryError::TooShort(145)));
    let largest = entry(vec![0; MAX_STATEMENT_BYTES]).encode().unwrap();
    assert_eq!((largest.len(), MAX_STATEMENT_BYTES), (65_535, 65_390));
    assert!(Entry::decode(&largest).is_ok());
    assert_eq!(entry(vec![0; MAX_STATEMENT_BYTES + 1]).encode(), Err(EntryError::TooLong(65_536)));
    assert_eq!(Entry::decode(&[largest, vec![0]].concat()), Err(EntryError::TooLong(65_536)));
}

#[test]
fn short_bytes_and_other_suites_are_refused() {
    let mut bytes = entry(b"s".to_vec()).encode().unwrap();
    for length in 0..bytes.len() {
        assert_eq!(Entry::decode(&bytes[..length]), Err(EntryError::TooShort(length)));
    }
    for suite in (0..=255).filter(|suite| *suite != SUITE) {
        bytes[0] = suite;
        assert_eq!(Entry::decode(&bytes), Err(EntryError::UnknownSuite(suite)));
    }
}

#[test]
fn the_hashes_of_an_entry_differ_by_purpose() {
    let sealed = Sealed::seal(entry(b"s".to_vec()), ()).unwrap();
    assert_eq!(sealed.hash, EntryHash(blake3::derive_key("lotbook v1 entry", &sealed.bytes)));
    assert_ne!(sealed.hash.0, sealed.leaf.0);
    assert_ne!(sealed.hash.0, StatementHash::of(&sealed.bytes).0);
    let opened = Sealed::open::<EntryError>(sealed.bytes.clone(), |_| Ok(())).unwrap();
    assert_eq!((opened.hash, opened.leaf, opened.entry), (sealed.hash, sealed.leaf, sealed.entry));
    let refused = Sealed::open::<EntryError>(sealed.bytes, |_| Err::<(), _>(EntryError::UnknownSuite(9)));
    assert_eq!(refused.unwrap_err(), EntryError::UnknownSuite(9));
}

proptest! {
    #[test]
    fn decoding_and_encoding_are_inverse(mut bytes in prop::collection::vec(any::<u8>(), 146..400)) {
        bytes[0] = SUITE;
        let entry = Entry::decode(&bytes).unwrap();
        prop_assert_eq!(entry.encode().unwrap(), bytes);
    }

    #[test]
    fn every_changed_bit_changes_entry_and_hashes(at in 1_usize..200, bit in 0_u8..8) {
        let bytes = entry(vec![7; 55]).encode().unwrap();
        let mut changed = bytes.clone();
        changed[at] ^= 1_u8 << bit;
        prop_assert_ne!(Entry::decode(&changed), Entry::decode(&bytes));
        prop_assert_ne!(entry_hash(&changed), entry_hash(&bytes));
        prop_assert_ne!(leaf_hash(&changed), leaf_hash(&bytes));
    }
}
