//! Identifiers, codes, dates and texts as newtypes: parsed once, here.

mod uscc;

pub use uscc::Uscc;

use crate::wire::{FieldError, Wire};
use unicode_normalization::is_nfc;

/// Longest identifier in bytes.
pub const MAX_ID_BYTES: usize = 64;
/// Longest identifier made of others, in bytes: plan, batch, attempt and credit code fit.
pub const MAX_PATH_BYTES: usize = 192;
/// Longest text in bytes.
pub const MAX_TEXT_BYTES: usize = 4_096;

/// Longest statement within a statement, in bytes: a SeedRevealed with the longest draw and section has under 500.
pub const MAX_HELD_BYTES: usize = 1_024;

fn check_text(text: &str, max: usize) -> Result<(), FieldError> {
    if text.len() > max {
        return Err(FieldError::new(format!("has {} bytes, at most {max} are allowed", text.len())));
    }
    if text.contains('\0') {
        return Err(FieldError::new("holds U+0000"));
    }
    if !is_plainly_nfc(text) && !is_nfc(text) {
        return Err(FieldError::new("is not in Unicode normalisation form C"));
    }
    Ok(())
}

/// The empty text.
impl Default for Text {
    fn default() -> Self {
        Self(String::new())
    }
}

/// Whether no character can take part in a composition, so that the text is in NFC; if not, it may be all the same.
/// Latin and Han are nearly all there is, and these ranges have NFC_Quick_Check=Yes and combining class 0 throughout
/// (UAX 15, section 9).
pub fn is_plainly_nfc(text: &str) -> bool {
    text.is_ascii() || text.chars().all(|c| c < '\u{300}' || ('\u{4e00}'..='\u{9fff}').contains(&c))
}

macro_rules! text_type {
    ($($(#[$doc:meta])* $name:ident : $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses the text.
            ///
            /// # Errors
            /// [`FieldError`] if the text is not allowed here.
            pub fn new(text: impl Into<String>) -> Result<Self, FieldError> {
                let text = text.into();
                let check: fn(&str) -> Result<(), FieldError> = $check;
                check(&text)?;
                Ok(Self(text))
            }
            /// The text.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl Wire for $name {
            type Wire = String;
            fn parse(wire: String) -> Result<Self, FieldError> { Self::new(wire) }
            fn wire(&self) -> String { self.0.clone() }
        }

        /// As the text: in the same order, so that a map can be asked for it.
        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str { &self.0 }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result { f.write_str(&self.0) }
        }
    )*};
}

text_type! {
    /// Any text, may be empty: NFC, without U+0000, at most [`MAX_TEXT_BYTES`].
    Text: |t| check_text(t, MAX_TEXT_BYTES);
    /// Section number.
    SectionId: check_id;
    /// Item number.
    ItemId: check_id;
    /// Roster number of an inspector.
    InspectorId: check_id;
    /// Plan identifier, unique on the ledger.
    PlanId: check_id;
    /// Batch identifier, unique within its plan.
    BatchId: check_id;
    /// Scheme identifier, unique on the ledger.
    SchemeId: check_id;
    /// Recusal identifier, unique on the ledger.
    RecusalId: check_id;
    /// Comment identifier, unique on the ledger.
    CommentId: check_id;
    /// Violation identifier, unique on the ledger.
    ViolationId: check_id;
    /// Identifier of a dossier of Art. 25, unique on the ledger.
    BreachId: check_id;
    /// Draw identifier: `PLAN/BATCH.ATTEMPT`, of a recusal `PLAN/BATCH/RECUSAL.ATTEMPT`.
    DrawId: check_path;
    /// Inspection identifier: `DRAW/USCC`; without a slash for an inspection under Art. 9.
    InspectionId: check_path;
    /// Area code GB/T 2260: six digits.
    AreaCode: check_area;
    /// Month and day `MM-DD`.
    MonthDay: check_month_day;
    /// A day of each year: `MM-DD`, or `MM-last` for the last day of the month.
    DueDay: check_due_day;
}

fn check_id(text: &str) -> Result<(), FieldError> {
    check_name(text, MAX_ID_BYTES)?;
    if text.contains('/') { Err(FieldError::new("holds a slash")) } else { Ok(()) }
}

fn check_path(text: &str) -> Result<(), FieldError> {
    check_name(text, MAX_PATH_BYTES)
}

