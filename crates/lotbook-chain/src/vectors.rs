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
