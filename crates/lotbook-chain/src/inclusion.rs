//! Inclusion proofs (RFC 6962 section 2.1.1, RFC 9162 section 2.1.3): that a leaf is in a tree.

use crate::hash::TreeHash;
use crate::tile::{StoredTree, TileError, TileReader};
use crate::tree::{Frontier, node_hash};

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveInclusionError<E> {
    /// The tree of this size has no such leaf.
    #[error("no leaf {index} in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The leaf asked for, counted from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The tiles could not be read.
    #[error(transparent)]
    Tile(#[from] TileError<E>),
}

/// Why a leaf is not proved to be in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InclusionError {
    /// The tree of this size has no such leaf.
    #[error("no leaf {index} in a tree of {size} leaves")]
    NoSuchLeaf {
        /// The leaf claimed, counted from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// More hashes than the path from this leaf to the root has.
    #[error("inclusion proof of {found} hashes is too long")]
    TooLong {
        /// Hashes in the proof.
        found: usize,
    },
    /// Fewer hashes than the path from this leaf to the root has.
    #[error("inclusion proof of {found} hashes is too short")]
    TooShort {
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads to another root.
    #[error("inclusion proof leads to root {computed}, not {expected}")]
    WrongRoot {
        /// Where the proof leads.
        computed: TreeHash,
        /// The root it was to prove.
        expected: TreeHash,
    },
}

/// The audit path of leaf `index` in the tree of `size` leaves, the leaf's sibling first.
///
/// Reads each tile once and at most two in a level: three levels reach 16 million leaves.
///
/// # Errors
/// See [`ProveInclusionError`].
pub fn prove_inclusion<R: TileReader>(
    reader: &R,
    index: u64,
    size: u64,
) -> Result<Vec<TreeHash>, ProveInclusionError<R::Error>> {
    if index >= size {
        return Err(ProveInclusionError::NoSuchLeaf { index, size });
    }
    let mut tree = StoredTree::new(reader, size);
    let mut proof = Vec::new();
    // PATH(m, D[n]) = PATH(m, D[0:k]) : MTH(D[k:n]) for m < k, else PATH(m - k, D[k:n]) : MTH(D[0:k]);
    // k the largest power of two below n. From the root down, so the path is reversed at the end.
    // start <= index < end holds throughout, so nothing overflows.
    let (mut start, mut end) = (0, size);
    while let Some(height) = (end - start - 1).checked_ilog2() {
        let middle = start + (1 << height);
        let sibling;
        if index < middle {
            (sibling, end) = (tree.range(middle, end)?, middle);
        } else {
            (sibling, start) = (tree.range(start, middle)?, middle);
        }
        proof.extend(sibling);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` is leaf `index` of the tree with this size and root (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// See [`InclusionError`]; a proof of any other length than the path's is refused.
pub fn verify_inclusion(
    leaf: TreeHash,
    index: u64,
    size: u64,
    proof: &[TreeHash],
    root: TreeHash,
) -> Result<(), InclusionError> {
    // 1. Compare leaf_index from the proof with tree_size: it must be less.
    let last = size.checked_sub(1).filter(|last| index <= *last);
    let last = last.ok_or(InclusionError::NoSuchLeaf { index, size })?;
    // 2. Set fn to leaf_index and sn to tree_size - 1.   3. Set r to hash.
    let (mut leaf_node, mut last_node, mut hash) = (index, last, leaf);
    // 4. For each value p in the inclusion_path array:
    for sibling in proof {
        // a. If sn is 0, then stop the iteration and fail the proof verification.
        if last_node == 0 {
            return Err(InclusionError::TooLong { found: proof.len() });
        }
        // b. If LSB(fn) is set, or if fn is equal to sn, then r = HASH(0x01 || p || r), and while
        //    LSB(fn) is not set, right-shift fn and sn until it is, or fn is 0. Otherwise
        //    r = HASH(0x01 || r || p).
        if leaf_node & 1 == 1 || leaf_node == last_node {
            hash = node_hash(sibling, &hash);
            while leaf_node & 1 == 0 && leaf_node != 0 {
                (leaf_node, last_node) = (leaf_node >> 1, last_node >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        // c. Finally, right-shift both fn and sn one time.
        (leaf_node, last_node) = (leaf_node >> 1, last_node >> 1);
    }
    // 5. Compare sn to 0. Compare r against the root_hash.
    if last_node != 0 {
        return Err(InclusionError::TooShort { found: proof.len() });
    }
    if hash != root {
        return Err(InclusionError::WrongRoot { computed: hash, expected: root });
    }
    Ok(())
}

/// The tree of all leaves up to this one, as a proof states it that [`verify_inclusion`] has accepted for the
/// same leaf, index and size: the left siblings of the path are the complete subtrees before the leaf.
pub fn prefix(leaf: TreeHash, index: u64, size: u64, proof: &[TreeHash]) -> Frontier {
    let (mut leaf_node, mut last_node) = (index, size.saturating_sub(1));
    let mut subtrees = Vec::new();
    for sibling in proof {
        // As in step 4 b of verify_inclusion: here the sibling is the left one.
        if leaf_node & 1 == 1 || leaf_node == last_node {
            subtrees.push(*sibling);
            while leaf_node & 1 == 0 && leaf_node != 0 {
                (leaf_node, last_node) = (leaf_node >> 1, last_node >> 1);
            }
        }
        (leaf_node, last_node) = (leaf_node >> 1, last_node >> 1);
    }
    subtrees.reverse();
    let mut tree = Frontier::from_subtrees(index, subtrees);
    tree.push(leaf);
    tree
}

#[cfg(test)]
mod tests;
