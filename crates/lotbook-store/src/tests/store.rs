//! The store as a whole: what it took is found again in every way, and an older copy is refused.

use super::{Place, copy, fill, note, statement_id};
use crate::suite::{chain, some};
use crate::{Fatal, Head, OpenError, Store, StoreError, Unavailable};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{EMPTY_ROOT, Frontier, KeyId, Position, TileId, TileReader, verify_inclusion};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[test]
fn what_was_appended_is_read_proved_and_anchored() {
    let place = Place::new();
    let all = some(Head::EMPTY, 700);
    let store = place.open();
    for group in all.chunks(33) {
        let head = store.append_group(group).unwrap();
        assert_eq!(store.head(), head);
    }
    for again in 0..2 {
        assert_eq!(store.entries(Position(0), 9999).unwrap(), all);
        assert_eq!(store.entries(Position(690), 20).unwrap(), all[690..]);
        assert_eq!(store.entry(Position(255)).unwrap().as_ref(), Some(&all[255]));
        assert_eq!(store.entry(Position(700)).unwrap(), None);
        let mut tree = Frontier::new();
        assert_eq!(store.root_at(0).unwrap(), Some(EMPTY_ROOT));
        for entry in &all {
            tree.push(leaf_hash(entry));
            assert_eq!(store.root_at(tree.size()).unwrap(), Some(tree.root()), "run {again}");
        }
        assert_eq!(store.root_at(701).unwrap(), None);
        for (index, size) in [(0, 1), (0, 700), (255, 256), (256, 257), (511, 700), (699, 700), (300, 301)] {
            let proof = store.inclusion_proof(Position(index), size).unwrap().unwrap();
            let leaf = leaf_hash(&all[usize::try_from(index).unwrap()]);
            verify_inclusion(leaf, index, size, &proof, store.root_at(size).unwrap().unwrap()).unwrap();
        }
        assert_eq!(store.inclusion_proof(Position(5), 5).unwrap(), None);
        assert_eq!(store.inclusion_proof(Position(5), 701).unwrap(), None);
        assert_eq!(store.tile(TileId { level: 1, index: 0 }, 2).unwrap().len(), 2);
        assert!(store.tile(TileId { level: 0, index: 3 }, 1).is_err());
    }
    store.write_anchor(&note(&store), store.head()).unwrap();
    store.close().unwrap();
    let answer = store.append_group(&some(store.head(), 1));
    assert!(matches!(answer, Err(StoreError::Unavailable(Unavailable::Stopped { .. }))));
    drop(store);
    assert_eq!(place.open().entries(Position(0), 9999).unwrap(), all);
}

#[test]
fn statements_are_found_by_author_and_id() {
    let place = Place::new();
    let store = place.open();
    let statement = |id: u8| [b"id:".as_slice(), &[id; 16], b" and so on"].concat();
    assert_eq!(statement_id(&statement(4)), Some([4; 16]));
    let batch = chain(Head::EMPTY, [statement(4), b"no id".to_vec(), statement(5)]);
    store.append_group(&batch).unwrap();
    drop(store);
    let store = place.open();
    let author = KeyId([7; 32]);
    assert_eq!(store.find_statement(&author, &[4; 16]).unwrap(), Some(Position(0)));
    assert_eq!(store.find_statement(&author, &[5; 16]).unwrap(), Some(Position(2)));
    assert_eq!(store.find_statement(&author, &[6; 16]).unwrap(), None);
    assert_eq!(store.find_statement(&KeyId([8; 32]), &[4; 16]).unwrap(), None);
}

#[test]
fn a_second_opener_is_refused() {
    let place = Place::new();
    let store = place.open();
    let answer = Store::open(place.options());
    assert!(matches!(answer, Err(OpenError::Locked { .. })), "{answer:?}");
    assert!(place.open_fails().contains("another process has this store open"));
    store.append_group(&some(Head::EMPTY, 1)).unwrap();
    drop(store);
    assert_eq!(place.open().head().size, 1);
}

