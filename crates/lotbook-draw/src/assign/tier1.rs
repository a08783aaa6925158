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
    let mut places = Places::new(plan.slots(), n);
    for tries in 1..=MAX_TRIES {
        places.lay_out(n, stream);
        if places.shuffle(plan, stream) {
            return Found { slots: Some(places.pool), tries };
        }
    }
    Found { slots: None, tries: MAX_TRIES }
}

/// The list of inspectors and the pool of places. A try that ended early is taken back step by step: most tries
/// touch a few places, and laying out all of them again would cost more than the try.
struct Places {
    list: Vec<usize>,
    pool: Vec<usize>,
    extra: usize,
    /// The exchanges of the last try: element `.0` with element `.1`.
    of_list: Vec<(usize, usize)>,
    of_pool: Vec<(usize, usize)>,
}

impl Places {
    /// The list `0..n`; the pool with `floor(S / n)` copies of each inspector, then room for the extra ones.
    fn new(slots: usize, n: usize) -> Self {
        let (each, extra) = (slots / n.max(1), slots % n.max(1)); // n > 0, for there are slots to fill
        let mut pool: Vec<usize> = (0..n).flat_map(|i| std::iter::repeat_n(i, each)).collect();
        pool.resize(slots, 0);
        Self { list: (0..n).collect(), pool, extra, of_list: Vec::new(), of_pool: Vec::new() }
    }

    /// (a) and (b): one more place for each of `S mod n` random inspectors.
    fn lay_out(&mut self, n: usize, stream: &mut Stream) {
        take_back(&mut self.list, &mut self.of_list);
        take_back(&mut self.pool, &mut self.of_pool);
        for q in 0..self.extra {
            let other = q + stream.index(n - q); // q < n, and index(k) < k
            self.list.swap(q, other);
            self.of_list.push((q, other));
        }
        let first = self.pool.len() - self.extra; // extra < n, and S >= extra
        self.pool[first..].copy_from_slice(&self.list[..self.extra]);
    }

    /// (c): a forward shuffle that ends at the first slot that clashes.
    fn shuffle(&mut self, plan: &Plan, stream: &mut Stream) -> bool {
        let slots = self.pool.len();
        for s in 0..slots {
            let other = s + stream.index(slots - s); // s < slots, and index(k) < k
            self.pool.swap(s, other);
            self.of_pool.push((s, other));
            let i = self.pool[s];
            let repeats = self.pool[plan.team(s).start..s].contains(&i); // a team starts at or before s
            if repeats || !plan.is_allowed(s, i) {
                return false;
            }
        }
        true
    }
}

fn take_back(list: &mut [usize], exchanges: &mut Vec<(usize, usize)>) {
    while let Some((a, b)) = exchanges.pop() {
        list.swap(a, b);
    }
}
