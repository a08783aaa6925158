//! Who is usable, how many are needed, and which seats are refused. [draw 5]

use lotbook_draw::assign::{Plan, PlanError, assign};
use lotbook_draw::stream::StageKey;
use lotbook_draw::{ConflictRow, InspectorRow, Pool};

use crate::sample::{firm, person, seats};

fn conflict(f: usize, p: usize) -> ConflictRow {
    ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") }
}

fn plan(pool: &Pool, firms: usize, team: &[Vec<String>]) -> Result<Plan, PlanError> {
    let ids: Vec<&str> = pool.objects().iter().take(firms).map(|o| o.uscc.as_str()).collect();
    Plan::new(pool, &ids, team, &StageKey::from_bytes([1; 32]))
}

fn office(firms: usize, people: usize) -> Pool {
    let people = (0..people).map(|p| person(p, &["a"])).collect();
    Pool::new((0..firms).map(|f| firm(f, "")).collect(), people, vec![]).unwrap()
}

#[test]
fn usable_is_who_is_eligible_accepted_and_free_somewhere() {
    let barred = InspectorRow { eligible: false, reason: "ill".into(), ..person(0, &["a"]) };
    let people = vec![barred, person(1, &["a"]), person(2, &["c"]), person(3, &["b"]), person(4, &["a"])];
    // I00003 is in conflict with both enterprises drawn, I00004 with one of them and with a third.
    let conflicts = vec![conflict(0, 3), conflict(0, 4), conflict(1, 3), conflict(2, 4)];
    let pool = Pool::new((0..3).map(|f| firm(f, "")).collect(), people, conflicts).unwrap();
    let plan = plan(&pool, 2, &seats(&[&["a"], &["b"]])).unwrap();
    let mut usable: Vec<&str> = plan.ranked().iter().map(|(_, id)| id.as_str()).collect();
    usable.sort_unstable();
    assert_eq!(usable, ["I00001", "I00004"]);
}

#[test]
fn the_default_minimum_is_two_teams_or_half_of_the_slots_rounded_up() {
    let pool = office(7, 40);
    let needed =
        |firms, d: usize, least| plan(&pool, firms, &vec![vec![]; d]).unwrap().inspectors_needed(6, least);
    assert_eq!(needed(1, 3, None), Some(6), "2d");
    assert_eq!(needed(5, 3, None), Some(8), "ceil(15 / 2)");
    assert_eq!(needed(7, 2, None), Some(7), "14 / 2");
    assert_eq!(needed(7, 2, Some(0)), Some(3), "ceil(14 / 6), the shortest prefix");
    assert_eq!(needed(7, 2, Some(99)), Some(40), "cut to the usable");
}

#[test]
fn a_load_of_zero_and_an_empty_office_are_infeasible() {
    let key = StageKey::from_bytes([2; 32]);
    let team = seats(&[&[], &[]]);
    let none = assign(&plan(&office(2, 9), 2, &team).unwrap(), 0, None, &key);
    let nobody = assign(&plan(&office(2, 0), 2, &team).unwrap(), 6, None, &key);
    let alone = assign(&plan(&office(2, 1), 2, &team).unwrap(), 6, None, &key);
    for infeasible in [none, nobody, alone] {
        assert_eq!(infeasible.assignment, None);
        assert_eq!((infeasible.lo, infeasible.hi, infeasible.tier, infeasible.tries), (0, 0, 1, 0));
        assert!(infeasible.inspectors.is_empty() && infeasible.words == [0, 0]);
    }
}

#[test]
fn hostile_seats_are_refused() {
    let pool = office(1_100, 2);
    assert_eq!(plan(&pool, 1, &[]).unwrap_err(), PlanError::TooFewSeats { found: 0 });
    assert_eq!(plan(&pool, 1, &seats(&[&[]])).unwrap_err(), PlanError::TooFewSeats { found: 1 });
    assert_eq!(plan(&pool, 1, &seats(&[&[], &["e\u{301}"]])).unwrap_err(), PlanError::Text { seat: 1 });
    let many = vec![vec![]; 1_000];
    assert_eq!(
        plan(&pool, 1_100, &many).unwrap_err(),
        PlanError::TooManySlots { firms: 1_100, seats: 1_000 }
    );
}
