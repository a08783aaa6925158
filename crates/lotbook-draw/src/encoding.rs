//! How values become bytes: `u64`, `enc`, the keyed hash `H`, and which texts are admitted.
//!
//! Every hash of a draw is made of these few pieces. [draw, Notation]

use unicode_normalization::is_nfc;

/// Appends `u64(x)`: 8 bytes, little-endian. [draw, Notation]
pub fn put_u64(out: &mut Vec<u8>, x: u64) {
    out.extend_from_slice(&x.to_le_bytes());
}

/// Appends `enc(b) = u64(len) || b`. [draw, Notation]
///
/// The length comes first, so that no two different lists of fields share their bytes.
pub fn put_enc(out: &mut Vec<u8>, b: &[u8]) {
    put_u64(out, length(b.len()));
    out.extend_from_slice(b);
}

/// `H(ctx, m) = BLAKE3.derive_key("lotbook draw v1 " + ctx, m)`, 32 bytes. [draw, Notation]
pub fn derive(context: &str, message: &[u8]) -> [u8; 32] {
    blake3::derive_key(&format!("lotbook draw v1 {context}"), message)
}

/// Whether a text may stand in a draw at all: NFC, and without U+0000. [draw, Notation]
///
/// Text that is not NFC is refused and never normalised: a hash is over what was written.
pub fn is_admitted(text: &str) -> bool {
    !text.contains('\0') && is_nfc(text)
}

/// Whether a stratum code matches `[A-Za-z0-9_.-]{0,64}`. [draw, Notation]
pub fn is_stratum(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// A length or count as `u64`. Lossless: no target of this crate has a `usize` over 64 bits.
pub(crate) fn length(n: usize) -> u64 {
    n as u64
}
