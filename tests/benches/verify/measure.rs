//! What is measured, each on a whole log read from a file.

use crate::file;
use lotbook_chain::entry::{entry_hash, leaf_hash};
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, LedgerId, Sealed};
use lotbook_domain::{State, evolve};
use lotbook_event::Statement;
use lotbook_event::statement::DecodeError;
use lotbook_verifier::{Expectations, Verifier, verify_all};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

/// Signatures of the bare measurement.
const SIGNATURES: usize = 30_000;

/// The whole verification.
pub fn verify(path: &Path, threads: usize) {
    let threads = NonZeroUsize::new(threads).unwrap();
    let begun = Instant::now();
    let verifier = verify_all(Verifier::default(), file::read(path), threads, &mut |_| {}).unwrap();
    let verdict = verifier.finish(None, &Expectations::default()).unwrap();
    tell("full", verdict.entries, begun);
    memory(verdict.entries);
}

/// What every follower does with an entry it trusts.
pub fn replay(path: &Path) {
    let entries: Vec<_> = file::read(path).map(Result::unwrap).collect();
    let begun = Instant::now();
    let mut state = State::default();
    for bytes in entries.iter().cloned() {
        let decode = |entry: &Entry| Statement::decode(&entry.statement).map_err(Failed::from);
        let sealed: Sealed<Statement> = Sealed::open(bytes, decode).unwrap();
        assert_eq!((sealed.entry.position.0, sealed.entry.previous), (state.head.size, state.head.hash));
        evolve(&mut state, &sealed);
    }
    tell("replay", state.head.size, begun);
    let begun = Instant::now();
    for bytes in &entries {
        black_box((entry_hash(bytes), leaf_hash(bytes)));
    }
    tell("bare BLAKE3 and SHA-256 of the same bytes", entries.len() as u64, begun);
    let begun = Instant::now();
    for bytes in &entries {
        black_box(Statement::decode(&Entry::decode(bytes).unwrap().statement).unwrap());
    }
    tell("strict decoding alone", entries.len() as u64, begun);
}

/// Either is a failure of the benchmark.
#[derive(Debug)]
struct Failed(#[allow(dead_code)] String);

impl From<DecodeError> for Failed {
    fn from(error: DecodeError) -> Self {
        Self(error.to_string())
    }
}

impl From<lotbook_chain::EntryError> for Failed {
    fn from(error: lotbook_chain::EntryError) -> Self {
        Self(error.to_string())
    }
}

/// One strict check of a signature, over the log's own statements.
pub fn limits(path: &Path) {
    let entries: Vec<_> =
        file::read(path).take(SIGNATURES).map(|entry| Entry::decode(&entry.unwrap()).unwrap()).collect();
    let ledger = LedgerId::from(entry_hash(&file::read(path).next().unwrap().unwrap()));
    let keys: BTreeMap<_, _> = crate::years::cast().people.iter().map(|p| (p.id, p.key.public())).collect();
    let system = crate::years::cast().system.public();
    let begun = Instant::now();
    for entry in &entries[1..] {
        let key = keys.get(&entry.author).unwrap_or(&system);
        key.verify(&statement_message(ledger, &entry.statement), &entry.signature).unwrap();
    }
    tell("bare verify_strict", entries.len() as u64 - 1, begun);
}

/// The events of a log, the most frequent first.
pub fn mix(entries: &[Vec<u8>]) {
    let (mut events, mut bytes) = (BTreeMap::<_, usize>::new(), 0);
    for entry in entries {
        bytes += entry.len();
        let statement = Statement::decode(&Entry::decode(entry).unwrap().statement).unwrap();
        *events.entry(statement.event.name()).or_default() += 1;
    }
    let mut events: Vec<_> = events.into_iter().collect();
    events.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told: Vec<_> = events.iter().take(12).map(|(name, count)| format!("{count} {name}")).collect();
    println!(
        "{} bytes an entry; {} kinds of events: {}, ...",
        bytes / entries.len(),
        events.len(),
        told.join(", ")
    );
}

fn tell(what: &str, entries: u64, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let rate = entries as f64 / seconds;
    println!("  {what}: {rate:.0} a second, {:.2} us each ({entries} in {seconds:.2} s)", 1e6 / rate);
}

/// The process's peak of resident memory.
fn memory(entries: u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    println!("  peak of memory {} KiB with {entries} entries", peak.unwrap_or("0"));
}