fn check_name(text: &str, max: usize) -> Result<(), FieldError> {
    // Nearly every name is ASCII that shows, which nothing below refuses.
    if (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    check_text(text, max)?;
    if text.is_empty() {
        return Err(FieldError::new("is empty"));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(FieldError::new("holds white space or a control character"));
    }
    Ok(())
}

fn check_area(text: &str) -> Result<(), FieldError> {
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(FieldError::new(format!("`{text}` is not an area code of six digits")))
    }
}

fn check_month_day(text: &str) -> Result<(), FieldError> {
    Date::new(&format!("2000-{text}"))
        .map(|_| ())
        .map_err(|_| FieldError::new(format!("`{text}` is not MM-DD")))
}

fn check_due_day(text: &str) -> Result<(), FieldError> {
    let day = text.strip_suffix("-last").map_or_else(|| text.to_owned(), |month| format!("{month}-01"));
    check_month_day(&day).map_err(|_| FieldError::new(format!("`{text}` is not MM-DD or MM-last")))
}

impl AreaCode {
    /// Whether this area contains a code: 411100 contains every code that begins with 4111.
    pub fn contains(&self, code: &AreaCode) -> bool {
        let mut prefix = self.as_str();
        while let Some(shorter) = prefix.strip_suffix("00") {
            prefix = shorter;
        }
        code.as_str().starts_with(prefix)
    }
}

/// A civil date, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub jiff::civil::Date);

impl Date {
    /// Parses exactly `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`FieldError`] for any other text or a day that does not exist.
    pub fn new(text: &str) -> Result<Self, FieldError> {
        let form =
            |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        let written = text.len() == 10 && text.bytes().enumerate().all(form);
        let date = || {
            let (year, month, day) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
            jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
        };
        written
            .then(date)
            .flatten()
            .map(Self)
            .ok_or_else(|| FieldError::new(format!("`{text}` is not a date YYYY-MM-DD")))
    }
}

impl Wire for Date {
    type Wire = String;
    fn parse(wire: String) -> Result<Self, FieldError> {
        Self::new(&wire)
    }
    fn wire(&self) -> String {
        self.0.to_string()
    }
}

impl core::fmt::Display for Date {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! byte_type {
    ($($(#[$doc:meta])* $name:ident($n:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $n]);

        impl Wire for $name {
            type Wire = Vec<u8>;
            fn parse(wire: Vec<u8>) -> Result<Self, FieldError> {
                let found = wire.len();
                wire.try_into().map(Self).map_err(|_| FieldError::new(format!("has {found} bytes, needs {}", $n)))
            }
            fn wire(&self) -> Vec<u8> { self.0.to_vec() }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({})", stringify!($name), data_encoding::HEXLOWER.encode(&self.0))
            }
        }
    )*};
}

byte_type! {
    /// 16 bytes chosen by the author (UUIDv7).
    StatementId(16);
    /// An Ed25519 public key as stated; checked where it is registered.
    RawKey(32);
    /// A commitment, seed, secret, ticket or file hash: 32 bytes.
    Bytes32(32);
    /// A beacon's signature: a compressed point of G1, verified by the draw room.
    BeaconSignature(48);
    /// The public key of a beacon's chain: a compressed point of G2.
    BeaconKey(96);
}

/// The bytes of somebody's statement, within another's: 1 to [`MAX_HELD_BYTES`], as they were signed.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldStatement(Vec<u8>);

impl HeldStatement {
    /// The bytes of a statement.
    ///
    /// # Errors
    /// [`FieldError`] if there are none, or too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self, FieldError> {
        match bytes.len() {
            1..=MAX_HELD_BYTES => Ok(Self(bytes)),
            found => Err(FieldError::new(format!("has {found} bytes, needs 1 to {MAX_HELD_BYTES}"))),
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Wire for HeldStatement {
    type Wire = Vec<u8>;
    fn parse(wire: Vec<u8>) -> Result<Self, FieldError> {
        Self::new(wire)
    }
    fn wire(&self) -> Vec<u8> {
        self.0.clone()
    }
}

impl core::fmt::Debug for HeldStatement {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "HeldStatement({})", data_encoding::HEXLOWER.encode(&self.0))
    }
}

#[cfg(test)]
mod tests;
