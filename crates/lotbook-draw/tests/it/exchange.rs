//! A swap that a person has named: what the board takes, and what it refuses and then stays as it was. [draw 6]

use lotbook_draw::substitute::SubstituteError;
use lotbook_draw::{Board, ConflictRow, InspectorRow, ObjectRow, Pool, SecondPool};

fn firm(uscc: &str) -> ObjectRow {
    ObjectRow { uscc: uscc.into(), stratum: String::new(), eligible: true, reason: String::new() }
}

fn person(id: &str, eligible: bool) -> InspectorRow {
    let reason = if eligible { String::new() } else { "not_active".into() };
    let qualifications = vec![if id == "I5" { "other" } else { "works" }.into()];
    InspectorRow { inspector_id: id.into(), eligible, reason, qualifications }
}

fn conflict(uscc: &str, inspector: &str) -> ConflictRow {
    ConflictRow { uscc: uscc.into(), inspector_id: inspector.into() }
}

fn people(ineligible: &str) -> Vec<InspectorRow> {
    ["I1", "I2", "I3", "I4", "I5"].iter().map(|id| person(id, *id != ineligible)).collect()
}

fn pool(conflicts: Vec<ConflictRow>) -> Pool {
    Pool::new(vec![firm("F1"), firm("F2"), firm("F3")], people(""), conflicts).unwrap()
}

/// F1: I1 I2, F2: I3 I4, F3: I1 I5. The second seat of F3 takes whoever comes.
const SEATED: [&str; 6] = ["I1", "I2", "I3", "I4", "I1", "I5"];

fn seated() -> Vec<String> {
    SEATED.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn two_who_may_change_places_do_and_nobody_else_moves() {
    let pool = pool(vec![]);
    let seats = vec![vec!["works".to_owned()], vec![]];
    let mut board = Board::new(&pool, &seats, &["F1", "F2", "F3"], 2, &seated()).unwrap();
    let done = board.exchange(None, "I1", 0, 2).unwrap();
    assert_eq!(done.assignment, ["I3", "I2", "I1", "I4", "I1", "I5"]);
    assert_eq!((done.slots, done.exhausted), (vec![0], None));
    assert_eq!(board.recused().collect::<Vec<_>>(), [("F1", "I1")]);
}

#[test]
fn what_a_draw_would_not_do_a_person_may_not_choose() {
    let second =
        |conflicts, ineligible: &str| SecondPool::new(&pool(vec![]), people(ineligible), conflicts).unwrap();
    let none = || second(vec![], "");
    let cases = [
        ("a slot that is not his", vec![], none(), "I1", 1, 2),
        ("a slot that is none", vec![], none(), "I1", 0, 6),
        ("his own other slot", vec![], none(), "I1", 0, 4),
        ("a slot of the same team", vec![], none(), "I1", 0, 1),
        ("a counterpart who is in conflict", vec![conflict("F1", "I3")], none(), "I1", 0, 2),
        ("a firm with which he is in conflict", vec![conflict("F2", "I1")], none(), "I1", 0, 2),
        ("a conflict that came later", vec![], second(vec![conflict("F1", "I3")], ""), "I1", 0, 2),
        ("a counterpart who is off duty now", vec![], second(vec![], "I3"), "I1", 0, 2),
        ("one who is off duty himself", vec![], second(vec![], "I1"), "I1", 0, 2),
        ("a seat that does not take the counterpart", vec![], none(), "I3", 2, 5),
        ("a team he is in", vec![], none(), "I1", 0, 5),
    ];
    let seats = vec![vec!["works".to_owned()], vec![]];
    for (what, conflicts, second, who, slot, other) in cases {
        let pool = pool(conflicts);
        let mut board = Board::new(&pool, &seats, &["F1", "F2", "F3"], 2, &seated()).unwrap();
        let before = board.clone();
        let refused = board.exchange(Some(&second), who, slot, other);
        assert!(refused.is_err(), "{what}");
        assert_eq!(board, before, "{what}");
    }
}

#[test]
fn who_has_withdrawn_changes_places_with_nobody() {
    let pool = pool(vec![]);
    let seats = vec![vec!["works".to_owned()], vec![]];
    let mut board = Board::new(&pool, &seats, &["F1", "F2", "F3"], 2, &seated()).unwrap();
    board.strike("I1");
    let refused = board.exchange(None, "I1", 0, 2);
    assert_eq!(refused, Err(SubstituteError::IsWithdraw { inspector: "I1".into() }));
    let no_trade = board.exchange(None, "I3", 2, 0);
    assert!(matches!(no_trade, Err(SubstituteError::NoTrade { .. })), "nobody comes who has withdrawn");
}
