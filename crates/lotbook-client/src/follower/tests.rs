//! What an honest ledger says is let through; each lie about a stream is refused by its name.

use super::*;
use crate::ledger::{Ledger, genesis, heartbeat, sign_checkpoint, vkey};
use lotbook_chain::InclusionError;
use lotbook_chain::ReceiptError;

fn honest() -> Ledger {
    Ledger::of(11, genesis("Office"))
}

fn follower(ledger: &Ledger, from: u64) -> Follower {
    Follower::new(ledger.trust(), Cursor::at(from))
}

/// Falsifies the batch of entries 3 to 6 after 0 to 2 were let through.
fn falsified(change: impl FnOnce(&mut Batch)) -> Untrustworthy {
    let ledger = honest();
    let mut follower = follower(&ledger, 0);
    follower.batch(ledger.batch(0, 3, 5)).unwrap();
    let mut batch = ledger.batch(3, 7, 9);
    change(&mut batch);
    let before = follower.cursor().clone();
    let error = follower.batch(batch).unwrap_err();
    assert_eq!(*follower.cursor(), before, "an error must not move the follower");
    error
}

fn edited(bytes: &[u8], edit: impl FnOnce(&mut Entry)) -> Vec<u8> {
    let mut entry = Entry::decode(bytes).unwrap();
    edit(&mut entry);
    entry.encode().unwrap()
}

#[test]
fn every_split_of_an_honest_log_is_let_through() {
    let ledger = honest();
    for first in 1..11 {
        for size in first..=11 {
            let mut follower = follower(&ledger, 0);
            let mut seen = Ledger::hashes(&follower.batch(ledger.batch(0, first, size)).unwrap());
            if first < 11 {
                seen.extend(Ledger::hashes(&follower.batch(ledger.batch(first, 11, 11)).unwrap()));
            }
            assert_eq!(seen, (0..seen.len() as u64).map(|at| ledger.hash(at)).collect::<Vec<_>>());
            assert_eq!(follower.marker(11, &ledger.checkpoint(11)), Ok(11));
        }
    }
}

#[test]
fn a_follower_may_begin_anywhere_and_go_on_from_its_cursor() {
    let ledger = honest();
    let mut first = follower(&ledger, 4);
    first.batch(ledger.batch(4, 6, 8)).unwrap();
    let mut second = Follower::new(ledger.trust(), first.cursor().clone());
    assert_eq!(second.batch(ledger.batch(6, 9, 9)).unwrap().len(), 3);
}

#[test]
fn a_changed_entry_breaks_the_chain_or_the_proof() {
    let inside =
        falsified(|b| b.entries[1] = edited(&b.entries[1], |e| e.statement = heartbeat(77).encode()));
    assert!(matches!(inside, Untrustworthy::BrokenChain { position: Position(5), .. }), "{inside}");
    let last = falsified(|b| b.entries[3] = edited(&b.entries[3], |e| e.statement = heartbeat(77).encode()));
    let root = ReceiptError::Inclusion(InclusionError::WrongRoot {
        computed: TreeHash::ZERO,
        expected: TreeHash::ZERO,
    });
    assert_eq!(
        core::mem::discriminant(&last),
        core::mem::discriminant(&Untrustworthy::Receipt(root)),
        "{last}"
    );
}

#[test]
fn a_wrong_previous_hash_is_refused_also_between_batches() {
    let error = falsified(|b| b.entries[0] = edited(&b.entries[0], |e| e.previous = EntryHash([7; 32])));
    assert!(matches!(error, Untrustworthy::BrokenChain { position: Position(3), .. }), "{error}");
}

#[test]
fn missing_swapped_and_repeated_entries_are_refused() {
    let missing = falsified(|b| drop(b.entries.remove(1)));
    assert_eq!(missing, Untrustworthy::OtherPosition { expected: 4, found: 5 });
    let swapped = falsified(|b| b.entries.swap(0, 1));
    assert_eq!(swapped, Untrustworthy::OtherPosition { expected: 3, found: 4 });
    let again = falsified(|b| b.from = 2);
    assert_eq!(again, Untrustworthy::OtherPosition { expected: 3, found: 2 });
    let empty = falsified(|b| b.entries.clear());
    assert_eq!(empty, Untrustworthy::Missing("entries"));
}

#[test]
fn a_bad_proof_is_refused() {
    for change in [
        |b: &mut Batch| b.proof[0] = TreeHash([7; 32]),
        |b: &mut Batch| b.proof.truncate(b.proof.len() - 1),
        |b: &mut Batch| b.proof.push(TreeHash::ZERO),
    ] {
        let error = falsified(change);
        assert!(matches!(error, Untrustworthy::Receipt(ReceiptError::Inclusion(_))), "{error}");
    }
}

