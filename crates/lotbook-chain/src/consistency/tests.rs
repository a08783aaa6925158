//! Proofs agree with the published ones and the definition; every other one is refused.

use super::*;
use crate::naive::{NaiveTree, rearranged, split};
use crate::tile::TileId;
use crate::tile::tests::{MemoryTiles, Missing};
use crate::vectors::{base64, hex_hash, list, number, record_leaves, tlog};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn hash(bytes: &[u8]) -> Option<TreeHash> {
    TreeHash::try_from(bytes).ok()
}

fn hashes(values: &Value) -> Option<Vec<TreeHash>> {
    list(values).iter().map(|value| hash(&base64(value))).collect()
}

/// A published probe; a proof's hashes that are not 32 bytes cannot even be written down here.
fn probe(vector: &Value, sizes: [&str; 2]) -> Option<Result<(), ConsistencyError>> {
    // Some roots are words ("don't care 1"): their hash stands for them.
    let root = |value: &Value| {
        let bytes = base64(value);
        hash(&bytes).unwrap_or_else(|| TreeHash(Sha256::digest(&bytes).into()))
    };
    let ([from, to], proof) = (sizes.map(|size| number(&vector[size])), hashes(&vector["proof"])?);
    Some(verify_consistency(from, root(&vector["root1"]), to, root(&vector["root2"]), &proof))
}

/// A tree of 300 different leaves, and its tiles.
fn tree_of_300() -> (NaiveTree, MemoryTiles) {
    let leaves = record_leaves(300);
    (NaiveTree::of(&leaves), MemoryTiles::of(&leaves))
}

/// The one probe that is decided otherwise: the source refuses size1 = 0 whatever the proof, tlog-witness
/// accepts it with an empty one.
const FROM_NOTHING: &str = "consistency/additional/size1-is-zero-and-size2-is-not-zero.json";

#[test]
fn the_published_probes_are_decided_as_published() {
    let vectors = tlog();
    let (mut good, mut bad) = (0, 0);
    for vector in list(&vectors["merkle_consistency"]["vectors"]) {
        let refused = !matches!(probe(vector, ["size1", "size2"]), Some(Ok(())));
        let published = vector["wantErr"].as_bool().unwrap();
        assert_eq!(refused, published && vector["name"] != FROM_NOTHING, "{}", vector["name"]);
        if published { bad += 1 } else { good += 1 }
    }
    assert_eq!((good, bad), (6, 92));
}

#[test]
fn from_the_empty_tree_everything_extends_with_an_empty_proof_only() {
    let root = record_leaves(1)[0];
    for to in [0, 1, 2, 300, u64::MAX] {
        let new = if to == 0 { EMPTY_ROOT } else { root };
        assert_eq!(verify_consistency(0, EMPTY_ROOT, to, new, &[]), Ok(()));
        let found = ConsistencyError::NotEmpty { found: 1 };
        assert_eq!(verify_consistency(0, EMPTY_ROOT, to, new, &[root]), Err(found));
        // A tree without leaves has one root.
        let forked = ConsistencyError::Forked { size: 0, from: EMPTY_ROOT, to: root };
        assert_eq!(verify_consistency(0, root, to, new, &[]), Err(forked));
    }
    let forked = ConsistencyError::Forked { size: 0, from: EMPTY_ROOT, to: root };
    assert_eq!(verify_consistency(0, EMPTY_ROOT, 0, root, &[]), Err(forked));
}

#[test]
fn the_published_proofs_of_subtrees_from_the_left_edge_verify() {
    let vectors = tlog();
    let vectors = list(&vectors["merkle_subtreeconsistency_happy"]["vectors"]);
    for vector in vectors {
        assert_eq!(vector["start"], 0);
        assert_eq!(probe(vector, ["end", "size"]), Some(Ok(())), "{}", vector["name"]);
    }
    assert_eq!(vectors.len(), 5);
}

