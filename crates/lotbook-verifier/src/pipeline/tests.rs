//! The same verdict as one by one, with any number of threads; and every way to stop.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::heartbeats::Log;
use crate::{Check, Expectations};
use std::convert::Infallible;

const THREADS: [usize; 4] = [1, 2, 3, 8];
/// Some pieces, the last one not full.
const SIZE: u64 = 5 * PIECE_ENTRIES as u64 + 7;

fn threads(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

fn all(entries: &[Vec<u8>], n: usize) -> Result<Verifier, Stopped<Infallible>> {
    verify_all(Verifier::default(), entries.iter().cloned().map(Ok), threads(n), &mut |_| {})
}

fn finding(entries: &[Vec<u8>], n: usize) -> Finding {
    match all(entries, n) {
        Err(Stopped::Finding(finding)) => finding,
        Err(Stopped::Source(never)) => match never {},
        Ok(_) => panic!("it passes with {n} threads"),
    }
}

fn one_by_one(entries: &[Vec<u8>]) -> Result<Verifier, Finding> {
    let mut verifier = Verifier::default();
    entries.iter().try_for_each(|entry| verifier.entry(entry))?;
    Ok(verifier)
}

#[test]
fn a_good_log_has_the_same_verdict_and_all_of_it_is_told() {
    let log = Log::of(SIZE, u64::MAX);
    let expected = one_by_one(&log.entries).unwrap().finish(None, &Expectations::default()).unwrap();
    for n in THREADS {
        let (mut told, mut last) = (0, 0);
        let mut progress = |size| {
            assert!(size >= last, "it only grows");
            (told, last) = (told + 1, size);
        };
        let entries = log.entries.iter().cloned().map(Ok::<_, Infallible>);
        let verifier = verify_all(Verifier::default(), entries, threads(n), &mut progress).unwrap();
        assert_eq!(verifier.finish(None, &Expectations::default()).unwrap(), expected, "{n} threads");
        assert!(told >= 5 && last == SIZE, "{n} threads told {told} times, {last} at last");
    }
}

#[test]
fn the_empty_log_and_logs_around_one_piece_pass() {
    let log = Log::of(2 * PIECE_ENTRIES as u64 + 1, u64::MAX);
    for size in [0, 1, PIECE_ENTRIES - 1, PIECE_ENTRIES, PIECE_ENTRIES + 1, 2 * PIECE_ENTRIES] {
        for n in THREADS {
            let verifier = all(&log.entries[..size], n).unwrap();
            assert_eq!(verifier.state().head.size, size as u64);
        }
    }
}

/// Bytes 81..145 are the signature, 9..17 the time ([P-1]).
fn broken(log: &Log, faults: &[(usize, usize)]) -> Vec<Vec<u8>> {
    let mut entries = log.entries.clone();
    faults.iter().for_each(|(position, byte)| entries[*position][*byte] ^= 1);
    entries
}

#[test]
fn of_several_faults_the_first_by_position_is_found_whatever_thread_sees_it_first() {
    let log = Log::of(SIZE, u64::MAX);
    let (signature, suite, position, statement) = (100, 0, 1, 150);
    let last = SIZE as usize - 1;
    let cases: [&[(usize, usize)]; 7] = [
        &[(40, signature), (41, signature), (300, signature)],
        // An entry that is changed breaks the chain behind it; its signature comes before.
        &[(500, signature), (501, suite)],
        &[(200, suite), (300, signature)],
        &[(130, signature), (129, position)],
        &[(last, signature)],
        &[(last, statement), (last, signature)],
        &[(0, signature), (1, suite)],
    ];
    for faults in cases {
        let entries = broken(&log, faults);
        let expected = one_by_one(&entries).unwrap_err();
        for n in THREADS {
            assert_eq!(finding(&entries, n), expected, "{faults:?} with {n} threads");
        }
    }
    assert_eq!(finding(&broken(&log, cases[0]), 3).position, 40);
    assert_eq!(finding(&broken(&log, cases[0]), 3).check, Check::Signature);
}

#[test]
fn a_source_that_fails_is_told_only_if_everything_before_is_good() {
    let log = Log::of(SIZE, u64::MAX);
    for n in THREADS {
        for at in [0, 5, PIECE_ENTRIES, 400] {
            let cut =
                |entries: Vec<Vec<u8>>| entries.into_iter().take(at).map(Ok).chain([Err("the disk is gone")]);
            let good = verify_all(Verifier::default(), cut(log.entries.clone()), threads(n), &mut |_| {});
            assert!(matches!(good, Err(Stopped::Source("the disk is gone"))), "{n} threads, cut at {at}");
            if at > 3 {
                let bad = cut(broken(&log, &[(3, 100)]));
                let bad = verify_all(Verifier::default(), bad, threads(n), &mut |_| {});
                assert!(matches!(bad, Err(Stopped::Finding(found)) if found.position == 3), "{n} threads");
            }
        }
    }
}

#[test]
fn little_is_read_beyond_the_first_finding() {
    let log = Log::of(SIZE, u64::MAX);
    let entries = broken(&log, &[(10, 0)]);
    let mut read = 0;
    let source = entries.iter().cycle().cloned().inspect(|_| read += 1).map(Ok::<_, Infallible>);
    let found = verify_all(Verifier::default(), source, threads(2), &mut |_| {});
    assert!(matches!(found, Err(Stopped::Finding(found)) if found.position == 10));
    assert!(read <= 8 * PIECE_ENTRIES, "{read} entries were read of an endless log");
}

#[test]
fn a_source_that_panics_panics_the_caller_and_nobody_waits_for_ever() {
    let log = Log::of(SIZE, u64::MAX);
    for n in [2, 4] {
        let source = log.entries.iter().enumerate().map(|(at, entry)| {
            assert!(at < 300, "a fault of the program");
            Ok::<_, Infallible>(entry.clone())
        });
        let run = || verify_all(Verifier::default(), source, threads(n), &mut |_| {}).map(|_| ());
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err(), "{n} threads");
    }
}
