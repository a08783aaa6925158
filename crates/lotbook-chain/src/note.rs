//! The signed note (C2SP signed-note): a text, an empty line, and signature lines.

use crate::base64::BASE64;
use crate::sign::{Signature, SigningKey};
use crate::vkey::{KeyNameError, NoteKeyId, VerifierKey};

/// Largest note in bytes: a checkpoint has some hundreds, a post-quantum signature five thousand.
pub const MAX_NOTE_BYTES: usize = 64 * 1024;
/// Most signature lines of a note (signed-note: at least 16).
pub const MAX_NOTE_SIGNATURES: usize = 64;

/// Em dash and space: how a signature line begins.
const PREFIX: &str = "\u{2014} ";
/// Bytes of the key id before a signature.
const ID_BYTES: usize = 4;

/// Why a text cannot be the text of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteTextError {
    /// Note (when opened) or text (when signed) over [`MAX_NOTE_BYTES`].
    #[error("note of {0} bytes is over the limit of {MAX_NOTE_BYTES}")]
    TooLong(usize),
    /// A byte below 0x20 other than a line feed.
    #[error("note has the control character {0:#04x}")]
    Control(u8),
    /// The text does not end with a line feed.
    #[error("note text does not end with a line feed")]
    NoFinalNewline,
}

/// Why a note cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignNoteError {
    /// The text cannot be a note's.
    #[error(transparent)]
    Text(#[from] NoteTextError),
    /// The name cannot be a key's.
    #[error(transparent)]
    Name(#[from] KeyNameError),
}

/// Why a note is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenNoteError {
    /// The text cannot be a note's.
    #[error(transparent)]
    Text(#[from] NoteTextError),
    /// No empty line followed by signature lines.
    #[error("note has no signatures")]
    Unsigned,
    /// Over [`MAX_NOTE_SIGNATURES`].
    #[error("note of {0} signatures is over the limit of {MAX_NOTE_SIGNATURES}")]
    TooManySignatures(usize),
    /// Not a signature line.
    #[error("signature line {0} is malformed")]
    Line(usize),
    /// Two of the known keys have this name and id: it cannot be told which one is meant.
    #[error("two known keys share the name {name} and id {id}")]
    AmbiguousKey {
        /// Their name.
        name: String,
        /// Their id.
        id: NoteKeyId,
    },
    /// A signature under a known name and id does not verify.
    #[error("the signature of {name} ({id}) does not verify")]
    BadSignature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: NoteKeyId,
    },
    /// None of the signatures is by a known key.
    #[error("note has no signature by a known key, {0} by others")]
    NoKnownSignature(usize),
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Id of the key.
    pub id: NoteKeyId,
    /// The bytes after the id: 64 for Ed25519, other lengths for other types; never empty.
    pub bytes: Vec<u8>,
}

impl core::fmt::Display for NoteSignature {
    /// The signature line, with its line feed.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // em dash SP name SP base64(key id || bytes) LF                         C2SP signed-note, Format
        let blob = [self.id.0.as_slice(), &self.bytes].concat();
        writeln!(f, "{PREFIX}{} {}", self.name, BASE64.encode(&blob))
    }
}

/// A note of which at least one known signature is good, and none bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedNote {
    /// The signed text, with its final line feed.
    pub text: String,
    /// The signatures that verified, one for each known key.
    pub verified: Vec<NoteSignature>,
    /// The signatures of unknown keys, **not verified**: witnesses', for those who know them.
    pub unverified: Vec<NoteSignature>,
}

/// Signs a text, which must end with a line feed; the note has this one signature.
///
/// # Errors
/// See [`SignNoteError`].
pub fn sign_note(text: &str, name: &str, key: &SigningKey) -> Result<String, SignNoteError> {
    if !text.ends_with('\n') {
        return Err(NoteTextError::NoFinalNewline.into());
    }
    check_characters(text)?;
    let verifier = VerifierKey::new(name, key.public())?;
    // Ed25519(text with its final line feed)                                     C2SP signed-note, Signatures
    let bytes = key.sign(text.as_bytes()).0.to_vec();
    let line = NoteSignature { name: name.to_owned(), id: verifier.id(), bytes };
    let note = format!("{text}\n{line}");
    // Again, as the signature line counts too: what is signed can be opened.
    check_characters(&note)?;
    Ok(note)
}

