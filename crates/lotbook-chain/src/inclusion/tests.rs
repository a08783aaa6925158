//! Proofs agree with the published ones and the naive tree; every other one is refused.

use super::*;
use crate::naive::{NaiveTree, rearranged, split};
use crate::tile::TileId;
use crate::tile::tests::{MemoryTiles, Missing};
use crate::tree::root;
use crate::vectors::{base64, hex_hash, list, number, record_leaves, text, tlog};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

fn hash(bytes: &[u8]) -> Option<TreeHash> {
    TreeHash::try_from(bytes).ok()
}

/// A published probe; hashes that are not 32 bytes cannot even be written down here.
fn probe(vector: &Value) -> Option<Result<(), InclusionError>> {
    let proof: Option<Vec<TreeHash>> = list(&vector["proof"]).iter().map(|p| hash(&base64(p))).collect();
    let (leaf, root) = (hash(&base64(&vector["leafHash"]))?, hash(&base64(&vector["root"]))?);
    let (index, size) = (vector["leafIdx"].as_u64().unwrap(), vector["treeSize"].as_u64().unwrap());
    Some(verify_inclusion(leaf, index, size, &proof?, root))
}

#[test]
fn the_published_probes_are_decided_as_published() {
    let vectors = tlog();
    let (mut good, mut bad) = (0, 0);
    for vector in list(&vectors["merkle_inclusion"]["vectors"]) {
        let refused = !matches!(probe(vector), Some(Ok(())));
        assert_eq!(refused, vector["wantErr"].as_bool().unwrap(), "{}", vector["name"]);
        if refused { bad += 1 } else { good += 1 }
    }
    assert_eq!((good, bad), (6, 92));
}

#[test]
fn the_reference_tree_has_its_published_proofs() {
    let vectors = tlog();
    let tree = &vectors["rfc6962_reference_tree"];
    let leaves: Vec<TreeHash> = list(&tree["leaf_hashes_hex"]).iter().map(hex_hash).collect();
    let tiles = MemoryTiles::of(&leaves);
    for vector in list(&tree["all_inclusion"]) {
        let (index, size) = (vector["index"].as_u64().unwrap(), vector["size"].as_u64().unwrap());
        let proof: Vec<TreeHash> = list(&vector["proof_hex"]).iter().map(hex_hash).collect();
        assert_eq!(prove_inclusion(&tiles, index, size).unwrap(), proof);
        let root = hex_hash(&tree["roots_hex_by_size"][size.to_string()]);
        assert_eq!(verify_inclusion(leaves[index as usize], index, size, &proof, root), Ok(()));
    }
}

#[test]
fn a_proof_of_a_real_certificate_log_verifies() {
    let vectors = tlog();
    let real = &vectors["ct_real_proofs"];
    let answer =
        &real["get-proof-by-hash-tree-size-961984011-hash-nCs3mfIydh9x4CKyQ-2Bu2xtmpxmFggA5MLymHwNQSlLg-3D"];
    let leaf = hash(&base64(&"nCs3mfIydh9x4CKyQ+u2xtmpxmFggA5MLymHwNQSlLg=".into())).unwrap();
    let root = hash(&base64(&real["get-sth"]["sha256_root_hash"])).unwrap();
    let mut proof: Vec<TreeHash> =
        list(&answer["audit_path"]).iter().map(|p| hash(&base64(p)).unwrap()).collect();
    assert_eq!(verify_inclusion(leaf, 10_000, 961_984_011, &proof, root), Ok(()));
    assert!(verify_inclusion(leaf, 10_001, 961_984_011, &proof, root).is_err());
    proof.pop();
    let short = InclusionError::TooShort { found: 29 };
    assert_eq!(verify_inclusion(leaf, 10_000, 961_984_011, &proof, root), Err(short));
}

#[test]
fn the_derived_proof_of_entry_299_is_ours() {
    let vectors = tlog();
    let derived = &vectors["tlog_proof_derived"];
    let leaves = record_leaves(300);
    assert_eq!(leaves[299], hex_hash(&derived["leaf_hash_hex"]));
    let lines = text(&derived["proof"]).lines().skip(2).take_while(|line| !line.is_empty());
    let expected: Vec<TreeHash> = lines.map(|line| hash(&base64(&line.into())).unwrap()).collect();
    assert_eq!(prove_inclusion(&MemoryTiles::of(&leaves), 299, 300).unwrap(), expected);
}

