//! Sizes of real batches; how long they take, the benchmark tells.

use lotbook_draw::assign::Plan;
use lotbook_draw::{DrawInput, Outcome, Pool, Quota, Seed, Stage, draw};

use crate::sample::{Dice, pool, seats};

fn drawn(pool: &Pool, total: u64, team: &[Vec<String>], least: Option<u32>) -> Outcome {
    let (quota, seed) = (Quota::FixedTotal { total }, Seed::from_bytes([42; 32]));
    let input = DrawInput { pool, quota: &quota, seats: team, max_load: 6, min_inspectors: least, seed };
    let outcome = draw(&input).unwrap();
    assert_eq!(outcome.selected.len() as u64, total);
    assert_eq!(outcome.assignment.as_ref().map(Vec::len), Some(total as usize * team.len()));
    outcome
}

#[test]
fn ten_enterprises_of_a_small_office() {
    let pool = pool(&mut Dice(1), 200, 30, 2);
    let outcome = drawn(&pool, 10, &seats(&[&[], &[]]), None);
    assert_eq!(outcome.tier, 1);
}

#[test]
fn thirty_enterprises_with_three_typed_seats() {
    let pool = pool(&mut Dice(2), 1_000, 120, 2);
    drawn(&pool, 30, &seats(&[&["a"], &["b"], &[]]), None);
}

#[test]
fn a_thousand_enterprises() {
    let pool = pool(&mut Dice(3), 5_000, 500, 1);
    drawn(&pool, 1_000, &seats(&[&[], &[]]), None);
    drawn(&pool, 1_000, &seats(&[&["a"], &["b"]]), Some(2));
}

#[test]
fn the_smallest_start_of_a_thousand_enterprises() {
    let pool = pool(&mut Dice(4), 1_000, 500, 5);
    let firms: Vec<&str> = pool.objects().iter().map(|o| o.uscc.as_str()).collect();
    let key = Stage::Inspectors.key(&Seed::from_bytes([1; 32]));
    let plan = Plan::new(&pool, &firms, &seats(&[&["a"], &["b"]]), &key).unwrap();
    let (lo, hi) = plan.loads(400, 6).unwrap();
    let slots = plan.smallest_start(400, lo, hi).unwrap();
    assert_eq!(slots.len(), 2_000);
}
