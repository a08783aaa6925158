//! The embargo: salted rows, tickets and slots, openings, and certificates before and after the release. [draw 7]

use std::collections::BTreeMap;

use lotbook_draw::certificate::{Embargo, Field, Result as Drawn};
use lotbook_draw::{
    Certificate, CertificateError, ConflictRow, DrawInput, EmbargoKey, Hex, OpeningError, Pool, Quota,
    SecondPool, Seed, Stage, draw, select, slot_commitment,
};
use serde_json::json;

use crate::golden::{agrees, build, participants};
use crate::sample::{Dice, bytes, certificate, firm, person, pool as random_pool, seats, value};

const RELEASED: &str = "embargo-released.json";
const WITHHELD: &str = "embargo-withheld.json";
const STEPS: &str = "embargo-released.steps.json";

fn key() -> EmbargoKey {
    EmbargoKey::from_bytes(core::array::from_fn(|n| n as u8))
}

fn pool() -> Pool {
    let mut people: Vec<_> = (0..9).map(|p| person(p, [&["a"][..], &["b"], &["a", "b"]][p % 3])).collect();
    (people[4].eligible, people[4].reason) = (false, "on_leave".into());
    let conflicts = vec![
        ConflictRow { uscc: "F00002".into(), inspector_id: "I00001".into() },
        ConflictRow { uscc: "F00005".into(), inspector_id: "I00006".into() },
    ];
    Pool::new((0..14).map(|f| firm(f, ["A", "B"][f % 2])).collect(), people, conflicts).unwrap()
}

fn quota() -> Quota {
    Quota::AtLeast { ppm: BTreeMap::from([("A".into(), 300_000), ("B".into(), 200_000)]), minimum: 6 }
}

fn released() -> Certificate {
    let mut built = build("embargo", &pool().under_embargo(&key()), quota(), participants(), vec![]);
    built.embargo = Some(Embargo { commitment: Hex(key().commitment()), key: Some(Hex(*key().expose())) });
    built
}

/// What is published before the key.
fn withheld(mut released: Certificate) -> Certificate {
    released.embargo = Some(Embargo { commitment: Hex(key().commitment()), key: None });
    released.objects.rows.clear();
    released.inspectors.rows.clear();
    released.conflicts.rows.clear();
    released.result = Drawn::default();
    released
}

#[test]
fn salts_commitment_and_leaves_are_those_that_a_script_computed() {
    let (key, steps, pool) = (key(), value(STEPS), pool().under_embargo(&key()));
    let hex = |bytes: &[u8; 32]| json!(Hex(*bytes));
    assert_eq!(hex(&key.commitment()), steps["commitment"]);
    for row in pool.objects() {
        let opening = pool.open_object(&row.uscc).unwrap();
        assert_eq!(hex(key.object(&row.uscc).as_bytes()), steps["salts"]["object"][&row.uscc]);
        assert_eq!(hex(&opening.leaf()), steps["leaves"]["object"][&row.uscc]);
        assert_eq!(pool.object_leaf(&row.uscc), Some(opening.leaf()));
    }
    for row in pool.inspectors() {
        let id = &row.inspector_id;
        let opening = pool.open_inspector(id).unwrap();
        assert_eq!(hex(key.inspector(id).as_bytes()), steps["salts"]["inspector"][id]);
        assert_eq!(hex(&opening.leaf()), steps["leaves"]["inspector"][id]);
        assert_eq!(pool.inspector_leaf(id), Some(opening.leaf()));
        assert_eq!(hex(&slot_commitment(3, &opening.leaf())), steps["slot_3"][id]);
    }
    let pair = key.conflict("F00002", "I00001");
    assert_eq!(hex(pair.as_bytes()), steps["salts"]["conflict"]["F00002"]["I00001"]);
    for slot in [0, 1, 300] {
        assert_eq!(hex(key.slot(slot).as_bytes()), steps["salts"]["slot"][slot.to_string()]);
    }
    assert_eq!(hex(&key.held_by(&[7; 32])), steps["held_by_7"]);
}

