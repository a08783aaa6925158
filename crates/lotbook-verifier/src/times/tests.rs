//! Every place that a witness's time can have beside a log's own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::heartbeats::{HOUR, Log, policy, vkey};
use crate::verdict::{Expectations, Times, Verdict};
use crate::{Check, Finding};

const SECOND: i64 = Instant::SECOND;

fn expectations() -> Expectations {
    Expectations { vkey: Some(vkey()), policy: Some(policy()), ..Expectations::default() }
}

/// The verdict over a log whose note was known before its entries.
fn verdict(log: &Log, note: &str) -> Result<Verdict, Finding> {
    let mut verifier = Verifier::default();
    verifier.ask_about(note, Some(&policy()));
    log.entries.iter().for_each(|entry| verifier.entry(entry).unwrap());
    verifier.finish(Some(note), &expectations())
}

/// What is off in a log whose last entry was recorded at some hour, and witnessed so many seconds later.
fn off(log: &Log, size: u64, witnessed_at: i64) -> Vec<(u64, Off)> {
    let seconds = u64::try_from(witnessed_at).unwrap();
    let verdict = verdict(log, &log.cosigned(size, [(2, seconds), (1, seconds + 86_400)])).unwrap();
    assert_eq!(verdict.times, Times::Compared);
    verdict.off_times.iter().map(|off| (off.position, off.off)).collect()
}

#[test]
fn three_hundred_seconds_either_way_are_allowed_and_not_one_more() {
    let log = Log::of(5, u64::MAX);
    let last = 5 * 3_600;
    for late in [-300, -1, 0, 1, 300] {
        assert_eq!(off(&log, 5, last + late), [], "{late}");
    }
    assert_eq!(off(&log, 5, last - 301), [(4, Off::Future)]);
    assert_eq!(off(&log, 5, last + 301), [(4, Off::Late)]);
}

#[test]
fn a_microsecond_over_is_over() {
    for (more, expected) in [(0, vec![]), (1, vec![(1, Off::Future)])] {
        let log = Log::at([HOUR, 2 * HOUR + more], false);
        assert_eq!(off(&log, 2, 7_200 - 300), expected);
    }
    for (less, expected) in [(0, vec![]), (-1, vec![(1, Off::Late)])] {
        let log = Log::at([HOUR, 3 * HOUR + less], false);
        assert_eq!(off(&log, 2, 3 * 3_600 + 300), expected);
    }
}

#[test]
fn the_first_entry_from_the_future_is_named_wherever_it_stands() {
    let log = Log::of(9, u64::MAX);
    for first in 1..9 {
        // Witnessed half an hour after the entry before it.
        assert_eq!(off(&log, 9, first * 3_600 + 1_800), [(first as u64, Off::Future)]);
    }
    assert_eq!(off(&log, 9, 1), [(0, Off::Future)]);
}

#[test]
fn entries_behind_the_head_do_not_count() {
    let log = Log::of(9, u64::MAX);
    assert_eq!(off(&log, 6, 6 * 3_600), []);
    assert_eq!(off(&log, 6, 5 * 3_600), [(5, Off::Future)]);
}

#[test]
fn the_oldest_cosignature_counts_and_each_witness_is_told() {
    let log = Log::of(3, u64::MAX);
    let note = log.cosigned(3, [(3, 10_900), (1, 10_800), (2, 90_000)]);
    let verdict = verdict(&log, &note).unwrap();
    assert_eq!(verdict.off_times, []);
    let told: Vec<_> = verdict.witnesses.iter().map(|good| (good.name.as_str(), good.time)).collect();
    assert_eq!(told, [("w3.example", 10_900), ("w1.example", 10_800), ("w2.example", 90_000)]);
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["times"], "compared");
    assert_eq!(json["witnesses"][1], serde_json::json!({ "name": "w1.example", "time": 10_800 }));
}

#[test]
fn a_note_that_was_not_asked_about_names_the_last_entry_at_least() {
    let log = Log::of(9, u64::MAX);
    let note = log.cosigned(9, [(2, 4 * 3_600), (1, 4 * 3_600)]);
    let mut verifier = Verifier::default();
    log.entries.iter().for_each(|entry| verifier.entry(entry).unwrap());
    let verdict = verifier.finish(Some(&note), &expectations()).unwrap();
    assert_eq!((verdict.off_times[0].position, verdict.off_times[0].off), (8, Off::Future));
    assert_eq!(verdict.off_times[0].recorded_at, 9 * 3_600 * SECOND);
}

#[test]
fn under_a_simulated_clock_nothing_is_compared_and_the_verdict_says_so() {
    let log = Log::at([HOUR, 3 * HOUR], true);
    let note = log.cosigned(2, [(2, 1_790_000_000), (1, 1_790_000_000)]);
    let verdict = verdict(&log, &note).unwrap();
    assert_eq!(
        (verdict.times, verdict.off_times, verdict.witnesses.len()),
        (Times::SimulatedClock, vec![], 2)
    );
}

#[test]
fn a_missing_quorum_a_bad_cosignature_and_a_missing_checkpoint_refute() {
    let log = Log::of(3, u64::MAX);
    let alone = log.cosigned(3, [(2, 10_800)]);
    let good = log.cosigned(3, [(1, 10_800), (2, 10_800)]);
    let of_another = good.replacen(&format!("{}\n3\n", crate::heartbeats::ORIGIN), "", 1);
    let mut forged = log.note(3);
    forged.push_str(
        &Log::of(3, 1)
            .cosigned(3, [(1, 10_800), (2, 10_800)])
            .lines()
            .rev()
            .take(2)
            .fold(String::new(), |lines, line| format!("{line}\n{lines}")),
    );
    for (note, words) in
        [(&alone, "no quorum"), (&log.note(3), "no quorum"), (&forged, "does not verify"), (&of_another, "")]
    {
        let finding = verdict(&log, note).unwrap_err();
        assert_eq!((finding.position, finding.check), (3, Check::Checkpoint), "{finding}");
        assert!(finding.what.contains(words), "{finding}");
    }
    let mut verifier = Verifier::default();
    log.entries.iter().for_each(|entry| verifier.entry(entry).unwrap());
    let needs = Expectations { policy: Some(policy()), ..Expectations::default() };
    let finding = verifier.finish(None, &needs).unwrap_err();
    assert!(finding.check == Check::Checkpoint && finding.what.contains("2 of [w1, w2, w3]"), "{finding}");
    let verdict = verifier.finish(None, &Expectations::default()).unwrap();
    assert_eq!((verdict.times, verdict.witnesses), (Times::Unwitnessed, vec![]));
}
