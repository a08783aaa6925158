//! Tier 1: shuffle a balanced pool of places, and again until the result is allowed. [draw 5]
//!
//! Every balanced assignment arises from equally many shuffles, so that the first one without a clash
//! is exactly uniform over all balanced feasible assignments.

use super::plan::Plan;
use crate::stream::Stream;

/// Most tries before tier 2 takes over. [draw 5]
pub const MAX_TRIES: u32 = 65_536;

/// What tier 1 came to.
pub(super) struct Found {
    /// Inspector per slot, if a try ended well.
    pub(super) slots: Option<Vec<usize>>,
    /// Tries begun, the good one among them.
    pub(super) tries: u32,
}

/// Up to [`MAX_TRIES`] tries with the first `n` inspectors from K_assign/0, the stream running on.
pub(super) fn draw(plan: &Plan, n: usize, stream: &mut Stream) -> Found {
    let mut list = Vec::with_capacity(n);
    let mut pool = Vec::with_capacity(plan.slots());
    for tries in 1..=MAX_TRIES {
        lay_out(plan.slots(), n, &mut list, &mut pool, stream);
        if shuffle(plan, &mut pool, stream) {
            return Found { slots: Some(pool), tries };
        }
    }
    Found { slots: None, tries: MAX_TRIES }
}

/// (a) and (b): `floor(S / n)` copies of each inspector, then one more of `S mod n` random ones.
fn lay_out(slots: usize, n: usize, list: &mut Vec<usize>, pool: &mut Vec<usize>, stream: &mut Stream) {
    let extra = slots % n.max(1); // n > 0, for there are slots to fill
    list.clear();
    list.extend(0..n);
    for q in 0..extra {
        list.swap(q, q + stream.index(n - q)); // q < n, and index(k) < k
    }
    pool.clear();
    for i in 0..n {
        pool.extend(std::iter::repeat_n(i, slots / n));
    }
    pool.extend(list.iter().take(extra));
}

/// (c): a forward shuffle that ends at the first slot that clashes.
fn shuffle(plan: &Plan, pool: &mut [usize], stream: &mut Stream) -> bool {
    let slots = pool.len();
    for s in 0..slots {
        pool.swap(s, s + stream.index(slots - s)); // s < slots, and index(k) < k
        let i = pool[s];
        let repeats = pool[plan.team(s).start..s].contains(&i); // a team starts at or before s
        if repeats || !plan.is_allowed(s, i) {
            return false;
        }
    }
    true
}
