//! A log of heartbeats, honest, and then not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::heartbeats::{HOUR, Log, policy, system, vkey};
use crate::times::Off;
use lotbook_chain::{TileId, TileReader, append, root};
use std::collections::BTreeMap;

const ORIGIN: &str = crate::heartbeats::ORIGIN;

impl Log {
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
    let mut monitor = Monitor::new(other.clone(), None, None).unwrap();
    assert!(matches!(monitor.head(&log.note(3), |_, _| None), Err(Alarm::Head(_))));
    assert!(matches!(Monitor::new(other, None, Some(&log.note(3))), Err(Alarm::Head(_))));
}

#[test]
fn entries_of_a_ledger_that_names_another_key_are_refused_under_good_heads() {
    let log = Log::of(3, u64::MAX);
    let head = lotbook_chain::Checkpoint { origin: ORIGIN.into(), size: 3, root: root(&log.leaves(3)) };
    let other = VerifierKey::new(ORIGIN, system().public()).unwrap();
    let mut monitor = Monitor::new(other, None, None).unwrap();
    assert!(monitor.head(&head.sign(&system()).unwrap(), |_, _| None).unwrap().is_some());
    let alarm = monitor.entry(&log.entries[0]).unwrap_err();
    let Alarm::Entry(finding) = &alarm else { panic!("{alarm}") };
    assert_eq!((finding.position, finding.check), (0, Check::Checkpoint), "{alarm}");
}

/// Genesis an hour after 1970, a sign of life each hour; the clock is right.
fn witnessed(log: &Log, monitor: &mut Monitor, size: u64, seconds: u64) -> Vec<OffTime> {
    let note = log.cosigned(size, [(1, seconds + 7), (3, seconds)]);
    let ahead = monitor.head(&note, |at, head| log.prove(at, head)).unwrap().unwrap();
    log.entries[ahead.from as usize..size as usize].iter().for_each(|entry| monitor.entry(entry).unwrap());
    monitor.settle(ahead).unwrap();
    monitor.off_times().to_vec()
}

fn found(off: &[OffTime]) -> Vec<(u64, Off, u64)> {
    off.iter().map(|off| (off.position, off.off, off.head)).collect()
}

#[test]
fn heads_witnessed_in_time_name_nothing_and_a_quorum_is_asked_for() {
    let log = Log::of(12, u64::MAX);
    let mut monitor = Monitor::new(vkey(), Some(policy()), None).unwrap();
    for size in [1, 2, 5, 12] {
        assert_eq!(witnessed(&log, &mut monitor, size, size * 3_600 + 20), vec![]);
    }
    let log = Log::of(13, u64::MAX);
    let alone = log.cosigned(13, [(2, 13 * 3_600)]);
    let alarm = monitor.head(&alone, |at, head| log.prove(at, head)).unwrap_err();
    assert!(matches!(alarm, Alarm::Unwitnessed(UnwitnessedError::NoQuorum { .. })), "{alarm}");
}

#[test]
fn entries_recorded_before_a_head_that_lacks_them_was_witnessed_are_named_over_a_restart() {
    let log = Log::of(9, u64::MAX);
    // Four entries were all that witnesses saw at the time at which the eighth says it was recorded.
    let four_hours_late = 8 * 3_600;
    let mut monitor = Monitor::new(vkey(), Some(policy()), None).unwrap();
    let off = witnessed(&log, &mut monitor, 4, four_hours_late);
    assert_eq!(found(&off), [(3, Off::Late, 4)]);
    let mut again = Monitor::new(vkey(), Some(policy()), Some(&monitor.kept().unwrap().note)).unwrap();
    for monitor in [&mut monitor, &mut again] {
        let off = witnessed(&log, monitor, 9, 9 * 3_600);
        assert_eq!(found(&off), [(4, Off::BackDated, 4)]);
        assert_eq!((off[0].recorded_at, off[0].witnessed_at), (5 * HOUR, 8 * 3_600));
    }
    let log = Log::of(10, u64::MAX);
    assert_eq!(witnessed(&log, &mut monitor, 10, 10 * 3_600), vec![], "each head speaks for itself");
}

#[test]
fn without_a_policy_or_under_a_simulated_clock_no_time_is_held_against_witnesses() {
    let log = Log::of(4, u64::MAX);
    let mut trusting = Monitor::new(vkey(), None, None).unwrap();
    assert_eq!(witnessed(&log, &mut trusting, 4, 99 * 3_600), vec![]);
    let play = Log::at([HOUR, 3 * HOUR], true);
    let mut monitor = Monitor::new(vkey(), Some(policy()), None).unwrap();
    assert_eq!(witnessed(&play, &mut monitor, 2, 99 * 3_600), vec![]);
}
