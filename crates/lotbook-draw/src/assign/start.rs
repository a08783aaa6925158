//! The start of tier 2: the lexicographically smallest assignment. [draw 5]

use super::bounds::{fill, raise};
use super::plan::Plan;
use super::residual::{Filling, Goal, Marks, Move, Node, Search};

impl Plan {
    /// Slot by slot the smallest inspector that leaves the rest feasible with loads in `lo..=hi`;
    /// `None` if there is no such assignment at all.
    ///
    /// Any feasible filling is turned into it: a slot can have another inspector if and only if the
    /// residual graph has a path from him back to the slot, over later slots only.
    pub fn smallest_start(&self, n: usize, lo: usize, hi: usize) -> Option<Vec<usize>> {
        let (mut filling, _) = fill(self, n, hi, hi).ok()?;
        if !raise(&mut filling, lo, hi) {
            return None;
        }
        let mut marks = Marks::new(self, n);
        for slot in 0..self.slots() {
            if let Some(moves) = smaller(&filling, &mut marks, slot, (lo, hi)) {
                filling.apply(&moves);
            }
        }
        filling.complete()
    }
}

/// The moves that give `slot` the smallest inspector it can have; `None` if he is there already.
///
/// All candidates share one search: what a failed candidate has seen leads nowhere for the next.
fn smaller(
    filling: &Filling<'_>,
    marks: &mut Marks,
    slot: usize,
    loads: (usize, usize),
) -> Option<Vec<Move>> {
    let mut search = Search::new(filling, marks, Goal::Slot(slot), loads, slot);
    let present = filling.holder(slot)?;
    for candidate in (0..present).filter(|&i| filling.plan.is_allowed(slot, i)) {
        let start = match filling.place_in_team(slot, candidate) {
            Some(mate) if mate < slot => continue, // an earlier slot keeps its inspector
            Some(mate) => Node::Slot(mate),
            None => Node::Inspector(candidate),
        };
        if let Some(mut moves) = search.run(start) {
            moves.push((slot, candidate));
            return Some(moves);
        }
    }
    None
}
