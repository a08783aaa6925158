//! The verifier key of a signed note (C2SP signed-note): a name and an Ed25519 public key, as one line.

use crate::sign::{KeyError, PublicKey};
use core::fmt;
use core::str::FromStr;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

/// Longest key name and origin in bytes: later signature types have one byte for its length.
pub const MAX_NAME_BYTES: usize = 255;
/// Signature type of plain Ed25519 over the note text.
const ED25519: u8 = 0x01;

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
    /// A signature type this version does not know.
    #[error("unknown signature type {0:#04x}; this version knows {ED25519:#04x}")]
    UnknownType(u8),
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

impl VerifierKey {
    /// A key with its name.
    ///
    /// # Errors
    /// See [`KeyNameError`].
    pub fn new(name: &str, public: PublicKey) -> Result<Self, KeyNameError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), id: note_key_id(name, &public), public })
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

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, BASE64.encode(&typed_key(&self.public)))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    /// Parses a vkey strictly: one text for one key. Base64 may have a plus sign, a name may not.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VerifierKeyError::Parts);
        };
        check_name(name)?;
        let id_bytes = HEXLOWER.decode(id.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let found = NoteKeyId(id_bytes.ok_or_else(|| VerifierKeyError::Id(id.to_owned()))?);
        let bytes = BASE64.decode(key.as_bytes()).map_err(|_| VerifierKeyError::Base64(key.len()))?;
        let public = match bytes.split_first() {
            Some((&ED25519, public)) => PublicKey::from_bytes(public)?,
            Some((other, _)) => return Err(VerifierKeyError::UnknownType(*other)),
            None => return Err(VerifierKeyError::Base64(key.len())),
        };
        let key = Self::new(name, public)?;
        let expected = key.id;
        if found == expected { Ok(key) } else { Err(VerifierKeyError::WrongId { expected, found }) }
    }
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

fn note_key_id(name: &str, public: &PublicKey) -> NoteKeyId {
    // SHA-256(name || 0x0A || 0x01 || public key)[0..4]                         C2SP signed-note, Signatures
    let hash =
        Sha256::new().chain_update(name).chain_update([b'\n']).chain_update(typed_key(public)).finalize();
    let [a, b, c, d, ..]: [u8; 32] = hash.into();
    NoteKeyId([a, b, c, d])
}

/// 0x01 || public key: what the id commits to and the vkey shows.
fn typed_key(public: &PublicKey) -> Vec<u8> {
    [&[ED25519], public.to_bytes().as_slice()].concat()
}

#[cfg(test)]
mod tests;
