//! The verifier's claim, held against what cargo would build: no runtime, no network, no store.

use std::collections::BTreeSet;
use std::process::Command;

/// Whatever runs, listens, asks or stores.
const ABSENT: [&str; 16] = [
    "tokio",
    "tonic",
    "hyper",
    "h2",
    "axum",
    "tower",
    "ureq",
    "rustls",
    "mio",
    "socket2",
    "futures-executor",
    "async-std",
    "smol",
    "sled",
    "fs4",
    "memmap2",
];
/// The rooms it stands on (docs/ARCHITECTURE.md), and no other.
const ROOMS: [&str; 5] =
    ["lotbook-chain", "lotbook-domain", "lotbook-draw", "lotbook-event", "lotbook-verifier"];

/// Every crate that is linked into a program that uses the verifier alone.
fn linked(room: &str) -> BTreeSet<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p}", "-e", "normal"])
        .args(["--manifest-path", manifest, "-p", room])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_verifier_is_linked_with_no_runtime_no_network_and_no_store() {
    let linked = linked("lotbook-verifier");
    let found: Vec<_> = ABSENT.iter().filter(|name| linked.contains(**name)).collect();
    assert_eq!(found, Vec::<&&str>::new());
    let rooms: Vec<_> = linked.iter().filter(|name| name.starts_with("lotbook")).collect();
    assert_eq!(rooms, ROOMS);
    assert!(linked.contains("ed25519-dalek") && linked.contains("blake3"), "{linked:?}");
}

#[test]
fn the_same_look_finds_them_where_they_are() {
    let (server, store) = (linked("lotbook-server"), linked("lotbook-store"));
    assert!(server.contains("tokio") && server.contains("tonic") && server.contains("mio"));
    assert!(store.contains("sled"));
}
