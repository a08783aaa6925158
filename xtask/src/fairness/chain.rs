//! The chain of tier 2 itself, without drawing: where each of its steps can lead from each assignment, and with what
//! probability, so that the distance from uniform after any number of steps is a number and no estimate. [draw 5]
//!
//! The five moves are written here once more from the protocol's text; only the plan is the draw's own.

use std::collections::BTreeMap;

use lotbook_draw::assign::Plan;

use super::assignments::{Instance, states};

/// The chain of a small batch.
pub struct Chain {
    /// From each assignment, to which others one step leads, with what probability.
    steps: Vec<Vec<(usize, f64)>>,
    /// The number of steps of the protocol: `T = 20 * S * ceil(log2(max(S, 2)))`.
    pub steps_of_protocol: usize,
}

/// What can be changed at once: slots with their new inspectors.
type Change = Vec<(usize, usize)>;

impl Chain {
    pub fn of(instance: &Instance) -> Self {
        let plan = instance.plan();
        let (lo, hi) = plan.loads(plan.usable(), 6).unwrap_or_default();
        let all = states(&plan, lo, hi);
        let place: BTreeMap<&[usize], usize> =
            all.iter().enumerate().map(|(n, state)| (state.as_slice(), n)).collect();
        let from = |state: &Vec<usize>| {
            let mut to = BTreeMap::new();
            for (change, probability) in proposals(state, &plan) {
                let mut next = state.clone();
                change.into_iter().for_each(|(slot, inspector)| next[slot] = inspector);
                // What is no assignment, or repeats a slot, is not made.
                let reached = place.get(next.as_slice()).or_else(|| place.get(state.as_slice()));
                *to.entry(reached.copied().unwrap_or_default()).or_insert(0.0) += probability;
            }
            to.into_iter().collect()
        };
        let slots = plan.slots();
        let bits = (slots.max(2) - 1).ilog2() as usize + 1;
        Self { steps: all.iter().map(from).collect(), steps_of_protocol: 20 * slots * bits }
    }

    /// Assignments, and how many of them cannot be reached from the start, which is the smallest.
    pub fn unreached(&self) -> (usize, usize) {
        let mut seen = vec![false; self.steps.len()];
        let mut open = vec![0];
        while let Some(state) = open.pop() {
            if !std::mem::replace(&mut seen[state], true) {
                open.extend(self.steps[state].iter().map(|(to, _)| *to));
            }
        }
        (seen.len(), seen.iter().filter(|seen| !**seen).count())
    }

    /// Total variation from uniform after each of these numbers of steps, ascending.
    pub fn distances(&self, after: &[usize]) -> Vec<f64> {
        let mut at = vec![0.0; self.steps.len()];
        at[0] = 1.0;
        let mut made = 0;
        let far = |until: &usize| {
            while made < *until {
                at = self.step(&at);
                made += 1;
            }
            let even = 1.0 / at.len() as f64;
            at.iter().map(|probability| (probability - even).abs()).sum::<f64>() / 2.0
        };
        after.iter().map(far).collect()
    }

    fn step(&self, at: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; at.len()];
        for (probability, to) in at.iter().zip(&self.steps) {
            for (state, share) in to {
                next[*state] += probability * share;
            }
        }
        next
    }
}

/// Every proposal from an assignment with its probability: the kind is one of five, then each number is drawn evenly.
fn proposals(old: &[usize], plan: &Plan) -> Vec<(Change, f64)> {
    let (slots, n) = (old.len(), plan.usable());
    let even = |numbers: usize, inspectors: usize| {
        1.0 / (5.0 * (slots as f64).powi(numbers as i32) * (n as f64).powi(inspectors as i32))
    };
    let mut all = vec![];
    for a in 0..slots {
        (0..n).for_each(|i| all.push((vec![(a, i)], even(1, 1))));
        for b in 0..slots {
            all.push((vec![(a, old[b]), (b, old[a])], even(2, 0)));
            let moved = |i| if a == b { vec![] } else { vec![(a, old[b]), (b, i)] };
            (0..n).for_each(|i| all.push((moved(i), even(2, 1))));
            for c in 0..slots {
                let differ = a != b && a != c && b != c;
                let three = vec![(a, old[b]), (b, old[c]), (c, old[a])];
                all.push((if differ { three } else { vec![] }, even(3, 0)));
                for d in 0..slots {
                    let differ = differ && d != a && d != b && d != c;
                    let four = vec![(a, old[b]), (b, old[c]), (c, old[d]), (d, old[a])];
                    all.push((if differ { four } else { vec![] }, even(4, 0)));
                }
            }
        }
    }
    all
}
