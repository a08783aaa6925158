//! Which inspectors go where: everybody's load as even as it can be, no conflicted pair, and chance
//! for the rest. [draw 5]
//!
//! The steps, a file each: [`plan`](self) ranks the inspectors and knows who may sit where;
//! `residual` moves a filling towards a goal (the one search that all feasibility questions use);
//! `bounds` finds the shortest prefix of inspectors and the range of loads, `hall` says why there are none; `tier1` draws uniformly by
//! rejection; where that is impossible or fails, `start` and `tier2` walk a chain of random switches.

mod bits;
mod bounds;
mod hall;
mod plan;
mod residual;
mod start;
mod tier1;
mod tier2;

use crate::stream::StageKey;

pub use hall::Hall;
pub use plan::{MAX_SLOTS, Plan, PlanError};
pub(crate) use plan::{accepts, check_seats};
pub use tier1::MAX_TRIES;
pub use tier2::walk;

/// The second half of a draw, see [`Outcome`](crate::Outcome) for the meaning of each field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The inspectors drawn, in ticket order.
    pub inspectors: Vec<String>,
    /// Smallest load.
    pub lo: u32,
    /// Largest load.
    pub hi: u32,
    /// 1 or 2.
    pub tier: u8,
    /// Tries of tier 1 begun.
    pub tries: u32,
    /// 32-bit words of K_assign/0 and K_assign/1 used.
    pub words: [u64; 2],
    /// Inspector per slot; `None` = infeasible.
    pub assignment: Option<Vec<String>>,
    /// Why it is infeasible.
    pub hall: Option<Hall>,
}

/// Draws inspectors and seats them. Infeasible is an outcome with `assignment: None`. [draw 5]
pub fn assign(plan: &Plan, max_load: u32, min_inspectors: Option<u32>, key: &StageKey) -> Assigned {
    if plan.slots() == 0 {
        return undrawn(Some(Vec::new()), None);
    }
    let drawn = plan.inspectors_needed(max_load, min_inspectors);
    match drawn.and_then(|n| Some((n, plan.loads(n, max_load)?))) {
        Some((n, (lo, hi))) => seat(plan, n, lo, hi, key),
        None => undrawn(None, plan.hall(max_load)),
    }
}

/// Tier 1 where the loads can be balanced, tier 2 otherwise or after it.
fn seat(plan: &Plan, n: usize, lo: usize, hi: usize, key: &StageKey) -> Assigned {
    let mut tries = 0;
    let mut words = [0, 0];
    if hi - lo <= 1 {
        let mut stream = key.stream(0);
        let found = tier1::draw(plan, n, &mut stream);
        tries = found.tries;
        words[0] = stream.words();
        if let Some(slots) = found.slots {
            return assigned(plan, n, (lo, hi), 1, tries, words, &slots);
        }
    }
    // Loads in lo..=hi are possible, so that a start exists; a plan without one would be infeasible.
    let Some(start) = plan.smallest_start(n, lo, hi) else { return undrawn(None, None) };
    let mut stream = key.stream(1);
    let slots = tier2::draw(plan, n, (lo, hi), start, &mut stream);
    words[1] = stream.words();
    assigned(plan, n, (lo, hi), 2, tries, words, &slots)
}

fn assigned(
    plan: &Plan,
    n: usize,
    (lo, hi): (usize, usize),
    tier: u8,
    tries: u32,
    words: [u64; 2],
    slots: &[usize],
) -> Assigned {
    Assigned {
        inspectors: plan.ids().take(n).map(str::to_owned).collect(),
        lo: lo as u32, // loads are at most the number of slots, MAX_SLOTS
        hi: hi as u32,
        tier,
        tries,
        words,
        assignment: Some(slots.iter().map(|&i| plan.id(i).to_owned()).collect()),
        hall: None,
    }
}

/// The outcome in which nothing is drawn: no enterprise, or no assignment.
fn undrawn(assignment: Option<Vec<String>>, hall: Option<Hall>) -> Assigned {
    Assigned { inspectors: Vec::new(), lo: 0, hi: 0, tier: 1, tries: 0, words: [0, 0], assignment, hall }
}
