//! Bytes, hashes and signatures of a ledger: entry and hash chain, RFC 6962 tree and inclusion
//! proofs, C2SP signed note and checkpoint, receipt.
//!
//! This room knows bytes, not meaning: no event, no clock, no randomness, no I/O. An auditor starts
//! here. Where to read first: [`entry`] (what is hashed), then [`tree`], then [`receipt`].

pub mod entry;
pub mod hash;
pub mod sign;

pub use entry::{Entry, EntryError, MAX_ENTRY_BYTES, MAX_STATEMENT_BYTES, Sealed};
pub use hash::{EntryHash, Instant, KeyId, LedgerId, Position, StatementHash, TreeHash};
pub use sign::{KeyError, PublicKey, Signature, SignatureError, SigningKey};
