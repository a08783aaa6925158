//! Every single call to the disk fails once: nothing is acknowledged after it, nothing acknowledged is lost.

use super::disk::FailingDisk;
use super::{Place, SMALL, note, open, put};
use crate::journal::{AppendError, Head, Journal, Lease};
use crate::segment::SegmentJournal;
use crate::suite::{push, some};
use crate::{Store, StoreError, Unavailable};
use lotbook_chain::Position;

/// Groups with which a small segment is full, exactly and in the middle.
const GROUPS: [u64; 8] = [1, 3, 5, 2, 9, 1, 30, 4];

/// Opens and appends all groups, on a disk whose call `fail_at` fails; returns what was acknowledged.
fn scenario(disk: &FailingDisk, dir: &std::path::Path) -> Head {
    let opened = SegmentJournal::open_on(Box::new(disk.clone()), dir, SMALL, Head::EMPTY, &mut |_, _| {});
    let Ok(journal) = opened else { return Head::EMPTY };
    let lease = journal.acquire("test").unwrap();
    for count in GROUPS {
        let before = disk.failed();
        let head = journal.durable_head();
        let answer = push(&journal, &lease, &some(head, count));
        assert_eq!(answer.is_ok(), !disk.failed(), "acknowledged if and only if nothing failed: {answer:?}");
        if before {
            assert!(matches!(answer, Err(AppendError::Unavailable { source: None, .. })));
        }
        assert_eq!(journal.read(Position(0), usize::MAX).unwrap().len() as u64, journal.durable_head().size);
    }
    if disk.failed() {
        assert!(journal.acquire("again").is_err(), "a stopped journal is not acquired");
    }
    journal.durable_head()
}

#[test]
fn whichever_call_fails_what_was_acknowledged_is_there() {
    let mut fail_at = 1;
    loop {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let disk = FailingDisk::new(fail_at);
        let acknowledged = scenario(&disk, &path);
        let journal = open(&path, acknowledged).unwrap();
        let found = journal.durable_head();
        let sizes: Vec<u64> = GROUPS
            .iter()
            .scan(0, |sum, n| {
                *sum += n;
                Some(*sum)
            })
            .collect();
        let next = sizes.iter().copied().find(|size| *size > acknowledged.size);
        assert!(found.size == acknowledged.size || Some(found.size) == next, "call {fail_at}: {found}");
        let lease: Lease = journal.acquire("test").unwrap();
        push(&journal, &lease, &some(found, 3)).unwrap();
        if !disk.failed() {
            assert_eq!(acknowledged.size, 55);
            break;
        }
        fail_at += 1;
    }
    assert!(fail_at > 30, "only {fail_at} calls");
}

#[test]
fn whichever_call_of_a_recovery_fails_the_next_one_succeeds() {
    let mut fail_at = 1;
    loop {
        let dir = tempfile::tempdir().unwrap();
        let (_, heads) = super::written(dir.path(), &[3, 4, 5]);
        let path = super::segments(dir.path()).pop().unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let last = super::meaning(&bytes) - 1;
        bytes[last] ^= 1;
        put(&path, &bytes);
        std::fs::write(dir.path().join("00000000000000000099.seg.new"), b"left").unwrap();
        let disk = FailingDisk::new(fail_at);
        let first =
            SegmentJournal::open_on(Box::new(disk.clone()), dir.path(), SMALL, heads[1], &mut |_, _| {});
        assert_eq!(first.is_ok(), !disk.failed());
        assert_eq!(open(dir.path(), heads[1]).unwrap().durable_head(), heads[1]);
        if !disk.failed() {
            assert_eq!(disk.calls() + 1, fail_at);
            break;
        }
        fail_at += 1;
    }
}

#[test]
fn a_store_whose_sync_failed_reads_on_and_appends_no_more() {
    let place = Place::new();
    let store = place.open();
    store.append_group(&some(Head::EMPTY, 3)).unwrap();
    let (head, signed) = (store.head(), note(&store));
    drop(store);
    // Count the calls of a start, then let the first group's sync fail.
    let counting = FailingDisk::new(u64::MAX);
    drop(Store::open_on(|| Box::new(counting.clone()), place.options()).unwrap());
    let disk = FailingDisk::new(counting.calls() + 2);
    let store = Store::open_on(|| Box::new(disk.clone()), place.options()).unwrap();
    let answer = store.append_group(&some(head, 2));
    assert!(matches!(answer, Err(StoreError::Unavailable(Unavailable::Unknown { .. }))), "{answer:?}");
    for _ in 0..3 {
        let answer = store.append_group(&some(head, 2));
        assert!(matches!(answer, Err(StoreError::Unavailable(Unavailable::Stopped { .. }))), "{answer:?}");
    }
    assert_eq!(store.head(), head);
    assert_eq!(store.entries(Position(0), 99).unwrap().len(), 3);
    store.write_anchor(&signed, head).unwrap();
    drop(store);
    assert_eq!(place.open().head().size, 5, "written after all: it was never acknowledged, and is whole");
}

#[test]
fn an_anchor_that_cannot_be_written_leaves_the_old_one() {
    let place = Place::new();
    let store = place.open();
    super::fill(&store, 10);
    drop(store);
    let counting = FailingDisk::new(u64::MAX);
    drop(Store::open_on(|| Box::new(counting.clone()), place.options()).unwrap());
    for call in 3..=7 {
        let disk = FailingDisk::new(counting.calls() + call);
        let store = Store::open_on(|| Box::new(disk.clone()), place.options()).unwrap();
        store.append_group(&some(store.head(), 1)).unwrap();
        let answer = store.write_anchor(&note(&store), store.head());
        assert!(matches!(answer, Err(StoreError::Unavailable(Unavailable::Io { .. }))), "{call}: {answer:?}");
        store.write_anchor(&note(&store), store.head()).unwrap();
        drop(store);
        place.open();
    }
}