#[test]
fn tickets_and_roots_are_those_that_a_script_computed() {
    let (steps, pool) = (value(STEPS), pool().under_embargo(&key()));
    let seed = Seed::from_bytes(released().seed.0);
    let (objects, inspectors) = (Stage::Objects.key(&seed), Stage::Inspectors.key(&seed));
    for row in pool.objects() {
        let ticket = pool.object_ticket(&objects, &row.uscc);
        assert_eq!(json!(Hex(*ticket.as_bytes())), steps["tickets"]["object"][&row.uscc]);
    }
    for row in pool.inspectors() {
        let ticket = pool.inspector_ticket(&inspectors, &row.inspector_id);
        assert_eq!(json!(Hex(*ticket.as_bytes())), steps["tickets"]["inspector"][&row.inspector_id]);
    }
    let (substitute, salt) = (Stage::Substitute.key(&seed), key().slot(5));
    let (seat, slot) =
        (substitute.seat_ticket("I00003", 5, Some(&salt)), substitute.slot_ticket(5, Some(&salt)));
    assert_eq!(json!(Hex(*seat.as_bytes())), steps["tickets"]["seat_5_I00003"]);
    assert_eq!(json!(Hex(*slot.as_bytes())), steps["tickets"]["slot_5"]);
    let roots = pool.roots();
    assert_eq!(json!(Hex(roots.objects)), steps["roots"]["objects"]);
    assert_eq!(json!(Hex(roots.inspectors)), steps["roots"]["inspectors"]);
    assert_eq!(json!(Hex(roots.conflicts)), steps["roots"]["conflicts"]);
}

