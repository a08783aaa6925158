//! An inclusion proof of a million entries, from the real store, beside the bare cost of reading its tiles.

use lotbook_chain::entry::entry_hash;
use lotbook_chain::{Entry, EntryHash, Instant as At, KeyId, Position, Signature, TileId, TileReader};
use lotbook_chain::{TreeHash, node_hash};
use lotbook_store::{Store, StoreOptions};
use std::hint::black_box;
use std::time::Instant;

const ENTRIES: u64 = 1_000_000;
/// Entries of one group: some hundred KiB.
const GROUP: usize = 2_000;
const PROOFS: u64 = 2_000;

pub fn prove() {
    let dir = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let store =
        Store::open(StoreOptions::new(dir.path().join("data"), dir.path().join("anchor"), |_| None)).unwrap();
    let (mut group, mut previous) = (Vec::with_capacity(GROUP), EntryHash::ZERO);
    for at in 0..ENTRIES {
        let entry = Entry {
            position: Position(at),
            recorded_at: At(1_700_000_000_000_000),
            previous,
            author: KeyId([7; 32]),
            signature: Signature([0; 64]),
            statement: at.to_le_bytes().to_vec(),
        };
        let bytes = entry.encode().unwrap();
        previous = entry_hash(&bytes);
        group.push(bytes);
        if group.len() == GROUP {
            store.append_group(&group).unwrap();
            group.clear();
        }
    }
    println!("  a store of {ENTRIES} entries, made in {:.1} s", begun.elapsed().as_secs_f64());
    // Any place, far from the one before.
    let place = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % ENTRIES;
    let mut times: Vec<_> = (0..PROOFS)
        .map(|n| {
            let begun = Instant::now();
            black_box(store.inclusion_proof(Position(place(n)), ENTRIES).unwrap().unwrap());
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    told("one proof", &mut times);
    let mut times: Vec<_> = (0..PROOFS)
        .map(|n| {
            let ids = tiles(place(n));
            let begun = Instant::now();
            for id in ids {
                black_box(store.tile(id, id.width_at(ENTRIES)).unwrap());
            }
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    told("bare reading of its tiles", &mut times);
    // What else a proof is made of: the nodes within tiles are not kept, and are hashed for each proof.
    const HASHES: u32 = 200_000;
    let begun = Instant::now();
    let last = (0..HASHES).fold(TreeHash([7; 32]), |hash, _| node_hash(&hash, &hash));
    black_box(last);
    println!("  one hash of a node: {:.0} ns", begun.elapsed().as_secs_f64() * 1e9 / f64::from(HASHES));
}

/// The tiles on the way from a leaf to the root.
fn tiles(leaf: u64) -> Vec<TileId> {
    (0..=2).map(|level| TileId { level, index: leaf >> (8 * (u32::from(level) + 1)) }).collect()
}

fn told(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times[times.len() * part / 100];
    println!("  {what}: {:.1} us in the middle, {:.1} us at 99 of 100", at(50), at(99));
}
