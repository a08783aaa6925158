//! What is not a certificate, and what is one that does not hold. [draw 8]

use lotbook_draw::certificate::Field;
use lotbook_draw::{CeremonyError, Certificate, CertificateError, DrawError, Hex, PoolError, QuotaError};
use serde_json::{Value, json};

use crate::sample::{bytes, certificate, path, value};

const NAME: &str = "tier1-even.json";

fn edited(change: impl FnOnce(&mut Certificate)) -> CertificateError {
    let mut certificate = certificate(NAME);
    change(&mut certificate);
    certificate.recompute().unwrap_err()
}

fn differs(field: Field, change: impl FnOnce(&mut Certificate)) {
    assert_eq!(edited(change), CertificateError::Differs { field });
}

pub fn flip(hex: &mut Hex<32>) {
    hex.0[31] ^= 1;
}

#[test]
fn a_changed_result_is_named_by_its_field() {
    differs(Field::Format, |c| c.format.push('2'));
    differs(Field::Seed, |c| flip(&mut c.seed));
    differs(Field::Quotas, |c| *c.result.quotas.get_mut("A").unwrap() += 1);
    differs(Field::Quotas, |c| {
        c.result.quotas.insert("Z".into(), 0);
    });
    differs(Field::Cutoffs, |c| flip(c.result.cutoffs.get_mut("A").unwrap()));
    differs(Field::Cutoffs, |c| {
        c.result.cutoffs.remove("B");
    });
    differs(Field::Selected, |c| c.result.selected.swap(0, 1));
    differs(Field::Selected, |c| {
        c.result.selected.pop();
    });
    differs(Field::Inspectors, |c| c.result.inspectors.swap(0, 1));
    differs(Field::Lo, |c| c.result.lo -= 1);
    differs(Field::Hi, |c| c.result.hi += 1);
    differs(Field::Tier, |c| c.result.tier = 2);
    differs(Field::Tries, |c| c.result.tries += 1);
    for stream in 0..3 {
        differs(Field::Words, |c| c.result.words[stream] += 1);
    }
    differs(Field::Assignment, |c| c.result.assignment.as_mut().unwrap().swap(0, 1));
    differs(Field::Assignment, |c| c.result.assignment = None);
    differs(Field::Hall, |c| {
        c.result.hall = Some(lotbook_draw::certificate::Hall { slots: vec![0], inspectors: vec![] });
    });
}

#[test]
fn changed_rows_do_not_match_their_root() {
    differs(Field::ObjectsRoot, |c| flip(&mut c.objects.root));
    differs(Field::InspectorsRoot, |c| flip(&mut c.inspectors.root));
    differs(Field::ConflictsRoot, |c| flip(&mut c.conflicts.root));
    differs(Field::ObjectsRoot, |c| c.objects.rows[0].stratum = "C".into());
    differs(Field::ObjectsRoot, |c| c.objects.rows[12].reason.push('x'));
    differs(Field::ObjectsRoot, |c| {
        c.objects.rows.remove(0);
    });
    differs(Field::InspectorsRoot, |c| {
        c.inspectors.rows[1].qualifications.pop();
    });
    differs(Field::ConflictsRoot, |c| {
        c.conflicts.rows.pop();
    });
}

#[test]
fn rows_changed_together_with_their_root_change_the_draw() {
    // The enterprise with the smallest ticket is struck, and the root is made to fit.
    let selected = edited(|c| {
        let row = c.objects.rows.iter_mut().find(|o| o.uscc == c.result.selected[0]).unwrap();
        (row.eligible, row.reason) = (false, "not_alive".into());
        c.objects.root = Hex(c.pool().unwrap().roots().objects);
    });
    assert_eq!(selected, CertificateError::Differs { field: Field::Cutoffs });
    // A conflict that forbids a pair which was drawn.
    let assignment = edited(|c| {
        c.conflicts.rows[0].uscc = c.result.selected[0].clone();
        c.conflicts.rows[0].inspector_id = c.result.assignment.as_ref().unwrap()[0].clone();
        c.conflicts.rows.sort_by(|a, b| (&a.uscc, &a.inspector_id).cmp(&(&b.uscc, &b.inspector_id)));
        c.conflicts.root = Hex(c.pool().unwrap().roots().conflicts);
    });
    assert!(matches!(assignment, CertificateError::Differs { .. }), "{assignment}");
}

