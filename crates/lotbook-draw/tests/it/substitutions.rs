//! A certificate with several substitutions in order: swap, withdraw, exhausted, again, reserve. [draw 6, 8]

use lotbook_draw::certificate::{Ceremony, Field, Section, SubstitutionKind, SubstitutionRecord};
use lotbook_draw::{
    Board, CeremonyError, Certificate, CertificateError, Committer, ConflictRow, Hex, InspectorRow, Pool,
    PoolError, Quota, SecondPool, Seed, Stage, SubstituteError, seed,
};
use serde_json::{Value, json};

use crate::golden::{agrees, build, participant_of, participants};
use crate::refused::{flip, leaves, nudge};
use crate::sample::{certificate, firm, person, value};
use crate::substitute::steps;

const NAME: &str = "substitutions-in-order.json";
const STEPS: &str = "substitutions-in-order.steps.json";

fn row(p: usize) -> InspectorRow {
    person(p, [&["a"][..], &["b"], &["a", "b"]][p % 3])
}

/// Twelve enterprises, twelve inspectors; in the batch's pool I00008 is not eligible.
fn pool() -> Pool {
    let mut people: Vec<_> = (0..12).map(row).collect();
    (people[8].eligible, people[8].reason) = (false, "on_leave".into());
    let conflicts = vec![
        ConflictRow { uscc: "F00002".into(), inspector_id: "I00001".into() },
        ConflictRow { uscc: "F00007".into(), inspector_id: "I00004".into() },
    ];
    Pool::new((0..12).map(|f| firm(f, ["", "S"][f % 2])).collect(), people, conflicts).unwrap()
}

/// The second pool: one conflict more, and of the inspectors from `absent` on nobody is eligible.
fn second(pool: &Pool, absent: usize, (uscc, inspector_id): (&str, &str)) -> SecondPool {
    let mut people: Vec<_> = (0..12).map(row).collect();
    for person in people.iter_mut().skip(absent) {
        (person.eligible, person.reason) = (false, "on_leave".into());
    }
    let more = ConflictRow { uscc: uscc.into(), inspector_id: inspector_id.into() };
    let mut conflicts: Vec<_> = pool.conflicts().iter().cloned().chain([more]).collect();
    conflicts.sort_by(|a, b| (&a.uscc, &a.inspector_id).cmp(&(&b.uscc, &b.inspector_id)));
    SecondPool::new(pool, people, conflicts).unwrap()
}

/// The own ceremony of the recusal with this number.
fn ceremony(number: u8) -> (Ceremony, Seed) {
    let pool = [0xa0 + number; 32];
    let roles = ["drawing_section", "supervision", "notary"];
    let participants: Vec<_> =
        (1..).zip(roles).map(|(n, role)| participant_of(&pool, 16 * n + number, role, true)).collect();
    let committers: Vec<Committer> = participants
        .iter()
        .map(|p| Committer {
            key_id: p.key_id.0,
            commitment: p.commitment.unwrap().0,
            reveal: p.reveal.map(|r| r.0),
        })
        .collect();
    let seed = seed(&pool, &committers, &[]).unwrap();
    let ceremony = Ceremony {
        opened: Hex([0xb0 + number; 32]),
        pool: Hex(pool),
        sealed: Hex([0xc0 + number; 32]),
        commit_deadline: 1_692_900_000_000_000,
        reveal_deadline: 1_692_903_600_000_000,
        participants,
        beacons: vec![],
    };
    (ceremony, seed)
}

/// Applies one recusal to the board and writes down what a certificate says of it.
fn recuse(
    board: &mut Board,
    id: &str,
    kind: SubstitutionKind,
    inspector: &str,
    by: Option<(u8, SecondPool)>,
    batch: Seed,
) -> SubstitutionRecord {
    let key = |number: u8| Stage::Substitute.key(&ceremony(number).1);
    let done = match (kind, &by) {
        (SubstitutionKind::Withdraw, Some((number, second))) => {
            board.withdraw(second, inspector, &key(*number))
        }
        (SubstitutionKind::Swap, Some((number, second))) => {
            let first = board.slots_of(inspector)[..1].to_vec();
            board.swap(second, inspector, &first, &key(*number))
        }
        _ => board.reserve(inspector, &Stage::Reserve.key(&batch)),
    }
    .unwrap();
    let own = by.map(|(number, second)| (ceremony(number), second));
    SubstitutionRecord {
        recusal_id: id.into(),
        kind,
        inspector: inspector.into(),
        slots: done.slots.iter().map(|&s| s as u64).collect(),
        ceremony: own.as_ref().map(|((ceremony, _), _)| ceremony.clone()),
        seed: own.as_ref().map(|((_, seed), _)| Hex(*seed.as_bytes())),
        inspectors: own.as_ref().map(|(_, second)| Section {
            rows: second.inspectors().to_vec(),
            root: Hex(second.inspectors_root()),
        }),
        conflicts: own.as_ref().map(|(_, second)| Section {
            rows: second.conflicts().to_vec(),
            root: Hex(second.conflicts_root()),
        }),
        exhausted: done.exhausted.map(|s| s as u64),
        result: done.assignment,
    }
}

