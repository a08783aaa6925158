//! Ed25519 keys and the messages they sign, each with its own domain (ledger.md 1-2).
//!
//! Every check is `verify_strict`; keys of small order, with a torsion part or in a non-canonical
//! encoding are refused when they are parsed.

use crate::entry::SUITE;
use crate::hash::{Instant, KeyId, LedgerId, Position, StatementHash};
use ed25519_dalek::{Signer, SigningKey as Secret, VerifyingKey};

/// An Ed25519 signature, 64 bytes as received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl core::fmt::Debug for Signature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Signature({})", data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// A public key that passed every check a registration asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A secret key; zeroised when dropped, never printed.
pub struct SigningKey(Secret);

/// Why bytes are not an acceptable public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 32 bytes.
    #[error("a public key has 32 bytes, found {0}")]
    Length(usize),
    /// Not a point of the curve.
    #[error("the public key is not a point of the curve")]
    NotAPoint,
    /// A point in a second, non-canonical encoding.
    #[error("the public key is not in its canonical encoding")]
    NonCanonical,
    /// One of the eight points of small order.
    #[error("the public key is weak (small order)")]
    Weak,
    /// A point with a torsion component.
    #[error("the public key has a torsion component")]
    Torsion,
}

/// The signature does not verify (strictly) under this key and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

impl PublicKey {
    /// Parses and checks a public key.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let raw: [u8; 32] = bytes.try_into().map_err(|_| KeyError::Length(bytes.len()))?;
        let compressed = curve25519_dalek::edwards::CompressedEdwardsY(raw);
        let point = compressed.decompress().ok_or(KeyError::NotAPoint)?;
        if point.compress().0 != raw {
            return Err(KeyError::NonCanonical);
        }
        if point.is_small_order() {
            return Err(KeyError::Weak);
        }
        if !point.is_torsion_free() {
            return Err(KeyError::Torsion);
        }
        VerifyingKey::from_bytes(&raw).map(Self).map_err(|_| KeyError::NotAPoint)
    }

    /// The 32 bytes of RFC 8032.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key's identifier.
    pub fn key_id(&self) -> KeyId {
        // BLAKE3.derive_key("lotbook v1 key id", u8 suite || public key)
        let mut material = [SUITE; 33];
        material[1..].copy_from_slice(&self.to_bytes());
        KeyId(blake3::derive_key("lotbook v1 key id", &material))
    }

    /// Checks a signature strictly over raw message bytes.
    ///
    /// # Errors
    /// [`SignatureError`] if it does not verify.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).map_err(|_| SignatureError)
    }
}

impl SigningKey {
    /// A key from its 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Secret::from_bytes(seed))
    }

    /// The seed, for writing a key file; the caller zeroises its copy.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs raw message bytes.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl core::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SigningKey({})", self.public().key_id())
    }
}

/// `enc(b) = u64(len b) || b`, little-endian (ledger.md).
pub fn enc(bytes: &[u8]) -> Vec<u8> {
    let mut out = (bytes.len() as u64).to_le_bytes().to_vec();
    out.extend_from_slice(bytes);
    out
}

/// The message an author signs; at genesis `ledger` is 32 zero bytes.
pub fn statement_message(ledger: LedgerId, statement: &[u8]) -> Vec<u8> {
    // "lotbook v1 statement\n" || ledger_id || statement bytes
    [b"lotbook v1 statement\n".as_slice(), &ledger.0, statement].concat()
}

/// The message a new key signs to prove that its holder has it.
pub fn possession_message(ledger: LedgerId, key: &PublicKey, role: &str, section: &str) -> Vec<u8> {
    // "lotbook v1 key\n" || ledger_id || public key || enc(role) || enc(section)
    let key = key.to_bytes();
    [b"lotbook v1 key\n".as_slice(), &ledger.0, &key, &enc(role.as_bytes()), &enc(section.as_bytes())]
        .concat()
}

/// The message of a refusal receipt, signed by the system key.
pub fn refusal_message(ledger: LedgerId, statement: StatementHash, at: Position, code: &str) -> Vec<u8> {
    // "lotbook v1 refusal\n" || ledger_id || statement hash || u64(position) || enc(code)
    let at = at.0.to_le_bytes();
    [b"lotbook v1 refusal\n".as_slice(), &ledger.0, &statement.0, &at, &enc(code.as_bytes())].concat()
}

/// The message by which somebody says that they had another's signed reveal at a time ([P-180]).
pub fn held_message(
    ledger: LedgerId,
    author: KeyId,
    statement: StatementHash,
    signature: &Signature,
    at: Instant,
) -> Vec<u8> {
    // "lotbook v1 held reveal\n" || ledger_id || key id || statement hash || signature || i64(time)
    let at = at.0.to_le_bytes();
    [b"lotbook v1 held reveal\n".as_slice(), &ledger.0, &author.0, &statement.0, &signature.0, &at].concat()
}

#[cfg(test)]
mod tests;
