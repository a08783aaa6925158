//! What every `Journal` must do: one suite, passed by each implementation.

// Test code that other crates may use: a failed promise is a panic here, as in any test.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::journal::{AppendError, Head, Journal, Lease};
use lotbook_chain::entry::{Entry, entry_hash};
use lotbook_chain::{EntryHash, Instant, KeyId, Position, Signature};
use std::time::Duration;

/// Longer than any machine needs: a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Entries with these statements, linked to each other and to `head`. Their signatures are zeros.
pub fn chain(head: Head, statements: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut head = head;
    let mut entries = Vec::new();
    for statement in statements {
        let entry = Entry {
            position: head.next(),
            recorded_at: Instant(1_700_000_000_000_000),
            previous: head.hash,
            author: KeyId([7; 32]),
            signature: Signature([0; 64]),
            statement,
        };
        let bytes = entry.encode().unwrap();
        head = Head { size: head.size + 1, hash: entry_hash(&bytes) };
        entries.push(bytes);
    }
    entries
}

/// `count` entries after `head`, each with a statement of its own.
pub fn some(head: Head, count: u64) -> Vec<Vec<u8>> {
    chain(head, (0..count).map(|i| format!("statement {}", head.size + i).into_bytes()))
}

/// Appends `batch` at the durable head under a lease.
///
/// # Errors
/// What the journal answers.
pub fn push<J: Journal>(journal: &J, lease: &Lease, batch: &[Vec<u8>]) -> Result<Head, AppendError> {
    let head = journal.durable_head();
    journal.append(lease, head.next(), head.hash, last_hash(head, batch), batch)
}

fn last_hash(head: Head, batch: &[Vec<u8>]) -> EntryHash {
    batch.last().map_or(head.hash, |entry| entry_hash(entry))
}

/// Checks every promise of [`Journal`] on empty journals made by `make`.
///
/// # Panics
/// If one is broken.
pub fn conforms<J: Journal>(make: impl Fn() -> J) {
    entries_come_back_in_order(&make());
    a_batch_stands_at_exactly_its_position(&make());
    a_wrong_previous_hash_is_refused(&make());
    a_batch_that_is_not_a_chain_is_refused(&make());
    a_later_lease_fences_an_earlier_one(&make());
    an_empty_batch_changes_nothing(&make());
    reads_stop_at_the_head(&make());
    a_tail_wakes_and_sees_nothing_early(&make());
}

fn entries_come_back_in_order<J: Journal>(journal: &J) {
    let lease = journal.acquire("suite").unwrap();
    assert_eq!(lease.head, Head::EMPTY);
    let mut written = Vec::new();
    for count in [1, 7, 2, 64, 1, 3] {
        let batch = some(journal.durable_head(), count);
        written.extend_from_slice(&batch);
        let head = push(journal, &lease, &batch).unwrap();
        assert_eq!(head, Head { size: written.len() as u64, hash: entry_hash(batch.last().unwrap()) });
        assert_eq!(journal.durable_head(), head);
    }
    assert_eq!(journal.read(Position(0), usize::MAX).unwrap(), written);
    assert_eq!(journal.acquire("suite").unwrap().head, journal.durable_head());
}

fn a_batch_stands_at_exactly_its_position<J: Journal>(journal: &J) {
    let lease = journal.acquire("suite").unwrap();
    let head = push(journal, &lease, &some(Head::EMPTY, 3)).unwrap();
    let batch = some(head, 2);
    for at in [0, 2, 4, u64::MAX] {
        let answer = journal.append(&lease, Position(at), head.hash, last_hash(head, &batch), &batch);
        assert!(matches!(answer, Err(AppendError::Conflict { head: found, .. }) if found == head), "{at}");
    }
    assert_eq!(journal.durable_head(), head);
    assert_eq!(push(journal, &lease, &batch).unwrap().size, 5);
    let again = journal.append(&lease, Position(3), head.hash, last_hash(head, &batch), &batch);
    assert!(matches!(again, Err(AppendError::Conflict { .. })), "the same batch twice");
}

fn a_wrong_previous_hash_is_refused<J: Journal>(journal: &J) {
    let lease = journal.acquire("suite").unwrap();
    let head = push(journal, &lease, &some(Head::EMPTY, 3)).unwrap();
    let fork = Head { size: 3, hash: EntryHash([9; 32]) };
    let batch = some(fork, 1);
    let answer = journal.append(&lease, Position(3), fork.hash, last_hash(fork, &batch), &batch);
    assert!(matches!(answer, Err(AppendError::Conflict { .. })));
    let answer = journal.append(&lease, Position(3), head.hash, last_hash(fork, &batch), &batch);
    assert!(matches!(answer, Err(AppendError::Malformed { position: Position(3), .. })));
    assert_eq!(journal.durable_head(), head);
}