#[test]
fn the_reference_tree_has_its_published_proofs() {
    let vectors = tlog();
    let tree = &vectors["rfc6962_reference_tree"];
    let leaves: Vec<TreeHash> = list(&tree["leaf_hashes_hex"]).iter().map(hex_hash).collect();
    let tiles = MemoryTiles::of(&leaves);
    let root = |size: u64| hex_hash(&tree["roots_hex_by_size"][size.to_string()]);
    for vector in list(&tree["all_consistency"]) {
        let (from, to) = (number(&vector["size1"]), number(&vector["size2"]));
        let proof: Vec<TreeHash> = list(&vector["proof_hex"]).iter().map(hex_hash).collect();
        assert_eq!(prove_consistency(&tiles, from, to).unwrap(), proof, "{from} to {to}");
        assert_eq!(verify_consistency(from, root(from), to, root(to), &proof), Ok(()));
    }
    assert_eq!(list(&tree["all_consistency"]).len(), 36);
}

/// The smaller head is not in the source: it is what the proof leads to, and its figure is kept here.
#[test]
fn a_proof_of_a_real_certificate_log_leads_to_its_published_head() {
    const OLD: &str = "02e219e55eac0d48f5be7dd8d4af39a0e690ef2f852492adc914e5d5e7482814";
    let vectors = tlog();
    let real = &vectors["ct_real_proofs"];
    let answer = &real["get-sth-consistency-first-3654490-second-961984011"];
    let new = hash(&base64(&real["get-sth"]["sha256_root_hash"])).unwrap();
    let proof = hashes(&answer["consistency"]).unwrap();
    let verify = |from, old, to, proof: &[TreeHash]| verify_consistency(from, old, to, new, proof);
    let (from, to, old) = (3_654_490, 961_984_011, TreeHash::from_hex(OLD).unwrap());
    assert_eq!(verify(from, old, to, &proof), Ok(()));
    // With another old root the new one is not reached any more, so the old one is what the proof says.
    let wrong = ConsistencyError::WrongOldRoot { computed: old, expected: new };
    assert_eq!(verify(from, new, to, &proof), Err(wrong));
    for bad in [verify(from - 1, old, to, &proof), verify(from + 1, old, to, &proof)] {
        assert!(bad.is_err());
    }
    assert_eq!(verify(from, old, to, &proof[..29]), Err(ConsistencyError::TooShort { found: 29 }));
    for at in 0..proof.len() {
        let mut changed = proof.clone();
        changed[at].0[31] ^= 1;
        assert!(verify(from, old, to, &changed).is_err(), "hash {at}");
    }
}

#[test]
fn every_pair_of_sizes_up_to_300_is_proved_by_the_proof_of_the_definition() {
    let (naive, tiles) = tree_of_300();
    for to in 1..=300 {
        for from in 1..=to {
            let proof = prove_consistency(&tiles, from, to).unwrap();
            assert_eq!(proof, naive.proof(from, to), "{from} to {to}");
            let (old, new) = (naive.mth(0, from), naive.mth(0, to));
            assert_eq!(verify_consistency(from, old, to, new, &proof), Ok(()), "{from} to {to}");
        }
        assert_eq!(prove_consistency(&tiles, 0, to), Ok(vec![]));
    }
    assert_eq!(prove_consistency(&tiles, 0, 0), Ok(vec![]));
}

/// Every bit of every hash: for all pairs of small trees, and from one size to each size up to 300; one bit of each
/// byte for all pairs of some larger ones.
#[test]
fn every_changed_bit_of_proof_and_roots_is_refused() {
    let naive = tree_of_300().0;
    let (all, some): (Vec<usize>, Vec<usize>) =
        ((0..256).collect(), (0..32).map(|byte| byte * 8 + byte % 8).collect());
    for to in (1..=33).chain([63, 64, 65, 255, 256, 257, 300]) {
        for from in 1..=to {
            for bit in if to <= 17 { &all } else { &some } {
                refuse_bit(&naive, from, to, *bit);
            }
        }
    }
    for to in 18..=300 {
        (0..256).for_each(|bit| refuse_bit(&naive, 1 + (to * to) % (to - 1), to, bit));
    }
}

