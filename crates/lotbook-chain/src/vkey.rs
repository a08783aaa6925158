//! The verifier key of a signed note (C2SP signed-note): a name and an Ed25519 public key, as one line.
//!
//! Two types of key, and no way from one to the other: [`VerifierKey`] signs note texts (a log's
//! checkpoint key), [`CosignerKey`] signs them with a time (a witness's key, tlog-cosignature).

use crate::base64::BASE64;
use crate::sign::{KeyError, PublicKey};
use core::fmt;
use core::str::FromStr;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Longest key name and origin in bytes: later signature types have one byte for its length.
pub const MAX_NAME_BYTES: usize = 255;
/// Signature type of plain Ed25519 over the note text.
const ED25519: u8 = 0x01;
/// Signature type of a timestamped Ed25519 cosignature (tlog-cosignature v1).
const COSIGNATURE: u8 = 0x04;

/// Short identifier of a key within a note; only a hint, as four bytes can collide.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteKeyId(pub [u8; 4]);

impl fmt::Display for NoteKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for NoteKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteKeyId({self})")
    }
}

/// A key that verifies notes, with its name. Its text is the vkey: `name+hash8+base64(0x01 || key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: NoteKeyId,
    public: PublicKey,
}

/// A witness's key, with its name. Its text is the vkey: `name+hash8+base64(0x04 || key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignerKey {
    name: String,
    id: NoteKeyId,
    public: PublicKey,
}

/// Why a text is not a name for a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// Nothing at all.
    #[error("key name is empty")]
    Empty,
    /// Over [`MAX_NAME_BYTES`].
    #[error("key name of {0} bytes is over the limit of {MAX_NAME_BYTES}")]
    TooLong(usize),
    /// A white space (of Unicode), a plus sign or a control character.
    #[error("key name has the character {0:?}")]
    Character(char),
}

/// Why a text is not a vkey.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not three parts with a plus sign between them.
    #[error("verifier key has not the three parts name, id and key")]
    Parts,
    /// Not a name for a key.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// The id is not eight lower-case hexadecimal digits.
    #[error("verifier key id {0:?} is not eight lower-case hexadecimal digits")]
    Id(String),
    /// The key is not strict base64, or empty.
    #[error("verifier key of {0} characters is not base64")]
    Base64(usize),
    /// A key of another signature type than is asked for: a witness's in place of a log's, or unknown.
    #[error("signature type {found:#04x}, expected {expected:#04x} ({})", purpose(*expected))]
    OtherType {
        /// The type asked for.
        expected: u8,
        /// The type of the key.
        found: u8,
    },
    /// Not an acceptable public key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The id is that of another name or key.
    #[error("verifier key id is {found}, its name and key give {expected}")]
    WrongId {
        /// What name and key give.
        expected: NoteKeyId,
        /// What the text says.
        found: NoteKeyId,
    },
}

macro_rules! note_key {
    ($key:ident, $kind:expr) => {
        impl $key {
            /// A key with its name.
            ///
            /// # Errors
            /// See [`KeyNameError`].
            pub fn new(name: &str, public: PublicKey) -> Result<Self, KeyNameError> {
                check_name(name)?;
                Ok(Self { name: name.to_owned(), id: note_key_id(name, $kind, &public), public })
            }

            /// The name; for a ledger's checkpoint key, its origin.
            pub fn name(&self) -> &str {
                &self.name
            }

            /// The identifier that stands in a signature line.
            pub fn id(&self) -> NoteKeyId {
                self.id
            }

            /// The public key.
            pub fn public(&self) -> &PublicKey {
                &self.public
            }
        }

        impl fmt::Display for $key {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(&typed_key($kind, &self.public)))
            }
        }

        impl FromStr for $key {
            type Err = VerifierKeyError;

            /// Parses a vkey strictly: one text for one key. Base64 may have a plus sign, a name may not.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (name, found, public) = parse(text, $kind)?;
                let key = Self::new(name, public)?;
                let expected = key.id;
                if found == expected { Ok(key) } else { Err(VerifierKeyError::WrongId { expected, found }) }
            }
        }
    };
}

note_key!(VerifierKey, ED25519);
note_key!(CosignerKey, COSIGNATURE);

/// The three parts of a vkey whose key is of type `expected`.
fn parse(text: &str, expected: u8) -> Result<(&str, NoteKeyId, PublicKey), VerifierKeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(VerifierKeyError::Parts);
    };
    check_name(name)?;
    let id_bytes = HEXLOWER.decode(id.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let id = NoteKeyId(id_bytes.ok_or_else(|| VerifierKeyError::Id(id.to_owned()))?);
    let bytes = crate::base64::decode(key).ok_or(VerifierKeyError::Base64(key.len()))?;
    match bytes.split_first() {
        Some((&found, public)) if found == expected => Ok((name, id, PublicKey::from_bytes(public)?)),
        Some((&found, _)) => Err(VerifierKeyError::OtherType { expected, found }),
        None => Err(VerifierKeyError::Base64(key.len())),
    }
}

/// What keys of a type are for, in words.
fn purpose(kind: u8) -> &'static str {
    if kind == COSIGNATURE { "a witness's key" } else { "a log's key" }
}

/// Checks a key name (signed-note: non-empty, no Unicode space, no plus sign).
pub(crate) fn check_name(name: &str) -> Result<(), KeyNameError> {
    if name.is_empty() {
        return Err(KeyNameError::Empty);
    }
    if name.len() > MAX_NAME_BYTES {
        return Err(KeyNameError::TooLong(name.len()));
    }
    let bad = |c: &char| c.is_whitespace() || c.is_control() || *c == '+';
    name.chars().find(bad).map_or(Ok(()), |c| Err(KeyNameError::Character(c)))
}

fn note_key_id(name: &str, kind: u8, public: &PublicKey) -> NoteKeyId {
    // SHA-256(name || 0x0A || type || public key)[0..4]                         C2SP signed-note, Signatures
    let typed = typed_key(kind, public);
    let hash = Sha256::new().chain_update(name).chain_update([b'\n']).chain_update(typed).finalize();
    let [a, b, c, d, ..]: [u8; 32] = hash.into();
    NoteKeyId([a, b, c, d])
}

/// type || public key: what the id commits to and the vkey shows.
fn typed_key(kind: u8, public: &PublicKey) -> Vec<u8> {
    [&[kind], public.to_bytes().as_slice()].concat()
}

#[cfg(test)]
mod tests;
