//! Any one derived entry left out of a random year: each kind of lateness, of substitution, of disclosure.

use super::forger::{Act, reorder_of};
use super::played::Played;
use lotbook_event::Event;
use std::collections::{BTreeMap, BTreeSet};

/// Years that are looked through, and how many entries of each kind are left out in each of them.
const SEEDS: core::ops::Range<u64> = 0..24;
const OF_A_YEAR: usize = 1;
/// What every kind must be found in, over all years.
const AT_LEAST: usize = 2;

/// Every kind of entry that time or a recusal brings, and the disclosure.
const KINDS: [&str; 15] = [
    "D1",
    "D2",
    "D3",
    "D4",
    "D6",
    "CommentWindowClosed",
    "SubstituteDrawn",
    "AssignmentSwapped",
    "SubstitutePoolExhausted",
    "DrawCompleted of a recusal",
    "PoolFrozen of a recusal",
    "CeremonySealed",
    "CeremonyClosed",
    "CeremonyFailed",
    "AnnualDisclosureGenerated",
];

/// The kind of an entry, if it is one of these.
fn kind(played: &Played, recusals: &BTreeSet<String>, position: usize) -> Option<&'static str> {
    let name = match played.event(position) {
        Event::DeadlineMissed(missed) => missed.obligation.code().to_owned(),
        Event::DrawCompleted(e) if recusals.contains(e.draw.as_str()) => "DrawCompleted of a recusal".into(),
        Event::PoolFrozen(e) if e.replacement.is_some() => "PoolFrozen of a recusal".into(),
        other => other.name().to_owned(),
    };
    KINDS.into_iter().find(|kind| *kind == name)
}

/// Positions by kind; the last entries of a log have nothing behind them that could tell.
fn positions(played: &Played) -> BTreeMap<&'static str, Vec<usize>> {
    let of_recusal = |at: usize| match played.event(at) {
        Event::PoolFrozen(e) if e.replacement.is_some() => Some(e.draw.to_string()),
        _ => None,
    };
    let recusals: BTreeSet<_> = (0..played.entries.len()).filter_map(of_recusal).collect();
    let mut positions = BTreeMap::<_, Vec<_>>::new();
    for position in 0..played.entries.len() - 1 {
        if let Some(kind) = kind(played, &recusals, position) {
            positions.entry(kind).or_default().push(position);
        }
    }
    positions
}

#[test]
fn a_random_year_made_anew_is_the_same_byte_by_byte() {
    for seed in [1, 5] {
        let played: &'static Played = Box::leak(Box::new(Played::random(seed)));
        let forged = reorder_of(played, 0..played.entries.len(), |_, _| Act::Keep);
        assert_eq!(forged.entries, played.entries);
        forged.passes();
    }
}

#[test]
fn any_one_derived_entry_left_out_of_a_random_year_is_named() {
    let mut found = BTreeMap::<_, usize>::new();
    for seed in SEEDS {
        let played: &'static Played = Box::leak(Box::new(Played::random(seed)));
        for (kind, positions) in positions(played) {
            if found.get(kind).is_some_and(|found| *found >= 2 * AT_LEAST) {
                continue;
            }
            // Another one in each year.
            let skip = usize::try_from(seed).unwrap() % positions.len();
            for position in positions.into_iter().cycle().skip(skip).take(OF_A_YEAR) {
                let drop = |at: usize, _: &Event| if at == position { Act::Drop } else { Act::Keep };
                let forged = reorder_of(played, 0..played.entries.len(), drop);
                forged.is_named(position, played.event(position).name());
                *found.entry(kind).or_default() += 1;
            }
        }
    }
    for kind in KINDS {
        let times = found.get(kind).copied().unwrap_or(0);
        assert!(times >= AT_LEAST, "{kind} was left out {times} times");
    }
}
