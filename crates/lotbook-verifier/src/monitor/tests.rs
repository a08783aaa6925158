//! A log of heartbeats, honest, and then not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{
    Entry, EntryHash, Instant, LedgerId, Position, Sealed, SigningKey, TileId, TileReader, append, root,
};
use lotbook_domain::{State, derive, evolve, next_due};
use lotbook_event::keys::{LedgerCreated, Role};
use lotbook_event::{Event, RawKey, Statement, StatementId, Text, Uscc};
use std::collections::BTreeMap;

const ORIGIN: &str = "ledger.example/office";
const HOUR: i64 = 3_600_000_000;

fn system() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn log_key() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, log_key().public()).unwrap()
}

/// A log that the rules accept: genesis, then a heartbeat an hour.
struct Log {
    entries: Vec<Vec<u8>>,
    state: State,
}

impl Log {
    /// `size` entries; from position `bent` on, an alternative history (nothing bent: `u64::MAX`).
    fn of(size: u64, bent: u64) -> Self {
        let mut log = Self { entries: vec![], state: State::default() };
        log.append(genesis(), Instant(HOUR));
        for at in 1..size {
            let now = Instant(HOUR * (at as i64 + 1) + i64::from(at >= bent));
            let due = next_due(&log.state, now).expect("a heartbeat is due each hour");
            log.append(derive(log.state.head.hash, 0, now, due.event), now);
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

    fn leaves(&self, size: u64) -> Vec<TreeHash> {
        self.entries[..size as usize].iter().map(|bytes| leaf_hash(bytes)).collect()
    }

    fn note(&self, size: u64) -> String {
        let root = root(&self.leaves(size));
        Checkpoint { origin: ORIGIN.into(), size, root }.sign(&log_key()).unwrap()
    }

    /// Root and proof at a smaller size, as the tiles of the head's tree give them.
    fn prove(&self, size: u64, head: &Kept) -> Option<(TreeHash, Vec<TreeHash>)> {
        let leaves = self.leaves(head.checkpoint.size);
        let tiles = Tiles(append(&Tiles::default(), 0, &leaves).unwrap().into_iter().collect());
        let proof = lotbook_chain::prove_consistency(&tiles, size, head.checkpoint.size).unwrap();
        Some((root(&self.leaves(size)), proof))
    }

    /// One look of the monitor at this log.
    fn shown_to(&self, monitor: &mut Monitor, size: u64) -> Result<bool, Alarm> {
        let Some(ahead) = monitor.head(&self.note(size), |at, head| self.prove(at, head))? else {
            return Ok(false);
        };
        for entry in &self.entries[ahead.from as usize..size as usize] {
            monitor.entry(entry)?;
        }
        monitor.settle(ahead)?;
        Ok(true)
    }
}

#[derive(Default)]
struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl TileReader for Tiles {
    type Error = &'static str;

    fn tile(&self, id: TileId, _width: u16) -> Result<Vec<TreeHash>, Self::Error> {
        self.0.get(&id).cloned().ok_or("no such tile")
    }
}

fn genesis() -> Statement {
    let raw = |key: SigningKey| RawKey(key.public().to_bytes());
    let event = Event::LedgerCreated(LedgerCreated {
        origin: Text::new(ORIGIN).unwrap(),
        office_name: Text::new("Office").unwrap(),
        office_uscc: Uscc::new("91350100M000100Y43").unwrap(),
        system_key: raw(system()),
        checkpoint_vkey: Text::new(vkey().to_string()).unwrap(),
        administrator_key: raw(SigningKey::from_seed(&[3; 32])),
        leader_key: raw(SigningKey::from_seed(&[4; 32])),
        rule_set_id: Text::new("demo-1").unwrap(),
        decide_version: 1,
        simulated_clock: false,
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

fn monitor(kept: Option<&str>) -> Monitor {
    Monitor::new(vkey(), None, kept).unwrap()
}

#[test]
fn an_honest_log_is_followed_head_by_head_and_over_a_restart() {
    let log = Log::of(12, u64::MAX);
    let mut first = monitor(None);
    for size in [1, 2, 3, 7] {
        assert!(log.shown_to(&mut first, size).unwrap());
        assert!(!log.shown_to(&mut first, size).unwrap(), "nothing new at {size}");
    }
    let mut again = monitor(Some(&log.note(7)));
    assert!(log.shown_to(&mut again, 7).unwrap(), "after a restart everything is verified again");
    assert!(log.shown_to(&mut again, 12).unwrap());
    assert_eq!(again.kept().unwrap().checkpoint.size, 12);
}

#[test]
fn a_fork_at_every_size_is_proved_to_others() {
    let honest = Log::of(10, u64::MAX);
    for bent in 1..10 {
        let other = Log::of(10, bent);
        for kept in bent + 1..=10 {
            let mut monitor = monitor(Some(&honest.note(kept)));
            for shown in bent + 1..=10 {
                // Of a smaller head, the log may still serve the kept head's tiles, or only its own.
                let served = if shown < kept { &honest } else { &other };
                let alarm = monitor.head(&other.note(shown), |at, head| served.prove(at, head)).unwrap_err();
                let Alarm::Contradiction(proof) = alarm else {
                    panic!("bent at {bent}, kept {kept}, shown {shown}: {alarm}");
                };
                proof.verify(&vkey()).unwrap();
                if shown < kept {
                    let alarm = other.shown_to(&mut monitor, shown).unwrap_err();
                    assert!(matches!(alarm, Alarm::RolledBack { .. }), "{alarm}");
                }
            }
        }
        let mut early = monitor(Some(&honest.note(bent)));
        assert!(other.shown_to(&mut early, 10).unwrap(), "up to {bent} both histories are one");
    }
}

#[test]
fn a_fork_without_tiles_is_found_by_the_entries() {
    let (honest, other) = (Log::of(6, u64::MAX), Log::of(9, 3));
    let mut monitor = monitor(Some(&honest.note(6)));
    let ahead = monitor.head(&other.note(9), |_, _| None).unwrap().unwrap();
    other.entries.iter().for_each(|entry| monitor.entry(entry).unwrap());
    assert!(matches!(monitor.settle(ahead), Err(Alarm::Forked { .. })));
    assert_eq!(monitor.kept().unwrap().checkpoint.size, 6, "the good head is kept");
}

#[test]
fn a_head_that_was_rolled_back_is_named() {
    let log = Log::of(8, u64::MAX);
    let mut monitor = monitor(Some(&log.note(8)));
    let alarm = log.shown_to(&mut monitor, 5).unwrap_err();
    assert!(matches!(alarm, Alarm::RolledBack { .. }), "{alarm}");
}

#[test]
fn a_head_of_another_root_than_its_entries_is_refused() {
    let (log, other) = (Log::of(6, u64::MAX), Log::of(6, 4));
    let mut monitor = monitor(None);
    let ahead = monitor.head(&other.note(6), |_, _| None).unwrap().unwrap();
    log.entries.iter().for_each(|entry| monitor.entry(entry).unwrap());
    let alarm = monitor.settle(ahead).unwrap_err();
    assert!(matches!(&alarm, Alarm::Entry(finding) if finding.check == Check::Tree), "{alarm}");
}

#[test]
fn a_head_by_another_key_is_refused() {
    let log = Log::of(3, u64::MAX);
    let other = VerifierKey::new(ORIGIN, system().public()).unwrap();
    let monitor = Monitor::new(other.clone(), None, None).unwrap();
    assert!(matches!(monitor.head(&log.note(3), |_, _| None), Err(Alarm::Head(_))));
    assert!(matches!(Monitor::new(other, None, Some(&log.note(3))), Err(Alarm::Head(_))));
}
