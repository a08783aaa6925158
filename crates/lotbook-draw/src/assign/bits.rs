//! A fixed set of small integers, 64 to a word.

/// A subset of `0..size`.
#[derive(Clone, Debug)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// The subset of `0..size` for whose members `keep` is true.
    pub(super) fn new(size: usize, keep: impl Fn(usize) -> bool) -> Self {
        let mut words = vec![0; size.div_ceil(64)];
        for i in (0..size).filter(|&i| keep(i)) {
            words[i / 64] |= 1 << (i % 64); // i < size
        }
        Self(words)
    }

    pub(super) fn contains(&self, i: usize) -> bool {
        self.0.get(i / 64).is_some_and(|word| word >> (i % 64) & 1 == 1)
    }

    pub(super) fn remove(&mut self, i: usize) {
        if let Some(word) = self.0.get_mut(i / 64) {
            *word &= !(1 << (i % 64));
        }
    }

    /// The smallest member of both sets from `from` on.
    pub(super) fn next_common(&self, other: &Self, from: usize) -> Option<usize> {
        let pairs = self.0.iter().zip(&other.0).enumerate().skip(from / 64);
        let mut mask = u64::MAX << (from % 64);
        for (w, (a, b)) in pairs {
            let common = a & b & mask;
            if common != 0 {
                return Some(w * 64 + common.trailing_zeros() as usize);
            }
            mask = u64::MAX;
        }
        None
    }
}