/// A subtree is a tree of its own: its leaves are counted from its start.
#[test]
fn the_published_proofs_in_subtrees_verify() {
    let vectors = tlog();
    let vectors = list(&vectors["merkle_subtreeinclusion_happy"]["vectors"]);
    for vector in vectors {
        let [index, start, end] = ["leafIdx", "start", "end"].map(|name| number(&vector[name]));
        let (leaf, root) = (hash(&base64(&vector["leafHash"])), hash(&base64(&vector["root"])));
        let proof: Vec<TreeHash> = list(&vector["proof"]).iter().map(|p| hash(&base64(p)).unwrap()).collect();
        let verified = verify_inclusion(leaf.unwrap(), index - start, end - start, &proof, root.unwrap());
        assert_eq!(verified, Ok(()), "{}", vector["name"]);
    }
    assert_eq!(vectors.len(), 10);
}

#[test]
fn every_leaf_at_every_size_up_to_300_is_proved_by_the_path_of_the_definition() {
    let leaves = record_leaves(300);
    let (naive, tiles) = (NaiveTree::of(&leaves), MemoryTiles::of(&leaves));
    for size in 1..=300 {
        let root = naive.mth(0, size);
        for (index, leaf) in (0..size).zip(&leaves) {
            let proof = prove_inclusion(&tiles, index, size).unwrap();
            assert_eq!(proof, naive.path(index, size), "{index} of {size}");
            assert_eq!(verify_inclusion(*leaf, index, size, &proof, root), Ok(()));
        }
    }
}

/// Every bit of every hash: for all leaves of small trees, and for one leaf of each tree up to 300; one bit of each byte
/// for all leaves of some larger ones.
#[test]
fn every_changed_bit_of_leaf_proof_and_root_is_refused() {
    let leaves = record_leaves(300);
    let naive = NaiveTree::of(&leaves);
    let (all, some): (Vec<usize>, Vec<usize>) =
        ((0..256).collect(), (0..32).map(|byte| byte * 8 + byte % 8).collect());
    for size in (1..=33).chain([63, 64, 65, 255, 256, 257, 300]) {
        for (index, leaf) in (0..size).zip(&leaves) {
            for bit in if size <= 17 { &all } else { &some } {
                refuse_bit(&naive, *leaf, [index, size], *bit);
            }
        }
    }
    for size in 18..=300_u64 {
        let index = (size / 2 * 7 + 3) % size;
        let leaf = leaves[usize::try_from(index).unwrap()];
        (0..256).for_each(|bit| refuse_bit(&naive, leaf, [index, size], bit));
    }
}

/// Changes this bit in one hash after the other.
fn refuse_bit(naive: &NaiveTree, leaf: TreeHash, [index, size]: [u64; 2], bit: usize) {
    let (root, mut proof) = (naive.mth(0, size), naive.path(index, size));
    let (mut other_leaf, mut other_root) = (leaf, root);
    flip(&mut other_leaf, bit);
    flip(&mut other_root, bit);
    assert!(verify_inclusion(other_leaf, index, size, &proof, root).is_err());
    assert!(verify_inclusion(leaf, index, size, &proof, other_root).is_err());
    for at in 0..proof.len() {
        flip(&mut proof[at], bit);
        assert!(verify_inclusion(leaf, index, size, &proof, root).is_err(), "{index} of {size}: {at}, {bit}");
        flip(&mut proof[at], bit);
    }
}

#[test]
fn every_dropped_doubled_swapped_or_added_hash_is_refused() {
    let leaves = record_leaves(300);
    let naive = NaiveTree::of(&leaves);
    for size in (1..=70).chain([127, 128, 255, 256, 257, 300]) {
        for (index, leaf) in (0..size).zip(&leaves) {
            let (root, proof) = (naive.mth(0, size), naive.path(index, size));
            for other in rearranged(&proof, &[TreeHash::ZERO, *leaf, root]) {
                assert!(verify_inclusion(*leaf, index, size, &other, root).is_err(), "{index} of {size}");
            }
        }
    }
}

