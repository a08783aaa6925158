//! The tree agrees with the published hashes and with its own definition.

use super::*;
use crate::entry::leaf_hash;
use crate::vectors::{hex, hex_hash, list, record_leaves, tlog};
use proptest::prelude::*;

fn frontier_of(leaves: &[TreeHash]) -> Frontier {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier
}

#[test]
fn the_hashes_are_those_of_rfc_6962() {
    let vectors = tlog();
    let vectors = list(&vectors["rfc6962_hash"]["vectors"]);
    assert_eq!(EMPTY_ROOT, hex_hash(&vectors[0]["hex"]));
    assert_eq!(leaf_hash(b""), hex_hash(&vectors[1]["hex"]));
    assert_eq!(leaf_hash(b"L123456"), hex_hash(&vectors[2]["hex"]));
    // The fourth hashes inputs of 4 bytes, which the types rule out: the formula is checked instead.
    let node: [u8; 32] = Sha256::digest(b"\x01N123N456").into();
    assert_eq!(TreeHash(node), hex_hash(&vectors[3]["hex"]));
}

#[test]
fn a_node_is_not_a_leaf() {
    let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
    assert_ne!(node_hash(&left, &right), leaf_hash(&[left.0, right.0].concat()));
    assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
}

#[test]
fn the_reference_tree_has_its_published_roots() {
    let vectors = tlog();
    let tree = &vectors["rfc6962_reference_tree"];
    let leaves: Vec<TreeHash> = list(&tree["leaves_hex"]).iter().map(|leaf| leaf_hash(&hex(leaf))).collect();
    let published: Vec<TreeHash> = list(&tree["leaf_hashes_hex"]).iter().map(hex_hash).collect();
    assert_eq!(leaves, published);
    for size in 0..=leaves.len() {
        let expected = hex_hash(&tree["roots_hex_by_size"][size.to_string()]);
        assert_eq!(root(&leaves[..size]), expected);
        assert_eq!(frontier_of(&leaves[..size]).root(), expected);
    }
}

#[test]
fn the_frontier_agrees_with_the_definition_at_every_size_and_stays_small() {
    let leaves = record_leaves(600);
    let mut frontier = Frontier::new();
    for size in 0..leaves.len() {
        assert_eq!(frontier.size(), size as u64);
        assert_eq!(frontier.root(), root(&leaves[..size]), "size {size}");
        assert_eq!(frontier.subtrees.len(), size.count_ones() as usize);
        frontier.push(leaves[size]);
    }
}

proptest! {
    #[test]
    fn a_changed_leaf_changes_the_root(size in 1_u64..200, at in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let mut leaves = record_leaves(size);
        let (before, frontier) = (root(&leaves), frontier_of(&leaves));
        leaves[at.index(size as usize)].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(root(&leaves), before);
        prop_assert_ne!(frontier_of(&leaves), frontier);
    }

    #[test]
    fn leaves_in_another_order_give_another_root(size in 2_u64..200, at in any::<prop::sample::Index>()) {
        let mut leaves = record_leaves(size);
        let before = root(&leaves);
        let at = at.index(size as usize - 1);
        leaves.swap(at, at + 1);
        prop_assert_ne!(root(&leaves), before);
        leaves.pop();
        prop_assert_ne!(root(&leaves), before);
    }
}
