//! What holds for every draw, whatever the pool: no conflicted pair, even loads, no order of rows.

use std::collections::BTreeSet;

use lotbook_draw::{DrawInput, InspectorRow, ObjectRow, Pool, Quota, Seed, draw};
use proptest::prelude::*;

use crate::sample::{Dice, pool, seats};

fn seed(dice: &mut Dice) -> Seed {
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&dice.roll().to_le_bytes());
    }
    Seed::from_bytes(bytes)
}

/// 1,000 draws over random pools in which at least every tenth pair is in conflict.
#[test]
fn a_conflicted_pair_never_occurs() {
    let mut dice = Dice(2026);
    let (mut pairs, mut conflicted, mut infeasible, mut tier2) = (0, 0, 0, 0);
    let teams = [seats(&[&[], &[]]), seats(&[&["a"], &[]]), seats(&[&["a"], &["b"], &[]])];
    for round in 0..1_000 {
        let (firms, people) = (4 + dice.below(6) as usize, 5 + dice.below(6) as usize);
        let chance = 12 + dice.below(15);
        let pool = pool(&mut dice, firms, people, chance);
        if pool.conflicts().len() * 10 < firms * people {
            continue;
        }
        let (quota, seed) = (Quota::FixedTotal { total: 3 }, seed(&mut dice));
        let seats = &teams[round % 3];
        let input = DrawInput { pool: &pool, quota: &quota, seats, max_load: 6, min_inspectors: None, seed };
        let outcome = draw(&input).unwrap();
        conflicted += pool.conflicts().len();
        tier2 += usize::from(outcome.tier == 2);
        let Some(assignment) = outcome.assignment else {
            infeasible += 1;
            continue;
        };
        let barred: BTreeSet<(&str, &str)> =
            pool.conflicts().iter().map(|c| (c.uscc.as_str(), c.inspector_id.as_str())).collect();
        for (firm, team) in outcome.selected.iter().zip(assignment.chunks(seats.len())) {
            assert_eq!(team.iter().collect::<BTreeSet<_>>().len(), team.len(), "a team of distinct people");
            for (seat, id) in seats.iter().zip(team) {
                assert!(!barred.contains(&(firm.uscc.as_str(), id.as_str())), "{} {id}", firm.uscc);
                let row = pool.inspectors().iter().find(|i| i.inspector_id == *id).unwrap();
                assert!(seat.is_empty() || seat.iter().any(|q| row.qualifications.contains(q)));
                pairs += 1;
            }
        }
    }
    println!(
        "{pairs} pairs checked against {conflicted} conflicts; {infeasible} infeasible, {tier2} by tier 2"
    );
    assert!(pairs > 5_000 && infeasible < 200 && tier2 > 5);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_rows_were_gathered_plays_no_part(start in any::<u64>()) {
        let mut dice = Dice(start);
        let pool = pool(&mut dice, 12, 8, 15);
        let quota = Quota::FixedTotal { total: 5 };
        let (team, reversed) = (seats(&[&["a", "b"], &[]]), seats(&[&["b", "a"], &[]]));
        let seed = seed(&mut dice);
        let input = |pool, seats| DrawInput { pool, quota: &quota, seats, max_load: 6, min_inspectors: None, seed };
        let first = draw(&input(&pool, &team)).unwrap();
        let (mut objects, mut people) = (pool.objects().to_vec(), pool.inspectors().to_vec());
        let mut conflicts = pool.conflicts().to_vec();
        shuffle(&mut dice, &mut objects);
        shuffle(&mut dice, &mut people);
        shuffle(&mut dice, &mut conflicts);
        objects.sort_by(|a, b| a.uscc.cmp(&b.uscc));
        people.sort_by(|a, b| a.inspector_id.cmp(&b.inspector_id));
        conflicts.sort_by(|a, b| (&a.uscc, &a.inspector_id).cmp(&(&b.uscc, &b.inspector_id)));
        let again = Pool::new(objects, people, conflicts).unwrap();
        prop_assert_eq!(draw(&input(&again, &reversed)).unwrap(), first);
    }

    #[test]
    fn rows_that_are_not_eligible_change_nothing(start in any::<u64>()) {
        let mut dice = Dice(start);
        let pool = pool(&mut dice, 12, 8, 15);
        let (quota, team, seed) = (Quota::FixedTotal { total: 5 }, seats(&[&["a"], &[]]), seed(&mut dice));
        let input = |pool| DrawInput { pool, quota: &quota, seats: &team, max_load: 6, min_inspectors: None, seed };
        let first = draw(&input(&pool)).unwrap();
        let (mut objects, mut people) = (pool.objects().to_vec(), pool.inspectors().to_vec());
        let none = || "barred".to_string();
        objects.insert(0, ObjectRow { uscc: "A".into(), stratum: "Z".into(), eligible: false, reason: none() });
        people.insert(0, InspectorRow { inspector_id: "A".into(), eligible: false, reason: none(), qualifications: vec![] });
        let wider = Pool::new(objects, people, pool.conflicts().to_vec()).unwrap();
        prop_assert_eq!(draw(&input(&wider)).unwrap(), first);
    }
}

fn shuffle<T>(dice: &mut Dice, list: &mut [T]) {
    for q in (1..list.len()).rev() {
        list.swap(q, dice.below(q as u64 + 1) as usize);
    }
}