/// The way from the root to a leaf: whether it goes to the right at each split.
fn way(mut index: u64, mut size: u64) -> Vec<bool> {
    let mut steps = vec![];
    while size > 1 {
        let k = split(size);
        steps.push(index >= k);
        (index, size) = if index < k { (index, k) } else { (index - k, size - k) };
    }
    steps
}

/// A proof binds index and size as far as they give another way, no further (leaf 0 of 3 has, hash by hash,
/// a proof for leaf 0 of 4): that is why the size is signed together with the root.
#[test]
fn another_index_or_size_is_refused_exactly_if_it_gives_another_way() {
    let leaves = record_leaves(40);
    let naive = NaiveTree::of(&leaves);
    for size in 1..=24 {
        for (index, leaf) in (0..size).zip(&leaves) {
            let (root, proof) = (naive.mth(0, size), naive.path(index, size));
            for (other_size, other) in (1..=48).flat_map(|size| (0..size).map(move |index| (size, index))) {
                let accepted = verify_inclusion(*leaf, other, other_size, &proof, root).is_ok();
                let same = way(index, size) == way(other, other_size);
                assert_eq!(accepted, same, "{index} of {size} as {other} of {other_size}");
                assert!(!same || size != other_size || index == other);
            }
        }
    }
    assert_eq!(way(0, 3), way(0, 4));
}

#[test]
fn a_proof_in_a_large_tree_reads_few_tiles() {
    let leaf = |n: u8| TreeHash([n; 32]);
    let tree = NaiveTree::of_runs(&[(0, leaf(0)), (777, leaf(1)), (70_001, leaf(2)), (1 << 33, leaf(3))]);
    let sizes: [u64; 10] =
        [1, 256, 257, 65_536, 65_537, 70_000, (1 << 24) - 1, 1 << 24, 961_984_011, 1 << 40];
    for size in sizes {
        let places = [0, 1, 255, 256, 776, 777, 65_535, 65_536, 70_000, size / 2, size.saturating_sub(2)];
        for index in places.into_iter().chain([size - 1]).filter(|index| *index < size) {
            tree.reads.borrow_mut().clear();
            let proof = prove_inclusion(&tree, index, size).unwrap();
            count_reads(&tree.reads.borrow(), size);
            assert_eq!(proof, tree.path(index, size), "{index} of {size}");
            let (leaf, root) = (tree.mth(index, index + 1), tree.mth(0, size));
            assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));
        }
    }
}

/// One tile of each level lies on the leaf's way, three in all up to 2^24 leaves. What else is read is the
/// tree's right edge, the last tile of a level: the same for every leaf, and nothing if the tree is full.
fn count_reads(reads: &[TileId], size: u64) {
    let levels = (size.ilog2() / 8 + 1) as usize;
    let last = |id: &TileId| TileId { index: id.index + 1, ..*id }.width_at(size) == 0;
    let on_the_way = reads.iter().filter(|id| !last(id)).count();
    assert!(on_the_way <= levels && reads.len() < 2 * levels, "a proof of {size} leaves reads {reads:?}");
    assert!(size != 1 << 24 || reads.len() <= 3, "a proof of a full tree reads {reads:?}");
    assert_eq!(reads.iter().collect::<BTreeSet<_>>().len(), reads.len(), "a tile was read twice");
}

#[test]
fn no_leaf_no_proof() {
    let tiles = MemoryTiles::of(&record_leaves(300));
    let none = |index, size| ProveInclusionError::NoSuchLeaf { index, size };
    assert_eq!(prove_inclusion(&tiles, 0, 0), Err(none(0, 0)));
    assert_eq!(prove_inclusion(&tiles, 300, 300), Err(none(300, 300)));
    let short = TileError::Short { id: TileId { level: 0, index: 1 }, expected: 45, found: 44 };
    assert_eq!(prove_inclusion(&tiles, 0, 301), Err(ProveInclusionError::Tile(short)));
    assert_eq!(
        prove_inclusion(&tiles, 0, u64::MAX),
        Err(ProveInclusionError::Tile(TileError::Read(Missing)))
    );
}

