//! The anchor: read strictly, replaced whole, and refused if it states what is not there.

use super::{Place, fill, note};
use crate::suite::some;
use crate::{Anchor, AnchorError, AnchorFault, Fatal, Head, StoreError};
use lotbook_chain::EntryHash;

#[test]
fn an_anchor_comes_back_as_it_was_written() {
    let place = Place::new();
    let store = place.open();
    assert_eq!(store.anchor(), None);
    store.append_group(&some(Head::EMPTY, 3)).unwrap();
    let (note, head) = (note(&store), store.head());
    store.write_anchor(&note, head).unwrap();
    let anchor = Anchor::read(&place.anchor()).unwrap().unwrap();
    assert_eq!((anchor.head(), anchor.note()), (head, note.as_str()));
    assert_eq!(store.anchor(), Some(anchor));
    let text = std::fs::read_to_string(place.anchor()).unwrap();
    let sum = crc32c::crc32c(format!("3 {}\n{note}", head.hash).as_bytes());
    assert_eq!(text, format!("lotbook anchor v1 3 {} {sum:08x}\n{note}", head.hash));
}

#[test]
fn every_flip_and_every_cut_of_an_anchor_is_found() {
    let place = Place::new();
    fill(&place.open(), 5);
    let whole = std::fs::read(place.anchor()).unwrap();
    for offset in 0..whole.len() {
        for mask in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut bytes = whole.clone();
            bytes[offset] ^= mask;
            std::fs::write(place.anchor(), &bytes).unwrap();
            let answer = Anchor::read(&place.anchor());
            assert!(matches!(answer, Err(AnchorError::Malformed { .. })), "{offset} {mask}: {answer:?}");
        }
        std::fs::write(place.anchor(), &whole[..offset]).unwrap();
        assert!(Anchor::read(&place.anchor()).is_err(), "cut at {offset}");
    }
    assert!(place.open_fails().contains("is not an anchor"));
}

#[test]
fn an_anchor_of_another_tree_is_refused() {
    let place = Place::new();
    let store = place.open();
    store.append_group(&some(Head::EMPTY, 3)).unwrap();
    let (three, head) = (note(&store), store.head());
    store.append_group(&some(head, 1)).unwrap();
    let refused = |note: &str, head| match store.write_anchor(note, head) {
        Err(StoreError::Fatal(Fatal::Anchor { why, .. })) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&three, store.head()), AnchorFault::Size(3));
    assert_eq!(refused(&three, Head { hash: EntryHash([1; 32]), ..head }), AnchorFault::Head);
    assert_eq!(refused("ledger.example\n3\n", head), AnchorFault::Note);
    let other = Place::new();
    let fork = other.open();
    fork.append_group(&crate::suite::chain(Head::EMPTY, (0..3).map(|_| b"else".to_vec()))).unwrap();
    assert!(matches!(refused(&note(&fork), head), AnchorFault::Root { .. }));
    fork.append_group(&some(fork.head(), 5)).unwrap();
    assert_eq!(refused(&note(&fork), fork.head()), AnchorFault::Head);
    assert_eq!(store.anchor(), None);
}

#[test]
fn an_older_anchor_never_replaces_a_newer_one() {
    let place = Place::new();
    let store = place.open();
    store.append_group(&some(Head::EMPTY, 3)).unwrap();
    let (old, old_head) = (note(&store), store.head());
    store.append_group(&some(old_head, 3)).unwrap();
    store.write_anchor(&note(&store), store.head()).unwrap();
    store.write_anchor(&old, old_head).unwrap();
    assert_eq!(Anchor::read(&place.anchor()).unwrap().unwrap().head(), store.head());
}