/// Changes this bit in one hash after the other.
fn refuse_bit(naive: &NaiveTree, from: u64, to: u64, bit: usize) {
    let changed = |hash: &TreeHash| {
        let mut hash = *hash;
        hash.0[bit / 8] ^= 1 << (bit % 8);
        hash
    };
    let (old, new, mut proof) = (naive.mth(0, from), naive.mth(0, to), naive.proof(from, to));
    let verify = |old, new, proof: &[TreeHash]| verify_consistency(from, old, to, new, proof);
    assert!(verify(changed(&old), new, &proof).is_err(), "{from} to {to}: old root, bit {bit}");
    assert!(verify(old, changed(&new), &proof).is_err(), "{from} to {to}: new root, bit {bit}");
    for at in 0..proof.len() {
        let before = proof[at];
        proof[at] = changed(&before);
        assert!(verify(old, new, &proof).is_err(), "{from} to {to}: hash {at}, bit {bit}");
        proof[at] = before;
    }
}

#[test]
fn every_dropped_doubled_swapped_or_added_hash_is_refused() {
    let naive = tree_of_300().0;
    for to in (1..=70).chain([127, 128, 255, 256, 257, 300]) {
        for from in 1..=to {
            let (old, new, proof) = (naive.mth(0, from), naive.mth(0, to), naive.proof(from, to));
            for other in rearranged(&proof, &[TreeHash::ZERO, old, new]) {
                let refused = verify_consistency(from, old, to, new, &other);
                assert!(refused.is_err(), "{from} to {to}: {other:?}");
            }
        }
    }
}

/// What of two sizes the algorithm of a proof depends on: at each step from the root, whether the smaller
/// tree's edge is on the right of the split; and whether it ends in a whole smaller tree.
fn shape(mut from: u64, mut to: u64) -> (Vec<bool>, bool) {
    let mut steps = vec![];
    while from != to {
        let k = split(to);
        steps.push(from > k);
        (from, to) = if from <= k { (from, k) } else { (from - k, to - k) };
    }
    let whole = !steps.contains(&true);
    (steps, whole)
}

/// A proof binds sizes as far as they give its path another shape, no further (the proof from 1 to 3 is,
/// hash by hash, one from 1 to 4): that is why sizes are signed together with roots.
#[test]
fn other_sizes_are_refused_exactly_if_they_give_the_path_another_shape() {
    let naive = tree_of_300().0;
    for to in 2..=20 {
        for from in 1..to {
            let (old, new, proof) = (naive.mth(0, from), naive.mth(0, to), naive.proof(from, to));
            for other_to in 1..=40 {
                for other_from in 1..other_to {
                    let accepted = verify_consistency(other_from, old, other_to, new, &proof).is_ok();
                    let same = shape(from, to) == shape(other_from, other_to);
                    assert_eq!(accepted, same, "{from} to {to} as {other_from} to {other_to}");
                }
            }
        }
    }
    assert_eq!(shape(1, 3), shape(1, 4));
    assert_ne!(shape(1, 3), shape(2, 3));
}

