//! The unified social credit code of an enterprise.

use crate::wire::{FieldError, Wire};
use core::fmt;

/// Characters of a code.
const LENGTH: usize = 18;

/// Unified social credit code, GB 32100-2015, check characters verified. Held in place: a roster is a map
/// by these, and comparing them must not follow a pointer each.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; LENGTH]);

impl Uscc {
    /// Parses the text.
    ///
    /// # Errors
    /// [`FieldError`] if it has not 18 characters of the set, or a check character is wrong.
    pub fn new(text: impl AsRef<str>) -> Result<Self, FieldError> {
        let text = text.as_ref();
        let length =
            |_| FieldError::new(format!("`{text}` has {} characters, a credit code has 18", text.len()));
        let bytes = text.as_bytes().try_into().map_err(length)?;
        check(&bytes, text)?;
        Ok(Self(bytes))
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

/// GB 32100-2015 and, for the body, GB 11714.
fn check(bytes: &[u8; LENGTH], text: &str) -> Result<(), FieldError> {
    let (mut sum, mut weight) = (0_u32, 1_u32);
    for byte in bytes.iter().take(17) {
        sum += uscc_value(*byte, text)? * weight;
        weight = weight * 3 % 31;
    }
    let check = (31 - sum % 31) % 31;
    if bytes.last().and_then(|b| uscc_value(*b, text).ok()) != Some(check) {
        return Err(FieldError::new(format!("`{text}` has a wrong last check character")));
    }
    let body = bytes.get(8..17).unwrap_or_default();
    let sum: u32 = body.iter().zip(BODY_WEIGHTS).map(|(b, w)| body_value(*b) * w).sum();
    let expected = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    if body.last() == Some(&expected) {
        Ok(())
    } else {
        Err(FieldError::new(format!("`{text}` has a wrong check character in its body")))
    }
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

fn uscc_value(byte: u8, text: &str) -> Result<u32, FieldError> {
    let place = USCC_VALUES.get(usize::from(byte)).copied().filter(|place| *place < 31).map(u32::from);
    place.ok_or_else(|| FieldError::new(format!("`{text}` holds a character that credit codes do not have")))
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
            assert_eq!(uscc_value(byte, "").ok(), place, "{byte}");
        }
    }
}