fn built() -> Certificate {
    let pool = pool();
    let quota = Quota::FixedTotal { total: 6 };
    let mut certificate = build("substitutions-in-order", &pool, quota, participants(), vec![]);
    let batch = Seed::from_bytes(certificate.seed.0);
    let result = &certificate.result;
    let firms: Vec<&str> = result.selected.iter().map(String::as_str).collect();
    let held = result.assignment.clone().unwrap();
    let mut board = Board::new(&pool, &certificate.seats, &firms, result.hi, &held).unwrap();
    use SubstitutionKind::{Reserve, Swap, Withdraw};
    let everybody = |number| Some((number, second(&pool, 12, ("F00011", "I00005"))));
    // I00011 sits at the first enterprise and at the fifth; only I00000 could follow, and not at the fifth.
    let few = |number| Some((number, second(&pool, 1, (firms[4], "I00000"))));
    let mut add = |id: &str, kind, who: &str, by| recuse(&mut board, id, kind, who, by, batch);
    let substitutions = vec![
        add("R-1", Swap, "I00002", everybody(1)),
        add("R-2", Withdraw, "I00005", everybody(2)),
        add("R-3", Withdraw, "I00011", few(3)),
        add("R-3", Withdraw, "I00011", everybody(4)),
        add("R-4", Reserve, "I00007", None),
    ];
    certificate.substitutions = substitutions;
    certificate
}

#[test]
fn substitutions_apply_in_order() {
    let built = built();
    agrees(NAME, &built);
    let exhausted: Vec<bool> = built.substitutions.iter().map(|s| s.exhausted.is_some()).collect();
    assert_eq!(exhausted, [false, false, true, false, false]);
    assert_eq!(built.substitutions[2].result, built.substitutions[1].result);
    let (_, done) = built.recompute_all().unwrap();
    let keys = built.substitutions.iter().map(|s| match s.seed {
        Some(seed) => Stage::Substitute.key(&Seed::from_bytes(seed.0)),
        None => Stage::Reserve.key(&Seed::from_bytes(built.seed.0)),
    });
    let found: Value = done
        .iter()
        .zip(keys)
        .map(|(s, key)| {
            json!({
                "key": Hex(*key.as_bytes()),
                "vacancies": steps(s),
                "exhausted": s.exhausted,
                "predictable": s.is_predictable(),
            })
        })
        .collect();
    assert_eq!(found, value(STEPS));
}

/// What is refused in the substitution with this number.
fn refused(number: usize, change: impl FnOnce(&mut SubstitutionRecord)) -> CertificateError {
    let mut certificate = certificate(NAME);
    change(&mut certificate.substitutions[number]);
    match certificate.recompute().unwrap_err() {
        CertificateError::Substitution { number: found, error } if found == number => *error,
        other => panic!("substitution {number}: {other}"),
    }
}

fn differs(number: usize, field: Field, change: impl FnOnce(&mut SubstitutionRecord)) {
    assert_eq!(refused(number, change), CertificateError::Differs { field }, "substitution {number}");
}

