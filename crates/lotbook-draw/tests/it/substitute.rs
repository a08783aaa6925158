//! Withdraw, swap and reserve on small boards, and the worked substitutions step by step. [draw 6]

use lotbook_draw::{
    Board, ConflictRow, Hex, InspectorRow, Pool, PoolError, SecondPool, Seed, Stage, StageKey,
    SubstituteError, Substitution,
};
use serde_json::{Value, json};

use crate::sample::{certificate, firm, person, seats, value};
use crate::worked::WORKED;

/// The steps of a substitution as the worked draws print them.
pub fn steps(substitution: &Substitution) -> Value {
    let vacancies = substitution.vacancies.iter().map(|v| {
        let name = |c: &lotbook_draw::substitute::Candidate| match c.gives {
            Some(z) => json!(z),
            None => json!(c.inspector),
        };
        json!({
            "slot": v.slot,
            "candidates": v.candidates.iter().map(name).collect::<Vec<_>>(),
            "ticket": v.chosen.as_ref().map(|c| Hex(*c.ticket.as_bytes())),
            "chosen": v.chosen.as_ref().map(name),
        })
    });
    vacancies.collect()
}

#[test]
fn the_worked_substitutions_agree_step_by_step() {
    for name in WORKED {
        let certificate = certificate(&format!("{name}.json"));
        let worked = value(&format!("{name}.steps.json"));
        let seed = Seed::from_bytes(certificate.substitutions[0].seed.unwrap().0);
        let key = Stage::Substitute.key(&seed);
        assert_eq!(json!(Hex(*key.as_bytes())), worked["stage_substitute"], "{name}");
        let (_, substitutions) = certificate.recompute_all().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(substitutions.len(), 1, "{name}");
        assert_eq!(steps(&substitutions[0]), worked["substitution"], "{name}");
        assert_eq!(substitutions[0].assignment, certificate.substitutions[0].result, "{name}");
        let few = worked["substitution"].as_array().unwrap();
        let few = few.iter().any(|v| v["candidates"].as_array().unwrap().len() < 3);
        assert_eq!(substitutions[0].is_predictable(), few, "{name}");
    }
}

const KEY: StageKey = StageKey::from_bytes([6; 32]);

fn id(number: usize) -> String {
    format!("I{number:05}")
}

fn ids(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|&n| id(n)).collect()
}

fn conflict((f, p): (usize, usize)) -> ConflictRow {
    ConflictRow { uscc: format!("F{f:05}"), inspector_id: id(p) }
}

fn people(count: usize) -> Vec<InspectorRow> {
    (0..count).map(|p| person(p, &[])).collect()
}

fn ineligible(row: InspectorRow) -> InspectorRow {
    InspectorRow { eligible: false, reason: "on_leave".into(), ..row }
}

/// Three enterprises with two seats for anybody, and the pool of a second ceremony with the same rows.
struct Batch {
    pool: Pool,
    second: SecondPool,
    seats: Vec<Vec<String>>,
}

impl Batch {
    fn of(count: usize, conflicts: &[(usize, usize)]) -> Self {
        let rows: Vec<_> = conflicts.iter().copied().map(conflict).collect();
        let pool = Pool::new((0..3).map(|f| firm(f, "")).collect(), people(count), rows.clone()).unwrap();
        let second = SecondPool::new(&pool, people(count), rows).unwrap();
        Self { pool, second, seats: seats(&[&[], &[]]) }
    }

    fn board(&self, hi: u32, held: [usize; 6]) -> Board<'_> {
        let firms = ["F00000", "F00001", "F00002"];
        Board::new(&self.pool, &self.seats, &firms, hi, &ids(&held)).unwrap()
    }
}

fn candidates(substitution: &Substitution, place: usize) -> Vec<&str> {
    substitution.vacancies[place].candidates.iter().map(|c| c.inspector.as_str()).collect()
}

fn gives(substitution: &Substitution, place: usize) -> Vec<usize> {
    substitution.vacancies[place].candidates.iter().filter_map(|c| c.gives).collect()
}

#[test]
fn a_load_may_end_one_over_hi_and_no_higher() {
    let batch = Batch::of(4, &[]);
    // Everybody but the one who withdraws has the load 2 = hi: each may take one more.
    let mut board = batch.board(2, [0, 1, 1, 2, 3, 2]);
    let done = board.withdraw(&batch.second, &id(0), &KEY).unwrap();
    assert_eq!(candidates(&done, 0), [id(2), id(3)], "1 sits in the team");
    assert_eq!(done.chosen().len(), 1);
    assert_eq!(board.assignment(), done.assignment);
    // With hi = 1 those with a load of 2 are over it before anything is added.
    let mut board = batch.board(1, [0, 1, 1, 2, 3, 2]);
    let done = board.withdraw(&batch.second, &id(0), &KEY).unwrap();
    assert_eq!(candidates(&done, 0), [id(3)]);
    assert!(done.is_predictable());
}

