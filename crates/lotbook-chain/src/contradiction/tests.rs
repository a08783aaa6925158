//! Two heads that contradict each other are shown to; two that agree are not.

use super::*;
use crate::consistency::prove_consistency;
use crate::tile::{TileId, TileReader, append};
use crate::tree::root;
use crate::vectors::record_leaves;
use crate::{SigningKey, VerifierKey};
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
