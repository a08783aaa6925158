//! Proofs agree with the published ones and the naive tree; every other one is refused.

use super::*;
use crate::tile::TileId;
use crate::tile::tests::{MemoryTiles, Missing};
use crate::tree::root;
use crate::vectors::{base64, hex_hash, list, record_leaves, text, tlog};
use proptest::prelude::*;
use serde_json::Value;

/// PATH(m, D[n]) by the definition (RFC 6962 section 2.1.1).
fn naive_proof(index: usize, leaves: &[TreeHash]) -> Vec<TreeHash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, sibling) = if index < left.len() {
        (naive_proof(index, left), root(right))
    } else {
        (naive_proof(index - left.len(), right), root(left))
    };
    path.push(sibling);
    path
}

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

#[test]
fn every_leaf_is_proved_at_every_size_up_to_300() {
    let leaves = record_leaves(300);
    let tiles = MemoryTiles::of(&leaves);
    for size in 1..=300 {
        let root = root(&leaves[..size]);
        // Every leaf of some sizes; the first, the last and those around a tile's end of all.
        let all = size % 37 == 0 || (255..=258).contains(&size);
        let edge = |index: &usize| *index < 2 || *index + 3 > size || (254..=257).contains(index);
        for index in (0..size).filter(|index| all || edge(index)) {
            let proof = prove_inclusion(&tiles, index as u64, size as u64).unwrap();
            assert_eq!(verify_inclusion(leaves[index], index as u64, size as u64, &proof, root), Ok(()));
            assert_eq!(proof, naive_proof(index, &leaves[..size]), "{index} of {size}");
        }
    }
}

#[test]
fn a_proof_in_a_large_tree_reads_few_tiles() {
    let leaves = record_leaves(70_000);
    let tiles = MemoryTiles::of(&leaves);
    for (index, size) in [(0, 70_000), (69_999, 70_000), (65_535, 70_000), (65_536, 70_000), (1_234, 65_537)]
    {
        tiles.reads.borrow_mut().clear();
        let proof = prove_inclusion(&tiles, index, size).unwrap();
        let root = root(&leaves[..size as usize]);
        assert_eq!(verify_inclusion(leaves[index as usize], index, size, &proof, root), Ok(()));
        let mut reads = tiles.reads.borrow().clone();
        let count = reads.len();
        reads.sort();
        reads.dedup();
        assert_eq!(reads.len(), count, "a tile was read twice");
        assert!(count <= 5, "{count} tiles read for {index} of {size}");
    }
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
