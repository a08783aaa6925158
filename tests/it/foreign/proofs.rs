//! Proofs of inclusion and consistency at many sizes, each with one change that must be noticed.

use super::case::What;
use super::corpus::{Corpus, MOST_RECORDS};
use super::log::Log;
use lotbook_chain::TreeHash;
use std::collections::BTreeSet;

/// Up to this size every leaf, and every pair of sizes, is in the corpus.
const EVERY: u64 = 40;

/// Sizes at which tiles of the first and the second level begin and end.
const EDGES: [u64; 13] =
    [255, 256, 257, 511, 512, 513, 767, 1_025, 65_535, 65_536, 65_537, 65_792, MOST_RECORDS];

pub fn add(corpus: &mut Corpus, log: &Log) {
    let mut turn = 0;
    for size in (1..=300).chain(EDGES) {
        for index in chosen(size).into_iter().filter(|index| *index < size) {
            turn += 1;
            add_inclusion(corpus, log, index, size, turn);
        }
        for old in chosen(size) {
            turn += 1;
            add_consistency(corpus, log, old, size, turn);
        }
    }
}

/// Numbers from 0 to `size`: all of a small one, else those beside its ends and its tiles' ends.
fn chosen(size: u64) -> BTreeSet<u64> {
    if size <= EVERY {
        return (0..=size).collect();
    }
    let near = [0, 1, 2, 128, 255, 256, 257, 65_535, 65_536, size / 3, size / 2, size - 2, size - 1, size];
    near.into_iter().filter(|number| *number <= size).collect()
}

fn add_inclusion(corpus: &mut Corpus, log: &Log, index: u64, size: u64, turn: usize) {
    let (entry, root) = (log.entry(index).to_vec(), log.root(size));
    let proof = log.inclusion(index, size);
    corpus.accept(What::Inclusion { index, size, entry: entry.clone(), root, proof: proof.clone() });
    let refuse = |corpus: &mut Corpus, change, index, entry, root, proof| {
        corpus.refuse(change, What::Inclusion { index, size, entry, root, proof });
    };
    match turn % 4 {
        0 => refuse(corpus, "other-index", index ^ 1, entry, root, proof),
        1 => refuse(corpus, "entry-bit", index, bit_of(entry, turn), root, proof),
        2 => refuse(corpus, "root-bit", index, entry, flip(root, turn), proof),
        _ => {
            let (change, proof) = changed(&proof, root, turn / 4);
            refuse(corpus, change, index, entry, root, proof);
        }
    }
}

fn add_consistency(corpus: &mut Corpus, log: &Log, old: u64, new: u64, turn: usize) {
    let (old_root, new_root, proof) = (log.root(old), log.root(new), log.consistency(old, new));
    corpus.accept(What::Consistency { old, new, old_root, new_root, proof: proof.clone() });
    let refuse = |corpus: &mut Corpus, change, (old, old_root), (new, new_root), proof| {
        corpus.refuse(change, What::Consistency { old, new, old_root, new_root, proof });
    };
    match turn % 4 {
        0 => refuse(corpus, "old-root-bit", (old, flip(old_root, turn)), (new, new_root), proof),
        // From the empty tree every root is reached: nothing to notice.
        1 if old > 0 => refuse(corpus, "new-root-bit", (old, old_root), (new, flip(new_root, turn)), proof),
        2 if old != new => refuse(corpus, "swapped-heads", (new, new_root), (old, old_root), proof),
        _ => {
            let (change, proof) = changed(&proof, new_root, turn / 4);
            refuse(corpus, change, (old, old_root), (new, new_root), proof);
        }
    }
}

/// Another proof: a bit, one hash less, one more, or two in each other's place.
fn changed(proof: &[TreeHash], more: TreeHash, turn: usize) -> (&'static str, Vec<TreeHash>) {
    let mut other = proof.to_vec();
    match (turn % 4, proof.len()) {
        (0, 1..) => {
            let at = turn % proof.len();
            other[at] = flip(other[at], turn);
            ("proof-bit", other)
        }
        (1, 1..) => {
            other.pop();
            ("proof-short", other)
        }
        (2, 2..) => {
            let at = turn % (proof.len() - 1);
            other.swap(at, at + 1);
            ("proof-swapped", other)
        }
        _ => {
            other.push(more);
            ("proof-long", other)
        }
    }
}

fn flip(mut hash: TreeHash, turn: usize) -> TreeHash {
    hash.0[turn % 32] ^= 1 << (turn % 8);
    hash
}

/// The bytes with one bit flipped.
pub fn bit_of(mut bytes: Vec<u8>, turn: usize) -> Vec<u8> {
    let at = turn % bytes.len();
    bytes[at] ^= 1 << (turn % 7);
    bytes
}
