//! lotbook_chain judges what foreign implementations made: `foreign-judge CORPUS...`.
//!
//! Exits 0 if it gives every verdict, and accepts and refuses some of each kind in each corpus; else 1.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../it/foreign/case.rs"]
mod case;
#[path = "../it/foreign/judge.rs"]
mod judge;

use case::Case;
use judge::Judge;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let corpora: Vec<String> = std::env::args().skip(1).collect();
    let wrong: usize = corpora.iter().map(|corpus| wrong_in(Path::new(corpus))).sum();
    if wrong == 0 && !corpora.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How much is not as it must be.
fn wrong_in(corpus: &Path) -> usize {
    let name = corpus.display();
    let Ok(text) = std::fs::read_to_string(corpus.join("cases.txt")) else {
        println!("lotbook of {name}: there is no corpus");
        return 1;
    };
    let mut judge = Judge::of(corpus);
    let mut judged: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut wrong = 0;
    for line in text.lines() {
        let Ok(case) = line.parse::<Case>() else {
            println!("lotbook of {name}: no case: {line}");
            wrong += 1;
            continue;
        };
        judged.entry(case.what.kind()).or_default()[usize::from(!case.accept)] += 1;
        if judge.accepts(&case.what) != case.accept {
            println!("lotbook of {name}: WRONG: {line:.200} ({})", case.change);
            wrong += 1;
        }
    }
    for (kind, [accepted, refused]) in &judged {
        println!("lotbook of {name}: {kind}: accepted {accepted}, refused {refused}");
        // A witness's answers are all to be agreed with, refusals too.
        wrong += usize::from(*accepted == 0 || *refused == 0 && *kind != "witness");
    }
    println!("lotbook of {name}: {wrong} wrong verdicts");
    wrong + usize::from(judged.is_empty())
}
