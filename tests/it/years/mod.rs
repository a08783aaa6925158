//! A thousand random years of small random offices, played on the rules alone: the verifier re-decides each
//! to the same bytes, an independent fold over the entries agrees with every projection, and nothing due is
//! left out.

mod accountability;
mod agree;
pub mod cast;
mod choices;
mod coverage;
pub mod days;
pub mod dice;
mod fold;
mod ledger;
pub mod office;
mod play;
mod recusals;
mod results;
pub mod visits;
mod wrong;

pub use cast::cast;
use coverage::Coverage;
use dice::Dice;
pub use ledger::{Author, Ledger, founded};
use lotbook_chain::SigningKey;
use lotbook_domain::next_due;
use lotbook_verifier::Expectations;
pub use play::Year;

/// Plays the years of some seeds, checks each, and counts what happened in them.
fn years(seeds: core::ops::Range<u64>) {
    let mut coverage = Coverage::default();
    for seed in seeds {
        let year = Year::play(seed);
        check(&year);
        coverage.add(&year);
    }
    coverage.suffices();
}

fn check(year: &Year) {
    let (state, entries) = (&year.ledger.state, &year.ledger.entries);
    assert!(next_due(state, year.ledger.now).is_none(), "something is due and left out");
    let mut verifier = year.verifier.clone();
    for entry in &entries[year.founding..] {
        verifier.entry(entry).unwrap_or_else(|found| panic!("{found}"));
    }
    let verdict = verifier.finish(None, &Expectations::default()).unwrap();
    assert_eq!(verdict.entries, entries.len() as u64);
    let fold = fold::fold(entries);
    agree::agree(state, &fold, &mut Dice::new(year.seed));
    agree::agree(verifier.state(), &fold, &mut Dice::new(!year.seed));
}

/// Origin, system key and checkpoint key of every random year.
pub fn signers() -> (&'static str, [SigningKey; 2]) {
    (ledger::ORIGIN, [cast::SYSTEM, cast::CHECKPOINT].map(|seed| SigningKey::from_seed(&seed)))
}

#[test]
fn two_hundred_and_fifty_random_years_agree_with_a_fold() {
    years(0..250);
}

#[test]
fn two_hundred_and_fifty_more_random_years_agree_with_a_fold() {
    years(250..500);
}

#[test]
fn a_third_part_of_a_thousand_random_years_agrees_with_a_fold() {
    years(500..750);
}

#[test]
fn a_fourth_part_of_a_thousand_random_years_agrees_with_a_fold() {
    years(750..1_000);
}