/// Opens a note: splits it at its last empty line and verifies it by the known keys.
///
/// Signatures by other keys are passed by; one by a known key must be good, or the note is refused.
///
/// # Errors
/// See [`OpenNoteError`].
pub fn open_note(note: &str, known: &[VerifierKey]) -> Result<OpenedNote, OpenNoteError> {
    let (text, lines) = split_note(note)?;
    let (mut verified, mut unverified) = (Vec::<NoteSignature>::new(), Vec::new());
    for line in lines {
        let Some(key) = known_key(&line, known)? else {
            unverified.push(line);
            continue;
        };
        verify_line(&text, &line, key)?;
        if !verified.iter().any(|seen| seen.name == line.name && seen.id == line.id) {
            verified.push(line);
        }
    }
    if verified.is_empty() {
        return Err(OpenNoteError::NoKnownSignature(unverified.len()));
    }
    Ok(OpenedNote { text, verified, unverified })
}

/// Splits a note at its last empty line into its text and its signatures, **none of them verified**.
///
/// # Errors
/// [`OpenNoteError::Text`], [`OpenNoteError::Unsigned`], [`OpenNoteError::TooManySignatures`] or
/// [`OpenNoteError::Line`].
pub fn split_note(note: &str) -> Result<(String, Vec<NoteSignature>), OpenNoteError> {
    check_characters(note)?;
    let (text, lines) = note.rsplit_once("\n\n").ok_or(OpenNoteError::Unsigned)?;
    Ok((format!("{text}\n"), parse_lines(lines)?))
}

/// Parses lines that stand alone, such as a witness's answer (tlog-witness).
///
/// # Errors
/// See [`split_note`].
pub fn parse_signatures(lines: &str) -> Result<Vec<NoteSignature>, OpenNoteError> {
    check_characters(lines)?;
    parse_lines(lines)
}

fn check_characters(note: &str) -> Result<(), NoteTextError> {
    if note.len() > MAX_NOTE_BYTES {
        return Err(NoteTextError::TooLong(note.len()));
    }
    let control = note.bytes().find(|byte| *byte < 0x20 && *byte != b'\n');
    control.map_or(Ok(()), |byte| Err(NoteTextError::Control(byte)))
}

/// Parses the signature lines, each ended by a line feed.
fn parse_lines(lines: &str) -> Result<Vec<NoteSignature>, OpenNoteError> {
    if lines.is_empty() {
        return Err(OpenNoteError::Unsigned);
    }
    let lines = lines.strip_suffix('\n').ok_or(NoteTextError::NoFinalNewline)?;
    let count = lines.split('\n').count();
    if count > MAX_NOTE_SIGNATURES {
        return Err(OpenNoteError::TooManySignatures(count));
    }
    lines
        .split('\n')
        .zip(1..)
        .map(|(line, number)| parse_line(line).ok_or(OpenNoteError::Line(number)))
        .collect()
}

/// Parses `— name base64(id || signature)`.
fn parse_line(line: &str) -> Option<NoteSignature> {
    let (name, blob) = line.strip_prefix(PREFIX)?.split_once(' ')?;
    crate::vkey::check_name(name).ok()?;
    let blob = crate::base64::decode(blob)?;
    let (id, bytes) = blob.split_first_chunk::<ID_BYTES>()?;
    if bytes.is_empty() {
        return None;
    }
    Some(NoteSignature { name: name.to_owned(), id: NoteKeyId(*id), bytes: bytes.to_vec() })
}

/// The known key that a line names by both name and id.
fn known_key<'k>(
    line: &NoteSignature,
    known: &'k [VerifierKey],
) -> Result<Option<&'k VerifierKey>, OpenNoteError> {
    let mut named = known.iter().filter(|key| key.name() == line.name && key.id() == line.id);
    let first = named.next();
    if named.any(|other| Some(other) != first) {
        return Err(OpenNoteError::AmbiguousKey { name: line.name.clone(), id: line.id });
    }
    Ok(first)
}

fn verify_line(text: &str, line: &NoteSignature, key: &VerifierKey) -> Result<(), OpenNoteError> {
    let bad = || OpenNoteError::BadSignature { name: line.name.clone(), id: line.id };
    let signature: [u8; 64] = line.bytes.as_slice().try_into().map_err(|_| bad())?;
    key.public().verify(text.as_bytes(), &Signature(signature)).map_err(|_| bad())
}

#[cfg(test)]
mod tests;
