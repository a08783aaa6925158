//! Feasibility, loads, the smallest start, the assignment and the reason of an infeasible one, against an
//! enumeration of all assignments of 12,000 small instances. [draw 5]

use std::collections::BTreeSet;

use lotbook_draw::assign::{Hall, Plan, assign};
use lotbook_draw::stream::StageKey;
use lotbook_draw::{ConflictRow, Pool};

use crate::sample::{Dice, firm, person, seats};

const INSTANCES: u64 = 12_000;

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
    let mut loads = vec![0; n];
    assignment.iter().for_each(|&i| loads[i] += 1);
    (loads.iter().copied().min().unwrap_or(0), loads.iter().copied().max().unwrap_or(0))
}

/// The assignments of the first `n` inspectors, each with its smallest and largest load.
struct All {
    n: usize,
    list: Vec<(Vec<usize>, (usize, usize))>,
}

impl All {
    fn of(plan: &Plan, n: usize) -> Self {
        Self { n, list: enumerate(plan, n).into_iter().map(|a| (a.clone(), loads(&a, n))).collect() }
    }

    fn loads(&self, max_load: u32) -> Option<(usize, usize)> {
        let hi = self.list.iter().map(|(_, l)| l.1).min().filter(|&h| h <= max_load as usize)?;
        let lo = self.list.iter().filter(|(_, l)| l.1 <= hi).map(|(_, l)| l.0).max()?;
        Some((lo, hi))
    }

    fn smallest(&self, lo: usize, hi: usize) -> Option<&Vec<usize>> {
        self.list.iter().find(|(_, l)| l.0 >= lo && l.1 <= hi).map(|(a, _)| a)
    }
}

/// Two fifths of all pairs in conflict, or few of them; typed seats or not; more inspectors than needed, or too few.
fn plan(dice: &mut Dice) -> Plan {
    let teams = [
        seats(&[&[], &[]]),
        seats(&[&["a"], &[]]),
        seats(&[&["a"], &["b"]]),
        seats(&[&["a"], &["b"], &[]]),
        seats(&[&[], &[], &["a"]]),
        seats(&[&["b"], &[], &["a"]]),
    ];
    let team = &teams[dice.below(6) as usize];
    let firms = 1 + dice.below(if team.len() == 2 { 3 } else { 2 }) as usize;
    let (people, chance) = (2 + dice.below(4) as usize, [10, 25, 40][dice.below(3) as usize]);
    let levels = [&["c"][..], &["a"], &["b"], &["a", "b"], &["a", "b"]];
    let inspectors = (0..people).map(|p| person(p, levels[dice.below(5) as usize])).collect();
    let mut conflicts = Vec::new();
    for (f, p) in (0..firms).flat_map(|f| (0..people).map(move |p| (f, p))) {
        if dice.percent(chance) {
            conflicts.push(ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") });
        }
    }
    let pool = Pool::new((0..firms).map(|f| firm(f, "")).collect(), inspectors, conflicts).unwrap();
    let ids: Vec<&str> = pool.objects().iter().map(|o| o.uscc.as_str()).collect();
    Plan::new(&pool, &ids, team, &key(dice)).unwrap()
}

fn key(dice: &mut Dice) -> StageKey {
    let mut bytes = [0; 32];
    bytes.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&dice.roll().to_le_bytes()));
    StageKey::from_bytes(bytes)
}

/// What occurred, so that nobody believes in a check of nothing.
#[derive(Debug, Default)]
struct Tally {
    infeasible: usize,
    typed_only: usize,
    shorter_prefix: usize,
    uneven: usize,
    tier2: usize,
    later_start: usize,
}

#[test]
fn twelve_thousand_small_instances_agree_with_the_enumeration() {
    let mut tally = Tally::default();
    for number in 0..INSTANCES {
        let mut dice = Dice(number);
        let (plan, max_load) = (plan(&mut dice), 1 + dice.below(5) as u32);
        let all: Vec<All> = (0..=plan.usable()).map(|n| All::of(&plan, n)).collect();
        bounds(&plan, max_load, &all, &mut tally);
        starts(&plan, max_load, &all, &mut tally);
        outcome(&plan, max_load, &all, &mut dice, &mut tally);
    }
    println!("{tally:?}");
    assert!(
        tally.infeasible > 2_000 && tally.typed_only > 1_000 && tally.shorter_prefix > 1_000,
        "{tally:?}"
    );
    assert!(tally.uneven > 150 && tally.tier2 > 100 && tally.later_start > 1_000, "{tally:?}");
}

fn bounds(plan: &Plan, max_load: u32, all: &[All], tally: &mut Tally) {
    let brute = (1..=plan.usable()).find(|&n| all[n].loads(max_load).is_some());
    assert_eq!(plan.shortest_prefix(max_load), brute, "{plan:?}");
    assert_eq!(plan.shortest_prefix(0), None);
    tally.shorter_prefix += usize::from(brute.is_some_and(|n| n < plan.usable()));
    for all in &all[1..] {
        let brute = all.loads(max_load);
        assert_eq!(plan.loads(all.n, max_load), brute, "n {} of {plan:?}", all.n);
        tally.uneven += usize::from(brute.is_some_and(|(lo, hi)| hi > lo + 1));
    }
}