#[test]
fn sizes_and_roots_that_contradict_each_other_are_named() {
    let naive = tree_of_300().0;
    let (three, five) = (naive.mth(0, 3), naive.mth(0, 5));
    let proof = naive.proof(3, 5);
    let shrinks = ConsistencyError::Shrinks { from: 5, to: 3 };
    assert_eq!(verify_consistency(5, five, 3, three, &proof), Err(shrinks));
    let forked = ConsistencyError::Forked { size: 3, from: three, to: five };
    assert_eq!(verify_consistency(3, three, 3, five, &[]), Err(forked));
    assert_eq!(verify_consistency(3, three, 3, three, &[]), Ok(()));
    let more = ConsistencyError::NotEmpty { found: 4 };
    assert_eq!(verify_consistency(3, three, 3, three, &proof), Err(more));
    assert_eq!(verify_consistency(3, three, 5, five, &[]), Err(ConsistencyError::TooShort { found: 0 }));
    let long = [proof.as_slice(), &[three]].concat();
    assert_eq!(verify_consistency(3, three, 5, five, &long), Err(ConsistencyError::TooLong { found: 5 }));
    let wrong_old = ConsistencyError::WrongOldRoot { computed: three, expected: five };
    assert_eq!(verify_consistency(3, five, 5, five, &proof), Err(wrong_old));
    let wrong_new = ConsistencyError::WrongNewRoot { computed: five, expected: three };
    assert_eq!(verify_consistency(3, three, 5, three, &proof), Err(wrong_new));
}

#[test]
fn the_ends_of_the_number_range_are_refused_and_not_a_panic() {
    let hash = record_leaves(1)[0];
    for length in 0..70 {
        for from in [1, 2, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, u64::MAX - 1] {
            assert!(verify_consistency(from, hash, u64::MAX, hash, &vec![hash; length]).is_err());
        }
    }
    let tree = NaiveTree::of_runs(&[(0, hash)]);
    for from in [1, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, u64::MAX - 1] {
        let proof = prove_consistency(&tree, from, u64::MAX).unwrap();
        let (old, new) = (tree.mth(0, from), tree.mth(0, u64::MAX));
        assert_eq!(verify_consistency(from, old, u64::MAX, new, &proof), Ok(()), "{from}");
    }
}

#[test]
fn what_does_not_grow_or_cannot_be_read_is_not_proved() {
    let tiles = MemoryTiles::of(&record_leaves(300));
    let shrinks = ProveConsistencyError::Shrinks { from: 300, to: 299 };
    assert_eq!(prove_consistency(&tiles, 300, 299), Err(shrinks));
    let short = TileError::Short { id: TileId { level: 0, index: 1 }, expected: 45, found: 44 };
    assert_eq!(prove_consistency(&tiles, 1, 301), Err(ProveConsistencyError::Tile(short)));
    let read = ProveConsistencyError::Tile(TileError::Read(Missing));
    assert_eq!(prove_consistency(&tiles, 1, u64::MAX), Err(read));
}

#[test]
fn a_proof_in_a_huge_tree_reads_two_tiles_of_a_level_and_is_that_of_the_definition() {
    let leaf = |n: u8| TreeHash([n; 32]);
    let tree = NaiveTree::of_runs(&[(0, leaf(0)), (777, leaf(1)), (70_001, leaf(2)), (1 << 33, leaf(3))]);
    let sizes = [1, 2, 255, 256, 257, 777, 65_535, 65_536, 70_000, 70_002, (1 << 24) - 1, 1 << 24];
    let larger = [(1 << 24) + 1, 961_984_011, (1 << 33) + 12_345, (1 << 40) - 1, 1 << 40];
    let sizes: Vec<u64> = sizes.into_iter().chain(larger).collect();
    for (at, to) in sizes.iter().copied().enumerate() {
        for from in sizes[..at].iter().copied().chain([to - 1]).filter(|from| *from > 0) {
            tree.reads.borrow_mut().clear();
            let proof = prove_consistency(&tree, from, to).unwrap();
            // The levels of the tree, two tiles in each but the highest; none of them twice.
            let levels = (to.ilog2() / 8 + 1) as usize;
            let reads = tree.reads.borrow().clone();
            assert!(reads.len() < 2 * levels, "{from} to {to} reads {reads:?}");
            assert_eq!(reads.iter().collect::<BTreeSet<_>>().len(), reads.len());
            assert_eq!(proof, tree.proof(from, to), "{from} to {to}");
            let (old, new) = (tree.mth(0, from), tree.mth(0, to));
            assert_eq!(verify_consistency(from, old, to, new, &proof), Ok(()));
        }
    }
}
