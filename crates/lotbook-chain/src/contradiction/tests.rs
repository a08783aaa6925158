//! Two heads that contradict each other are shown to; two that agree are not.

use super::*;
use crate::consistency::prove_consistency;
use crate::tile::{TileId, TileReader, append};
use crate::tree::root;
use crate::vectors::record_leaves;
use crate::{SigningKey, VerifierKey};
use proptest::prelude::*;
use std::collections::BTreeMap;

struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl TileReader for Tiles {
    type Error = &'static str;

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, Self::Error> {
        self.0.get(&id).cloned().ok_or("no such tile")
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn vkey() -> VerifierKey {
    VerifierKey::new("log.example", key().public()).unwrap()
}

fn head(leaves: &[TreeHash]) -> String {
    let size = leaves.len() as u64;
    Checkpoint { origin: "log.example".into(), size, root: root(leaves) }.sign(&key()).unwrap()
}

/// The heads of `from` leaves of one history and of all leaves of another that differs in leaf 1.
fn forked(from: usize, to: usize) -> Contradiction {
    let honest = record_leaves(to as u64);
    let mut other = honest.clone();
    other[1] = TreeHash([7; 32]);
    let tiles = append(&Tiles(BTreeMap::new()), 0, &other).unwrap().into_iter().collect();
    let proof = prove_consistency(&Tiles(tiles), from as u64, to as u64).unwrap();
    Contradiction { first: head(&honest[..from]), second: head(&other), prefix: root(&other[..from]), proof }
}

#[test]
fn a_fork_is_proved_at_every_pair_of_sizes() {
    for to in 2..40 {
        for from in 2..=to {
            let proof = forked(from, to);
            let (first, second) = proof.verify(&vkey()).unwrap();
            assert_eq!((first.size, second.size), (from as u64, to as u64));
            assert_eq!(proof.to_string().parse(), Ok(proof));
        }
    }
}

#[test]
fn heads_that_agree_are_no_contradiction() {
    let leaves = record_leaves(9);
    let tiles = append(&Tiles(BTreeMap::new()), 0, &leaves).unwrap().into_iter().collect();
    let proof = prove_consistency(&Tiles(tiles), 4, 9).unwrap();
    let prefix = root(&leaves[..4]);
    let honest = Contradiction { first: head(&leaves[..4]), second: head(&leaves), prefix, proof };
    assert_eq!(honest.verify(&vkey()), Err(NoContradiction::Agree(prefix)));
}

#[test]
fn what_was_made_up_is_refused() {
    let good = forked(5, 12);
    let another = VerifierKey::new("log.example", SigningKey::from_seed(&[4; 32]).public()).unwrap();
    assert!(matches!(good.verify(&another), Err(NoContradiction::Head(_))));
    let made_up = Contradiction { prefix: TreeHash([1; 32]), ..good.clone() };
    assert!(matches!(made_up.verify(&vkey()), Err(NoContradiction::Proof(_))));
    let swapped = Contradiction { first: good.second.clone(), second: good.first.clone(), ..good.clone() };
    assert!(matches!(swapped.verify(&vkey()), Err(NoContradiction::Proof(_))));
    let short = Contradiction { proof: good.proof[1..].to_vec(), ..good.clone() };
    assert!(matches!(short.verify(&vkey()), Err(NoContradiction::Proof(_))));
}

#[test]
fn the_file_has_one_form() {
    let good = forked(5, 12).to_string();
    for cut in 0..good.len() {
        if good.is_char_boundary(cut) {
            assert!(good[..cut].parse::<Contradiction>().is_err(), "cut at {cut}");
        }
    }
    for bad in [format!("{good}\n"), good.replace("first ", "first 0"), good.replace("prefix", "Prefix")] {
        assert!(bad.parse::<Contradiction>().is_err(), "{bad}");
    }
}

#[test]
fn heads_of_one_size_need_no_proof() {
    let leaves = record_leaves(3);
    let (first, second) = (head(&leaves[..2]), head(&leaves[1..]));
    let proof = Contradiction { first, second, prefix: root(&leaves[1..]), proof: vec![] };
    assert!(proof.verify(&vkey()).is_ok());
    let with_proof = Contradiction { proof: vec![leaves[0]], ..proof.clone() };
    let more = ConsistencyError::NotEmpty { found: 1 };
    assert_eq!(with_proof.verify(&vkey()), Err(NoContradiction::Proof(more)));
    let twice = Contradiction { second: proof.first.clone(), prefix: root(&leaves[..2]), ..proof };
    assert_eq!(twice.verify(&vkey()), Err(NoContradiction::Agree(root(&leaves[..2]))));
}

/// Every history begins with nothing: an empty log contradicts none.
#[test]
fn the_empty_tree_contradicts_nothing() {
    let leaves = record_leaves(3);
    let of = |prefix| Contradiction { first: head(&[]), second: head(&leaves), prefix, proof: vec![] };
    let agree = NoContradiction::Agree(crate::EMPTY_ROOT);
    assert_eq!(of(crate::EMPTY_ROOT).verify(&vkey()), Err(agree));
    assert!(matches!(of(root(&leaves)).verify(&vkey()), Err(NoContradiction::Proof(_))));
}

#[test]
fn any_changed_bit_is_refused() {
    let good = forked(5, 12).to_string().into_bytes();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let read = String::from_utf8(bytes).ok().and_then(|text| text.parse::<Contradiction>().ok());
        assert!(read.is_none_or(|read| read.verify(&vkey()).is_err()), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn writing_and_reading_give_the_same_file(first in "[ -~\n—]{0,40}", second in "[ -~\n—]{0,40}", prefix: [u8; 32], proof in prop::collection::vec(any::<[u8; 32]>(), 0..4)) {
        let proof = proof.into_iter().map(TreeHash).collect();
        let file = Contradiction { first, second, prefix: TreeHash(prefix), proof };
        prop_assert_eq!(file.to_string().parse(), Ok(file));
    }
}
