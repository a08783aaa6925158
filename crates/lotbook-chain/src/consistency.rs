//! Consistency proofs (RFC 6962 section 2.1.2, RFC 9162 section 2.1.4): that a tree only grew.

use crate::hash::TreeHash;
use crate::tile::{StoredTree, TileError, TileReader};
use crate::tree::{EMPTY_ROOT, node_hash};

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveConsistencyError<E> {
    /// A tree does not shrink.
    #[error("a tree of {to} leaves does not extend one of {from}")]
    Shrinks {
        /// Leaves of the smaller tree.
        from: u64,
        /// Leaves of the larger tree.
        to: u64,
    },
    /// The tiles could not be read.
    #[error(transparent)]
    Tile(#[from] TileError<E>),
}

/// Why the larger tree is not proved to extend the smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsistencyError {
    /// A tree does not shrink.
    #[error("a tree of {to} leaves does not extend one of {from}")]
    Shrinks {
        /// Leaves of the smaller tree.
        from: u64,
        /// Leaves of the larger tree.
        to: u64,
    },
    /// From the empty tree, and between trees of one size, there is nothing to prove.
    #[error("consistency proof has {found} hashes, expected none")]
    NotEmpty {
        /// Hashes in the proof.
        found: usize,
    },
    /// More hashes than the proof between these sizes has.
    #[error("consistency proof of {found} hashes is too long")]
    TooLong {
        /// Hashes in the proof.
        found: usize,
    },
    /// Fewer hashes than the proof between these sizes has.
    #[error("consistency proof of {found} hashes is too short")]
    TooShort {
        /// Hashes in the proof.
        found: usize,
    },
    /// Of two trees of one size, or of the empty tree, the roots differ.
    #[error("two roots of one size {size}: {from} and {to}")]
    Forked {
        /// Leaves of the tree.
        size: u64,
        /// The root known.
        from: TreeHash,
        /// The other root.
        to: TreeHash,
    },
    /// The proof does not lead to the smaller tree's root.
    #[error("consistency proof leads to root {computed} of the smaller tree, not {expected}")]
    WrongOldRoot {
        /// Where the proof leads.
        computed: TreeHash,
        /// The root it was to prove.
        expected: TreeHash,
    },
    /// The proof does not lead to the larger tree's root.
    #[error("consistency proof leads to root {computed} of the larger tree, not {expected}")]
    WrongNewRoot {
        /// Where the proof leads.
        computed: TreeHash,
        /// The root it was to prove.
        expected: TreeHash,
    },
}