#[test]
fn a_changed_substitution_is_named_by_its_field() {
    for number in 0..5 {
        differs(number, Field::Result, |s| s.result.swap(0, 3));
        differs(number, Field::Result, |s| drop(s.result.pop()));
    }
    differs(1, Field::Slots, |s| s.slots[0] += 1);
    differs(1, Field::Slots, |s| s.slots.truncate(1));
    differs(4, Field::Slots, |s| s.slots.push(12));
    differs(1, Field::Exhausted, |s| s.exhausted = Some(s.slots[0]));
    differs(2, Field::Exhausted, |s| s.exhausted = None);
    differs(2, Field::Exhausted, |s| *s.exhausted.as_mut().unwrap() += 1);
    differs(1, Field::Seed, |s| flip(s.seed.as_mut().unwrap()));
    differs(1, Field::Seed, |s| s.seed = None);
    differs(1, Field::Seed, |s| drop(s.ceremony.as_mut().unwrap().participants.pop()));
    differs(1, Field::Ceremony, |s| s.ceremony = None);
    differs(1, Field::SecondInspectors, |s| s.inspectors = None);
    differs(1, Field::SecondConflicts, |s| s.conflicts = None);
    differs(1, Field::InspectorsRoot, |s| flip(&mut s.inspectors.as_mut().unwrap().root));
    differs(1, Field::ConflictsRoot, |s| flip(&mut s.conflicts.as_mut().unwrap().root));
    differs(1, Field::InspectorsRoot, |s| s.inspectors.as_mut().unwrap().rows[0].qualifications.clear());
    differs(1, Field::ConflictsRoot, |s| drop(s.conflicts.as_mut().unwrap().rows.pop()));
    differs(1, Field::Participant(1), |s| s.ceremony.as_mut().unwrap().participants.swap(0, 1));
    assert_eq!(refused(0, |s| s.slots[0] += 1), not_his("I00002"));
    assert_eq!(refused(0, |s| s.slots = vec![u64::MAX >> 11]), not_his("I00002"));
    assert!(matches!(
        refused(1, |s| s.inspector = "I".into()),
        CertificateError::Substitute(SubstituteError::HoldsNothing { .. })
    ));
}

fn not_his(inspector: &str) -> CertificateError {
    assert_eq!(certificate(NAME).substitutions[0].inspector, inspector);
    CertificateError::Substitute(SubstituteError::NotHisSlots { inspector: inspector.into() })
}

#[test]
fn a_recusals_ceremony_must_hold_and_be_its_own() {
    let change = |change: fn(&mut Ceremony)| refused(1, |s| change(s.ceremony.as_mut().unwrap()));
    assert!(matches!(
        change(|c| flip(c.participants[2].reveal.as_mut().unwrap())),
        CertificateError::Ceremony(CeremonyError::WrongReveal { .. })
    ));
    assert!(matches!(
        change(|c| c.participants[2].reveal = None),
        CertificateError::Ceremony(CeremonyError::MissingReveal { .. })
    ));
    // The ceremony of the batch, or of an earlier recusal: everything opens, but the seed was known.
    let original = certificate(NAME);
    differs(1, Field::CeremonyPool, |s| {
        (s.ceremony, s.seed) = (Some(original.ceremony), Some(original.seed))
    });
    let earlier = original.substitutions[0].clone();
    differs(1, Field::CeremonyPool, |s| (s.ceremony, s.seed) = (earlier.ceremony, earlier.seed));
}

#[test]
fn a_second_pool_must_hold() {
    let rows =
        |change: fn(&mut Vec<InspectorRow>)| refused(1, |s| change(&mut s.inspectors.as_mut().unwrap().rows));
    assert!(matches!(rows(|r| r.swap(0, 1)), CertificateError::Pool(PoolError::NotAscending { .. })));
    assert!(matches!(rows(|r| r[0].eligible = false), CertificateError::Pool(PoolError::Reason { .. })));
    assert!(matches!(rows(|r| drop(r.remove(5))), CertificateError::Pool(PoolError::UnknownId { .. })));
    // Conflicts with most of the pool make an inspector ineligible here as in the first pool.
    differs(1, Field::InspectorsRow(0), |s| {
        let section = s.conflicts.as_mut().unwrap();
        let seven = (0..7).map(|f| ConflictRow { uscc: format!("F{f:05}"), inspector_id: "I00000".into() });
        section.rows = seven.collect();
        section.root = Hex(SecondPool::new(&pool(), (0..12).map(row).collect(), section.rows.clone())
            .unwrap()
            .conflicts_root());
    });
}

#[test]
fn kinds_and_recusals_follow_one_another_as_the_rules_say() {
    use SubstitutionKind::{Reserve, Swap, Withdraw};
    differs(1, Field::Ceremony, |s| s.kind = Reserve);
    differs(4, Field::Ceremony, |s| s.kind = Withdraw);
    differs(4, Field::Ceremony, |s| s.kind = Swap);
    let given = certificate(NAME).substitutions[1].clone();
    differs(4, Field::Seed, |s| s.seed = given.seed);
    differs(4, Field::SecondInspectors, |s| s.inspectors = given.inspectors);
    differs(4, Field::SecondConflicts, |s| s.conflicts = given.conflicts);
    // A withdraw told as a swap of the same slots, and the reverse.
    assert!(matches!(refused(0, |s| s.kind = Withdraw), CertificateError::Differs { .. }));
    differs(1, Field::Result, |s| s.kind = Swap);
    // Only an exhausted recusal comes again, with the same inspector, and a second one is no swap.
    differs(1, Field::RecusalId, |s| s.recusal_id = "R-1".into());
    differs(3, Field::RecusalId, |s| s.recusal_id = "R-2".into());
    differs(4, Field::RecusalId, |s| s.recusal_id = "R-3".into());
    differs(3, Field::Kind, |s| (s.recusal_id, s.kind) = ("R-5".into(), Swap));
    assert_eq!(
        refused(3, |s| s.kind = Swap),
        CertificateError::Substitute(SubstituteError::IsWithdraw {
            inspector: certificate(NAME).substitutions[3].inspector.clone()
        })
    );
}

