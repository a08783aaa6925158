//! How fast a draw is at the size of a nation, beside what its hashes alone cost.
//!
//! `cargo bench -p lotbook-draw [-- ROWS]` (10^8 rows are streamed unless the command line names fewer). Each
//! measurement runs in a process of its own, so that its peak of memory is its own. docs/performance.md has the figures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assignment;
mod register;
mod selection;
mod watch;

use std::num::NonZeroUsize;

/// Rows of the streamed register: every enterprise and self-employed person of China, and half as many again.
const ROWS: u64 = 100_000_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["bare", rows] => selection::bare(rows.parse().unwrap()),
        ["stream", rows, threads, rule] => {
            selection::stream(rows.parse().unwrap(), threads.parse().unwrap(), rule);
        }
        ["pool", rows, threads] => selection::pool(rows.parse().unwrap(), threads.parse().unwrap()),
        ["assign", firms, people, percent, rest @ ..] => {
            let [firms, people] = [firms, people].map(|word| word.parse().unwrap());
            assignment::measure(firms, people, percent.parse().unwrap(), rest.contains(&"fewest"));
        }
        [] => all(ROWS),
        [rows] => all(rows.parse().unwrap()),
        other => panic!("{other:?} is nothing that is measured"),
    }
}

fn all(rows: u64) {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    watch::machine(cores);
    let each = if cores > 1 { vec![1, cores] } else { vec![1] };
    println!("\n10,000,000 rows: the bare keyed hash of their bytes, one core; then selecting, streamed");
    again(&["bare", "10000000"]);
    for threads in &each {
        for rule in ["1000", "1%", "5%"] {
            again(&["stream", "10000000", &threads.to_string(), rule]);
        }
    }
    println!("\n1,000,000 rows in memory, 1,000 selected: what a ledger does");
    for threads in &each {
        again(&["pool", "1000000", &threads.to_string()]);
    }
    println!("\n{rows} rows, streamed");
    again(&["stream", &rows.to_string(), &cores.to_string(), "1000"]);
    again(&["stream", &rows.to_string(), &cores.to_string(), "1%"]);
    println!("\nassignments: enterprises of two seats, inspectors, percent of pairs in conflict");
    again(&["assign", "100", "60", "1"]);
    again(&["assign", "1000", "500", "1"]);
    again(&["assign", "10000", "1000", "1"]);
    again(&["assign", "10000", "1000", "1", "fewest"]);
}

/// Runs one measurement as a process of its own.
fn again(args: &[&str]) {
    let program = std::env::current_exe().unwrap();
    let status = std::process::Command::new(program).args(args).status().unwrap();
    assert!(status.success(), "{args:?}");
}
