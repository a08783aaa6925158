//! The tree of the durable entries: its tiles, and proofs between any sizes up to the newest checkpoint's.

use crate::engine::{Engine, Unavailable};
use lotbook_chain::{Position, TileId, TileReader, TreeHash, prove_consistency};

impl Engine {
    /// The first `width` hashes of a stored tile of the tree.
    ///
    /// # Errors
    /// [`Unavailable`] if the store cannot be read, or has fewer.
    pub fn tile(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Unavailable> {
        self.shared.store.tile(id, width).map_err(|error| Unavailable(error.to_string()))
    }

    /// Proof that the first `to` entries extend the first `from`; nothing if there are fewer, or `from` is
    /// the larger.
    ///
    /// # Errors
    /// [`Unavailable`] if the store cannot be read.
    pub fn consistency_proof(&self, from: u64, to: u64) -> Result<Option<Vec<TreeHash>>, Unavailable> {
        if from > to || to > self.size() {
            return Ok(None);
        }
        let proof = prove_consistency(&self.shared.store, from, to);
        proof.map(Some).map_err(|error| Unavailable(error.to_string()))
    }

    /// Proof that an entry is among the first `size`; nothing if it is not, or there are fewer.
    ///
    /// # Errors
    /// [`Unavailable`] if the store cannot be read.
    pub fn inclusion_proof(&self, position: u64, size: u64) -> Result<Option<Vec<TreeHash>>, Unavailable> {
        let proof = self.shared.store.inclusion_proof(Position(position), size);
        proof.map_err(|error| Unavailable(error.to_string()))
    }
}
