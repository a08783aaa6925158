//! The index is worth nothing: deleted, broken, foreign or behind, it is made again from the journal.

use super::{Place, copy, fill};
use crate::lock::wait_until_free;
use crate::suite::{chain, some};
use crate::{Head, Phase, Store};
use lotbook_chain::Position;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Opens a store and tells which phases its start went through.
fn phases(place: &Place) -> (Store, Vec<Phase>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut options = place.options();
    let to = Arc::clone(&seen);
    options.progress = Box::new(move |progress| to.lock().unwrap().push(progress.phase));
    let store = Store::open(options).unwrap();
    let seen = seen.lock().unwrap().clone();
    (store, seen)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

/// A closed store of 300 entries.
fn filled() -> Place {
    let place = Place::new();
    fill(&place.open(), 300);
    place
}

#[track_caller]
fn is_rebuilt(place: &Place) {
    let (store, phases) = phases(place);
    assert!(phases.contains(&Phase::RebuildingIndex), "{phases:?}");
    assert!(place.dir().join("index.broken-1").exists());
    assert_eq!(store.entries(Position(0), 999).unwrap(), some(Head::EMPTY, 300));
    assert_eq!(store.root_at(300).unwrap().unwrap(), store.anchor().unwrap().root());
}

#[test]
fn deleting_the_index_loses_nothing() {
    let place = filled();
    std::fs::remove_dir_all(place.dir().join("index")).unwrap();
    let (store, phases) = phases(&place);
    assert_eq!(phases, [Phase::CompletingIndex]);
    assert_eq!(store.entries(Position(0), 999).unwrap(), some(Head::EMPTY, 300));
    assert_eq!(store.root_at(300).unwrap().unwrap(), store.anchor().unwrap().root());
}

#[test]
fn a_whole_index_is_used_as_it_is() {
    let (store, phases) = phases(&filled());
    assert_eq!(phases, []);
    assert_eq!(store.head().size, 300);
}

#[test]
fn an_index_that_is_behind_is_completed() {
    let place = filled();
    let old = place.0.path().join("old");
    copy(&place.dir().join("index"), &old);
    let (store, _) = phases(&place);
    for _ in 0..10 {
        store.append_group(&some(store.head(), 30)).unwrap();
    }
    drop(store);
    std::fs::remove_dir_all(place.dir().join("index")).unwrap();
    copy(&old, &place.dir().join("index"));
    let (store, phases) = phases(&place);
    assert_eq!(phases, [Phase::CompletingIndex]);
    assert_eq!(store.entries(Position(0), 999).unwrap(), some(Head::EMPTY, 600));
}

#[test]
fn garbage_in_place_of_the_index_is_set_aside() {
    let place = filled();
    for path in files(&place.dir().join("index")) {
        std::fs::write(path, [0xa5; 3000]).unwrap();
    }
    is_rebuilt(&place);
}

#[test]
fn a_file_in_place_of_the_index_is_set_aside() {
    let place = filled();
    std::fs::remove_dir_all(place.dir().join("index")).unwrap();
    std::fs::write(place.dir().join("index"), b"not a directory").unwrap();
    is_rebuilt(&place);
}

#[test]
fn the_index_of_another_ledger_is_set_aside() {
    let (place, other) = (filled(), Place::new());
    let store = other.open();
    store.append_group(&chain(Head::EMPTY, (0..200).map(|_| b"else".to_vec()))).unwrap();
    store.close().unwrap();
    drop(store);
    std::fs::remove_dir_all(place.dir().join("index")).unwrap();
    copy(&other.dir().join("index"), &place.dir().join("index"));
    is_rebuilt(&place);
}

#[test]
fn an_index_ahead_of_the_journal_is_set_aside() {
    let (place, other) = (filled(), Place::new());
    fill(&other.open(), 301);
    std::fs::remove_dir_all(place.dir().join("index")).unwrap();
    copy(&other.dir().join("index"), &place.dir().join("index"));
    is_rebuilt(&place);
}

#[test]
fn an_index_with_a_changed_entry_or_tile_is_set_aside() {
    for (tree, key) in [
        ("entries", 299_u64.to_be_bytes().to_vec()),
        ("tiles", [0; 9].to_vec()),
        ("tiles", [1, 0, 0, 0, 0, 0, 0, 0, 0].to_vec()),
        ("meta", b"size".to_vec()),
    ] {
        for value in [None, Some(vec![1; 32]), Some(vec![1; 8]), Some(vec![])] {
            let place = filled();
            assert!(wait_until_free(&place.dir().join("index/db")).unwrap());
            let db = sled::open(place.dir().join("index")).unwrap();
            let tree = db.open_tree(tree).unwrap();
            match &value {
                None => drop(tree.remove(&key).unwrap()),
                Some(value) => drop(tree.insert(&key, value.as_slice()).unwrap()),
            }
            db.flush().unwrap();
            drop((tree, db));
            if key == b"size" && value.is_none() {
                assert_eq!(phases(&place).1, [Phase::CompletingIndex]);
            } else {
                is_rebuilt(&place);
            }
        }
    }
}
