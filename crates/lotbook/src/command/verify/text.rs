//! A verdict in words.

use crate::local_time;
use crate::say;
use lotbook_chain::{Instant, WitnessTime};
use lotbook_verifier::{Off, OffTime, Times, Verdict};

/// Tells a verdict to people.
pub fn tell(verdict: &Verdict) {
    say!("verified {} entries of {}", verdict.entries, verdict.origin);
    say!("  ledger   {}", verdict.ledger_id);
    say!("  head     {}", verdict.head);
    say!("  root     {}", verdict.root);
    match verdict.checkpoint {
        Some(size) => say!("  signed   checkpoint of {size} entries"),
        None => say!("  signed   no checkpoint found"),
    }
    for witness in &verdict.witnesses {
        say!("  witness  {} at {}", witness.name, time(witness.time));
    }
    match verdict.times {
        Times::SimulatedClock | Times::Unwitnessed => {}
        Times::Compared if verdict.off_times.is_empty() => {
            say!("  times    within 5 minutes of the witnesses'")
        }
        Times::Compared => verdict.off_times.iter().for_each(off_time),
    }
    say!(
        "  decided  {} statements again; {} entries derived again; {} refusals on record",
        verdict.stated,
        verdict.derived,
        verdict.refusals
    );
    for draw in &verdict.draws {
        let what = match &draw.recusal {
            Some(recusal) => format!("who comes for {recusal}"),
            None => format!("{} enterprises, {} inspectors", draw.selected, draw.inspectors),
        };
        if let Some(until) = &draw.sealed_until {
            let (id, grade, seed) = (&draw.draw, draw.grade, &draw.seed);
            say!(
                "  draw     {id} sealed until {until}: {} enterprises, NOT verified yet, grade {grade}, seed {seed}",
                draw.selected
            );
            continue;
        }
        say!("  draw     {} recomputed: {what}, grade {}, seed {}", draw.draw, draw.grade, draw.seed);
    }
    let flags: Vec<_> = verdict.flags.iter().map(|(flag, count)| format!("{flag} {count}")).collect();
    say!("  flags    {}", if flags.is_empty() { "none".into() } else { flags.join(", ") });
    if !verdict.authenticated {
        say!("  self-consistent only: compare the ledger id, or give --vkey {}", verdict.vkey);
    }
}

/// One entry whose time does not fit.
pub fn off_time(off: &OffTime) {
    let OffTime { position, recorded_at, head, witnessed_at, .. } = off;
    let how = match off.off {
        Off::Future => "after it was witnessed",
        Off::Late => "long before anybody saw it: witnessed late, or back-dated",
        Off::BackDated => "before a head was witnessed that does not hold it: back-dated",
    };
    say!(
        "  OFF TIME entry {position} says {}, {how} (the head of {head} entries: {})",
        local_time::show(Instant(*recorded_at)),
        time(*witnessed_at)
    );
}

fn time(seconds: u64) -> String {
    WitnessTime::new(seconds).map_or("no time".into(), local_time::of_witness)
}