#[test]
fn earlier_slots_count_and_vacated_ones_do_not() {
    // 0 holds three slots; his colleagues 1, 2, 3 hold one each, hi = 1.
    let batch = Batch::of(4, &[]);
    let mut board = batch.board(1, [0, 1, 0, 2, 0, 3]);
    let done = board.withdraw(&batch.second, &id(0), &KEY).unwrap();
    assert_eq!(done.slots, [0, 2, 4]);
    assert_eq!(candidates(&done, 0), [id(2), id(3)]);
    let first = done.vacancies[0].chosen.as_ref().unwrap().inspector.clone();
    assert!(!candidates(&done, 1).contains(&first.as_str()), "he has 2 now, over hi");
    assert!(!candidates(&done, 1).contains(&id(2).as_str()), "he sits in that team");
}

#[test]
fn one_slot_without_a_candidate_changes_no_slot() {
    // 0 withdraws from two enterprises; for the second one nobody is left.
    let batch = Batch::of(4, &[(1, 2), (1, 3)]);
    let mut board = batch.board(6, [0, 1, 0, 1, 2, 3]);
    let before = board.assignment().to_vec();
    let done = board.withdraw(&batch.second, &id(0), &KEY).unwrap();
    assert_eq!(done.exhausted, Some(2));
    assert_eq!(done.vacancies.len(), 2);
    assert!(done.vacancies[0].chosen.is_some() && done.vacancies[1].chosen.is_none());
    assert!(done.is_predictable() && done.chosen().is_empty());
    assert_eq!((board.assignment(), &done.assignment), (&before[..], &before));
    // The recusal stands: he is nobody's substitute, and may be replaced later.
    assert!(board.withdrawn().contains(&id(0)));
    assert_eq!(board.recused().collect::<Vec<_>>(), [("F00000", "I00000"), ("F00001", "I00000")]);
    let next = board.withdraw(&batch.second, &id(2), &KEY).unwrap();
    assert_eq!(candidates(&next, 0), [id(1)], "not 0, who withdrew");
    assert_eq!(board.withdraw(&batch.second, &id(0), &KEY).unwrap().slots, [0, 2]);
}

#[test]
fn a_candidate_must_pass_in_both_pools() {
    let with = |change: fn(&mut Vec<InspectorRow>, &mut Vec<ConflictRow>)| {
        let batch = Batch::of(6, &[]);
        let (mut rows, mut conflicts) = (people(6), vec![]);
        change(&mut rows, &mut conflicts);
        let second = SecondPool::new(&batch.pool, rows, conflicts).unwrap();
        let mut board = batch.board(6, [0, 1, 2, 3, 2, 3]);
        let done = board.withdraw(&second, &id(0), &KEY).unwrap();
        candidates(&done, 0).iter().map(|c| c[5..].parse().unwrap()).collect::<Vec<usize>>()
    };
    assert_eq!(with(|_, _| ()), [2, 3, 4, 5]);
    assert_eq!(with(|rows, _| rows[4] = ineligible(person(4, &[]))), [2, 3, 5]);
    assert_eq!(with(|rows, _| drop(rows.remove(4))), [2, 3, 5], "no row in the second pool");
    assert_eq!(with(|rows, _| rows.push(person(6, &[]))), [2, 3, 4, 5], "no row in the first pool");
    assert_eq!(with(|_, conflicts| conflicts.push(conflict((0, 5)))), [2, 3, 4]);
    assert_eq!(with(|_, conflicts| conflicts.push(conflict((1, 5)))), [2, 3, 4, 5], "another enterprise");
}

#[test]
fn a_seat_must_accept_the_substitute_in_both_pools() {
    let rows = |last: &[&str]| vec![person(0, &["a"]), person(1, &["a"]), person(2, &["a"]), person(3, last)];
    let pool = Pool::new((0..1).map(|f| firm(f, "")).collect(), rows(&["a"]), vec![]).unwrap();
    let team = seats(&[&["a"], &[]]);
    let found = |last: &[&str]| {
        let second = SecondPool::new(&pool, rows(last), vec![]).unwrap();
        let mut board = Board::new(&pool, &team, &["F00000"], 1, &ids(&[0, 1])).unwrap();
        candidates(&board.withdraw(&second, &id(0), &KEY).unwrap(), 0).len()
    };
    assert_eq!((found(&["a"]), found(&["b"])), (2, 1));
}

