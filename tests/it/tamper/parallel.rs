//! Random forgeries, several in one log: any number of threads says word for word what one says.

use super::forger::{Act, reorder_of, stranger};
use super::played::Played;
use crate::years::dice::Dice;
use lotbook_chain::Entry;
use lotbook_verifier::{Check, Expectations, Finding, Stopped, Verdict, Verifier, verify_all};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;

/// Random years that are forged, and how often.
const YEARS: u64 = 6;
const CASES: u64 = 90;
/// Most faults of one log.
const FAULTS: usize = 5;

/// Every check that an entry can fail but one: an id used twice is among the cases below.
const CHECKS: [Check; 6] =
    [Check::Bytes, Check::Chain, Check::Signature, Check::Decision, Check::Derived, Check::Due];

/// One log with some faults: good hashes around them, then bytes that are changed afterwards.
fn forged(played: &'static Played, dice: &mut Dice) -> Vec<Vec<u8>> {
    let size = played.entries.len();
    let places: Vec<usize> = (0..dice.below(FAULTS)).map(|_| 1 + dice.below(size - 1)).collect();
    let twice = dice.chance(15).then(|| 1 + dice.below(size - 1));
    let order = (0..size).flat_map(|at| std::iter::repeat_n(at, if twice == Some(at) { 2 } else { 1 }));
    let mut entries =
        reorder_of(
            played,
            order,
            |at, _| {
                if places.contains(&at) { fault(played, at, dice) } else { Act::Keep }
            },
        )
        .entries;
    for _ in 0..dice.below(3) {
        if dice.chance(40) {
            damage(&mut entries, dice);
        }
    }
    entries
}

fn fault(played: &Played, at: usize, dice: &mut Dice) -> Act {
    let recorded_at = played.decoded[at].0.recorded_at;
    match dice.below(10) {
        0..3 => Act::Build(|_, entry: &mut Entry| entry.signature.0[7] ^= 4),
        3..6 => Act::Drop,
        6..8 => Act::At(recorded_at.plus_seconds(i64::from(dice.within(0, 4_000)) - 2_000)),
        8 if !played.is_derived(at) => Act::As(stranger()),
        _ => Act::Build(|_, entry: &mut Entry| entry.statement.push(0)),
    }
}

/// A byte of the header or the statement, or the end cut off; what stands behind follows no more.
fn damage(entries: &mut [Vec<u8>], dice: &mut Dice) {
    let at = dice.below(entries.len());
    let entry = &mut entries[at];
    let byte = dice.below(entry.len());
    if dice.chance(20) {
        entry.truncate(byte);
    } else {
        entry[byte] ^= 1 << dice.below(8);
    }
}

fn one_by_one(entries: &[Vec<u8>]) -> Result<Verdict, Finding> {
    let mut verifier = Verifier::default();
    entries.iter().try_for_each(|entry| verifier.entry(entry))?;
    verifier.finish(None, &Expectations::default())
}

fn by_threads(entries: &[Vec<u8>], threads: usize) -> Result<Verdict, Finding> {
    let threads = NonZeroUsize::new(threads).unwrap();
    let source = entries.iter().cloned().map(Ok::<_, Infallible>);
    match verify_all(Verifier::default(), source, threads, &mut |_| {}) {
        Ok(verifier) => verifier.finish(None, &Expectations::default()),
        Err(Stopped::Finding(finding)) => Err(finding),
        Err(Stopped::Source(never)) => match never {},
    }
}

#[test]
fn random_forgeries_have_one_verdict_with_any_number_of_threads() {
    let years: Vec<&'static Played> =
        (0..YEARS).map(|seed| &*Box::leak(Box::new(Played::random(seed)))).collect();
    let (mut found, mut passed) = (BTreeMap::<Check, usize>::new(), 0);
    for case in 0..CASES {
        let mut dice = Dice::new(case);
        let entries = forged(years[dice.below(years.len())], &mut dice);
        let expected = one_by_one(&entries);
        for threads in [1, 2, 3, 2 + dice.below(7)] {
            assert_eq!(by_threads(&entries, threads), expected, "case {case} with {threads} threads");
        }
        match expected {
            Ok(_) => passed += 1,
            Err(finding) => *found.entry(finding.check).or_default() += 1,
        }
    }
    assert!(passed > 0, "some logs are good");
    for check in CHECKS {
        assert!(found.contains_key(&check), "no case is found by {check:?}: {found:?}");
    }
}

#[test]
fn a_statement_recorded_twice_behind_a_bad_signature_is_not_what_is_found() {
    let played: &'static Played = Box::leak(Box::new(Played::random(2)));
    let people: Vec<usize> = (1..played.entries.len()).filter(|at| !played.is_derived(*at)).collect();
    let (twice, signed) = (people[people.len() / 2], people[people.len() / 2 - 9]);
    let order =
        || (0..played.entries.len()).flat_map(|at| std::iter::repeat_n(at, 1 + usize::from(at == twice)));
    let entries = reorder_of(played, order(), |_, _| Act::Keep).entries;
    let bad = |_: &Played, entry: &mut Entry| entry.signature.0[0] ^= 1;
    let both =
        reorder_of(played, order(), |at, _| if at == signed { Act::Build(bad) } else { Act::Keep }).entries;
    for threads in [1, 2, 4] {
        let found = by_threads(&entries, threads).unwrap_err();
        assert_eq!((found.position, found.check), (twice as u64 + 1, Check::Idempotency), "{found}");
        let found = by_threads(&both, threads).unwrap_err();
        assert_eq!((found.position, found.check), (signed as u64, Check::Signature), "{found}");
    }
}
