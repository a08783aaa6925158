//! The tree by its definitions alone (RFC 6962 section 2.1, tlog-tiles), written apart from the code it is
//! to check; for tests. Leaves may come in long runs of equal ones, so that huge trees cost nothing.

use crate::hash::TreeHash;
use crate::tile::{TileId, TileReader};
use core::cell::RefCell;
use core::convert::Infallible;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A tree over leaves in runs; remembers which tiles were read.
pub struct NaiveTree {
    /// The first leaf of each run, rising, from 0; the last run goes on for ever.
    starts: Vec<u64>,
    leaves: Vec<TreeHash>,
    /// Hashes by start, or by run where all leaves are equal, and size.
    known: RefCell<BTreeMap<(bool, u64, u64), TreeHash>>,
    pub reads: RefCell<Vec<TileId>>,
}

impl NaiveTree {
    /// Runs of equal leaves: where each begins, and its leaf's hash.
    pub fn of_runs(runs: &[(u64, TreeHash)]) -> Self {
        let (starts, leaves) = runs.iter().copied().unzip();
        Self { starts, leaves, known: RefCell::default(), reads: RefCell::default() }
    }

    /// Leaves that are all different.
    pub fn of(leaves: &[TreeHash]) -> Self {
        Self::of_runs(&(0..).zip(leaves.iter().copied()).collect::<Vec<_>>())
    }

    /// MTH(D[start:end]), start < end.
    pub fn mth(&self, start: u64, end: u64) -> TreeHash {
        let run = self.starts.partition_point(|first| *first <= start) - 1;
        let whole = self.starts.get(run + 1).is_none_or(|next| end <= *next);
        let size = end - start;
        let key = (whole, if whole { run as u64 } else { start }, size);
        if let Some(hash) = self.known.borrow().get(&key) {
            return *hash;
        }
        let hash = if size == 1 {
            self.leaves[run]
        } else {
            let k = split(size);
            let (left, right) = (self.mth(start, start + k), self.mth(start + k, end));
            TreeHash(Sha256::digest([[1].as_slice(), &left.0, &right.0].concat()).into())
        };
        self.known.borrow_mut().insert(key, hash);
        hash
    }

    /// PATH(m, D[n]).
    pub fn path(&self, m: u64, n: u64) -> Vec<TreeHash> {
        self.path_in(m, 0, n)
    }

    /// PATH(m, D[start:end]), m counted from `start`.
    fn path_in(&self, m: u64, start: u64, end: u64) -> Vec<TreeHash> {
        if end - start == 1 {
            return vec![];
        }
        let k = split(end - start);
        let (mut path, sibling) = if m < k {
            (self.path_in(m, start, start + k), self.mth(start + k, end))
        } else {
            (self.path_in(m - k, start + k, end), self.mth(start, start + k))
        };
        path.push(sibling);
        path
    }

    /// PROOF(m, D[n]), 0 < m <= n.
    pub fn proof(&self, m: u64, n: u64) -> Vec<TreeHash> {
        self.subproof(m, 0, n, true)
    }

    /// SUBPROOF(m, D[start:end], b), m counted from `start`.
    fn subproof(&self, m: u64, start: u64, end: u64, b: bool) -> Vec<TreeHash> {
        if m == end - start {
            return if b { vec![] } else { vec![self.mth(start, end)] };
        }
        let k = split(end - start);
        let (mut proof, sibling) = if m <= k {
            (self.subproof(m, start, start + k, b), self.mth(start + k, end))
        } else {
            (self.subproof(m - k, start + k, end, false), self.mth(start, start + k))
        };
        proof.push(sibling);
        proof
    }
}

/// k: the largest power of two smaller than n, n > 1.
pub fn split(n: u64) -> u64 {
    let mut k = 1;
    while k < n - k {
        k *= 2;
    }
    k
}

impl TileReader for NaiveTree {
    type Error = Infallible;

    /// MTH(D[(n*256+i)*256^l : (n*256+i+1)*256^l]) for i from 0 to the width.
    fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Infallible> {
        self.reads.borrow_mut().push(id);
        let span = 256_u64.pow(u32::from(id.level));
        let first = id.index * 256;
        Ok((first..first + u64::from(width)).map(|i| self.mth(i * span, (i + 1) * span)).collect())
    }
}

/// The proof with one hash left out, one twice, two exchanged, or one more at each place.
pub fn rearranged(proof: &[TreeHash], more: &[TreeHash]) -> Vec<Vec<TreeHash>> {
    let mut others = vec![];
    for at in 0..=proof.len() {
        let with = |hash: TreeHash| [&proof[..at], &[hash], &proof[at..]].concat();
        others.extend(more.iter().map(|hash| with(*hash)));
        let Some(hash) = proof.get(at) else { continue };
        others.push(with(*hash));
        others.push([&proof[..at], &proof[at + 1..]].concat());
        for other in at + 1..proof.len() {
            let mut swapped = proof.to_vec();
            swapped.swap(at, other);
            others.push(swapped);
        }
    }
    others
}

#[test]
fn the_split_is_the_largest_power_of_two_below() {
    let splits = [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8), (u64::MAX, 1 << 63)];
    for (n, k) in splits {
        assert_eq!(split(n), k, "{n}");
    }
}