fn a_batch_that_is_not_a_chain_is_refused<J: Journal>(journal: &J) {
    let lease = journal.acquire("suite").unwrap();
    let good = some(Head::EMPTY, 3);
    let last = last_hash(Head::EMPTY, &good);
    let hole = [good[0].clone(), good[2].clone()];
    let short = [good[0].clone(), good[1][..100].to_vec(), good[2].clone()];
    for batch in [hole.as_slice(), short.as_slice()] {
        let answer = journal.append(&lease, Position(0), EntryHash::ZERO, last, batch);
        assert!(matches!(answer, Err(AppendError::Malformed { position: Position(1), .. })));
    }
    let answer = journal.append(&lease, Position(0), EntryHash::ZERO, EntryHash([1; 32]), &good);
    assert!(matches!(answer, Err(AppendError::Malformed { .. })), "another last hash");
    assert_eq!(journal.read(Position(0), 10).unwrap(), Vec::<Vec<u8>>::new());
}

fn a_later_lease_fences_an_earlier_one<J: Journal>(journal: &J) {
    let first = journal.acquire("first").unwrap();
    let head = push(journal, &first, &some(Head::EMPTY, 1)).unwrap();
    let second = journal.acquire("second").unwrap();
    assert!(second.epoch > first.epoch);
    assert_eq!(second.head, head);
    let answer = push(journal, &first, &some(head, 1));
    assert!(matches!(answer, Err(AppendError::Fenced { held, current })
        if held == first.epoch && current == second.epoch));
    assert_eq!(journal.durable_head(), head);
    push(journal, &second, &some(head, 1)).unwrap();
}

fn an_empty_batch_changes_nothing<J: Journal>(journal: &J) {
    let lease = journal.acquire("suite").unwrap();
    assert_eq!(push(journal, &lease, &[]).unwrap(), Head::EMPTY);
    let head = push(journal, &lease, &some(Head::EMPTY, 2)).unwrap();
    assert_eq!(push(journal, &lease, &[]).unwrap(), head);
    let answer = journal.append(&lease, Position(1), head.hash, head.hash, &[]);
    assert!(matches!(answer, Err(AppendError::Conflict { .. })));
    assert_eq!(journal.read(Position(0), 10).unwrap().len(), 2);
}

fn reads_stop_at_the_head<J: Journal>(journal: &J) {
    let none = Vec::<Vec<u8>>::new();
    assert_eq!(journal.read(Position(0), 10).unwrap(), none);
    let lease = journal.acquire("suite").unwrap();
    let all = some(Head::EMPTY, 10);
    push(journal, &lease, &all[..4]).unwrap();
    push(journal, &lease, &all[4..]).unwrap();
    for from in 0..10 {
        for max in 0..12 {
            let end = (from + max).min(10);
            assert_eq!(journal.read(Position(from as u64), max).unwrap(), all[from..end]);
        }
    }
    for from in [10, 11, u64::MAX] {
        assert_eq!(journal.read(Position(from), 10).unwrap(), none);
    }
}

fn a_tail_wakes_and_sees_nothing_early<J: Journal>(journal: &J) {
    let lease = journal.acquire("suite").unwrap();
    let all = some(Head::EMPTY, 20);
    push(journal, &lease, &all[..5]).unwrap();
    std::thread::scope(|scope| {
        let follower = scope.spawn(|| {
            let mut tail = journal.tail(Position(2));
            let mut seen = Vec::new();
            while seen.len() < 18 {
                let more = tail.next_entries(PATIENCE).unwrap();
                assert!(!more.is_empty(), "woken without an entry, or never");
                assert!(tail.position().0 <= journal.durable_head().size, "beyond the durable head");
                seen.extend(more);
            }
            seen
        });
        for batch in all[5..].chunks(4) {
            push(journal, &lease, batch).unwrap();
        }
        let seen = follower.join().unwrap_or_else(|_| panic!("the follower failed"));
        assert_eq!(seen, all[2..]);
    });
    assert!(journal.tail(Position(20)).next_entries(Duration::ZERO).unwrap().is_empty());
}
