//! For tests: a log that the rules accept and that needs nobody: genesis, then signs of life.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use lotbook_chain::entry::leaf_hash;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{
    Checkpoint, CosignerKey, Entry, EntryHash, Instant, LedgerId, Policy, Position, Sealed, SigningKey,
    TreeHash, VerifierKey, WitnessTime, add_signatures, cosign, root, split_note,
};
use lotbook_domain::{State, derive, evolve, next_due};
use lotbook_event::keys::{LedgerCreated, Role};
use lotbook_event::{Event, RawKey, Statement, StatementId, Text, Uscc};

pub const ORIGIN: &str = "ledger.example/office";
pub const HOUR: i64 = 3_600_000_000;

pub fn system() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn log_key() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

pub fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, log_key().public()).unwrap()
}

/// The n-th witness.
fn witness(n: u8) -> (SigningKey, CosignerKey) {
    let key = SigningKey::from_seed(&[90 + n; 32]);
    let cosigner = CosignerKey::new(&format!("w{n}.example"), key.public()).unwrap();
    (key, cosigner)
}

/// Two of three witnesses.
pub fn policy() -> Policy {
    let [a, b, c] = [1, 2, 3].map(|n| witness(n).1);
    let text = format!("witness w1 {a}\nwitness w2 {b}\nwitness w3 {c}\ngroup g 2 w1 w2 w3\nquorum g\n");
    text.parse().unwrap()
}

/// A log: the time of each entry is its own choice, as long as a sign of life is due then.
pub struct Log {
    pub entries: Vec<Vec<u8>>,
    state: State,
}

impl Log {
    /// One entry an hour; from position `bent` on, an alternative history (nothing bent: `u64::MAX`).
    pub fn of(size: u64, bent: u64) -> Self {
        let times = (0..size).map(|at| HOUR * (at as i64 + 1) + i64::from(at >= bent));
        Self::at(times, false)
    }

    /// Entries at these times, in microseconds; the first is genesis.
    pub fn at(times: impl IntoIterator<Item = i64>, simulated: bool) -> Self {
        let mut log = Self { entries: vec![], state: State::default() };
        for now in times.into_iter().map(Instant) {
            if log.entries.is_empty() {
                log.append(genesis(simulated), now);
            } else {
                let due = next_due(&log.state, now).expect("a heartbeat is due each hour");
                log.append(derive(log.state.head.hash, 0, now, due.event), now);
            }
        }
        log
    }

    fn append(&mut self, statement: Statement, recorded_at: Instant) {
        let at = self.entries.len() as u64;
        let ledger = if at == 0 { LedgerId::ZERO } else { self.state.ledger() };
        let bytes = statement.encode();
        let entry = Entry {
            position: Position(at),
            recorded_at,
            previous: if at == 0 { EntryHash::ZERO } else { self.state.head.hash },
            author: system().public().key_id(),
            signature: system().sign(&statement_message(ledger, &bytes)),
            statement: bytes,
        };
        let sealed = Sealed::seal(entry, statement).unwrap();
        evolve(&mut self.state, &sealed);
        self.entries.push(sealed.bytes);
    }

    pub fn leaves(&self, size: u64) -> Vec<TreeHash> {
        self.entries[..size as usize].iter().map(|bytes| leaf_hash(bytes)).collect()
    }

    /// A signed head.
    pub fn note(&self, size: u64) -> String {
        let root = root(&self.leaves(size));
        Checkpoint { origin: ORIGIN.into(), size, root }.sign(&log_key()).unwrap()
    }

    /// A signed head, cosigned by witnesses at these seconds.
    pub fn cosigned(&self, size: u64, times: impl IntoIterator<Item = (u8, u64)>) -> String {
        let note = self.note(size);
        let (text, _) = split_note(&note).unwrap();
        let lines: Vec<_> = times
            .into_iter()
            .map(|(n, seconds)| {
                let (key, cosigner) = witness(n);
                cosign(&text, &cosigner, &key, WitnessTime::new(seconds).unwrap()).unwrap()
            })
            .collect();
        add_signatures(&note, &lines).unwrap()
    }
}

fn genesis(simulated_clock: bool) -> Statement {
    let raw = |key: SigningKey| RawKey(key.public().to_bytes());
    let event = Event::from(LedgerCreated {
        origin: Text::new(ORIGIN).unwrap(),
        office_name: Text::new("Office").unwrap(),
        office_uscc: Uscc::new("91350100M000100Y43").unwrap(),
        system_key: raw(system()),
        checkpoint_vkey: Text::new(vkey().to_string()).unwrap(),
        administrator_key: raw(SigningKey::from_seed(&[3; 32])),
        leader_key: raw(SigningKey::from_seed(&[4; 32])),
        rule_set_id: Text::new("demo-1").unwrap(),
        decide_version: 1,
        simulated_clock,
    });
    let role = Role::System;
    Statement {
        id: StatementId([1; 16]),
        stated_at: Instant(HOUR),
        role,
        section: None,
        expected_position: None,
        event,
    }
}