#[test]
fn rows_that_are_no_pool_are_refused() {
    let pool = |change: fn(&mut Certificate)| match edited(change) {
        CertificateError::Pool(error) => error,
        other => panic!("{other}"),
    };
    assert!(matches!(pool(|c| c.objects.rows.swap(0, 1)), PoolError::NotAscending { row: 1, .. }));
    assert!(matches!(pool(|c| c.objects.rows[0].eligible = false), PoolError::Reason { row: 0, .. }));
    assert!(matches!(
        pool(|c| c.inspectors.rows[1].qualifications.swap(0, 1)),
        PoolError::Qualifications { row: 1 }
    ));
    assert!(matches!(
        pool(|c| c.conflicts.rows[0].inspector_id = "I000".into()),
        PoolError::UnknownId { row: 0 }
    ));
}

#[test]
fn a_ceremony_that_does_not_hold_is_refused() {
    let wrong = |j: usize| {
        let key_id = certificate(NAME).ceremony.participants[j].key_id;
        CertificateError::Ceremony(CeremonyError::WrongReveal { key_id })
    };
    assert_eq!(edited(|c| flip(&mut c.ceremony.pool)), wrong(0));
    assert_eq!(edited(|c| flip(c.ceremony.participants[1].commitment.as_mut().unwrap())), wrong(1));
    assert_eq!(edited(|c| flip(c.ceremony.participants[2].reveal.as_mut().unwrap())), wrong(2));
    assert!(matches!(
        edited(|c| flip(&mut c.ceremony.participants[0].key_id)),
        CertificateError::Ceremony(_)
    ));
    assert!(matches!(
        edited(|c| c.ceremony.participants[0].reveal = None),
        CertificateError::Ceremony(CeremonyError::MissingReveal { .. })
    ));
    differs(Field::Participant(1), |c| c.ceremony.participants.swap(0, 1));
    differs(Field::Participant(1), |c| c.ceremony.participants[1].commitment = None);
    differs(Field::Seed, |c| {
        c.ceremony.participants.remove(1);
    });
}

#[test]
fn a_beacon_that_does_not_hold_is_refused() {
    let beacon = |change: fn(&mut Certificate)| {
        let mut certificate = certificate("beacon-missing-reveal.json");
        change(&mut certificate);
        match certificate.recompute().unwrap_err() {
            CertificateError::Differs { field } => field,
            other => panic!("{other}"),
        }
    };
    assert_eq!(beacon(|c| c.ceremony.beacons[0].round += 1), Field::BeaconRound(0));
    assert_eq!(beacon(|c| c.ceremony.beacons[0].genesis += 3), Field::BeaconRound(0));
    assert_eq!(beacon(|c| c.ceremony.beacons[0].period = 0), Field::BeaconRound(0));
    assert_eq!(beacon(|c| c.ceremony.beacons[0].delta = 299), Field::BeaconRound(0));
    assert_eq!(beacon(|c| c.ceremony.reveal_deadline += 1), Field::BeaconRound(0));
    assert_eq!(beacon(|c| c.ceremony.beacons[0].signature.0[0] ^= 1), Field::BeaconSignature(0));
    assert_eq!(beacon(|c| c.ceremony.beacons[0].public_key.0[95] ^= 1), Field::BeaconSignature(0));
    assert_eq!(
        beacon(|c| c.ceremony.beacons[0].scheme = "pedersen-bls-unchained".into()),
        Field::BeaconScheme(0)
    );
    assert_eq!(beacon(|c| flip(&mut c.ceremony.beacons[0].chain_hash)), Field::Seed);
    assert_eq!(beacon(|c| c.ceremony.beacons.push(c.ceremony.beacons[0].clone())), Field::Seed);
}

