//! Every head that was seen is to be proved: newer, older, in between, believed from elsewhere.

use super::*;

fn head(size: u64, root: u8) -> Checkpoint {
    Checkpoint { origin: "ledger.example".into(), size, root: TreeHash([root; 32]) }
}

fn pairs(seen: &mut Seen) -> Vec<(u64, u64)> {
    let mut pairs = vec![];
    while let Some((older, newer)) = seen.unproved() {
        pairs.push((older.size, newer.size));
        assert!(seen.settle(&older, &newer));
    }
    pairs
}

#[test]
fn the_first_head_is_believed_and_every_other_is_to_be_proved_in_ascending_order() {
    let mut seen = Seen::default();
    for size in [50, 70, 40, 60, 70] {
        seen.note(&head(size, 1)).unwrap();
    }
    assert_eq!((seen.proved().unwrap().size, seen.newest()), (50, 70));
    assert_eq!(pairs(&mut seen), [(40, 50), (50, 60), (60, 70)]);
    assert_eq!(seen.proved(), Some(&head(70, 1)));
}

#[test]
fn two_roots_of_one_size_are_refused_proved_or_not() {
    let mut seen = Seen::default();
    for size in [50, 70] {
        seen.note(&head(size, 1)).unwrap();
        let error = seen.note(&head(size, 2)).unwrap_err();
        assert!(matches!(error, Untrustworthy::Forked { size: found, .. } if found == size), "{error}");
    }
}

#[test]
fn what_was_seen_before_a_believed_head_is_to_be_proved_with_it() {
    for (before, believed) in [(50, 70), (70, 50)] {
        let mut seen = Seen::default();
        seen.note(&head(before, 1)).unwrap();
        seen.believe(head(believed, 1));
        assert_eq!(seen.proved().unwrap().size, believed, "nothing but the believed one is kept");
        assert_eq!(pairs(&mut seen), [(50, 70)]);
    }
    let mut seen = Seen::default();
    seen.note(&head(50, 1)).unwrap();
    seen.believe(head(50, 2));
    let (older, newer) = seen.unproved().unwrap();
    assert!(older.size == newer.size && older.root != newer.root);
}

#[test]
fn a_proof_between_heads_that_another_call_has_moved_on_from_settles_nothing() {
    let mut seen = Seen::default();
    for size in [50, 60, 70] {
        seen.note(&head(size, 1)).unwrap();
    }
    assert!(seen.settle(&head(50, 1), &head(60, 1)));
    // The other call had proved 50 to 70: that says nothing of 60.
    assert!(!seen.settle(&head(50, 1), &head(70, 1)));
    assert_eq!(pairs(&mut seen), [(60, 70)]);
}
