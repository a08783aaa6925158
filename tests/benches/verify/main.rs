//! How fast a log is verified, with how much memory, and how far that is from what its signatures cost.
//!
//! `cargo bench -p lotbook-tests --bench verify [-- ENTRIES]`. Each measurement runs in a process of its own,
//! so that its peak of memory is its own. docs/performance.md has the figures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// For its allocator, which is the one that users get.
use lotbook as _;

mod file;
mod measure;
mod office;
mod proof;
// The random years are tests, too; what only they need is not used here.
#[allow(dead_code, unused_imports)]
#[path = "../../it/years/mod.rs"]
mod years;

use office::Office;
use std::path::Path;
use std::time::Instant;

/// Entries of the log, unless the command line says otherwise.
const ENTRIES: usize = 120_000;
/// A quarter of a second each, which a neighbour on the machine can double: look at the one in the middle.
const REPLAYS: usize = 9;
/// Of the log whose state stands still: the shorter one, and how much longer the other one is.
const STANDING: usize = 60_000;
const LONGER: usize = 4;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["verify", file, threads] => measure::verify(Path::new(file), threads.parse().unwrap()),
        ["replay", file] => measure::replay(Path::new(file)),
        ["limits", file] => measure::limits(Path::new(file)),
        ["proof"] => proof::prove(),
        [] => all(ENTRIES),
        [entries] => all(entries.parse().unwrap()),
        other => panic!("{other:?} is nothing that is measured"),
    }
}

fn all(entries: usize) {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let cores = std::thread::available_parallelism().unwrap().get();
    machine(cores);
    let begun = Instant::now();
    let mut office = Office::new(1);
    office.work(entries);
    file::write(&file("log"), office.entries());
    println!("a log of {} entries, made in {:.1} s", office.entries().len(), begun.elapsed().as_secs_f64());
    measure::mix(office.entries());
    let base = office.entries().len().min(20_000);
    drop(office);

    println!("\nlimits, one core");
    again(&["limits", path(&file("log"))]);
    println!("\nwithout signatures and decisions, one core: decode, hash, chain, evolve");
    for _ in 0..REPLAYS {
        again(&["replay", path(&file("log"))]);
    }
    for threads in if cores > 1 { vec![1, cores] } else { vec![1] } {
        println!("\nfull verification, {threads} thread(s)");
        again(&["verify", path(&file("log")), &threads.to_string()]);
    }

    println!("\nmemory: a state that stands still, one thread");
    let mut office = Office::new(1);
    office.work(base);
    office.stand_still(STANDING);
    file::write(&file("short"), office.entries());
    office.stand_still((LONGER - 1) * STANDING);
    file::write(&file("long"), office.entries());
    drop(office);
    let peaks = ["short", "long"].map(|name| again(&["verify", path(&file(name)), "1"]));
    let grown = peaks[1].saturating_sub(peaks[0]);
    println!(
        "{:.1} bytes more for each entry more",
        grown as f64 * 1024.0 / ((LONGER - 1) * STANDING) as f64
    );

    println!("\ninclusion proofs from the store");
    again(&["proof"]);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs one measurement as a process of its own; its peak of resident memory in KiB.
fn again(args: &[&str]) -> u64 {
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    print!("{text}");
    let peak =
        text.lines().find_map(|line| line.trim().strip_prefix("peak of memory")?.trim().split(' ').next());
    peak.map_or(0, |peak| peak.parse().unwrap())
}

fn machine(cores: usize) {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim()).to_owned()
    };
    let ifma = if field("flags").split(' ').any(|flag| flag == "avx512ifma") { "with" } else { "without" };
    println!("{cores} cores of {}, {ifma} AVX-512 IFMA", field("model name"));
}
