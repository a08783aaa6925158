//! The generator's randomness: SplitMix64, the same for the same seed on every machine.

/// A source of choices.
pub struct Dice(u64);

impl Dice {
    /// The choices of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number under `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from((u128::from(self.word()) * n as u128) >> 64).unwrap()
    }

    /// A number within a range, ends included.
    pub fn within(&mut self, from: u32, to: u32) -> u32 {
        from + u32::try_from(self.below((to - from + 1) as usize)).unwrap()
    }

    /// True `percent` times out of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A part of a list that is not empty, in its order.
    pub fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        let kept: Vec<T> = from.iter().filter(|_| self.chance(60)).cloned().collect();
        if kept.is_empty() { vec![self.pick(from).clone()] } else { kept }
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.word().to_le_bytes()[0])
    }
}
