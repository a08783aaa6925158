//! The table of docs/ARCHITECTURE.md, held against the manifests: a room imports only what its row names.

use std::collections::BTreeMap;
use std::path::Path;

/// Room -> rooms it may import (docs/ARCHITECTURE.md, "Rooms and floors").
const ROOMS: &[(&str, &[&str])] = &[
    ("lotbook-chain", &[]),
    ("lotbook-draw", &[]),
    ("lotbook-event", &["lotbook-chain"]),
    // lotbook-draw: the public chain of random numbers is known by name.
    ("lotbook-import", &["lotbook-draw", "lotbook-event"]),
    ("lotbook-domain", &["lotbook-chain", "lotbook-draw", "lotbook-event"]),
    ("lotbook-rpc", &["lotbook-event"]),
    ("lotbook-store", &["lotbook-chain", "lotbook-event"]),
    ("lotbook-engine", &["lotbook-chain", "lotbook-event", "lotbook-domain", "lotbook-store"]),
    ("lotbook-client", &["lotbook-chain", "lotbook-event", "lotbook-rpc"]),
    ("lotbook-verifier", &["lotbook-chain", "lotbook-draw", "lotbook-event", "lotbook-domain"]),
    ("lotbook-tlog", &["lotbook-chain"]),
    (
        "lotbook-server",
        &[
            "lotbook-event",
            "lotbook-domain",
            "lotbook-rpc",
            "lotbook-engine",
            "lotbook-store",
            "lotbook-tlog",
        ],
    ),
    // lotbook-draw: a participant computes the commitment on their own machine (ADR 0002).
    (
        "lotbook",
        &[
            "lotbook-chain",
            "lotbook-client",
            "lotbook-draw",
            "lotbook-engine",
            "lotbook-event",
            "lotbook-import",
            "lotbook-server",
            "lotbook-store",
            "lotbook-tlog",
            "lotbook-verifier",
        ],
    ),
];

/// Crates that only the named rooms may depend on.
const WALLS: &[(&str, &[&str])] = &[
    ("sled", &["lotbook-store"]),
    ("tonic", &["lotbook-rpc", "lotbook-client", "lotbook-server", "lotbook"]),
    ("tokio", &["lotbook-client", "lotbook-tlog", "lotbook-server", "lotbook"]),
    ("axum", &["lotbook-tlog"]),
    ("hyper", &["lotbook-tlog"]),
    ("ureq", &["lotbook-tlog"]),
    ("rand_chacha", &["lotbook-draw"]),
    ("wide", &["lotbook-draw"]),
    ("blst", &["lotbook-draw"]),
    ("getrandom", &["lotbook"]),
    ("chacha20poly1305", &["lotbook-chain"]),
];

fn manifest(path: &Path) -> toml::Table {
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Direct normal dependencies of every crate in crates/.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let folders = std::fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| {
            let manifest = manifest(&folder.join("Cargo.toml"));
            let name = manifest["package"]["name"].as_str().unwrap().to_owned();
            assert_eq!(Some(name.as_str()), folder.file_name().unwrap().to_str(), "folder name = crate name");
            let table = manifest.get("dependencies").and_then(|d| d.as_table()).cloned().unwrap_or_default();
            (name, table.keys().cloned().collect())
        })
        .collect()
}

#[test]
fn every_room_imports_only_what_its_row_names() {
    let rows: BTreeMap<_, _> = ROOMS.iter().copied().collect();
    for (room, dependencies) in dependencies() {
        let row = rows.get(room.as_str()).unwrap_or_else(|| panic!("{room} has no row in the table"));
        for other in dependencies.iter().filter(|d| d.starts_with("lotbook")) {
            assert!(row.contains(&other.as_str()), "{room} must not import {other}");
        }
    }
}

#[test]
fn every_row_is_a_room() {
    let rooms = dependencies();
    for (room, _) in ROOMS {
        assert!(rooms.contains_key(*room), "{room} has a row and no folder");
    }
}

#[test]
fn walled_crates_stay_in_their_rooms() {
    for (room, dependencies) in dependencies() {
        for (wall, allowed) in WALLS {
            let inside = dependencies.iter().any(|d| d == wall);
            assert!(!inside || allowed.contains(&room.as_str()), "{room} must not depend on {wall}");
        }
    }
}

/// What is run by hand is no part of the product, and knows only the draw.
#[test]
fn nothing_depends_on_xtask() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tests = manifest(&root.join("tests/Cargo.toml"));
    let named = |kind: &str| tests[kind].as_table().unwrap().contains_key("xtask");
    assert!(!named("dependencies") && !named("dev-dependencies"));
    for (room, dependencies) in dependencies() {
        assert!(!dependencies.iter().any(|d| d == "xtask"), "{room} must not depend on xtask");
    }
    let xtask = manifest(&root.join("xtask/Cargo.toml"));
    let rooms = xtask["dependencies"].as_table().unwrap().keys().filter(|d| d.starts_with("lotbook"));
    assert_eq!(rooms.collect::<Vec<_>>(), ["lotbook-draw"]);
}

#[test]
fn every_rust_file_begins_by_saying_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.join("crates"), root.join("tests"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(text.starts_with("//!"), "{} does not begin with //!", path.display());
            }
        }
    }
}