#[test]
fn a_bad_group_is_refused_and_the_store_goes_on() {
    let place = Place::new();
    let store = place.open();
    let answer = store.append_group(&some(Head { size: 4, ..Head::EMPTY }, 1));
    assert!(matches!(answer, Err(StoreError::Fatal(Fatal::Malformed { .. }))), "{answer:?}");
    assert_eq!(store.append_group(&[]).unwrap(), Head::EMPTY);
    assert_eq!(store.append_group(&some(Head::EMPTY, 1)).unwrap().size, 1);
}

#[test]
fn an_older_copy_of_the_directory_is_refused() {
    let place = Place::new();
    fill(&place.open(), 20);
    let old = place.0.path().join("old");
    copy(&place.dir(), &old);
    fill(&place.open(), 15);
    std::fs::remove_dir_all(place.dir()).unwrap();
    copy(&old, &place.dir());
    let message = place.open_fails();
    assert!(message.contains("damaged at position 20"), "{message}");
    assert!(message.contains("the anchor states size 35"), "{message}");
    assert!(message.contains("restore"), "{message}");
    std::fs::remove_dir_all(place.dir()).unwrap();
    assert!(place.open_fails().contains("damaged at position 0"), "an empty directory too");
}

#[test]
fn another_branch_of_the_ledger_is_refused() {
    let (ours, theirs) = (Place::new(), Place::new());
    let (store, fork) = (ours.open(), theirs.open());
    store.append_group(&some(Head::EMPTY, 4)).unwrap();
    fork.append_group(&some(Head::EMPTY, 3)).unwrap();
    fork.append_group(&chain(fork.head(), [b"another".to_vec()])).unwrap();
    store.write_anchor(&note(&store), store.head()).unwrap();
    store.close().unwrap();
    fork.close().unwrap();
    drop((store, fork));
    std::fs::remove_dir_all(ours.dir()).unwrap();
    copy(&theirs.dir(), &ours.dir());
    let message = ours.open_fails();
    assert!(message.contains("position 3") && message.contains("another branch"), "{message}");
}

#[test]
fn readers_see_whole_groups_while_one_thread_appends() {
    let place = Place::new();
    let store = place.open();
    let done = AtomicBool::new(false);
    let all = some(Head::EMPTY, 600);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut seen = Vec::new();
                while !done.load(Ordering::SeqCst) || seen.len() < all.len() {
                    let head = store.wait_beyond(Position(seen.len() as u64), Duration::from_secs(60));
                    seen.extend(store.entries(Position(seen.len() as u64), 50).unwrap());
                    assert_eq!(seen, all[..seen.len()]);
                    let (index, root) = (head.size / 2, store.root_at(head.size).unwrap().unwrap());
                    let proof = store.inclusion_proof(Position(index), head.size).unwrap().unwrap();
                    let leaf = leaf_hash(&all[usize::try_from(index).unwrap()]);
                    verify_inclusion(leaf, index, head.size, &proof, root).unwrap();
                }
            });
        }
        for group in all.chunks(5) {
            store.append_group(group).unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
}

#[test]
fn every_proof_is_right_while_nodes_are_remembered_and_the_tree_grows() {
    let place = Place::new();
    let all = some(Head::EMPTY, 1_300);
    let leaves: Vec<_> = all.iter().map(|entry| leaf_hash(entry)).collect();
    let store = place.open();
    for group in all.chunks(100) {
        let size = store.append_group(group).unwrap().size;
        let root = lotbook_chain::root(&leaves[..usize::try_from(size).unwrap()]);
        // Twice: what the first proofs have left is used by the second ones.
        for index in (0..size).chain(0..size) {
            let proof = store.inclusion_proof(Position(index), size).unwrap().unwrap();
            verify_inclusion(leaves[usize::try_from(index).unwrap()], index, size, &proof, root).unwrap();
        }
    }
}