#[test]
fn a_checkpoint_of_another_key_is_refused() {
    let error = falsified(|b| b.checkpoint = b.checkpoint.replacen("\n9\n", "\n8\n", 1));
    assert!(matches!(error, Untrustworthy::Receipt(ReceiptError::Checkpoint(_))), "{error}");
}

#[test]
fn a_checkpoint_that_shrinks_or_forks_is_refused() {
    let ledger = honest();
    let mut follower = follower(&ledger, 4);
    follower.batch(ledger.batch(4, 6, 9)).unwrap();
    let shrunk = follower.clone().batch(ledger.batch(6, 7, 8)).unwrap_err();
    assert_eq!(shrunk, Untrustworthy::Shrunk { known: 9, found: 8 });
    let forked = follower.marker(6, &sign_checkpoint(9, TreeHash([7; 32]))).unwrap_err();
    assert!(matches!(forked, Untrustworthy::Forked { size: 9, .. }), "{forked}");
}

#[test]
fn a_tree_with_another_leaf_than_was_shown_is_refused_from_genesis() {
    // The tree signed for holds another entry at position 1 than the one that is handed out.
    let (ledger, mut other) = (honest(), honest());
    other.entries[1] = edited(&other.entries[1], |e| e.statement = heartbeat(77).encode());
    let mut batch = other.batch(0, 11, 11);
    batch.entries = ledger.entries.clone();
    let error = follower(&ledger, 0).batch(batch.clone()).unwrap_err();
    assert!(matches!(error, Untrustworthy::Forked { size: 11, .. }), "{error}");
    let checkpoint = Checkpoint::open(&batch.checkpoint, &vkey()).unwrap();
    let mut honest_follower = follower(&ledger, 0);
    honest_follower.batch(ledger.batch(0, 11, 11)).unwrap();
    assert!(honest_follower.cursor().agree(&checkpoint).is_err());
}

#[test]
fn another_ledger_is_refused_at_its_genesis() {
    let (ledger, foreign) = (honest(), Ledger::of(4, genesis("Another office")));
    let error = follower(&ledger, 0).batch(foreign.batch(0, 4, 4)).unwrap_err();
    assert_eq!(error, Untrustworthy::OtherLedger { expected: ledger.id, found: foreign.id });
}

#[test]
fn time_does_not_run_back() {
    let mut ledger = Ledger::of(3, genesis("Office"));
    ledger.entries[2] = edited(&ledger.entries[2], |e| e.recorded_at = Instant(1_000));
    let error = follower(&ledger, 0).batch(ledger.batch(0, 3, 3)).unwrap_err();
    assert!(matches!(error, Untrustworthy::BackInTime { position: Position(2), .. }), "{error}");
}

#[test]
fn a_statement_that_is_not_canonical_is_refused() {
    let mut ledger = Ledger::of(2, genesis("Office"));
    // Field 99, unknown, with the value 1.
    let statement = [heartbeat(2).encode(), vec![0x98, 0x06, 0x01]].concat();
    ledger.append(&statement);
    let error = follower(&ledger, 0).batch(ledger.batch(0, 3, 3)).unwrap_err();
    assert!(matches!(error, Untrustworthy::Statement { position: Position(2), .. }), "{error}");
}

#[test]
fn a_marker_stands_where_the_follower_stands() {
    let ledger = honest();
    let mut follower = follower(&ledger, 0);
    follower.batch(ledger.batch(0, 3, 5)).unwrap();
    let wrong = follower.marker(5, &ledger.checkpoint(5)).unwrap_err();
    assert_eq!(wrong, Untrustworthy::OtherPosition { expected: 3, found: 5 });
    let mut late = Follower::new(ledger.trust(), Cursor::at(9));
    let beyond = late.marker(9, &ledger.checkpoint(5)).unwrap_err();
    assert!(matches!(beyond, Untrustworthy::Marker(_)), "{beyond}");
}

#[test]
fn a_head_that_has_other_entries_before_than_were_shown_is_refused_from_anywhere() {
    let ledger = honest();
    for (from, bent) in [(0, 1), (0, 4), (3, 1), (3, 4)] {
        let mut follower = follower(&ledger, from);
        follower.batch(ledger.batch(from, 6, 9)).unwrap();
        // The next entries follow by their hashes; the larger head's tree has another entry before them.
        let mut other = honest();
        other.entries[bent] = edited(&other.entries[bent], |e| e.statement = heartbeat(77).encode());
        let mut batch = other.batch(6, 9, 11);
        batch.entries = ledger.entries[6..9].to_vec();
        let error = follower.batch(batch).unwrap_err();
        assert!(
            matches!(error, Untrustworthy::Forked { size: 9, .. }),
            "from {from}, bent at {bent}: {error}"
        );
        assert_eq!(follower.batch(ledger.batch(6, 9, 11)).unwrap().len(), 3, "the honest one goes on");
    }
}