fn starts(plan: &Plan, max_load: u32, all: &[All], tally: &mut Tally) {
    for all in &all[1..] {
        // Any range of loads, not only the one that a draw takes.
        for (lo, hi) in all.loads(max_load).into_iter().chain([(0, 3), (1, 2), (1, 3), (2, 1)]) {
            let (found, brute) = (plan.smallest_start(all.n, lo, hi), all.smallest(lo, hi));
            assert_eq!(found.as_ref(), brute, "n {} loads {lo}..={hi} of {plan:?}", all.n);
            let first = all.list.first().map(|(a, _)| a);
            tally.later_start += usize::from(brute.is_some() && brute != first);
        }
    }
}

fn outcome(plan: &Plan, max_load: u32, all: &[All], dice: &mut Dice, tally: &mut Tally) {
    let assigned = assign(plan, max_load, Some(dice.below(6) as u32), &key(dice));
    let n = assigned.inspectors.len();
    let Some(names) = assigned.assignment else {
        assert_eq!(all[plan.usable()].loads(max_load), None, "{plan:?}");
        let hall = assigned.hall.unwrap();
        is_shortage(plan, &hall, max_load);
        assert!(plan.is_hall(&hall, max_load), "{hall:?} of {plan:?}");
        changed_hall_is_refused(plan, &hall, max_load);
        tally.infeasible += 1;
        // Enterprises alone would not show it: there are enough places for all slots.
        tally.typed_only += usize::from(hall.slots.len() < plan.slots() && plan.usable() >= plan.seats());
        return;
    };
    assert_eq!((assigned.hall, plan.hall(max_load)), (None, None));
    let rank = |id: &String| plan.ranked().iter().position(|(_, other)| other == id).unwrap();
    let slots: Vec<usize> = names.iter().map(rank).collect();
    assert!(all[n].list.iter().any(|(a, _)| *a == slots));
    assert_eq!(loads(&slots, n), (assigned.lo as usize, assigned.hi as usize));
    assert_eq!(assigned.tier == 1, assigned.tries > 0 && assigned.words[1] == 0);
    tally.tier2 += usize::from(assigned.tier == 2);
}

/// The definition, word by word: whoever is allowed at one of the slots, with the number of enterprises where he is.
fn is_shortage(plan: &Plan, hall: &Hall, max_load: u32) {
    let slots: Vec<usize> = hall.slots.iter().map(|&s| s as usize).collect();
    assert!(slots.windows(2).all(|pair| pair[0] < pair[1]) && slots.iter().all(|&s| s < plan.slots()));
    let firms = |i: usize| {
        let allowed = slots.iter().filter(|&&s| plan.is_allowed(s, i)).map(|&s| s / plan.seats());
        allowed.collect::<BTreeSet<_>>().len() as u64
    };
    let expected: Vec<(String, u64)> = (0..plan.usable())
        .filter(|&i| firms(i) > 0)
        .map(|i| (plan.ranked()[i].1.clone(), firms(i).min(u64::from(max_load))))
        .collect();
    assert_eq!(hall.inspectors, expected, "{plan:?}");
    assert!(expected.iter().map(|(_, capacity)| capacity).sum::<u64>() < slots.len() as u64);
}

fn changed_hall_is_refused(plan: &Plan, hall: &Hall, max_load: u32) {
    let refused = |change: &dyn Fn(&mut Hall)| {
        let mut changed = hall.clone();
        change(&mut changed);
        assert!(!plan.is_hall(&changed, max_load), "{changed:?} of {plan:?}");
    };
    refused(&|hall| hall.slots.clear());
    refused(&|hall| hall.slots.push(hall.slots[0]));
    refused(&|hall| hall.slots.push(plan.slots() as u64));
    refused(&|hall| hall.slots.push(u64::MAX));
    refused(&|hall| hall.inspectors.push(("I99999".into(), 0)));
    if !hall.inspectors.is_empty() {
        refused(&|hall| drop(hall.inspectors.pop()));
        refused(&|hall| hall.inspectors[0].1 -= 1);
    }
}

#[test]
fn a_feasible_plan_has_no_hall_certificate() {
    for number in 0..2_000 {
        let mut dice = Dice(number);
        let plan = plan(&mut dice);
        if plan.shortest_prefix(6).is_none() {
            continue;
        }
        let slots: Vec<u64> = (0..plan.slots() as u64).filter(|_| dice.percent(60)).collect();
        let everybody = plan.ranked().iter().map(|(_, id)| (id.clone(), 1)).collect();
        assert!(!plan.is_hall(&Hall { slots: slots.clone(), inspectors: everybody }, 6));
        assert!(!plan.is_hall(&Hall { slots, inspectors: vec![] }, 6));
    }
}
