//! The crate `ct-merkle`: RFC 6962 trees and proofs.

use crate::foreign::agrees;
use crate::foreign::case::What;
use crate::foreign::corpus::records;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{TreeHash, verify_consistency, verify_inclusion};
use sha2::Sha256;

fn root(hash: TreeHash, size: u64) -> RootHash<Sha256> {
    RootHash::new(hash.0.into(), size)
}

fn bytes(proof: &[TreeHash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

fn hashes(bytes: &[u8]) -> Vec<TreeHash> {
    bytes.chunks(32).map(|hash| hash.try_into().unwrap()).collect()
}

/// Its verdict; it knows no proof from the empty tree.
fn accepts(what: &What) -> Option<bool> {
    match what {
        What::Inclusion { index, size, entry, root: hash, proof } => {
            let proof = InclusionProof::try_from_bytes(bytes(proof)).unwrap();
            Some(root(*hash, *size).verify_inclusion(entry, *index, &proof).is_ok())
        }
        What::Consistency { old: 0, .. } => None,
        What::Consistency { old, new, old_root, new_root, proof } => {
            let proof = ConsistencyProof::try_from_bytes(bytes(proof)).unwrap();
            Some(root(*new_root, *new).verify_consistency(&root(*old_root, *old), &proof).is_ok())
        }
        _ => None,
    }
}

#[test]
fn ct_merkle_gives_every_verdict_on_proofs() {
    agrees(&["inclusion", "consistency"], &[], accepts);
}

#[test]
fn ct_merkle_makes_the_same_roots_and_proofs_at_every_size_to_300() {
    let log = records();
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for size in 1..=300_u64 {
        tree.push(log.entry(size - 1).to_vec());
        let root = log.root(size);
        assert_eq!(tree.root().as_bytes().as_slice(), root.as_bytes(), "size {size}");
        for index in 0..size {
            let theirs = hashes(tree.prove_inclusion(usize::try_from(index).unwrap()).as_bytes());
            assert_eq!(theirs, log.inclusion(index, size), "leaf {index} of {size}");
            verify_inclusion(leaf_hash(log.entry(index)), index, size, &theirs, root).unwrap();
        }
        for old in 1..=size {
            let added = usize::try_from(size - old).unwrap();
            let theirs = hashes(tree.prove_consistency(added).as_bytes());
            assert_eq!(theirs, log.consistency(old, size), "from {old} to {size}");
            verify_consistency(old, log.root(old), size, root, &theirs).unwrap();
        }
    }
}