#[test]
fn a_swap_trades_two_slots_and_keeps_every_load() {
    let batch = Batch::of(5, &[(2, 0)]);
    let mut board = batch.board(2, [0, 1, 2, 3, 4, 1]);
    let done = board.swap(&batch.second, &id(0), &[0], &KEY).unwrap();
    // Not slots 4 and 5: 0 has a conflict there, and 1, who holds 5, sits in the team of slot 0.
    assert_eq!(gives(&done, 0), [2, 3]);
    assert!(done.is_predictable());
    let z = done.vacancies[0].chosen.as_ref().unwrap().gives.unwrap();
    let mut expected = ids(&[0, 1, 2, 3, 4, 1]);
    expected.swap(0, z);
    assert_eq!(board.assignment(), expected);
    assert_eq!(board.recused().collect::<Vec<_>>(), [("F00000", "I00000")]);
    assert!(board.withdrawn().is_empty());
    // From now on 0 and that enterprise never meet again, not even as a substitute.
    let next = board.withdraw(&batch.second, &expected[0].clone(), &KEY).unwrap();
    assert!(!candidates(&next, 0).contains(&"I00000"));
}

#[test]
fn several_slots_swap_one_after_the_other_or_not_at_all() {
    let batch = Batch::of(6, &[]);
    let mut board = batch.board(2, [0, 1, 0, 2, 3, 4]);
    let done = board.swap(&batch.second, &id(0), &[0, 2], &KEY).unwrap();
    // He sits in both first teams, so that only the third enterprise trades; then he sits there, too.
    assert_eq!(gives(&done, 0), [4, 5]);
    assert!(gives(&done, 1).is_empty());
    assert_eq!((done.exhausted, done.chosen().len()), (Some(2), 0));
    assert_eq!(board.assignment(), ids(&[0, 1, 0, 2, 3, 4]));
    // The swap that failed bars him all the same: the recusal is on the log.
    assert_eq!(board.recused().count(), 2);
}

#[test]
fn who_is_not_eligible_in_both_pools_or_withdrew_does_not_swap() {
    let batch = Batch::of(5, &[]);
    let mut rows = people(5);
    rows[0] = ineligible(rows[0].clone());
    let second = SecondPool::new(&batch.pool, rows.clone(), vec![]).unwrap();
    let mut board = batch.board(2, [0, 1, 2, 3, 4, 1]);
    let untouched = board.clone();
    let refused = Err(SubstituteError::IsWithdraw { inspector: id(0) });
    assert_eq!(board.swap(&second, &id(0), &[0], &KEY), refused);
    assert_eq!(board, untouched);
    board.strike(&id(0));
    assert_eq!(board.swap(&batch.second, &id(0), &[0], &KEY), refused);
    // He may still withdraw, eligible or not; and an ineligible colleague is no counterpart.
    assert!(untouched.clone().withdraw(&second, &id(0), &KEY).unwrap().exhausted.is_none());
    let done = untouched.clone().swap(&second, &id(2), &[2], &KEY).unwrap();
    assert!(!gives(&done, 0).contains(&0));
    let mut board = untouched;
    board.strike(&id(4));
    assert_eq!(gives(&board.swap(&batch.second, &id(0), &[0], &KEY).unwrap(), 0), [2, 3], "4 withdrew");
}

#[test]
fn slots_that_are_not_his_are_refused() {
    let batch = Batch::of(5, &[]);
    let mut board = batch.board(2, [0, 1, 0, 3, 4, 1]);
    let untouched = board.clone();
    for slots in [&[][..], &[1], &[2, 0], &[0, 0], &[0, 6], &[usize::MAX]] {
        let refused = board.swap(&batch.second, &id(0), slots, &KEY);
        assert_eq!(refused, Err(SubstituteError::NotHisSlots { inspector: id(0) }), "{slots:?}");
    }
    let nobody = Err(SubstituteError::HoldsNothing { inspector: id(2) });
    assert_eq!(board.withdraw(&batch.second, &id(2), &KEY), nobody);
    assert_eq!(board.reserve(&id(2), &KEY), nobody);
    assert_eq!(board, untouched);
}

#[test]
fn a_board_has_one_inspector_for_every_seat() {
    let batch = Batch::of(5, &[]);
    let short = Board::new(&batch.pool, &batch.seats, &["F00000"], 1, &ids(&[0]));
    assert_eq!(short.unwrap_err(), SubstituteError::Assignment { found: 1, expected: 2 });
    let alone = Board::new(&batch.pool, &batch.seats[..1], &["F00000"], 1, &ids(&[0]));
    assert!(matches!(alone.unwrap_err(), SubstituteError::Plan(_)));
}

#[test]
fn a_second_pool_is_as_strict_as_the_first() {
    let batch = Batch::of(3, &[]);
    let second = |rows, conflicts| SecondPool::new(&batch.pool, rows, conflicts).unwrap_err();
    let reversed = people(3).into_iter().rev().collect();
    assert!(matches!(second(reversed, vec![]), PoolError::NotAscending { row: 1, .. }));
    let unknown = vec![conflict((0, 2)), conflict((3, 0))];
    assert_eq!(second(people(3), unknown), PoolError::UnknownId { row: 1 });
    assert_eq!(second(people(2), vec![conflict((0, 2))]), PoolError::UnknownId { row: 0 });
}
