//! The RFC 6962 Merkle tree over SHA-256: node hash, reference root, and the compact range.

use crate::hash::TreeHash;
use sha2::{Digest, Sha256};

/// Root of the tree without leaves: SHA-256 of the empty string (RFC 6962 section 2.1).
pub const EMPTY_ROOT: TreeHash = TreeHash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// Root of the tree over these leaf hashes, by the definition itself (RFC 6962 section 2.1).
///
/// The reference: O(n) hashes each time. A ledger that grows keeps a [`Frontier`].
pub fn root(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            // MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])), k the largest power of two below n
            let (left, right) = leaves.split_at(leaves.len().div_ceil(2).next_power_of_two());
            node_hash(&root(left), &root(right))
        }
    }
}

/// Hash of an inner node.
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    // SHA-256(0x01 || left || right)                                            RFC 6962 section 2.1
    // In one piece: a proof takes some hundred of these, and filling the hasher bit by bit costs as much
    // as hashing.
    let mut node = [1; 65];
    let (_, both) = node.split_at_mut(1);
    let (first, second) = both.split_at_mut(32);
    first.copy_from_slice(&left.0);
    second.copy_from_slice(&right.0);
    TreeHash(Sha256::digest(node).into())
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first.
///
/// At most 64 hashes, whatever the size; enough to push the next leaf and to give the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    /// Number of leaves; one subtree for each bit that is set.
    size: u64,
    subtrees: Vec<TreeHash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf hash at the right.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut hash = leaf;
        // Each trailing one of the size is a complete subtree that the new leaf makes part of a larger one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.subtrees.push(hash);
        // Saturating: no ledger reaches 2^64 entries.
        self.size = self.size.saturating_add(1);
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree; [`EMPTY_ROOT`] without leaves.
    pub fn root(&self) -> TreeHash {
        join(&self.subtrees).unwrap_or(EMPTY_ROOT)
    }

    /// A frontier from parts already known to belong together: one subtree for each bit of `size`.
    pub(crate) fn from_subtrees(size: u64, subtrees: Vec<TreeHash>) -> Self {
        Self { size, subtrees }
    }
}

/// Root over complete subtrees of falling size that stand side by side; nothing for none.
pub(crate) fn join(subtrees: &[TreeHash]) -> Option<TreeHash> {
    subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

#[cfg(test)]
mod tests;
