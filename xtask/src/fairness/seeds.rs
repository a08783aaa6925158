//! Seeds from a text: what an experiment draws from, and not the generator under test.

use lotbook_draw::{Seed, StageKey};

/// An endless row of 32 bytes each.
pub struct Seeds {
    key: [u8; 32],
    next: u64,
}

impl Seeds {
    pub fn new(text: &str) -> Self {
        Self { key: blake3::derive_key("lotbook fairness experiments", text.as_bytes()), next: 0 }
    }

    fn bytes(&mut self) -> [u8; 32] {
        self.next += 1;
        *blake3::keyed_hash(&self.key, &self.next.to_le_bytes()).as_bytes()
    }

    pub fn seed(&mut self) -> Seed {
        Seed::from_bytes(self.bytes())
    }

    pub fn key(&mut self) -> StageKey {
        StageKey::from_bytes(self.bytes())
    }
}
