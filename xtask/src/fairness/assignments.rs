//! Is every assignment equally likely? Against the enumeration of all of them. [draw 5]

use std::collections::BTreeMap;

use lotbook_draw::assign::{Assigned, Plan, assign};
use lotbook_draw::{ConflictRow, InspectorRow, ObjectRow, Pool, StageKey};

use super::Experiment;
use super::p_value::equal_counts;
use super::seeds::Seeds;

/// Draws from which the distance of a frequency table from uniform is measured. [draw 9]
const DISTANCE_DRAWS: usize = 200_000;

/// A small batch with all its assignments.
pub struct Instance {
    pub name: &'static str,
    /// The tier that seats it.
    pub tier: u8,
    enterprises: usize,
    /// Of every inspector his qualifications, `a` or `b` or both.
    inspectors: &'static [&'static str],
    seats: &'static [&'static str],
    conflicts: &'static [(usize, usize)],
}

pub fn instances() -> [Instance; 4] {
    [
        Instance {
            name: "4 enterprises of 2 seats, 5 inspectors, 8 conflicts",
            tier: 1,
            enterprises: 4,
            inspectors: &["ab"; 5],
            seats: &["ab", "ab"],
            conflicts: &[(0, 2), (1, 0), (1, 3), (1, 4), (2, 2), (2, 3), (3, 0), (3, 3)],
        },
        Instance {
            name: "4 enterprises of 2 typed seats, 5 inspectors, 4 conflicts",
            tier: 1,
            enterprises: 4,
            inspectors: &["a", "a", "ab", "b", "b"],
            seats: &["a", "b"],
            conflicts: &[(0, 0), (1, 0), (1, 3), (2, 4)],
        },
        Instance {
            name: "4 enterprises of 2 typed seats, 6 inspectors, 6 conflicts",
            tier: 2,
            enterprises: 4,
            inspectors: &["a", "b", "b", "b", "b", "b"],
            seats: &["a", "b"],
            conflicts: &[(0, 2), (0, 4), (0, 5), (1, 2), (1, 5), (2, 1)],
        },
        Instance {
            name: "3 enterprises of 3 typed seats, 5 inspectors, 2 conflicts",
            tier: 2,
            enterprises: 3,
            inspectors: &["a", "b", "b", "b", "b"],
            seats: &["a", "b", "b"],
            conflicts: &[(1, 3), (2, 3)],
        },
    ]
}

/// A batch with conflicts in 12 of 28 pairs and typed seats: the chain of tier 2 needs more steps than the protocol
/// gives it, and the page says so.
pub fn sparse() -> Instance {
    Instance {
        name: "4 enterprises of 2 typed seats, 7 inspectors, 12 conflicts",
        tier: 2,
        enterprises: 4,
        inspectors: &["a", "a", "b", "b", "b", "b", "ab"],
        seats: &["a", "b"],
        conflicts: &[
            (0, 2),
            (0, 3),
            (0, 4),
            (0, 5),
            (1, 1),
            (1, 3),
            (1, 5),
            (2, 1),
            (2, 3),
            (2, 6),
            (3, 0),
            (3, 2),
        ],
    }
}

pub fn experiments() -> Vec<Experiment> {
    fn of<const N: usize>(seeds: &mut Seeds, draws: usize) -> f64 {
        let instance = &instances()[N];
        equal_counts(&instance.counts(seeds, draws))
    }
    let names =
        ["assignment 1, tier 1", "assignment 2, tier 1", "assignment 3, tier 2", "assignment 4, tier 2"];
    let asks = "whether all assignments of a small batch are equally likely";
    let tests: [fn(&mut Seeds, usize) -> f64; 4] = [of::<0>, of::<1>, of::<2>, of::<3>];
    let all = names.into_iter().zip(tests);
    all.map(|(name, p)| Experiment { name, asks, draws: (20_000, 4_000), p }).collect()
}

/// How far a table of frequencies is from uniform, in total variation.
pub struct Distance {
    pub instance: Instance,
    /// How often each assignment was drawn.
    pub counts: Vec<u64>,
    pub found: f64,
    /// What a sampler that is exactly uniform is expected to show with as many draws.
    pub noise: f64,
}

