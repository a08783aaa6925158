//! A small honest ledger for the tests, whose parts they then falsify.

use crate::follower::{Batch, VerifiedEntry};
use crate::trust::TrustRoot;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{
    Checkpoint, Entry, EntryHash, Instant, LedgerId, Position, Receipt, SigningKey, TreeHash, VerifierKey,
    root,
};
use lotbook_event::keys::{Heartbeat, LedgerCreated, Role};
use lotbook_event::{Event, RawKey, Statement, StatementId, Text, Uscc};

pub const ORIGIN: &str = "ledger.example/office";

pub fn system() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

pub fn checkpoint_key() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

pub struct Ledger {
    pub entries: Vec<Vec<u8>>,
    pub id: LedgerId,
}

impl Ledger {
    /// Genesis and `n - 1` heartbeats.
    pub fn of(n: u64, genesis: Statement) -> Self {
        let mut ledger = Self { entries: Vec::new(), id: LedgerId::ZERO };
        ledger.append(&genesis.encode());
        ledger.id = ledger.hash(0).into();
        for at in 1..n {
            ledger.append(&heartbeat(at).encode());
        }
        ledger
    }

    pub fn append(&mut self, statement: &[u8]) {
        let at = self.entries.len() as u64;
        let previous = if at == 0 { EntryHash::ZERO } else { self.hash(at - 1) };
        let signature = system().sign(&statement_message(self.id, statement));
        let author = system().public().key_id();
        let statement = statement.to_vec();
        let recorded_at = Instant(1_000 + at as i64);
        let entry = Entry { position: Position(at), recorded_at, previous, author, signature, statement };
        self.entries.push(entry.encode().unwrap());
    }

    pub fn hash(&self, at: u64) -> EntryHash {
        lotbook_chain::entry::entry_hash(&self.entries[at as usize])
    }

    pub fn trust(&self) -> TrustRoot {
        TrustRoot { origin: ORIGIN.into(), ledger_id: self.id, vkey: vkey() }
    }

    fn leaves(&self, size: u64) -> Vec<TreeHash> {
        self.entries[..size as usize].iter().map(|bytes| leaf_hash(bytes)).collect()
    }

    pub fn checkpoint(&self, size: u64) -> String {
        sign_checkpoint(size, root(&self.leaves(size)))
    }

    pub fn receipt(&self, at: u64, size: u64) -> Receipt {
        let proof = path(at as usize, &self.leaves(size));
        Receipt { entry: self.entries[at as usize].clone(), proof, checkpoint: self.checkpoint(size) }
    }

    pub fn batch(&self, from: u64, to: u64, size: u64) -> Batch {
        let receipt = self.receipt(to - 1, size);
        let entries = self.entries[from as usize..to as usize].to_vec();
        Batch { from, entries, proof: receipt.proof, checkpoint: receipt.checkpoint }
    }

    pub fn hashes(entries: &[VerifiedEntry]) -> Vec<EntryHash> {
        entries.iter().map(|entry| entry.hash).collect()
    }
}

pub fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, checkpoint_key().public()).unwrap()
}

pub fn sign_checkpoint(size: u64, root: TreeHash) -> String {
    Checkpoint { origin: ORIGIN.into(), size, root }.sign(&checkpoint_key()).unwrap()
}

pub fn genesis(office: &str) -> Statement {
    let raw = |key: SigningKey| RawKey(key.public().to_bytes());
    statement(
        0,
        Event::from(LedgerCreated {
            origin: Text::new(ORIGIN).unwrap(),
            office_name: Text::new(office).unwrap(),
            office_uscc: Uscc::new("91350100M000100Y43").unwrap(),
            system_key: raw(system()),
            checkpoint_vkey: Text::new(vkey().to_string()).unwrap(),
            administrator_key: raw(SigningKey::from_seed(&[3; 32])),
            leader_key: raw(SigningKey::from_seed(&[4; 32])),
            rule_set_id: Text::new("demo-1").unwrap(),
            decide_version: 1,
            simulated_clock: true,
        }),
    )
}

pub fn heartbeat(at: u64) -> Statement {
    statement(at, Event::Heartbeat(Heartbeat { size: at, root: TreeHash([9; 32]), clock: Instant(5) }))
}

pub fn statement(n: u64, event: Event) -> Statement {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.to_le_bytes());
    Statement {
        id: StatementId(id),
        stated_at: Instant(1),
        role: Role::System,
        section: None,
        expected_position: None,
        event,
    }
}

/// PATH(m, D[n]), by the definition itself (RFC 6962 section 2.1.1).
fn path(index: usize, leaves: &[TreeHash]) -> Vec<TreeHash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().div_ceil(2).next_power_of_two());
    let (mut path, sibling) = if index < left.len() {
        (path(index, left), root(right))
    } else {
        (path(index - left.len(), right), root(left))
    };
    path.push(sibling);
    path
}
