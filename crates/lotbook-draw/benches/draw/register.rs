//! A register too large for memory: ids of 18 bytes and their strata, made while they are read.

/// Strata by risk class, and how often each occurs in a hundred rows.
pub const STRATA: [(&str, u64); 5] = [("A", 40), ("B", 30), ("C", 20), ("D", 9), ("E", 1)];

/// A part of the register: an id is written in place, as a reader of a file would hand it over.
pub struct Register {
    rows: std::ops::Range<u64>,
    id: [u8; 18],
}

impl Register {
    /// Part `part` of `parts` of a register with `rows` rows.
    pub fn part(rows: u64, part: u64, parts: u64) -> Self {
        Self { rows: rows * part / parts..rows * (part + 1) / parts, id: *b"914111000000000000" }
    }

    /// Every id with its stratum.
    pub fn each(mut self, mut take: impl FnMut(&str, &'static str)) {
        for number in self.rows {
            let mut rest = number;
            for digit in self.id[6..].iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            take(std::str::from_utf8(&self.id).unwrap(), stratum(number));
        }
    }
}

fn stratum(number: u64) -> &'static str {
    let mut place = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    place %= 100;
    for (code, percent) in STRATA {
        if place < percent {
            return code;
        }
        place -= percent;
    }
    STRATA[0].0
}
