//! The RFC 6962 Merkle tree (SHA-256) of a list of rows. [draw 2]

use sha2::{Digest, Sha256};

/// The root over rows in the given order; the root of no rows is `SHA-256("")`.
///
/// One level after the other: neighbours are joined, and a node without a right neighbour rises as it
/// is. This is the tree of RFC 6962, whose left half is the largest power of two below the size.
pub fn root(rows: impl Iterator<Item = Vec<u8>>) -> [u8; 32] {
    let mut level: Vec<[u8; 32]> = rows.map(|row| leaf(&row)).collect();
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
    let mut level: Vec<[u8; 32]> = rows.map(|row| leaf(&row)).collect();
    level.get(index)?;
    let (mut place, mut proof) = (index, Vec::new());
    while level.len() > 1 {
        proof.extend(level.get(place ^ 1));
        level = level.chunks(2).map(join).collect();
        place /= 2;
    }
    Some(proof)
}

fn leaf(row: &[u8]) -> [u8; 32] {
    // leaf = SHA-256(00 || row)
    Sha256::new().chain_update([0]).chain_update(row).finalize().into()
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
