//! Bytes, hashes and signatures of a ledger: entry and hash chain, RFC 6962 tree with its proofs, receipt,
//! and what C2SP says of logs: signed note, checkpoint, cosignature, tiles, witness, policy, proof file.
//!
//! This room knows bytes, not meaning: no event, no clock, no randomness, no I/O. An auditor starts
//! here. Where to read first: [`entry`] (what is hashed), then [`tree`], then [`receipt`].
//!
//! ```
//! use lotbook_chain::{Checkpoint, Frontier, SigningKey, VerifierKey, entry::leaf_hash};
//!
//! let mut tree = Frontier::new();
//! tree.push(leaf_hash(b"the bytes of an entry"));
//! let checkpoint = Checkpoint { origin: "ledger.example".into(), size: tree.size(), root: tree.root() };
//!
//! let key = SigningKey::from_seed(&[7; 32]);
//! let note = checkpoint.sign(&key)?;
//! let vkey = VerifierKey::new("ledger.example", key.public())?;
//! assert_eq!(Checkpoint::open(&note, &vkey)?, checkpoint);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod add_checkpoint;
mod base64;
pub mod bundle;
pub mod checkpoint;
pub mod consistency;
pub mod contradiction;
pub mod cosignature;
pub mod entry;
pub mod hash;
pub mod inclusion;
pub mod layout;
pub mod note;
pub mod policy;
pub mod receipt;
pub mod sealing;
pub mod sign;
pub mod tile;
pub mod tlog_proof;
pub mod tree;
pub mod vkey;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod vectors;

pub use add_checkpoint::{AddCheckpoint, AddCheckpointError, Cosigned, WitnessRefusal};
pub use bundle::BundleError;
pub use checkpoint::{Checkpoint, CheckpointError, OpenCheckpointError, SignCheckpointError};
pub use consistency::{ConsistencyError, ProveConsistencyError, prove_consistency, verify_consistency};
pub use contradiction::{Contradiction, ContradictionError, NoContradiction};
pub use cosignature::{Cosignature, CosignatureError, WitnessTime, add_signatures, cosign, cosignatures};
pub use entry::{Entry, EntryError, MAX_ENTRY_BYTES, MAX_STATEMENT_BYTES, Sealed};
pub use hash::{EntryHash, Instant, KeyId, LedgerId, Position, StatementHash, TreeHash};
pub use inclusion::{InclusionError, ProveInclusionError, prefix, prove_inclusion, verify_inclusion};
pub use layout::{TilePath, TilePathError};
pub use note::{
    NoteSignature, NoteTextError, OpenNoteError, OpenedNote, SignNoteError, open_note, sign_note, split_note,
};
pub use policy::{Policy, PolicyError, UnwitnessedError, Witnessed};
pub use receipt::{Receipt, ReceiptError, ReceiptFileError, VerifiedReceipt};
pub use sign::{KeyError, PublicKey, Signature, SignatureError, SigningKey};
pub use tile::{TILE_WIDTH, TileContent, TileError, TileId, TileReader, append, frontier};
pub use tlog_proof::{RefusedTlogProof, TlogProof, TlogProofError};
pub use tree::{EMPTY_ROOT, Frontier, node_hash, root};
pub use vkey::{CosignerKey, KeyNameError, NoteKeyId, VerifierKey, VerifierKeyError};