#[test]
fn parameters_that_change_the_draw_are_refused() {
    use lotbook_draw::certificate::QuotaRule;
    let at_least = |c: &mut Certificate, stratum: &str, rate: Option<u32>| {
        let QuotaRule::AtLeast { ppm, .. } = &mut c.quota else { panic!("a fixed total") };
        match rate {
            Some(rate) => {
                ppm.insert(stratum.into(), rate);
            }
            None => {
                ppm.remove(stratum);
            }
        }
    };
    differs(Field::Quotas, |c| at_least(c, "A", Some(300_000)));
    differs(Field::Quotas, |c| c.quota = QuotaRule::FixedTotal { total: 9 });
    differs(Field::Inspectors, |c| c.min_inspectors = Some(5));
    differs(Field::Inspectors, |c| c.max_load = 3);
    differs(Field::Inspectors, |c| c.seats.push(vec![]));
    let none = QuotaError::NoRate { stratum: "B".into() };
    assert_eq!(edited(|c| at_least(c, "B", None)), CertificateError::Draw(DrawError::Quota(none)));
    assert!(matches!(
        edited(|c| at_least(c, "B", Some(1_000_001))),
        CertificateError::Draw(DrawError::Quota(_))
    ));
    assert!(matches!(
        edited(|c| {
            c.seats.pop();
        }),
        CertificateError::Draw(DrawError::Plan(_))
    ));
    let embargo = lotbook_draw::certificate::Embargo { commitment: Hex([0; 32]), key: None };
    differs(Field::ObjectsRoot, |c| c.embargo = Some(embargo.clone())); // rows, and no key
}

#[test]
fn eligibility_by_conflicts_is_checked_against_the_rows() {
    differs(Field::InspectorsRow(1), |c| {
        c.inspectors.rows[1].reason = "too_few_allowed".into(); // he has no conflict at all
        c.inspectors.root = Hex(c.pool().unwrap().roots().inspectors);
    });
    differs(Field::InspectorsRow(0), |c| {
        let all = c
            .objects
            .rows
            .iter()
            .map(|o| lotbook_draw::ConflictRow { uscc: o.uscc.clone(), inspector_id: "I001".into() });
        c.conflicts.rows = all.collect();
        c.conflicts.root = Hex(c.pool().unwrap().roots().conflicts);
    });
}

/// Every single value under these keys, changed in its smallest way, is refused.
#[test]
fn no_value_that_enters_the_draw_can_change() {
    let original = value(NAME);
    let mut places = Vec::new();
    for key in ["seed", "objects", "inspectors", "conflicts", "result"] {
        leaves(&original[key], &format!("/{key}"), &mut places);
    }
    leaves(&original["ceremony"]["participants"], "/ceremony/participants", &mut places);
    places.retain(|place| !place.ends_with("/role"));
    places.push("/ceremony/pool".into());
    places.push("/format".into());
    for place in &places {
        let mut changed = original.clone();
        nudge(changed.pointer_mut(place).unwrap());
        let read = Certificate::from_json(changed.to_string().as_bytes());
        assert!(read.is_err() || read.is_ok_and(|c| c.recompute().is_err()), "{place}");
    }
    println!("{} places changed", places.len());
    assert!(places.len() > 150);
}

pub fn leaves(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(j, v)| leaves(v, &format!("{place}/{j}"), places))
        }
        Value::Object(map) => map.iter().for_each(|(key, v)| leaves(v, &format!("{place}/{key}"), places)),
        _ => places.push(place.into()),
    }
}

pub fn nudge(value: &mut Value) {
    *value = match value {
        Value::Bool(truth) => json!(!*truth),
        Value::Number(n) => json!(n.as_u64().unwrap() ^ 1),
        Value::String(text) if text.len() == 64 => {
            let mut hex: Hex<32> = Hex::parse(text).unwrap();
            flip(&mut hex);
            json!(hex)
        }
        Value::String(text) => json!(format!("{text}x")),
        _ => json!({ "slots": [], "inspectors": [] }),
    }
}

