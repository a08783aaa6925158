//! Derived statements: what the ledger states itself, byte for byte determined (ledger.md 1).

use lotbook_chain::{EntryHash, Instant};
use lotbook_event::keys::Role;
use lotbook_event::{Event, Statement, StatementId};

/// The statement of a derived event.
///
/// `cause` is the hash of the causing entry, or of the previous entry for what is due; `index` counts
/// the events of one cause from 0.
pub fn derive(cause: EntryHash, index: u64, recorded_at: Instant, event: Event) -> Statement {
    let role = Role::System;
    let id = derived_id(cause, index);
    Statement { id, stated_at: recorded_at, role, section: None, expected_position: None, event }
}

fn derived_id(cause: EntryHash, index: u64) -> StatementId {
    // first 16 bytes of BLAKE3.derive_key("lotbook v1 derived id", cause || u64(index))
    let mut material = [0; 40];
    let (hash, number) = material.split_at_mut(32);
    hash.copy_from_slice(&cause.0);
    number.copy_from_slice(&index.to_le_bytes());
    let digest = blake3::derive_key("lotbook v1 derived id", &material);
    let mut id = [0; 16];
    id.copy_from_slice(digest.first_chunk::<16>().unwrap_or(&[0; 16]));
    StatementId(id)
}
