//! Certificates that this crate builds as the ledger does: with a beacon and a missing reveal (a vector
//! file), infeasible, and empty.

use std::collections::BTreeMap;

use lotbook_draw::certificate::{
    BeaconRecord, Ceremony, FORMAT, Field, Grade, Hall, Participant, Proof, QuotaRule, Result, Section,
};
use lotbook_draw::{
    Beacon, Certificate, CertificateError, Committer, ConflictRow, DrawInput, Hex, Pool, Quota, commitment,
    draw, seed,
};

use crate::sample::{bytes, firm, person, seats};

const POOL_HASH: [u8; 32] = [0x50; 32];

/// Round 1000 of drand's quicknet, 300 s after the reveal deadline below.
fn quicknet() -> BeaconRecord {
    let public_key = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
    let signature =
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
    BeaconRecord {
        chain_hash: Hex::parse("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971").unwrap(),
        public_key: Hex::parse(public_key).unwrap(),
        scheme: "bls-unchained-g1-rfc9380".into(),
        genesis: 1_692_803_367,
        period: 3,
        delta: 300,
        round: 1000,
        signature: Hex::parse(signature).unwrap(),
    }
}

fn participant(n: u8, role: &str, reveals: bool) -> Participant {
    participant_of(&POOL_HASH, n, role, reveals)
}

/// A participant in the ceremony of the pool with this hash.
pub fn participant_of(pool: &[u8; 32], n: u8, role: &str, reveals: bool) -> Participant {
    let (key_id, r) = ([n; 32], [n + 1; 32]);
    Participant {
        key_id: Hex(key_id),
        role: role.into(),
        commitment: Some(Hex(commitment(pool, &key_id, &r))),
        reveal: reveals.then_some(Hex(r)),
    }
}

/// The ceremony of this module's own draws.
pub fn participants() -> Vec<Participant> {
    vec![participant(1, "drawing_section", true), participant(2, "supervision", true)]
}

/// Builds a certificate as the ledger does: seed, draw, rows and roots.
pub fn build(
    id: &str,
    pool: &Pool,
    quota: Quota,
    participants: Vec<Participant>,
    beacons: Vec<BeaconRecord>,
) -> Certificate {
    let committers: Vec<Committer> = participants
        .iter()
        .filter_map(|p| {
            Some(Committer { key_id: p.key_id.0, commitment: p.commitment?.0, reveal: p.reveal.map(|r| r.0) })
        })
        .collect();
    let rounds: Vec<Beacon> = beacons
        .iter()
        .map(|b| Beacon { chain_hash: b.chain_hash.0, round: b.round, signature: b.signature.0 })
        .collect();
    let seed = seed(&POOL_HASH, &committers, &rounds).unwrap();
    let seats = seats(&[&["a"], &[]]);
    let input = DrawInput { pool, quota: &quota, seats: &seats, max_load: 6, min_inspectors: None, seed };
    let roots = pool.roots();
    Certificate {
        format: FORMAT.into(),
        origin: "lotbook.example/golden".into(),
        ledger_id: Hex([0x1d; 32]),
        draw_id: id.into(),
        attempt: 1,
        grade: Grade::C,
        ceremony: Ceremony {
            opened: Hex([0x0c; 32]),
            pool: Hex(POOL_HASH),
            sealed: Hex([0x5e; 32]),
            commit_deadline: 1_692_802_464_000_000,
            reveal_deadline: 1_692_806_064_000_000,
            participants,
            beacons,
        },
        seed: Hex(*seed.as_bytes()),
        embargo: None,
        objects: Section { rows: pool.objects().to_vec(), root: Hex(roots.objects) },
        inspectors: Section { rows: pool.inspectors().to_vec(), root: Hex(roots.inspectors) },
        conflicts: Section { rows: pool.conflicts().to_vec(), root: Hex(roots.conflicts) },
        result: Result::from(&draw(&input).unwrap()),
        quota: QuotaRule::from(quota),
        seats,
        max_load: 6,
        min_inspectors: None,
        staffing: None,
        substitutions: vec![],
        shape: serde_json::json!({}),
        proof: Proof::default(),
    }
}

