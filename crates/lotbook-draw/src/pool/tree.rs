//! The RFC 6962 Merkle tree (SHA-256) of a list of rows. [draw 2]

use sha2::{Digest, Sha256};

/// The root over rows in the given order; the root of no rows is `SHA-256("")`.
///
/// One level after the other: neighbours are joined, and a node without a right neighbour rises as it
/// is. This is the tree of RFC 6962, whose left half is the largest power of two below the size.
pub fn root(rows: impl Iterator<Item = Vec<u8>>) -> [u8; 32] {
    let mut level = leaves(rows);
    while level.len() > 1 {
        level = level.chunks(2).map(join).collect();
    }
    // SHA-256("") for an empty list
    level.first().copied().unwrap_or_else(|| Sha256::digest([]).into())
}

/// The inclusion proof of one row, the leaf's sibling first; `None` if there is no such row.
///
/// A node without a right neighbour rises as it is and adds nothing to the proof. (RFC 6962, 2.1.1)
pub fn inclusion(rows: impl Iterator<Item = Vec<u8>>, index: usize) -> Option<Vec<[u8; 32]>> {
    let mut level = leaves(rows);
    level.get(index)?;
    let (mut place, mut proof) = (index, Vec::new());
    while level.len() > 1 {
        proof.extend(level.get(place ^ 1));
        level = level.chunks(2).map(join).collect();
        place /= 2;
    }
    Some(proof)
}

/// The hash of one row in the tree.
pub(crate) fn leaf_of(row: &[u8]) -> [u8; 32] {
    // leaf = SHA-256(00 || row)
    Sha256::new().chain_update([0]).chain_update(row).finalize().into()
}

fn leaves(rows: impl Iterator<Item = Vec<u8>>) -> Vec<[u8; 32]> {
    rows.map(|row| leaf_of(&row)).collect()
}

/// Where an inclusion proof leads from a leaf; `None` if no row of so many has a proof of this length.
pub(crate) fn root_of(leaf: [u8; 32], index: u64, size: u64, path: &[[u8; 32]]) -> Option<[u8; 32]> {
    let (mut at, mut last, mut node) = (index, size.checked_sub(1)?, leaf);
    if at > last {
        return None;
    }
    let mut path = path.iter();
    while last > 0 {
        if at % 2 == 1 {
            node = join(&[*path.next()?, node]);
        } else if at < last {
            node = join(&[node, *path.next()?]);
        }
        (at, last) = (at / 2, last / 2);
    }
    path.next().is_none().then_some(node)
}

fn join(nodes: &[[u8; 32]]) -> [u8; 32] {
    match nodes {
        // node = SHA-256(01 || left || right)
        [left, right] => {
            Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        }
        [alone, ..] => *alone,
        [] => Sha256::digest([]).into(), // chunks(2) never yields an empty slice
    }
}
