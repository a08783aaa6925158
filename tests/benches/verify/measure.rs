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
    let watch = Watch::start();
    let verifier = verify_all(Verifier::default(), file::read(path), threads, &mut |_| {}).unwrap();
    let verdict = verifier.finish(None, &Expectations::default()).unwrap();
    watch.tell("full", verdict.entries);
    memory(verdict.entries);
}

/// What every follower does with an entry it trusts, as it comes from the disk.
pub fn replay(path: &Path) {
    let watch = Watch::start();
    let mut state = State::default();
    for bytes in file::read(path).map(Result::unwrap) {
        let decode = |entry: &Entry| Statement::decode(&entry.statement).map_err(Failed::from);
        let sealed: Sealed<Statement> = Sealed::open(bytes, decode).unwrap();
        assert_eq!((sealed.entry.position.0, sealed.entry.previous), (state.head.size, state.head.hash));
        evolve(&mut state, &sealed);
    }
    watch.tell("replay", state.head.size);
    let entries: Vec<_> = file::read(path).map(Result::unwrap).collect();
    let watch = Watch::start();
    for bytes in &entries {
        black_box((entry_hash(bytes), leaf_hash(bytes)));
    }
    watch.tell("bare BLAKE3 and SHA-256 of the same bytes", entries.len() as u64);
    let watch = Watch::start();
    for bytes in &entries {
        black_box(Statement::decode(&Entry::decode(bytes).unwrap().statement).unwrap());
    }
    watch.tell("strict decoding alone", entries.len() as u64);
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
    let watch = Watch::start();
    for entry in &entries[1..] {
        let key = keys.get(&entry.author).unwrap_or(&system);
        key.verify(&statement_message(ledger, &entry.statement), &entry.signature).unwrap();
    }
    watch.tell("bare verify_strict", entries.len() as u64 - 1);
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

/// A measurement that runs: by the clock on the wall, and by the processor time of all threads, which other
/// programs on the machine disturb less.
struct Watch(Instant, f64);

impl Watch {
    fn start() -> Self {
        Self(Instant::now(), processor_seconds())
    }

    fn tell(self, what: &str, entries: u64) {
        let (wall, processor) = (self.0.elapsed().as_secs_f64(), processor_seconds() - self.1);
        let (rate, each) = (entries as f64 / wall, processor * 1e6 / entries as f64);
        println!("  {what}: {rate:.0} a second, {each:.2} us of a processor each ({entries} in {wall:.2} s)");
    }
}

/// Processor time of this process, in steps of 10 ms.
fn processor_seconds() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // User and system time are fields 14 and 15; the second field may hold blanks, and ends with the last `)`.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_A_SECOND
}

/// The process's peak of resident memory.
fn memory(entries: u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    println!("  peak of memory {} KiB with {entries} entries", peak.unwrap_or("0"));
}