#[test]
fn every_key_is_needed_and_no_other_is_known() {
    let original = value(NAME);
    let objects = ["", "/ceremony", "/ceremony/participants/0", "/objects", "/quota", "/result", "/proof"];
    for place in objects {
        let keys: Vec<String> =
            original.pointer(place).unwrap().as_object().unwrap().keys().cloned().collect();
        for key in keys {
            let mut changed = original.clone();
            changed.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(Certificate::from_json(changed.to_string().as_bytes()).is_err(), "{place} without {key}");
        }
        let mut changed = original.clone();
        changed.pointer_mut(place).unwrap().as_object_mut().unwrap().insert("extra".into(), json!(1));
        assert!(Certificate::from_json(changed.to_string().as_bytes()).is_err(), "{place} with one more");
    }
}

#[test]
fn json_that_is_open_to_two_readings_is_refused() {
    let text = String::from_utf8(bytes(NAME)).unwrap();
    assert!(Certificate::from_json(text.as_bytes()).is_ok());
    let cases = [
        ("\"max_load\": 4", "\"max_load\": 4.0", "a fraction"),
        ("\"max_load\": 4", "\"max_load\": 4e0", "an exponent"),
        ("\"max_load\": 4", "\"max_load\": \"4\"", "a number as text"),
        ("\"max_load\": 4", "\"max_load\": -4", "a negative number"),
        ("\"max_load\": 4", "\"max_load\": 4294967296", "over 32 bits"),
        ("\"max_load\": 4", "\"max_load\": 4, \"max_load\": 4", "a key twice"),
        ("\"minimum\": 3", "\"minimum\": 9007199254740992", "2^53"),
        ("\"minimum\": 3", "\"minimum\": 99999999999999999999", "over 64 bits"),
        ("\"A\": 200000", "\"A\": 200000, \"A\": 200000", "a stratum twice"),
        ("\"shape\": {}", "\"shape\": {\"x\": 1, \"x\": 1}", "a key twice in an open field"),
        ("\"shape\": {}", "\"shape\": {\"x\": 0.5}", "a fraction in an open field"),
        ("\"seed\": \"749a", "\"seed\": \"749A", "upper-case hex"),
        ("\"seed\": \"749a", "\"seed\": \"749", "odd hex"),
        ("\"grade\": \"B\"", "\"grade\": \"D\"", "no such grade"),
        ("\"rule\": \"at_least\"", "\"rule\": \"at_most\"", "no such rule"),
        ("\"origin\": \"", "\"origin\": \"e\u{301}", "not NFC"),
        ("\"origin\": \"", "\"origin\": \"\\u0000", "U+0000"),
        ("\"origin\": \"", "\"origin\": \"\\ud800", "a lone surrogate"),
        ("\"attempt\": 1", "\"attempt\": null", "null where none is"),
    ];
    for (from, to, why) in cases {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        assert!(Certificate::from_json(changed.as_bytes()).is_err(), "{why}");
    }
    assert!(Certificate::from_json(format!("{text}{{}}").as_bytes()).is_err(), "something behind it");
    assert!(Certificate::from_json(b"").is_err());
    assert!(Certificate::from_json(&vec![b'['; 1 << 20]).is_err(), "a deep nest");
}

#[test]
fn the_largest_integer_is_read_and_a_larger_one_not_written() {
    let mut certificate = certificate(NAME);
    certificate.ceremony.commit_deadline = (1 << 53) - 1;
    let json = certificate.to_json().unwrap();
    assert_eq!(Certificate::from_json(json.as_bytes()).unwrap(), certificate);
    certificate.ceremony.commit_deadline = 1 << 53;
    assert!(certificate.to_json().is_err());
}

#[test]
fn every_file_in_refused_is_refused() {
    let mut names: Vec<_> = std::fs::read_dir(path("refused")).unwrap().map(|f| f.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 8);
    for name in names {
        let read = Certificate::from_json(&std::fs::read(&name).unwrap());
        let stem = name.file_stem().unwrap().to_string_lossy().into_owned();
        // The first word of a name says who refuses: the reader or the recomputation.
        match (stem.split('-').next(), read) {
            (Some("read"), read) => assert!(read.is_err(), "{stem} was read"),
            (Some("recompute"), Ok(c)) => assert!(c.recompute().is_err(), "{stem} holds"),
            (_, read) => panic!("{stem}: {read:?}"),
        }
    }
}
