//! After a clean stop every changed byte that carries meaning is found, by the verifier and by the start.

use super::load::{administrator, register};
use super::program::{Random, Server, arg, copy, done, init, run};
use crate::tamper::played::played;
use lotbook::command::reading;
use lotbook::data_dir::DataDir;
use lotbook_chain::entry::{entry_hash, leaf_hash};
use lotbook_chain::{Checkpoint, Frontier};
use lotbook_client::Client;
use lotbook_engine::statement_id;
use lotbook_store::{Damaged, JournalError, OpenError, Store, StoreOptions};
use lotbook_verifier::{Check, Expectations, Finding, Verdict};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Entries of each group of the small ledger: thirty-two in all.
const GROUPS: [usize; 12] = [1, 4, 2, 6, 1, 5, 2, 3, 1, 3, 1, 3];
/// Small enough for several segments.
const SEGMENT_BYTES: u32 = 4 << 10;
/// What ledger.md and the store's layout say.
const SEGMENT_HEADER: usize = 68;
const FRAME_HEADER: usize = 16;

/// A segment file of the small ledger, and to which entry and group each of its bytes belongs.
struct Segment {
    name: String,
    whole: Vec<u8>,
    /// Position of the entry, and first position of its group, by byte; ends where the padding begins.
    owners: Vec<(u64, u64)>,
}

/// Writes the first entries of a real ledger into a store with small segments, and stops it cleanly.
fn small_ledger(dir: &Path) -> Vec<Segment> {
    let played = played();
    let mut options = StoreOptions::new(dir, dir.join("anchor"), statement_id);
    options.segment_bytes = SEGMENT_BYTES;
    let store = Store::open(options).unwrap();
    let (mut rest, mut groups) = (played.entries.as_slice(), vec![]);
    for size in GROUPS {
        let (group, behind) = rest.split_at(size);
        let head = store.append_group(group).unwrap();
        groups.extend(std::iter::repeat_n(head.size - size as u64, size));
        rest = behind;
    }
    let entries = &played.entries[..groups.len()];
    let mut tree = Frontier::new();
    entries.iter().for_each(|entry| tree.push(leaf_hash(entry)));
    let checkpoint = Checkpoint { origin: played.origin.clone(), size: tree.size(), root: tree.root() };
    let head = store.head();
    assert_eq!(head.hash, entry_hash(&entries[entries.len() - 1]));
    store.write_anchor(&checkpoint.sign(&played.checkpoint).unwrap(), head).unwrap();
    store.close().unwrap();
    drop(store);
    segments(dir, entries, &groups)
}

