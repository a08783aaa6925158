//! The unified social credit code of an enterprise.

use crate::wire::{FieldError, Wire};
use core::fmt;

/// Characters of a code.
const LENGTH: usize = 18;

/// Unified social credit code, GB 32100-2015. Its check characters are right or, of some early pilot codes
/// that are lawful all the same, wrong ([`Self::conforms`]). Held in place: a roster is a map by these, and
/// comparing them must not follow a pointer each.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; LENGTH]);

impl Uscc {
    /// Parses the text of a code whose check characters are right.
    ///
    /// # Errors
    /// [`FieldError`] if it has not 18 characters of the set, or a check character is wrong.
    pub fn conforming(text: impl AsRef<str>) -> Result<Self, FieldError> {
        let code = Self::new(text)?;
        code.conforms()?;
        Ok(code)
    }

    /// Parses the text.
    ///
    /// # Errors
    /// [`FieldError`] if it has not 18 characters of the set.
    pub fn new(text: impl AsRef<str>) -> Result<Self, FieldError> {
        let text = text.as_ref();
        let length =
            |_| FieldError::new(format!("`{text}` has {} characters, a credit code has 18", text.len()));
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(length)?;
        if bytes.iter().all(|byte| uscc_value(*byte).is_some()) {
            return Ok(Self(bytes));
        }
        Err(FieldError::new(format!("`{text}` holds a character that credit codes do not have")))
    }

    /// Whether both check characters are right: the last one by GB 32100-2015, that of the body by GB 11714.
    ///
    /// # Errors
    /// [`FieldError`] naming the one that is wrong.
    pub fn conforms(&self) -> Result<(), FieldError> {
        check(&self.0).map_err(|what| FieldError::new(format!("`{self}` has a wrong {what}")))
    }

    /// Whether it is the code of a sole trader (92...), who is a natural person (rules.md 2).
    pub fn is_sole_trader(&self) -> bool {
        self.0.starts_with(b"92")
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Every byte was checked to be ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Wire for Uscc {
    type Wire = String;
    fn parse(wire: String) -> Result<Self, FieldError> {
        Self::new(wire)
    }
    fn wire(&self) -> String {
        self.as_str().to_owned()
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Uscc").field(&self.as_str()).finish()
    }
}

const USCC_SET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const BODY_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// GB 32100-2015 and, for the body, GB 11714; says which check character is wrong.
fn check(bytes: &[u8; LENGTH]) -> Result<(), &'static str> {
    let (mut sum, mut weight) = (0_u32, 1_u32);
    for byte in bytes.iter().take(17) {
        sum += uscc_value(*byte).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    let check = (31 - sum % 31) % 31;
    if bytes.last().and_then(|b| uscc_value(*b)) != Some(check) {
        return Err("last check character");
    }
    let body = bytes.get(8..17).unwrap_or_default();
    let sum: u32 = body.iter().zip(BODY_WEIGHTS).map(|(b, w)| body_value(*b) * w).sum();
    let expected = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    if body.last() == Some(&expected) { Ok(()) } else { Err("check character in its body") }
}

/// The place of each byte in the set; 31 for a byte that is not in it.
const USCC_VALUES: [u8; 256] = {
    let (mut values, mut place) = ([31; 256], 0);
    while place < USCC_SET.len() {
        values[USCC_SET[place] as usize] = place as u8;
        place += 1;
    }
    values
};

fn uscc_value(byte: u8) -> Option<u32> {
    USCC_VALUES.get(usize::from(byte)).copied().filter(|place| *place < 31).map(u32::from)
}

fn body_value(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_place_in_the_set_of_credit_codes_or_none() {
        for byte in u8::MIN..=u8::MAX {
            let place =
                USCC_SET.iter().position(|known| *known == byte).and_then(|place| u32::try_from(place).ok());
            assert_eq!(uscc_value(byte), place, "{byte}");
        }
    }

    #[test]
    fn public_examples_conform_and_synthetic_edges_do() {
        let good = [
            "91350100M000100Y43",
            "91110000710932515R",
            "91440300708461136T",
            "91110108551385082Q",
            "91330100799655058B",
            "913502000728319549",
            "123502001549897397",
            "91350200MA2YJ1XR9G",
            "91411104XN00004260",
            "91411102XN0000012Y",
            "91411122XN000008XQ",
        ];
        for code in good {
            assert_eq!(Uscc::conforming(code).map(|code| code.to_string()), Ok(code.to_string()));
        }
    }

    #[test]
    fn early_pilot_codes_are_codes_and_do_not_conform() {
        for code in ["91350203M0001FUE2P", "91350100M0001TGQXM", "91411122XN00000391"] {
            let parsed = Uscc::new(code).unwrap();
            assert!(parsed.conforms().unwrap_err().problem.contains("wrong"), "{code}");
            assert!(Uscc::conforming(code).is_err());
        }
    }

    #[test]
    fn what_is_no_code_at_all_is_refused() {
        for text in [
            "",
            "91350203M0001FUE2",
            "91350203M0001FUE2PP",
            "91350203M0001FUE2I",
            "91350203m0001FUE2P",
            "９1350203M0001FU",
        ] {
            assert!(Uscc::new(text).is_err(), "{text}");
        }
        assert!(Uscc::new("92411102XN0000012Y").unwrap().is_sole_trader());
        assert!(!Uscc::new("91411102XN0000012Y").unwrap().is_sole_trader());
    }
}