/// The proof that the tree of `to` leaves extends that of `from` leaves; reads O(log n) tiles.
///
/// Empty if `from` is 0 or equals `to`.
///
/// # Errors
/// See [`ProveConsistencyError`].
pub fn prove_consistency<R: TileReader>(
    reader: &R,
    from: u64,
    to: u64,
) -> Result<Vec<TreeHash>, ProveConsistencyError<R::Error>> {
    if from > to {
        return Err(ProveConsistencyError::Shrinks { from, to });
    }
    let mut proof = Vec::new();
    if from == 0 || from == to {
        return Ok(proof);
    }
    let mut tree = StoredTree::new(reader, to);
    // SUBPROOF(m, D[n], b), k the largest power of two below n:
    //   m = n:  nothing if b, else MTH(D[m])
    //   m <= k: SUBPROOF(m, D[0:k], b) : MTH(D[k:n])
    //   m > k:  SUBPROOF(m - k, D[k:n], false) : MTH(D[0:k])
    // From the root down, so it is reversed at the end. start < from <= end holds throughout.
    let (mut start, mut end, mut whole) = (0, to, true);
    while from < end {
        let Some(height) = (end - start - 1).checked_ilog2() else { break };
        let middle = start + (1 << height);
        let sibling;
        if from <= middle {
            (sibling, end) = (tree.range(middle, end)?, middle);
        } else {
            (sibling, start, whole) = (tree.range(start, middle)?, middle, false);
        }
        proof.extend(sibling);
    }
    if !whole {
        proof.extend(tree.range(start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that the tree of size `to` and root `new` extends that of size `from` and root `old`
/// (RFC 9162 section 2.1.4.2).
///
/// From the empty tree everything extends, and a tree extends itself: with an empty proof only
/// (tlog-witness). The empty tree has [`EMPTY_ROOT`].
///
/// # Errors
/// See [`ConsistencyError`]; a proof of any other length than the right one is refused.
pub fn verify_consistency(
    from: u64,
    old: TreeHash,
    to: u64,
    new: TreeHash,
    proof: &[TreeHash],
) -> Result<(), ConsistencyError> {
    if from > to {
        return Err(ConsistencyError::Shrinks { from, to });
    }
    for (size, root) in [(from, old), (to, new)] {
        if size == 0 && root != EMPTY_ROOT {
            return Err(ConsistencyError::Forked { size, from: EMPTY_ROOT, to: root });
        }
    }
    if from == to && old != new {
        return Err(ConsistencyError::Forked { size: from, from: old, to: new });
    }
    if from == 0 || from == to {
        let found = proof.len();
        return if found == 0 { Ok(()) } else { Err(ConsistencyError::NotEmpty { found }) };
    }
    climb(from, old, to, new, proof)
}

/// The algorithm of RFC 9162 section 2.1.4.2 for 0 < from < to.
fn climb(
    from: u64,
    old: TreeHash,
    to: u64,
    new: TreeHash,
    proof: &[TreeHash],
) -> Result<(), ConsistencyError> {
    let found = proof.len();
    // 1. If consistency_path is an empty array, stop and fail the proof verification.
    // 2. If first is an exact power of 2, then prepend first_hash to the consistency_path array.
    let (seed, rest) = match proof.split_first() {
        Some(_) if from.is_power_of_two() => (old, proof),
        Some((first, rest)) => (*first, rest),
        None => return Err(ConsistencyError::TooShort { found }),
    };
    // 3. Set fn to first - 1 and sn to second - 1.
    // 4. If LSB(fn) is set, then right-shift both fn and sn equally until LSB(fn) is not set.
    let shift = (from - 1).trailing_ones();
    let (mut old_node, mut last_node) = ((from - 1) >> shift, (to - 1) >> shift);
    // 5. Set both fr and sr to the first value in the consistency_path array.
    let (mut old_hash, mut new_hash) = (seed, seed);
    // 6. For each subsequent value c in the consistency_path array:
    for hash in rest {
        // a. If sn is 0, then stop the iteration and fail the proof verification.
        if last_node == 0 {
            return Err(ConsistencyError::TooLong { found });
        }
        // b. If LSB(fn) is set, or if fn is equal to sn, then fr = HASH(0x01 || c || fr),
        //    sr = HASH(0x01 || c || sr), and while LSB(fn) is not set, right-shift fn and sn until it is,
        //    or fn is 0. Otherwise sr = HASH(0x01 || sr || c).
        if old_node & 1 == 1 || old_node == last_node {
            (old_hash, new_hash) = (node_hash(hash, &old_hash), node_hash(hash, &new_hash));
            while old_node & 1 == 0 && old_node != 0 {
                (old_node, last_node) = (old_node >> 1, last_node >> 1);
            }
        } else {
            new_hash = node_hash(&new_hash, hash);
        }
        // c. Finally, right-shift both fn and sn one time.
        (old_node, last_node) = (old_node >> 1, last_node >> 1);
    }
    // 7. Verify that fr is first_hash, sr is second_hash, and sn is 0.
    if last_node != 0 {
        return Err(ConsistencyError::TooShort { found });
    }
    if old_hash != old {
        return Err(ConsistencyError::WrongOldRoot { computed: old_hash, expected: old });
    }
    if new_hash != new {
        return Err(ConsistencyError::WrongNewRoot { computed: new_hash, expected: new });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
