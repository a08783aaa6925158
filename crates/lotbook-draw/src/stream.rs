//! How one seed becomes independent keys, tickets and a stream of integers. [draw 3]
//!
//! Nothing here comes from a library's convenience sampling (`rand::seq`, `random_range`): its output
//! may change between versions. The ChaCha20 keystream and [`Stream::below`] cannot.

use std::fmt;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::ceremony::Seed;
use crate::embargo::{Salt, put_salt};
use crate::encoding::{derive, length, put_enc, put_u64};
use crate::hex::Hex;

/// The stages of a draw and of what follows it; each has a key of its own. [draw 3, 6]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Rounds the quotas of a fixed total.
    Quota,
    /// Orders the enterprises.
    Objects,
    /// Orders the inspectors.
    Inspectors,
    /// Seats the inspectors at the enterprises.
    Assign,
    /// Replaces a recused inspector; under the seed of the recusal's own ceremony.
    Substitute,
    /// Replaces him in the order that the batch's own seed gives; under the seed of the batch.
    Reserve,
}

impl Stage {
    /// The stage's name as it stands in the hash.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quota => "quota",
            Self::Objects => "objects",
            Self::Inspectors => "inspectors",
            Self::Assign => "assign",
            Self::Substitute => "substitute",
            Self::Reserve => "reserve",
        }
    }

    /// The key of this stage under a seed.
    pub fn key(self, seed: &Seed) -> StageKey {
        // K_s = H("stage " + s, seed)      K_sub = H("stage substitute", seed of the recusal's ceremony)
        //                                      or H("stage reserve", seed of the batch)
        StageKey(derive(&format!("stage {}", self.name()), seed.as_bytes()))
    }
}

/// The 32-byte key of one stage, see [`Stage::key`]. Public once the seed is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StageKey([u8; 32]);

impl StageKey {
    /// A key from its bytes, for test vectors and for stages of other pages.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The ticket of an enterprise or an inspector; all rows are ordered by it, then by id.
    pub fn ticket(&self, id: &str) -> Ticket {
        self.ticket_under(id, None)
    }

    /// The same, with the row's salt under an embargo; see [`Pool::object_ticket`](crate::Pool::object_ticket).
    pub fn ticket_under(&self, id: &str, salt: Option<&Salt>) -> Ticket {
        // ticket(key, id) = BLAKE3.keyed_hash(key, enc(id) [|| salt])
        let mut message = Vec::with_capacity(40 + id.len());
        put_enc(&mut message, id.as_bytes());
        put_salt(&mut message, salt);
        self.hash(&message)
    }

    /// The ticket of an inspector for one vacant slot, under K_sub; under an embargo with the slot's salt.
    /// [draw 6, Withdraw]
    pub fn seat_ticket(&self, id: &str, slot: usize, salt: Option<&Salt>) -> Ticket {
        // BLAKE3.keyed_hash(K_sub, enc(inspector_id) || u64(slot) [|| salt of the slot])
        let mut message = Vec::with_capacity(48 + id.len());
        put_enc(&mut message, id.as_bytes());
        put_u64(&mut message, length(slot));
        put_salt(&mut message, salt);
        self.hash(&message)
    }

    /// The ticket of a slot that may be exchanged, under K_sub; under an embargo with the slot's salt.
    /// [draw 6, Swap]
    pub fn slot_ticket(&self, slot: usize, salt: Option<&Salt>) -> Ticket {
        // BLAKE3.keyed_hash(K_sub, u64(z) [|| salt of z])
        let mut message = Vec::with_capacity(40);
        put_u64(&mut message, length(slot));
        put_salt(&mut message, salt);
        self.hash(&message)
    }

    fn hash(&self, message: &[u8]) -> Ticket {
        Ticket(*blake3::keyed_hash(&self.0, message).as_bytes())
    }

    /// The integers of this stage from the given stream of ChaCha20, from its first word on.
    pub fn stream(&self, number: u64) -> Stream {
        let mut rng = ChaCha20Rng::from_seed(self.0);
        rng.set_stream(number);
        Stream { rng, words: 0 }
    }
}

impl fmt::Debug for StageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StageKey({})", Hex(self.0))
    }
}

/// A row's place in the draw: 32 bytes, the smaller the earlier. [draw 3]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket([u8; 32]);

impl Ticket {
    /// A ticket that was published.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The ticket's 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({})", Hex(self.0))
    }
}

/// Uniform integers from ChaCha20: 20 rounds, 64-bit block counter from 0, 64-bit stream. [draw 3]
#[derive(Clone, Debug)]
pub struct Stream {
    rng: ChaCha20Rng,
    words: u64,
}

impl Stream {
    /// The next 64 bits of the keystream: the low word, then the high word.
    pub fn next_u64(&mut self) -> u64 {
        self.words += 2;
        self.rng.next_u64()
    }

    /// A uniform integer in `0..n`, without bias. Always takes at least one `u64`.
    ///
    /// There is no integer below 0: `n = 0`, which no caller needs, is read as 1.
    pub fn below(&mut self, n: u64) -> u64 {
        let n = n.max(1);
        // t = (2^64 - n) mod n; x = u64(); m = x * n; if low64(m) >= t the result is m >> 64
        let t = n.wrapping_neg() % n;
        loop {
            let m = u128::from(self.next_u64()) * u128::from(n);
            if m as u64 >= t {
                return (m >> 64) as u64; // both casts cut a u128 on purpose
            }
        }
    }

    /// [`below`](Self::below) for a count of things in memory.
    pub(crate) fn index(&mut self, n: usize) -> usize {
        self.below(n as u64) as usize // lossless: the result is smaller than n, a usize
    }

    /// 32-bit words taken so far; published, so that a divergence shows where it began.
    pub const fn words(&self) -> u64 {
        self.words
    }
}
