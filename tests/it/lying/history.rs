//! A history as a log shows it: entries, the tree that its head signs, and proofs in that tree.

use super::keys::again;
use crate::tamper::played::played;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{
    Checkpoint, Receipt, SigningKey, TileId, TileReader, TreeHash, VerifierKey, append, prove_consistency,
    prove_inclusion, root,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Entries and a signed tree, which need not be of one another.
#[derive(Clone)]
pub struct History {
    pub entries: Vec<Vec<u8>>,
    leaves: Vec<TreeHash>,
    tiles: BTreeMap<TileId, Vec<TreeHash>>,
    pub origin: String,
    key: Arc<SigningKey>,
    /// The newest head, signed.
    pub note: String,
    /// Leaves under it.
    pub size: usize,
}

impl History {
    /// Entries under a head of all of them, signed by the ledger of the played year.
    pub fn of(entries: Vec<Vec<u8>>) -> Self {
        Self::signed(entries, &played().origin, &played().checkpoint)
    }

    pub fn signed(entries: Vec<Vec<u8>>, origin: &str, key: &SigningKey) -> Self {
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let tiles = append(&Nothing, 0, &leaves).unwrap().into_iter().collect();
        let (origin, size) = (origin.to_owned(), leaves.len());
        let mut history =
            Self { entries, leaves, tiles, origin, key: Arc::new(again(key)), note: String::new(), size };
        history.note = history.note_of(size);
        history
    }

    /// The signed head of its first `size` leaves.
    pub fn note_of(&self, size: usize) -> String {
        self.head_of(size).sign(&self.key).unwrap()
    }

    pub fn head_of(&self, size: usize) -> Checkpoint {
        let root = root(&self.leaves[..size]);
        Checkpoint { origin: self.origin.clone(), size: size as u64, root }
    }

    /// Shows the head of its first `size` leaves as the newest one.
    pub fn show(&mut self, size: usize) {
        (self.size, self.note) = (size, self.note_of(size));
    }

    pub fn vkey(&self) -> VerifierKey {
        VerifierKey::new(&self.origin, self.key.public()).unwrap()
    }

    /// The proof of a leaf in the tree of `size` leaves; of the last one if there is no such leaf.
    pub fn inclusion(&self, position: usize, size: usize) -> Vec<TreeHash> {
        let leaf = position.min(size.saturating_sub(1)) as u64;
        prove_inclusion(self, leaf, size as u64).unwrap_or_default()
    }

    /// Nothing if there are no such trees.
    pub fn consistency(&self, from: u64, to: u64) -> Option<Vec<TreeHash>> {
        let within = from <= to && to <= self.leaves.len() as u64;
        within.then(|| prove_consistency(self, from, to).unwrap())
    }

    /// The receipt of an entry under the newest head.
    pub fn receipt(&self, position: usize) -> Receipt {
        Receipt {
            entry: self.entries[position].clone(),
            proof: self.inclusion(position, self.size),
            checkpoint: self.note.clone(),
        }
    }
}

impl TileReader for History {
    type Error = ();

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, ()> {
        self.tiles.get(&id).cloned().ok_or(())
    }
}

/// The tiles of no log yet.
struct Nothing;

impl TileReader for Nothing {
    type Error = ();

    fn tile(&self, _id: TileId, _width: u16) -> Result<Vec<TreeHash>, ()> {
        Err(())
    }
}