impl Instance {
    /// Draws 200,000 times.
    pub fn distance(&self, seeds: &mut Seeds) -> Distance {
        let counts = self.counts(seeds, DISTANCE_DRAWS);
        let (draws, states) = (DISTANCE_DRAWS as f64, counts.len() as f64);
        let off = |&count: &u64| (count as f64 / draws - 1.0 / states).abs();
        let found = counts.iter().map(off).sum::<f64>() / 2.0;
        // Half the sum of the mean absolute deviations, each sqrt(2 / pi) standard deviations.
        let noise = ((states - 1.0) / (2.0 * std::f64::consts::PI * draws)).sqrt();
        Distance { instance: Instance { ..*self }, counts, found, noise }
    }

    /// How often each assignment is drawn. The order of the inspectors is the same in all draws: only the key of
    /// the assignment changes.
    fn counts(&self, seeds: &mut Seeds, draws: usize) -> Vec<u64> {
        let plan = self.plan();
        let (lo, hi) = plan.loads(plan.usable(), 6).unwrap_or_default();
        let mut counts: BTreeMap<Vec<String>, u64> =
            self.all(&plan, lo, hi).into_iter().map(|assignment| (assignment, 0)).collect();
        for _ in 0..draws {
            let drawn: Assigned = assign(&plan, 6, Some(plan.usable() as u32), &seeds.key());
            let place = drawn.assignment.and_then(|assignment| counts.get_mut(&assignment));
            match place {
                Some(count) if drawn.tier == self.tier => *count += 1,
                // Another tier than was asked about, or what is no assignment: as unfair as can be.
                _ => return vec![0, u64::MAX >> 12],
            }
        }
        counts.into_values().collect()
    }

    pub fn plan(&self) -> Plan {
        let words = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let firm = |n| ObjectRow {
            uscc: format!("F{n}"),
            stratum: String::new(),
            eligible: true,
            reason: String::new(),
        };
        let person = |(n, q): (usize, &&str)| InspectorRow {
            inspector_id: format!("I{n}"),
            eligible: true,
            reason: String::new(),
            qualifications: words(q),
        };
        let conflict =
            |(f, i): &(usize, usize)| ConflictRow { uscc: format!("F{f}"), inspector_id: format!("I{i}") };
        let mut conflicts: Vec<ConflictRow> = self.conflicts.iter().map(conflict).collect();
        conflicts.sort_by(|a, b| (&a.uscc, &a.inspector_id).cmp(&(&b.uscc, &b.inspector_id)));
        let people = self.inspectors.iter().enumerate().map(person).collect();
        let firms: Vec<String> = (0..self.enterprises).map(|n| format!("F{n}")).collect();
        let names: Vec<&str> = firms.iter().map(String::as_str).collect();
        let seats: Vec<Vec<String>> = self.seats.iter().map(|seat| words(seat)).collect();
        let pool = Pool::new((0..self.enterprises).map(firm).collect(), people, conflicts);
        let plan = pool.map(|pool| Plan::new(&pool, &names, &seats, &StageKey::from_bytes([0; 32])));
        match plan {
            Ok(Ok(plan)) => plan,
            other => unreachable!("an instance is a plan: {other:?}"),
        }
    }

    /// All assignments with loads in `lo..=hi`, by name.
    fn all(&self, plan: &Plan, lo: usize, hi: usize) -> Vec<Vec<String>> {
        let name = |i: usize| plan.ranked()[i].1.clone();
        states(plan, lo, hi).into_iter().map(|held| held.into_iter().map(name).collect()).collect()
    }
}

/// All assignments with loads in `lo..=hi`, by trying everything, in ascending order.
pub fn states(plan: &Plan, lo: usize, hi: usize) -> Vec<Vec<usize>> {
    let mut partial: Vec<Vec<usize>> = vec![vec![]];
    for s in 0..plan.slots() {
        let team = plan.team(s);
        let next = partial.iter().flat_map(|held| {
            let open =
                (0..plan.usable()).filter(|&i| plan.is_allowed(s, i) && !held[team.start..].contains(&i));
            open.map(|i| held.iter().copied().chain([i]).collect()).collect::<Vec<_>>()
        });
        partial = next.collect();
    }
    let load = |held: &[usize], i: usize| held.iter().filter(|&&other| other == i).count();
    partial.retain(|held| (0..plan.usable()).all(|i| (lo..=hi).contains(&load(held, i))));
    partial
}
