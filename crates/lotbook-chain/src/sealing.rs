//! Sealing: bytes that only a key opens, for a vault at rest and for an answer on its way. Pure: keys, nonces
//! and one-time secrets are arguments.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use curve25519_dalek::montgomery::MontgomeryPoint;
use zeroize::Zeroizing;

/// Bytes of a nonce; so many that random ones never meet.
pub const NONCE_BYTES: usize = 24;
/// Bytes of the tag behind a sealed text.
const TAG_BYTES: usize = 16;
/// Bytes before the sealed text of an answer: the ledger's one-time public key.
const PUBLIC_BYTES: usize = 32;

/// What is not what was sealed, with this key and for this purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not sealed with this key for this purpose, or it was changed since")]
pub struct OpenError;

/// Seals a text: `nonce || XChaCha20-Poly1305(key, nonce, text, purpose)`.
///
/// # Errors
/// [`OpenError`] if the text is too long for the cipher, which none here is.
pub fn seal(
    key: &[u8; 32],
    nonce: &[u8; NONCE_BYTES],
    purpose: &[u8],
    text: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let payload = Payload { msg: text, aad: purpose };
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(*nonce), payload);
    Ok([nonce.as_slice(), &sealed.map_err(|_| OpenError)?].concat())
}

/// Opens what [`seal`] made, for the same purpose.
///
/// # Errors
/// [`OpenError`] if key, purpose or a single bit differ.
pub fn open(key: &[u8; 32], purpose: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError)?;
    if text.len() < TAG_BYTES {
        return Err(OpenError);
    }
    let payload = Payload { msg: text, aad: purpose };
    let opened = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload);
    opened.map(Zeroizing::new).map_err(|_| OpenError)
}

/// The file name of a secret: 64 hex digits that any name fits.
pub fn place(name: &[u8]) -> String {
    // BLAKE3.derive_key("lotbook v1 vault name", name)
    data_encoding::HEXLOWER.encode(&blake3::derive_key("lotbook v1 vault name", name))
}

/// The X25519 public key of a one-time secret.
pub fn reply_key(secret: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*secret).to_bytes()
}

/// Whether an answer to this X25519 key would be secret: not a point of small order.
pub fn is_reply_key(public: &[u8; 32]) -> bool {
    MontgomeryPoint(*public).mul_clamped([1; 32]).to_bytes() != [0; 32]
}

/// Seals an answer to a reader's X25519 key under a one-time secret: `one-time public key || sealed text`.
///
/// # Errors
/// [`OpenError`] if the reader's key is of small order.
pub fn answer(
    one_time: &[u8; 32],
    reader: &[u8; 32],
    purpose: &[u8],
    text: &[u8],
) -> Result<Vec<u8>, OpenError> {
    let public = reply_key(one_time);
    let key = shared(one_time, reader, &public, reader)?;
    // The key is used once, so that the nonce need not be random.
    Ok([public.as_slice(), &seal(&key, &[0; NONCE_BYTES], purpose, text)?].concat())
}

/// Opens an answer with the reader's one-time secret.
///
/// # Errors
/// [`OpenError`] if it is not an answer to this secret for this purpose.
pub fn open_answer(
    secret: &[u8; 32],
    purpose: &[u8],
    answer: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (public, sealed) = answer.split_first_chunk::<PUBLIC_BYTES>().ok_or(OpenError)?;
    let key = shared(secret, public, public, &reply_key(secret))?;
    open(&key, purpose, sealed)
}

/// The key of an answer, from one's own secret and the other's public key.
fn shared(
    secret: &[u8; 32],
    other: &[u8; 32],
    ledger: &[u8; 32],
    reader: &[u8; 32],
) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    let point = Zeroizing::new(MontgomeryPoint(*other).mul_clamped(*secret).to_bytes());
    if *point == [0; 32] {
        return Err(OpenError);
    }
    // BLAKE3.derive_key("lotbook v1 answer", X25519(secret, other) || ledger's public key || reader's)   [P-156]
    let material = Zeroizing::new([point.as_slice(), ledger, reader].concat());
    Ok(Zeroizing::new(blake3::derive_key("lotbook v1 answer", &material)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_purpose_only() {
        let sealed = seal(&KEY, &[1; 24], b"vault", b"secret").unwrap();
        assert_eq!(open(&KEY, b"vault", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(open(&[8; 32], b"vault", &sealed), Err(OpenError));
        assert_eq!(open(&KEY, b"other", &sealed), Err(OpenError));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&KEY, b"vault", &changed), Err(OpenError), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(open(&KEY, b"vault", &sealed[..length]), Err(OpenError), "{length} bytes");
        }
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
    }

    #[test]
    fn an_answer_opens_for_its_reader_only() {
        let (one_time, reader) = ([3; 32], [4; 32]);
        let sent = answer(&one_time, &reply_key(&reader), b"ledger", b"91411102").unwrap();
        assert_eq!(open_answer(&reader, b"ledger", &sent).unwrap().as_slice(), b"91411102");
        assert_eq!(open_answer(&[5; 32], b"ledger", &sent), Err(OpenError));
        assert_eq!(open_answer(&reader, b"another", &sent), Err(OpenError));
        for at in 0..sent.len() {
            let mut changed = sent.clone();
            changed[at] ^= 1;
            // The highest bit of an X25519 public key means nothing, and is bound all the same.
            assert_eq!(open_answer(&reader, b"ledger", &changed), Err(OpenError), "byte {at}");
        }
    }

    #[test]
    fn a_reader_of_small_order_is_no_reader() {
        let mut one = [0; 32];
        for first in [0, 1] {
            one[0] = first;
            assert!(!is_reply_key(&one));
            assert_eq!(answer(&[3; 32], &one, b"", b"x"), Err(OpenError));
        }
        assert!(is_reply_key(&reply_key(&[9; 32])));
    }

    #[test]
    fn x25519_is_that_of_rfc_7748() {
        // RFC 7748, 5.2, the first vector.
        let hex = |text: &str| -> [u8; 32] {
            data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
        };
        let scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
        let point = hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
        let expected = hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        assert_eq!(MontgomeryPoint(point).mul_clamped(scalar).to_bytes(), expected);
    }
}