#[test]
fn a_released_draw_is_recomputed_from_rows_and_key() {
    agrees(RELEASED, &released());
    let steps = value(STEPS);
    let selected: Vec<_> =
        steps["selected"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    assert_eq!(certificate(RELEASED).result.selected, selected);
}

#[test]
fn a_withheld_draw_has_a_seed_and_names_nobody() {
    let built = withheld(released());
    assert_eq!(built, certificate(WITHHELD));
    assert_eq!(built.recompute().unwrap_err(), CertificateError::Embargoed);
    assert!(built.to_json().unwrap().contains("\"result\": null"));
    let text = String::from_utf8(bytes(WITHHELD)).unwrap();
    for secret in ["F000", "I000", "\"rank", &Hex(*key().expose()).to_string()] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn before_the_release_nothing_that_it_hides_may_be_told() {
    let refused = |field, change: fn(&mut Certificate)| {
        let mut told = withheld(released());
        change(&mut told);
        assert_eq!(told.recompute().unwrap_err(), CertificateError::Differs { field });
    };
    refused(Field::ObjectsRoot, |c| c.objects.rows = released().objects.rows);
    refused(Field::InspectorsRoot, |c| c.inspectors.rows = released().inspectors.rows);
    refused(Field::ConflictsRoot, |c| c.conflicts.rows = released().conflicts.rows);
    refused(Field::Result, |c| c.result.tries = 1);
    refused(Field::Seed, |c| c.seed.0[0] ^= 1);
}

#[test]
fn another_key_another_commitment_or_no_salts_are_refused() {
    let refused = |field, change: fn(&mut Certificate)| {
        let mut changed = released();
        change(&mut changed);
        assert_eq!(changed.recompute().unwrap_err(), CertificateError::Differs { field });
    };
    refused(Field::EmbargoKey, |c| c.embargo.as_mut().unwrap().key.as_mut().unwrap().0[31] ^= 1);
    refused(Field::EmbargoKey, |c| c.embargo.as_mut().unwrap().commitment.0[0] ^= 1);
    refused(Field::ObjectsRoot, |c| {
        let other = EmbargoKey::from_bytes([9; 32]);
        let (commitment, key) = (Hex(other.commitment()), Some(Hex(*other.expose())));
        c.embargo = Some(Embargo { commitment, key });
    });
    refused(Field::ObjectsRoot, |c| c.embargo = None);
    refused(Field::Quotas, |c| {
        let unsalted = build("embargo", &pool(), quota(), participants(), vec![]);
        c.result = unsalted.result;
    });
}

#[test]
fn a_citizen_with_seed_and_public_rows_computes_another_selection() {
    let (pool, seed) = (pool(), Seed::from_bytes(released().seed.0));
    let public = select::select(&pool, &quota(), &seed).unwrap();
    let hidden = select::select(&pool.under_embargo(&key()), &quota(), &seed).unwrap();
    assert_eq!(public.quotas.values().sum::<u64>(), hidden.quotas.values().sum::<u64>());
    assert_ne!(public.selected, hidden.selected);
}

#[test]
fn every_row_opens_alone_and_nothing_else_opens_its_commitment() {
    for rows in [1_usize, 2, 3, 7, 8, 9, 31] {
        let pool = random_pool(&mut Dice(rows as u64), rows, rows, 10).under_embargo(&key());
        let (roots, size) = (pool.roots(), rows as u64);
        for (n, row) in pool.objects().iter().enumerate() {
            let good = pool.open_object(&row.uscc).unwrap();
            let leaf = good.leaf();
            assert_eq!(good.check(&leaf, size, &roots.objects), Ok(()));
            assert_eq!(good.index, n as u64);
            let with = |change: &dyn Fn(&mut lotbook_draw::Opening<_>)| {
                let mut bad = good.clone();
                change(&mut bad);
                bad.check(&leaf, size, &roots.objects)
            };
            assert_eq!(with(&|bad| bad.row.uscc.push('x')), Err(OpeningError::Commitment));
            assert_eq!(with(&|bad| bad.salt = key().object("F99999")), Err(OpeningError::Commitment));
            assert_eq!(with(&|bad| bad.path.push([0; 32])), Err(OpeningError::Path));
            assert_eq!(with(&|bad| bad.index = size), Err(OpeningError::Path));
            if rows > 1 {
                assert_eq!(with(&|bad| bad.index ^= 1), Err(OpeningError::Path));
                assert_eq!(with(&|bad| bad.path.truncate(bad.path.len() - 1)), Err(OpeningError::Path));
                assert_eq!(with(&|bad| bad.path[0][0] ^= 1), Err(OpeningError::Path));
            }
            assert_eq!(good.check(&leaf, size, &roots.inspectors), Err(OpeningError::Path));
        }
        for row in pool.inspectors() {
            let good = pool.open_inspector(&row.inspector_id).unwrap();
            let committed = slot_commitment(4, &good.leaf());
            assert_eq!(good.check(4, &committed, size, &roots.inspectors), Ok(()));
            assert_eq!(good.check(5, &committed, size, &roots.inspectors), Err(OpeningError::Commitment));
        }
        assert_eq!(pool.open_object("F99999"), None);
    }
    assert_eq!(self::pool().open_object("F00001"), None, "without an embargo there is nothing to open");
}

#[test]
fn the_slots_of_one_inspector_are_not_linked() {
    let pool = pool().under_embargo(&key());
    let leaf = pool.open_inspector("I00002").unwrap().leaf();
    let commitments: std::collections::BTreeSet<_> =
        (0..50).map(|slot| slot_commitment(slot, &leaf)).collect();
    assert_eq!(commitments.len(), 50);
}

#[test]
fn a_recusal_in_an_embargoed_batch_draws_with_the_salt_of_the_slot() {
    let (plain, salted, built) = (pool(), pool().under_embargo(&key()), released());
    let firms: Vec<&str> = built.result.selected.iter().map(String::as_str).collect();
    let held = built.result.assignment.clone().unwrap();
    let sub = Stage::Substitute.key(&Seed::from_bytes([3; 32]));
    let withdraw = |pool: &Pool| {
        let second = SecondPool::new(pool, pool.inspectors().to_vec(), pool.conflicts().to_vec()).unwrap();
        let mut board = lotbook_draw::Board::new(pool, &built.seats, &firms, built.result.hi, &held).unwrap();
        board.withdraw(&second, &held[0], &sub).unwrap()
    };
    let (open, hidden) = (withdraw(&plain), withdraw(&salted));
    let (slot, candidate) = (hidden.vacancies[0].slot, hidden.vacancies[0].candidates[0].clone());
    let expected = sub.seat_ticket(&candidate.inspector, slot, Some(&key().slot(slot)));
    assert_eq!(candidate.ticket, expected);
    assert_ne!(open.vacancies[0].candidates[0].ticket, expected);
    let second = SecondPool::new(&plain, plain.inspectors().to_vec(), plain.conflicts().to_vec()).unwrap();
    let hidden = second.under_embargo(&key());
    assert_eq!(hidden.inspectors_root(), salted.roots().inspectors);
    assert_eq!(second.conflicts_root(), plain.roots().conflicts);
}

#[test]
fn a_key_is_never_printed() {
    let printed = format!("{:?} {:?}", key(), key().object("F00001"));
    assert!(!printed.contains("0001020304") && !printed.contains("[0, 1, 2"), "{printed}");
    let salt = Hex(*key().object("F00001").as_bytes()).to_string();
    assert!(!printed.contains(&salt[..8]), "{printed}");
}

#[test]
fn nothing_changes_where_there_is_no_embargo() {
    let (pool, seed) = (pool(), Seed::from_bytes([5; 32]));
    let (quota, seats) = (quota(), seats(&[&["a"], &[]]));
    let input =
        DrawInput { pool: &pool, quota: &quota, seats: &seats, max_load: 6, min_inspectors: None, seed };
    let key = Stage::Objects.key(&seed);
    for selected in draw(&input).unwrap().selected {
        assert_eq!(selected.ticket, key.ticket(&selected.uscc));
    }
}
