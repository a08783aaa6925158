//! Four tickets at once. [draw 3]
//!
//! The ticket of a short id is a single compression of BLAKE3, in which every step waits for the one before. Four of
//! them side by side, one in each lane of a vector, take little longer than one. This is BLAKE3's compression by its
//! paper (2.2, 2.3) for one message of at most one block under a key; the crate of its authors, which hashes
//! everything else, has no way in for that, and the tests hold the two against each other.

use wide::u32x4;

use crate::stream::{StageKey, Ticket};

/// Tickets of one go.
pub(crate) const LANES: usize = 4;

/// Bytes of a block.
const BLOCK: usize = 64;

/// Bytes of the length before an id.
const HEAD: usize = 8;

/// First words of the fractional parts of the square roots of 2, 3, 5, 7.
const IV: [u32; 4] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a];

/// The message words of a round, from those of the one before.
const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

const ROUNDS: usize = 7;

/// CHUNK_START, CHUNK_END, ROOT, KEYED_HASH: the first and last block of all there is, under a key.
const FLAGS: u32 = 1 | 2 | 8 | 16;

/// `enc(id)` of an id that fits into one block, followed by zeros.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    bytes: [u8; BLOCK],
    length: usize,
}

impl Block {
    pub(crate) const EMPTY: Self = Self { bytes: [0; BLOCK], length: HEAD };

    /// Puts an id in; false, and nothing changes, for one of more than 56 bytes.
    pub(crate) fn put(&mut self, id: &str) -> bool {
        let length = HEAD + id.len();
        if length > BLOCK {
            return false;
        }
        self.bytes = [0; BLOCK];
        self.bytes[..HEAD].copy_from_slice(&(id.len() as u64).to_le_bytes());
        self.bytes[HEAD..length].copy_from_slice(id.as_bytes()); // within BLOCK
        self.length = length;
        true
    }

    pub(crate) fn id(&self) -> &str {
        // The bytes were those of a str.
        self.bytes.get(HEAD..self.length).and_then(|id| std::str::from_utf8(id).ok()).unwrap_or_default()
    }

    fn words(&self) -> [u32; 16] {
        let mut words = [0; 16];
        for (word, bytes) in words.iter_mut().zip(self.bytes.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        words
    }
}

/// `BLAKE3.keyed_hash(key, enc(id))` of each block.
pub(crate) fn tickets(key: &StageKey, blocks: &[Block; LANES]) -> [Ticket; LANES] {
    let [a, b, c, d] = blocks.each_ref().map(Block::words);
    let mut message = [u32x4::ZERO; 16];
    for (w, word) in message.iter_mut().enumerate() {
        *word = u32x4::new([a[w], b[w], c[w], d[w]]);
    }
    let lengths = blocks.each_ref().map(|block| block.length as u32); // at most 64
    let words = compress(key, message, lengths);
    let mut tickets = [[0; 32]; LANES];
    for (w, word) in words.iter().enumerate() {
        for (ticket, lane) in tickets.iter_mut().zip(word.to_array()) {
            ticket[4 * w..4 * w + 4].copy_from_slice(&lane.to_le_bytes()); // w < 8
        }
    }
    tickets.map(Ticket::from_bytes)
}

/// The first 8 words of the root's output.
fn compress(key: &StageKey, mut message: [u32x4; 16], lengths: [u32; LANES]) -> [u32x4; 8] {
    let mut v = [u32x4::ZERO; 16];
    for (word, bytes) in v.iter_mut().zip(key.as_bytes().chunks_exact(4)) {
        *word = u32x4::splat(bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)));
    }
    for (word, iv) in v[8..].iter_mut().zip(IV) {
        *word = u32x4::splat(iv);
    }
    v[14] = u32x4::new(lengths); // v[12], v[13]: the counter, 0
    v[15] = u32x4::splat(FLAGS);
    for round in 0..ROUNDS {
        if round > 0 {
            message = PERMUTATION.map(|w| message[w]);
        }
        mix_all(&mut v, &message);
    }
    let mut words = [u32x4::ZERO; 8];
    for (w, word) in words.iter_mut().enumerate() {
        *word = v[w] ^ v[w + 8];
    }
    words
}

/// One round: the columns, then the diagonals.
#[inline(always)]
fn mix_all(v: &mut [u32x4; 16], m: &[u32x4; 16]) {
    mix(v, [0, 4, 8, 12], m[0], m[1]);
    mix(v, [1, 5, 9, 13], m[2], m[3]);
    mix(v, [2, 6, 10, 14], m[4], m[5]);
    mix(v, [3, 7, 11, 15], m[6], m[7]);
    mix(v, [0, 5, 10, 15], m[8], m[9]);
    mix(v, [1, 6, 11, 12], m[10], m[11]);
    mix(v, [2, 7, 8, 13], m[12], m[13]);
    mix(v, [3, 4, 9, 14], m[14], m[15]);
}

/// The function G.
#[inline(always)]
fn mix(v: &mut [u32x4; 16], [a, b, c, d]: [usize; 4], x: u32x4, y: u32x4) {
    v[a] = v[a] + v[b] + x;
    v[d] = right::<16, 16>(v[d] ^ v[a]);
    v[c] += v[d];
    v[b] = right::<12, 20>(v[b] ^ v[c]);
    v[a] = v[a] + v[b] + y;
    v[d] = right::<8, 24>(v[d] ^ v[a]);
    v[c] += v[d];
    v[b] = right::<7, 25>(v[b] ^ v[c]);
}

/// Rotates to the right by `R`; `L` is what is left of 32 bits.
#[inline(always)]
fn right<const R: u32, const L: u32>(word: u32x4) -> u32x4 {
    const { assert!(R + L == 32) };
    (word >> R) | (word << L)
}