#[test]
fn the_ends_of_the_number_range_are_refused_and_not_a_panic() {
    let leaf = record_leaves(1)[0];
    assert_eq!(verify_inclusion(leaf, 0, 1, &[], leaf), Ok(()));
    for (index, size) in [(0, 0), (1, 1), (u64::MAX, u64::MAX), (u64::MAX, 0)] {
        assert_eq!(
            verify_inclusion(leaf, index, size, &[], leaf),
            Err(InclusionError::NoSuchLeaf { index, size })
        );
    }
    for length in 0..70 {
        for index in [0, 1 << 63, u64::MAX - 1] {
            assert!(verify_inclusion(leaf, index, u64::MAX, &vec![leaf; length], leaf).is_err());
        }
    }
    assert_eq!(verify_inclusion(leaf, 0, 1, &[leaf], leaf), Err(InclusionError::TooLong { found: 1 }));
    assert_eq!(verify_inclusion(leaf, 0, 2, &[], leaf), Err(InclusionError::TooShort { found: 0 }));
}

fn flip(hash: &mut TreeHash, bit: usize) {
    hash.0[bit / 8] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn every_changed_bit_is_refused(size in 1_usize..300, pick in any::<prop::sample::Index>(), bit in 0_usize..256) {
        let leaves = record_leaves(size as u64);
        let (root, at) = (root(&leaves), pick.index(size));
        let (leaf, index, size) = (leaves[at], at as u64, size as u64);
        let proof = prove_inclusion(&MemoryTiles::of(&leaves), index, size).unwrap();
        prop_assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));

        let mut other = leaf;
        flip(&mut other, bit);
        prop_assert!(verify_inclusion(other, index, size, &proof, root).is_err());
        other = root;
        flip(&mut other, bit);
        prop_assert!(verify_inclusion(leaf, index, size, &proof, other).is_err());
        prop_assert!(verify_inclusion(leaf, index ^ (1 << (bit % 64)), size, &proof, root).is_err());
        for hash in 0..proof.len() {
            let mut changed = proof.clone();
            flip(&mut changed[hash], bit);
            prop_assert!(verify_inclusion(leaf, index, size, &changed, root).is_err());
        }
    }

    #[test]
    fn every_other_length_is_refused(size in 1_usize..300, pick in any::<prop::sample::Index>(), more in 1_usize..70) {
        let leaves = record_leaves(size as u64);
        let (root, at) = (root(&leaves), pick.index(size));
        let proof = prove_inclusion(&MemoryTiles::of(&leaves), at as u64, size as u64).unwrap();
        let verify = |proof: &[TreeHash]| verify_inclusion(leaves[at], at as u64, size as u64, proof, root);
        for found in 0..proof.len() {
            prop_assert_eq!(verify(&proof[..found]), Err(InclusionError::TooShort { found }));
        }
        let mut long = proof.clone();
        long.extend(vec![root; more]);
        prop_assert_eq!(verify(&long), Err(InclusionError::TooLong { found: long.len() }));
        let mut long = proof.clone();
        long.insert(0, leaves[at]);
        prop_assert!(verify(&long).is_err());
    }
}

#[test]
fn a_proof_states_the_tree_of_everything_up_to_its_leaf() {
    for size in 1..=70_u64 {
        let leaves = record_leaves(size);
        let tiles = MemoryTiles::of(&leaves);
        let mut tree = Frontier::new();
        for (index, leaf) in (0..).zip(&leaves) {
            tree.push(*leaf);
            let proof = prove_inclusion(&tiles, index, size).unwrap();
            assert_eq!(prefix(*leaf, index, size, &proof), tree, "leaf {index} of {size}");
        }
    }
}

#[test]
fn a_proof_in_another_tree_states_another_tree_before_its_leaf() {
    for bent in 0..19_usize {
        let mut leaves = record_leaves(20);
        let honest = prove_inclusion(&MemoryTiles::of(&leaves), 19, 20).unwrap();
        leaves[bent] = TreeHash([7; 32]);
        let other = prove_inclusion(&MemoryTiles::of(&leaves), 19, 20).unwrap();
        assert!(verify_inclusion(leaves[19], 19, 20, &other, root(&leaves)).is_ok());
        assert_ne!(prefix(leaves[19], 19, 20, &other), prefix(leaves[19], 19, 20, &honest), "bent at {bent}");
    }
}
