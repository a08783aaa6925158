//! Feasibility, loads and the smallest start against an enumeration of all assignments. [draw 5]

use lotbook_draw::assign::{Plan, assign};
use lotbook_draw::stream::StageKey;
use lotbook_draw::{ConflictRow, Pool};
use proptest::prelude::*;

use crate::sample::{firm, person, seats};

/// All assignments of the first `n` inspectors without conflict or repetition, smallest first.
fn enumerate(plan: &Plan, n: usize) -> Vec<Vec<usize>> {
    fn extend(plan: &Plan, n: usize, partial: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        let s = partial.len();
        if s == plan.slots() {
            all.push(partial.clone());
            return;
        }
        for i in 0..n {
            if plan.is_allowed(s, i) && !partial[plan.team(s).start..].contains(&i) {
                partial.push(i);
                extend(plan, n, partial, all);
                partial.pop();
            }
        }
    }
    let mut all = Vec::new();
    extend(plan, n, &mut Vec::new(), &mut all);
    all
}

fn loads(assignment: &[usize], n: usize) -> (usize, usize) {
    let load = |i: usize| assignment.iter().filter(|&&held| held == i).count();
    ((0..n).map(load).min().unwrap_or(0), (0..n).map(load).max().unwrap_or(0))
}

fn brute_loads(all: &[Vec<usize>], n: usize, max_load: usize) -> Option<(usize, usize)> {
    let hi = all.iter().map(|a| loads(a, n).1).min().filter(|&h| h <= max_load)?;
    let lo = all.iter().map(|a| loads(a, n)).filter(|l| l.1 <= hi).map(|l| l.0).max()?;
    Some((lo, hi))
}

fn plans() -> impl Strategy<Value = Plan> {
    let sizes = (1..=3_usize, 0..=5_usize, 0..6_usize);
    sizes.prop_flat_map(|(firms, people, kind)| {
        let conflicts = prop::collection::vec(prop::bool::weighted(0.3), firms * people);
        let qualified = prop::collection::vec(0..4_usize, people);
        (Just((firms, people, kind)), conflicts, qualified, any::<[u8; 32]>()).prop_map(plan)
    })
}

type Draft = ((usize, usize, usize), Vec<bool>, Vec<usize>, [u8; 32]);

fn plan(((firms, people, kind), in_conflict, qualified, key): Draft) -> Plan {
    let levels = [&[][..], &["a"], &["b"], &["a", "b"]];
    let inspectors = (0..people).map(|p| person(p, levels[qualified[p]])).collect();
    let pairs = (0..firms).flat_map(|f| (0..people).map(move |p| (f, p)));
    let conflicts = pairs
        .zip(in_conflict)
        .filter(|(_, yes)| *yes)
        .map(|((f, p), _)| ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") });
    let pool = Pool::new((0..firms).map(|f| firm(f, "")).collect(), inspectors, conflicts.collect()).unwrap();
    let ids: Vec<String> = (0..firms).map(|f| format!("F{f:05}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let teams = [
        seats(&[&[], &[]]),
        seats(&[&["a"], &[]]),
        seats(&[&["a"], &["b"]]),
        seats(&[&["a"], &["b"], &[]]),
        seats(&[&[], &[], &["a"]]),
        seats(&[&["b"], &[], &["a"]]),
    ];
    Plan::new(&pool, &ids, &teams[kind], &StageKey::from_bytes(key)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shortest_prefix_is_the_least_that_works(plan in plans(), max_load in 0..4_u32) {
        let works = |n: &usize| brute_loads(&enumerate(&plan, *n), *n, max_load as usize).is_some();
        let brute = (1..=plan.usable()).find(works);
        prop_assert_eq!(plan.shortest_prefix(max_load), brute);
    }

    #[test]
    fn a_hall_certificate_exists_where_no_assignment_does_and_no_forged_one_passes(
        plan in plans(), max_load in 0..4_u32, cut in any::<prop::sample::Index>()
    ) {
        let feasible = brute_loads(&enumerate(&plan, plan.usable()), plan.usable(), max_load as usize).is_some();
        match plan.hall(max_load) {
            None => prop_assert!(feasible),
            Some(hall) => {
                prop_assert!(!feasible);
                prop_assert!(plan.is_hall(&hall, max_load));
                let mut forged = hall.clone();
                forged.slots.push(plan.slots() as u64);
                prop_assert!(!plan.is_hall(&forged, max_load), "a slot that there is not");
                forged.slots = hall.slots.iter().rev().copied().collect();
                prop_assert!(hall.slots.len() < 2 || !plan.is_hall(&forged, max_load), "not ascending");
                if !hall.inspectors.is_empty() {
                    let mut forged = hall.clone();
                    forged.inspectors.remove(cut.index(hall.inspectors.len()));
                    prop_assert!(!plan.is_hall(&forged, max_load), "an inspector left out");
                    let mut forged = hall.clone();
                    forged.inspectors[cut.index(hall.inspectors.len())].1 ^= 1;
                    prop_assert!(!plan.is_hall(&forged, max_load), "another capacity");
                }
            }
        }
        if feasible {
            // Not even a set that lists everybody is one, as the capacities never fall short.
            for slots in [vec![0], (0..plan.slots() as u64).collect::<Vec<_>>()] {
                let all = plan.ranked().iter().map(|(_, id)| (id.clone(), 1)).collect();
                let stated = lotbook_draw::Hall { slots, inspectors: all };
                prop_assert!(!plan.is_hall(&stated, max_load));
            }
        }
    }

    #[test]
    fn the_loads_and_the_start_are_those_of_the_enumeration(plan in plans(), max_load in 1..5_u32) {
        for n in 1..=plan.usable() {
            let all = enumerate(&plan, n);
            let brute = brute_loads(&all, n, max_load as usize);
            prop_assert_eq!(plan.loads(n, max_load), brute);
            // Any range of loads, not only the one that a draw takes.
            for (lo, hi) in brute.into_iter().chain([(0, 3), (1, 2), (1, 3), (2, 1)]) {
                let fits = |a: &&Vec<usize>| loads(a, n).0 >= lo && loads(a, n).1 <= hi;
                let smallest = all.iter().find(fits).cloned();
                prop_assert_eq!(plan.smallest_start(n, lo, hi), smallest, "n {} loads {}..={}", n, lo, hi);
            }
        }
    }

    #[test]
    fn the_assignment_is_one_of_the_enumeration(plan in plans(), key in any::<[u8; 32]>(), least in 0..6_u32) {
        let assigned = assign(&plan, 3, Some(least), &StageKey::from_bytes(key));
        let n = assigned.inspectors.len();
        match assigned.assignment {
            None => prop_assert!(brute_loads(&enumerate(&plan, plan.usable()), plan.usable(), 3).is_none()),
            Some(names) => {
                let rank = |id: &String| plan.ranked().iter().position(|(_, other)| other == id).unwrap();
                let slots: Vec<usize> = names.iter().map(rank).collect();
                prop_assert!(enumerate(&plan, n).contains(&slots));
                prop_assert_eq!(loads(&slots, n), (assigned.lo as usize, assigned.hi as usize));
                prop_assert_eq!(assigned.tier == 1, assigned.tries > 0 && assigned.words[1] == 0);
            }
        }
    }
}
