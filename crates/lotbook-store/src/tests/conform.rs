//! The journal on disk conforms, and what it took is there after it is opened again.

use super::{SMALL, open, written};
use crate::journal::{Head, Journal};
use crate::segment::{JournalReader, SEGMENT_BYTES, SegmentJournal};
use crate::suite::{chain, conforms, push, some};
use lotbook_chain::Position;
use proptest::prelude::*;
use std::cell::RefCell;

#[test]
fn the_journal_on_disk_conforms() {
    for segment_bytes in [1, SMALL, SEGMENT_BYTES] {
        let kept = RefCell::new(Vec::new());
        conforms(|| {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("journal");
            kept.borrow_mut().push(dir);
            SegmentJournal::open(&path, segment_bytes, Head::EMPTY, &mut |_, _| {}).unwrap()
        });
    }
}

#[test]
fn an_entry_of_any_size_fits_whatever_the_segment() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), Head::EMPTY).unwrap();
    let lease = journal.acquire("test").unwrap();
    let largest = chain(Head::EMPTY, [vec![b'x'; lotbook_chain::MAX_STATEMENT_BYTES], vec![b'y'; 1]]);
    push(&journal, &lease, &largest).unwrap();
    push(&journal, &lease, &some(journal.durable_head(), 1)).unwrap();
    assert_eq!(journal.read(Position(0), 2).unwrap(), largest);
    drop(journal);
    assert_eq!(open(dir.path(), Head::EMPTY).unwrap().read(Position(0), 2).unwrap(), largest);
}

#[test]
fn a_reader_beside_a_writer_sees_a_prefix_and_never_damage() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path(), Head::EMPTY).unwrap();
    let lease = journal.acquire("test").unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for count in (0..400).map(|i| i % 5 + 1) {
                push(&journal, &lease, &some(journal.durable_head(), count)).unwrap();
            }
        });
        loop {
            let over = writer.is_finished();
            let mut reader = JournalReader::open(dir.path()).unwrap();
            let count = reader.by_ref().map(Result::unwrap).count() as u64;
            assert_eq!(count, reader.head().size);
            if over {
                assert_eq!(reader.head(), journal.durable_head());
                break;
            }
        }
    });
}

#[test]
fn a_segment_left_unfinished_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (_, heads) = written(dir.path(), &[3]);
    let left = dir.path().join("00000000000000000003.seg.new");
    std::fs::write(&left, b"half").unwrap();
    assert_eq!(open(dir.path(), heads[0]).unwrap().durable_head(), heads[0]);
    assert!(!left.exists());
}

#[test]
fn the_observer_sees_every_entry_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let (entries, heads) = written(dir.path(), &[5, 1, 20]);
    let mut seen = Vec::new();
    let mut observe = |at: Position, entry: &[u8]| seen.push((at, entry.to_vec()));
    SegmentJournal::open(dir.path(), SMALL, heads[2], &mut observe).unwrap();
    assert_eq!(seen, (0..).map(Position).zip(entries).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_groups_come_back_after_every_reopen(
        groups in proptest::collection::vec(proptest::collection::vec(1_usize..900, 0..9), 1..14),
        segment_bytes in 1_u32..6000,
        from in 0_u64..120,
        max in 0_usize..120,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut all: Vec<Vec<u8>> = Vec::new();
        let mut anchor = Head::EMPTY;
        for group in groups {
            let disk = Box::new(super::disk::QuietDisk);
            let journal =
                SegmentJournal::open_on(disk, dir.path(), segment_bytes, anchor, &mut |_, _| {}).unwrap();
            prop_assert_eq!(journal.durable_head(), anchor);
            let lease = journal.acquire("test").unwrap();
            // The same group twice: once after opening, once after another.
            for _ in 0..2 {
                let batch = chain(anchor, group.iter().map(|length| vec![b's'; *length]));
                anchor = push(&journal, &lease, &batch).unwrap();
                all.extend(batch);
            }
            prop_assert_eq!(&journal.read(Position(0), usize::MAX).unwrap(), &all);
            let start = usize::try_from(from).unwrap().min(all.len());
            let end = start.saturating_add(max).min(all.len());
            prop_assert_eq!(journal.read(Position(from), max).unwrap(), &all[start..end]);
        }
        let read: Result<Vec<_>, _> = JournalReader::open(dir.path()).unwrap().collect();
        let expected: Vec<_> = (0..).map(Position).zip(all).collect();
        prop_assert_eq!(read.unwrap(), expected);
    }
}
