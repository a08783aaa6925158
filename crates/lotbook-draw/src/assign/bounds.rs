//! How many inspectors are drawn, and how evenly their loads can lie. [draw 5]

use super::bits::Bits;
use super::plan::Plan;
use super::residual::{Filling, Goal, Marks, Node, Search};

impl Plan {
    /// `n`: the shortest prefix that works, but not fewer than the minimum; `None` = infeasible.
    ///
    /// The minimum is cut to the usable inspectors; its default is `max(2d, ceil(S / 2))`.
    pub fn inspectors_needed(&self, max_load: u32, min_inspectors: Option<u32>) -> Option<usize> {
        // n = max(min(min_inspectors, usable), shortest prefix)
        let default = (2 * self.seats()).max(self.slots().div_ceil(2));
        let minimum = min_inspectors.map_or(default, |least| least as usize);
        Some(self.shortest_prefix(max_load)?.max(minimum.min(self.usable())))
    }

    /// The fewest inspectors, in ticket order, for whom an assignment with every load at most
    /// `max_load` exists; `None` = not even all of them suffice.
    ///
    /// More inspectors never hurt, hence a binary search.
    pub fn shortest_prefix(&self, max_load: u32) -> Option<usize> {
        let cap = self.cap(max_load);
        let works = |n: usize| fill(self, n, cap, cap).is_ok();
        if !works(self.usable()) {
            return None;
        }
        if self.slots() == 0 {
            return Some(0);
        }
        let (mut fails, mut enough) = (0, self.usable());
        while enough - fails > 1 {
            let middle = fails.midpoint(enough);
            if works(middle) { enough = middle } else { fails = middle }
        }
        Some(enough)
    }

    /// `(lo, hi)` for the first `n` inspectors: `hi` the least largest load, and for this `hi`, `lo` the
    /// greatest smallest load; `None` = no assignment with loads of at most `max_load`.
    pub fn loads(&self, n: usize, max_load: u32) -> Option<(usize, usize)> {
        let (mut filling, hi) = fill(self, n, 0, self.cap(max_load)).ok()?;
        let mut lo = 0;
        while n > 0 && (lo + 1) * n <= self.slots() && raise(&mut filling, lo + 1, hi) {
            lo += 1;
        }
        Some((lo, hi))
    }

    /// Nobody sits twice in a team, so that no load exceeds the number of enterprises.
    pub(super) fn cap(&self, max_load: u32) -> usize {
        (max_load as usize).min(self.firms())
    }
}

/// Fills all slots with the first `n` inspectors; if loads of at most `cap` do not suffice, the slots for
/// which there are too few of them.
///
/// Starts with loads of at most `least` and admits one more only when a slot cannot be filled
/// otherwise, so that the second value is the least possible largest load from `least` on.
pub(super) fn fill(
    plan: &Plan,
    n: usize,
    least: usize,
    cap: usize,
) -> Result<(Filling<'_>, usize), Vec<usize>> {
    if n.saturating_mul(cap) < plan.slots() {
        return Err((0..plan.slots()).collect());
    }
    let mut filling = Filling::empty(plan, n);
    let mut hi = least.max(plan.slots().div_ceil(n.max(1)));
    // Most slots are filled by somebody who has room himself; only the others need a search.
    let mut room = Bits::new(n, |_| hi > 0);
    let mut marks = Marks::new(plan, n);
    let mut slot = 0;
    while slot < plan.slots() {
        let mut search = Search::new(&filling, &mut marks, Goal::Room, (0, hi), 0);
        let moves = match filling.open(slot, &room) {
            Some(i) => Some(vec![(slot, i)]),
            None => search.run(Node::Slot(slot)),
        };
        match moves {
            Some(moves) => {
                filling.apply(&moves);
                for (_, i) in moves.into_iter().filter(|&(_, i)| filling.load(i) >= hi) {
                    room.remove(i);
                }
                slot += 1;
            }
            None if hi < cap => {
                hi += 1;
                room = Bits::new(n, |_| true);
            }
            None => return Err(search.slots_seen()),
        }
    }
    Ok((filling, hi))
}

/// Raises every load to at least `lo`, none above `hi`; false if that is impossible.
///
/// Each step takes one slot from somebody with more than `lo`, over any number of exchanges, and
/// gives one to somebody with less.
pub(super) fn raise(filling: &mut Filling<'_>, lo: usize, hi: usize) -> bool {
    let mut marks = Marks::new(filling.plan, filling.inspectors());
    while (0..filling.inspectors()).any(|i| filling.load(i) < lo) {
        match Search::new(filling, &mut marks, Goal::Need, (lo, hi), 0).run(Node::Sink) {
            Some(moves) => filling.apply(&moves),
            None => return false,
        }
    }
    true
}
