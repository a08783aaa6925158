//! Vector files, and random pools from a small generator of their own.

use std::path::PathBuf;

use lotbook_draw::{Certificate, ConflictRow, InspectorRow, ObjectRow, Pool};
use serde_json::Value;

pub fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "tests", "vectors", "draw", name].iter().collect()
}

pub fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

pub fn value(name: &str) -> Value {
    serde_json::from_slice(&bytes(name)).unwrap()
}

pub fn certificate(name: &str) -> Certificate {
    Certificate::from_json(&bytes(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// splitmix64: enough to make pools, and not the generator under test.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

pub fn firm(number: usize, stratum: &str) -> ObjectRow {
    ObjectRow {
        uscc: format!("F{number:05}"),
        stratum: stratum.into(),
        eligible: true,
        reason: String::new(),
    }
}

pub fn person(number: usize, qualifications: &[&str]) -> InspectorRow {
    InspectorRow {
        inspector_id: format!("I{number:05}"),
        eligible: true,
        reason: String::new(),
        qualifications: qualifications.iter().map(|q| q.to_string()).collect(),
    }
}

/// A pool in which every pair is in conflict with the given chance, qualifications "a" and "b" at random.
pub fn pool(dice: &mut Dice, firms: usize, people: usize, conflict_percent: u64) -> Pool {
    let objects = (0..firms).map(|f| firm(f, ["A", "B", "C"][f % 3])).collect();
    let inspectors: Vec<_> =
        (0..people).map(|p| person(p, [&["a"][..], &["b"], &["a", "b"]][dice.below(3) as usize])).collect();
    let mut conflicts = Vec::new();
    for f in 0..firms {
        for p in 0..people {
            if dice.percent(conflict_percent) {
                conflicts.push(ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") });
            }
        }
    }
    Pool::new(objects, inspectors, conflicts).unwrap()
}

pub fn seats(list: &[&[&str]]) -> Vec<Vec<String>> {
    list.iter().map(|seat| seat.iter().map(|q| q.to_string()).collect()).collect()
}
