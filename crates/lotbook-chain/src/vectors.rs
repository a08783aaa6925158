//! The published vectors under `tests/vectors/`, for the tests of this room only.

use crate::hash::TreeHash;
use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;

/// Figures of C2SP, RFC 6962 and Certificate Transparency; sources inside.
pub fn tlog() -> Value {
    parse(include_str!("../../../tests/vectors/chain/tlog-vectors.json"))
}

/// Twelve edge cases of "Taming the many EdDSAs".
pub fn speccheck() -> Value {
    parse(include_str!("../../../tests/vectors/ed25519/ed25519-speccheck/cases.json"))
}

/// Ed25519 cases of Project Wycheproof.
pub fn wycheproof() -> Value {
    parse(include_str!("../../../tests/vectors/ed25519/wycheproof/ed25519_test.json"))
}

/// All fourteen encodings of the eight points of small order.
pub fn small_order_points() -> Value {
    parse(include_str!("../../../tests/vectors/ed25519/ed25519_small_order_points.json"))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// An array; `null` is the empty one, as Go writes it.
pub fn list(value: &Value) -> &[Value] {
    if value.is_null() { &[] } else { value.as_array().unwrap() }
}

/// A string.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A number.
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// The bytes of a hexadecimal string.
pub fn hex(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(text(value).as_bytes()).unwrap()
}

/// The bytes of a base64 string; `null` is none.
pub fn base64(value: &Value) -> Vec<u8> {
    BASE64.decode(value.as_str().unwrap_or_default().as_bytes()).unwrap()
}

/// A tree hash from a hexadecimal string.
pub fn hex_hash(value: &Value) -> TreeHash {
    TreeHash::from_hex(text(value)).unwrap()
}

/// The leaf hashes of entries `record 0`, `record 1`, ... (the published tree of 300 entries).
pub fn record_leaves(count: u64) -> Vec<TreeHash> {
    (0..count).map(|i| crate::entry::leaf_hash(format!("record {i}").as_bytes())).collect()
}

/// A section that comes in is to be used by some test, and then named here.
#[test]
fn every_published_section_is_one_that_a_test_reads() {
    let vectors = tlog();
    let sections: Vec<&str> = vectors.as_object().unwrap().keys().map(String::as_str).collect();
    let read = [
        "_about",
        "_date",
        "cosignature_v1",
        "ct_real_proofs",
        "merkle_consistency",
        "merkle_inclusion",
        "merkle_subtreeconsistency_happy",
        "merkle_subtreeinclusion_happy",
        "rfc6962_hash",
        "rfc6962_reference_tree",
        "signed_note_bad_vkeys",
        "signed_notes",
        "sumdb_tree_note",
        "tlog_proof_derived",
        "tlog_proof_syntax",
        "tlog_tiles_paths",
        "tlog_tiles_tree_300",
        "tlog_witness_session",
    ];
    assert_eq!(sections, read);
}
