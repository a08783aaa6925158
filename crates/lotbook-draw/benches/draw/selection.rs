//! Selecting from a register: streamed in parts, or from a pool in memory; and the bare hash of the same bytes.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::num::NonZeroUsize;

use lotbook_draw::select::select_on;
use lotbook_draw::{Census, ObjectRow, Pool, Quota, Seed, Selector, Stage};

use crate::register::{Register, STRATA};
use crate::watch::{Watch, memory};

fn seed() -> Seed {
    Seed::from_bytes([42; 32])
}

/// A number of rows, or a percentage of each stratum.
fn rule(text: &str) -> Quota {
    match text.strip_suffix('%') {
        None => Quota::FixedTotal { total: text.parse().unwrap() },
        Some(percent) => {
            let ppm = percent.parse::<u32>().unwrap() * 10_000;
            let ppm: BTreeMap<String, u32> = STRATA.map(|(code, _)| (code.to_owned(), ppm)).into();
            Quota::AtLeast { ppm, minimum: 0 }
        }
    }
}

/// `BLAKE3.keyed_hash(K, u64(length) || id)` of every row, and nothing else.
pub fn bare(rows: u64) {
    let key = *Stage::Objects.key(&seed()).as_bytes();
    let mut message = [0; 26];
    message[..8].copy_from_slice(&18_u64.to_le_bytes());
    let watch = Watch::start();
    Register::part(rows, 0, 1).each(|id, _| {
        message[8..].copy_from_slice(id.as_bytes());
        black_box(blake3::keyed_hash(&key, &message));
    });
    watch.tell("bare keyed BLAKE3", rows);
}

/// Counts, then selects, each on several threads.
pub fn stream(rows: u64, threads: u64, text: &str) {
    let quota = rule(text);
    let watch = Watch::start();
    let census = on_threads(threads, |part| {
        let mut census = Census::default();
        Register::part(rows, part, threads).each(|_, stratum| census.add(stratum));
        census
    });
    let census = census.into_iter().reduce(|mut whole, part| {
        whole.merge(part);
        whole
    });
    let whole = Selector::new(census.unwrap().counts(), &quota, &seed()).unwrap();
    let counted = watch.times().1;
    let parts = on_threads(threads, |part| {
        let mut selector = whole.clone();
        Register::part(rows, part, threads).each(|id, stratum| selector.offer(id, stratum).unwrap());
        selector
    });
    let whole = parts.into_iter().reduce(|mut whole, part| {
        whole.merge(part);
        whole
    });
    let selection = whole.unwrap().finish().unwrap();
    watch.tell(&format!("{} selected ({text}), {threads} thread(s)", selection.selected.len()), rows);
    println!("    of which counting {counted:.2} s; first {}", selection.selected[0].uscc);
    memory();
}

fn on_threads<T: Send>(threads: u64, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let work = &work;
        let started: Vec<_> = (0..threads).map(|part| scope.spawn(move || work(part))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Selects from a pool, as the rules do.
pub fn pool(rows: u64, threads: usize) {
    let mut objects = Vec::new();
    Register::part(rows, 0, 1).each(|id, stratum| {
        let reason = String::new();
        objects.push(ObjectRow { uscc: id.to_owned(), stratum: stratum.to_owned(), eligible: true, reason });
    });
    let pool = Pool::new(objects, vec![], vec![]).unwrap();
    let threads = NonZeroUsize::new(threads).unwrap();
    // The processor's time comes in steps of 10 ms: a single selection would be too short.
    const ROUNDS: u64 = 10;
    let watch = Watch::start();
    for _ in 0..ROUNDS {
        black_box(select_on(&pool, &rule("1000"), &seed(), threads).unwrap());
    }
    watch.tell(&format!("1000 selected, {threads} thread(s), {ROUNDS} times"), ROUNDS * rows);
}
