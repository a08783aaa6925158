//! A thousand random years: what the ledger derives agrees with the verifier, and with an independent fold.

mod agree;
mod cast;
mod choices;
mod days;
mod dice;
mod fold;
mod ledger;
mod office;
mod play;
mod recusals;
mod results;
mod visits;
mod wrong;

use lotbook_verifier::Expectations;
use play::Year;
use std::collections::BTreeMap;

#[test]
fn probe() {
    let from: u64 = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let count: u64 = std::env::var("COUNT").ok().and_then(|s| s.parse().ok()).unwrap_or(20);
    let mut events: BTreeMap<&str, u64> = BTreeMap::new();
    let mut refusals: BTreeMap<&str, usize> = BTreeMap::new();
    let start = std::time::Instant::now();
    let (mut play, mut entries, mut check) = (0, 0, 0);
    for seed in from..from + count {
        let t = std::time::Instant::now();
        let year = Year::play(seed);
        play += t.elapsed().as_micros();
        entries += year.ledger.entries.len() - year.founding;
        let mut verifier = year.verifier.clone();
        for entry in &year.ledger.entries[year.founding..] {
            verifier.entry(entry).unwrap();
        }
        let t = std::time::Instant::now();
        let fold = fold::fold(&year.ledger.entries);
        agree::agree(&year.ledger.state, &fold, &mut dice::Dice::new(seed));
        check += t.elapsed().as_micros();
        let verdict = verifier.finish(None, &Expectations::default()).unwrap();
        verdict.events.into_iter().for_each(|(name, n)| *events.entry(name).or_default() += n);
        year.refusals.iter().for_each(|(code, n)| *refusals.entry(code).or_default() += n);
    }
    eprintln!("{:?} for {count}, play {play} us, fold {check} us, {entries} entries", start.elapsed());
    for name in lotbook_event::Event::NAMES {
        eprint!("{name} {} ", events.get(name).copied().unwrap_or(0));
    }
    eprintln!("\n{refusals:?}");
}