pub fn agrees(name: &str, built: &Certificate) {
    built.recompute().unwrap();
    let json = built.to_json().unwrap();
    assert_eq!(Certificate::from_json(json.as_bytes()).unwrap(), *built);
    assert_eq!(Certificate::from_json(&bytes(name)).unwrap(), *built, "{name}");
}

#[test]
fn a_beacon_makes_up_for_a_missing_reveal() {
    let objects = (0..9).map(|f| firm(f, ["", "S"][f % 2])).collect();
    let people = (0..7).map(|p| person(p, [&["a"][..], &[], &["a", "b"]][p % 3])).collect();
    let conflicts = vec![ConflictRow { uscc: "F00003".into(), inspector_id: "I00000".into() }];
    let pool = Pool::new(objects, people, conflicts).unwrap();
    let participants = vec![
        participant(1, "drawing_section", true),
        participant(2, "supervision", false),
        Participant { commitment: None, reveal: None, ..participant(3, "notary", false) },
        participant(4, "association", true),
    ];
    let quota = Quota::FixedTotal { total: 4 };
    let built = build("beacon-missing-reveal", &pool, quota, participants, vec![quicknet()]);
    agrees("beacon-missing-reveal.json", &built);
}

#[test]
fn an_infeasible_draw_keeps_its_selection() {
    // Nobody but I00000 may take the first seat, and he is in conflict with one enterprise of the three.
    let objects = (0..3).map(|f| firm(f, "")).collect();
    let people = (0..4).map(|p| person(p, if p == 0 { &["a"] } else { &["b"] })).collect();
    let conflicts = vec![ConflictRow { uscc: "F00001".into(), inspector_id: "I00000".into() }];
    let pool = Pool::new(objects, people, conflicts).unwrap();
    let quota = Quota::AtLeast { ppm: BTreeMap::from([(String::new(), 1_000_000)]), minimum: 0 };
    let built = build("infeasible", &pool, quota, participants(), vec![]);
    assert_eq!(built.result.selected.len(), 3);
    assert_eq!(built.result.assignment, None);
    assert_eq!(built.result.words, [0, 0, 0]);
    assert_eq!((built.result.lo, built.result.hi, built.result.tier, built.result.tries), (0, 0, 1, 0));
    built.recompute().unwrap();
    // Why: the first seat of all three enterprises, or of the one where nobody may take it.
    let firm = built.result.selected.iter().position(|uscc| uscc == "F00001").unwrap();
    let hall = built.result.hall.clone().unwrap();
    assert!(hall.slots.contains(&(2 * firm as u64)));
    let with =
        |hall: Option<Hall>| Certificate { result: Result { hall, ..built.result.clone() }, ..built.clone() };
    let smallest = Hall { slots: vec![2 * firm as u64], inspectors: vec![] };
    with(Some(smallest.clone())).recompute().unwrap();
    let differs = Err(CertificateError::Differs { field: Field::Hall });
    let refused = |hall| assert_eq!(with(hall).recompute(), differs);
    refused(None);
    refused(Some(Hall { slots: vec![2 * firm as u64 + 1], inspectors: vec![] }));
    refused(Some(Hall { slots: vec![], inspectors: vec![] }));
    refused(Some(Hall { inspectors: vec![("I00000".into(), 1)], ..smallest }));
}

#[test]
fn a_draw_of_no_enterprise_is_empty() {
    let pool = Pool::new(vec![firm(0, "")], vec![person(0, &["a"])], vec![]).unwrap();
    let built = build("empty", &pool, Quota::FixedTotal { total: 0 }, participants(), vec![]);
    assert_eq!(built.result.assignment, Some(vec![]));
    assert_eq!((built.result.words, built.result.tries, built.result.tier), ([2, 0, 0], 0, 1));
    assert_eq!(built.result.quotas, BTreeMap::from([(String::new(), 0)]));
    built.recompute().unwrap();
}