fn segments(dir: &Path, entries: &[Vec<u8>], groups: &[u64]) -> Vec<Segment> {
    let mut names: Vec<_> = std::fs::read_dir(dir.join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let firsts: Vec<usize> =
        names.iter().map(|name| name.strip_suffix(".seg").unwrap().parse().unwrap()).collect();
    let ends = firsts.iter().skip(1).copied().chain([entries.len()]);
    let segment = |(name, (first, end)): (String, (usize, usize))| {
        let whole = std::fs::read(dir.join("journal").join(&name)).unwrap();
        let mut owners = vec![(first as u64, first as u64); SEGMENT_HEADER];
        for position in first..end {
            let length = owners.len() + FRAME_HEADER + entries[position].len();
            owners.resize(length, (position as u64, groups[position]));
        }
        assert!(whole[owners.len()..].iter().all(|byte| *byte == 0), "then zeros");
        Segment { name, whole, owners }
    };
    names.into_iter().zip(firsts.iter().copied().zip(ends)).map(segment).collect()
}

/// What `lotbook verify` answers if it has no verdict.
#[derive(Debug)]
enum Why {
    Finding(Finding),
    Unread(String),
}

fn verify(dir: &Path) -> Result<Verdict, Why> {
    match reading::of_data_dir(&DataDir::new(dir, None)) {
        Ok(ledger) => ledger.verdict(&Expectations::default()).map_err(Why::Finding),
        Err(error) => Err(match error.downcast_ref::<Finding>() {
            Some(finding) => Why::Finding(finding.clone()),
            None => Why::Unread(format!("{error:#}")),
        }),
    }
}

/// Starts. A process that another test is just starting holds our lock until it has become itself.
fn open(dir: &Path) -> Result<Store, OpenError> {
    loop {
        match Store::open(StoreOptions::new(dir, dir.join("anchor"), statement_id)) {
            Err(OpenError::Locked { .. }) => std::thread::sleep(Duration::from_millis(1)),
            opened => return opened,
        }
    }
}

fn damage(dir: &Path) -> Box<Damaged> {
    match open(dir) {
        Err(OpenError::Journal(JournalError::Damaged(damaged))) => damaged,
        other => panic!("the start took it: {other:?}"),
    }
}

/// Changes one byte of one segment after the other, on a copy of its own.
fn try_bytes(dir: &Path, segments: &[Segment], every: usize, from: usize) -> usize {
    let mut random = Random(from as u64);
    let mut tried = 0;
    for segment in segments {
        let path = dir.join("journal").join(&segment.name);
        for (offset, (position, group)) in segment.owners.iter().enumerate().skip(from).step_by(every) {
            let mut bytes = segment.whole.clone();
            bytes[offset] ^= u8::try_from(1 + random.below(255)).unwrap();
            std::fs::write(&path, &bytes).unwrap();
            tried += 1;
            let place = format!("{} byte {offset}", segment.name);
            match verify(dir) {
                Err(Why::Finding(found)) => {
                    let near = *group..=*position;
                    assert!(near.contains(&found.position), "{place} of entry {position}: {found}");
                    assert_eq!(found.check, Check::Journal, "{place}: {found}");
                }
                Err(Why::Unread(error)) => panic!("{place}: verify cannot read it: {error}"),
                Ok(_) => panic!("{place}: verify accepts it"),
            }
            let damaged = damage(dir);
            assert_eq!(damaged.position.0, *position, "{place}: {damaged}");
            assert!(damaged.to_string().contains(&format!("position {position} ")), "{damaged}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{place}: nothing was changed");
        }
        std::fs::write(&path, &segment.whole).unwrap();
    }
    tried
}

#[test]
fn every_changed_byte_of_the_journal_is_found_by_verify_and_by_the_start_with_its_position() {
    const THREADS: usize = 2;
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("ledger");
    let segments = small_ledger(&ledger);
    assert!(segments.len() > 2, "several segments");
    let all: usize = segments.iter().map(|segment| segment.owners.len()).sum();
    let copies: Vec<PathBuf> = (0..THREADS).map(|n| dir.path().join(format!("copy-{n}"))).collect();
    copies.iter().for_each(|to| copy(&ledger, to));
    let tried: usize = std::thread::scope(|scope| {
        let segments = &segments;
        let threads: Vec<_> = (0..THREADS)
            .map(|n| {
                let dir = &copies[n];
                scope.spawn(move || try_bytes(dir, segments, THREADS, n))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(tried, all);
    println!("{tried} bytes changed, one by one");
    for whole in copies {
        let verdict = verify(&whole).unwrap();
        assert_eq!(verdict.checkpoint, Some(32), "whole again, it verifies");
        assert_eq!(open(&whole).unwrap().head().size, 32, "and opens");
    }
}

#[test]
fn a_changed_byte_of_the_padding_carries_no_meaning_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let segments = small_ledger(dir.path());
    for segment in &segments {
        let path = dir.path().join("journal").join(&segment.name);
        let end = segment.owners.len();
        for offset in [end, end + 3, end + 4, end + 7, end + 8, segment.whole.len() - 1] {
            let mut bytes = segment.whole.clone();
            bytes[offset] ^= 0x5a;
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(verify(dir.path()).unwrap().entries, 32, "{} byte {offset}", segment.name);
            assert_eq!(open(dir.path()).unwrap().head().size, 32, "{} byte {offset}", segment.name);
        }
        std::fs::write(&path, &segment.whole).unwrap();
    }
}

#[test]
fn a_missing_or_emptied_segment_is_found_by_verify_and_by_the_start_with_its_position() {
    let dir = tempfile::tempdir().unwrap();
    let segments = small_ledger(dir.path());
    for segment in &segments {
        let path = dir.path().join("journal").join(&segment.name);
        let first = segment.owners[0].0;
        for content in [None, Some(vec![]), Some(vec![0; segment.whole.len()])] {
            match &content {
                None => std::fs::remove_file(&path).unwrap(),
                Some(content) => std::fs::write(&path, content).unwrap(),
            }
            let Err(Why::Finding(found)) = verify(dir.path()) else {
                panic!("{} of {content:?} is taken", segment.name)
            };
            assert_eq!((found.position, found.check), (first, Check::Journal), "{found}");
            assert_eq!(damage(dir.path()).position.0, first);
            std::fs::write(&path, &segment.whole).unwrap();
        }
    }
}

#[test]
fn every_changed_byte_of_the_anchor_is_found_by_verify_and_by_the_start() {
    let dir = tempfile::tempdir().unwrap();
    small_ledger(dir.path());
    let anchor = dir.path().join("anchor");
    let whole = std::fs::read(&anchor).unwrap();
    for offset in 0..whole.len() {
        for mask in [1, 0x20, 0x80] {
            let mut bytes = whole.clone();
            bytes[offset] ^= mask;
            std::fs::write(&anchor, &bytes).unwrap();
            assert!(verify(dir.path()).is_err(), "byte {offset}");
            assert!(matches!(open(dir.path()), Err(OpenError::Anchor(_))), "byte {offset}");
        }
    }
}

/// The same of the whole program, on a ledger that it has made, served and stopped itself.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_refuses_a_ledger_with_a_changed_byte_and_names_the_position() {
    let mut random = Random::announced("bytes");
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    init(&data);
    let server = Server::up(&data);
    let client = Client::trust_on_first_use(&server.url).await.unwrap();
    register(&client, &administrator(&data), 30).await;
    drop(client);
    server.down();
    done(&["verify", arg(&data), "--at-least", "31"]);

    let entries = reading::of_data_dir(&DataDir::new(&data, None)).unwrap().entries;
    let groups: Vec<u64> = (0..31).collect();
    let segment = segments(&data, &entries, &groups).pop().unwrap();
    let path = data.join("journal").join(&segment.name);
    let end = segment.owners.len() as u64;
    let somewhere = (0..6).map(|_| usize::try_from(random.below(end)).unwrap()).collect::<Vec<_>>();
    let last = segment.owners.len() - 1;
    for offset in somewhere.into_iter().chain([0, SEGMENT_HEADER, last]) {
        let mut bytes = segment.whole.clone();
        bytes[offset] ^= u8::try_from(1 + random.below(255)).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let position = segment.owners[offset].0;
        let verified = run(&["verify", arg(&data)]);
        assert_eq!(verified.code, Some(1), "byte {offset}: {verified:?}");
        assert!(verified.out.starts_with(&format!("REFUTED at position {position}: ")), "{verified:?}");
        let ran = Server::start(&data, &[]).err().unwrap_or_else(|| panic!("byte {offset} was served"));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(&format!("damaged at position {position} ")), "{ran:?}");
    }
    std::fs::write(&path, &segment.whole).unwrap();
    done(&["verify", arg(&data), "--at-least", "31"]);
    assert_eq!(Server::up(&data).entries, 31);
}