#[test]
fn substitutions_left_out_or_in_another_order_do_not_hold() {
    for number in [0, 1, 3] {
        let mut certificate = certificate(NAME);
        certificate.substitutions.remove(number);
        assert!(certificate.recompute().is_err(), "without {number}");
    }
    for number in 0..4 {
        let mut certificate = certificate(NAME);
        certificate.substitutions.swap(number, number + 1);
        assert!(certificate.recompute().is_err(), "{number} and the next");
    }
}

#[test]
fn where_nothing_was_assigned_nobody_is_replaced() {
    let objects = (0..3).map(|f| firm(f, "")).collect();
    let people = (0..4).map(|p| person(p, &["b"])).collect();
    let pool = Pool::new(objects, people, vec![]).unwrap();
    let mut infeasible = build("infeasible", &pool, Quota::FixedTotal { total: 2 }, participants(), vec![]);
    infeasible.substitutions = certificate(NAME).substitutions;
    let refused = infeasible.recompute().unwrap_err();
    assert_eq!(refused, CertificateError::Differs { field: Field::Substitutions });
}

/// Every single value of a substitution from which something follows, changed in its smallest way.
#[test]
fn no_value_of_a_substitution_can_change() {
    let names = ["tier1-even", "tier1-remainder-minimum", "fixed-total", "tier2-typed-seats"];
    let mut count = 0;
    for name in names.map(|name| format!("{name}.json")).into_iter().chain([NAME.to_owned()]) {
        let original = value(&name);
        let mut places = Vec::new();
        leaves(&original["substitutions"], "/substitutions", &mut places);
        // Only the ledger's entries tell these, as for the batch's own ceremony.
        let told = ["/role", "/opened", "/sealed", "_deadline", "/recusal_id"];
        places.retain(|place| !told.iter().any(|end| place.ends_with(end)));
        for place in &places {
            let mut changed = original.clone();
            smallest(changed.pointer_mut(place).unwrap());
            let read = Certificate::from_json(changed.to_string().as_bytes());
            assert!(read.is_err() || read.is_ok_and(|c| c.recompute().is_err()), "{name} {place}");
        }
        count += places.len();
    }
    println!("{count} places changed");
    assert!(count > 500);
}

/// As for the batch, but a `null` here is a slot, a seed or a section that does not belong.
fn smallest(value: &mut Value) {
    if value.is_null() {
        *value = json!(0);
    } else {
        nudge(value);
    }
}

#[test]
fn every_key_of_a_substitution_is_needed_and_no_other_is_known() {
    let original = value(NAME);
    let places = ["", "/ceremony", "/ceremony/participants/0", "/inspectors", "/conflicts"];
    for place in places.map(|p| format!("/substitutions/0{p}")) {
        let keys: Vec<String> =
            original.pointer(&place).unwrap().as_object().unwrap().keys().cloned().collect();
        let mut edited = Vec::new();
        for key in keys {
            let mut changed = original.clone();
            changed.pointer_mut(&place).unwrap().as_object_mut().unwrap().remove(&key);
            edited.push(changed);
        }
        let mut changed = original.clone();
        changed.pointer_mut(&place).unwrap().as_object_mut().unwrap().insert("extra".into(), json!(1));
        edited.push(changed);
        for changed in edited {
            assert!(Certificate::from_json(changed.to_string().as_bytes()).is_err(), "{place}");
        }
    }
    for (place, wrong) in [("/kind", json!("exchange")), ("/kind", json!("Swap")), ("/slots", Value::Null)] {
        let mut changed = original.clone();
        *changed.pointer_mut(&format!("/substitutions/0{place}")).unwrap() = wrong;
        assert!(Certificate::from_json(changed.to_string().as_bytes()).is_err(), "{place}");
    }
}
