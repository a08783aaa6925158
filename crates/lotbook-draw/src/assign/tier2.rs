//! Tier 2: a chain of random switches from the smallest assignment. [draw 5]
//!
//! Proposals are symmetric, so that the uniform distribution is stationary. That every assignment is
//! reachable is not guaranteed for sparse qualifications; a certificate of tier 2 says so.

use super::plan::Plan;
use crate::stream::Stream;

/// Steps per slot and bit of the number of slots. [draw 5]
const STEPS: usize = 20;

/// `T = 20 * S * ceil(log2(max(S, 2)))`. At most 20 * 2^20 * 20, as S is at most `MAX_SLOTS`.
fn steps(slots: usize) -> usize {
    // ceil(log2 y) is the least k with 2^k >= y: the bits of y - 1.
    let log = usize::BITS - (slots.max(2) - 1).leading_zeros();
    STEPS * slots * log as usize
}

/// The assignment after all steps of K_assign/1 with the first `n` inspectors.
pub(super) fn draw(
    plan: &Plan,
    n: usize,
    loads: (usize, usize),
    start: Vec<usize>,
    stream: &mut Stream,
) -> Vec<usize> {
    walk(plan, n, loads, start, stream, |_, _| {})
}

/// The same; `seen` is shown the number of each step, from 0, with the slots' inspectors after it.
pub fn walk(
    plan: &Plan,
    n: usize,
    (lo, hi): (usize, usize),
    start: Vec<usize>,
    stream: &mut Stream,
    mut seen: impl FnMut(usize, &[usize]),
) -> Vec<usize> {
    let mut loads = vec![0; n];
    for &i in &start {
        loads[i] += 1; // inspectors of a start are under n
    }
    let mut state = State { plan, lo, hi, slots: start, loads };
    for step in 0..steps(plan.slots()) {
        let proposal = propose(&state.slots, n, stream);
        state.switch(proposal.as_slice());
        seen(step, &state.slots);
    }
    state.slots
}

/// Up to four slots, each with its new inspector.
struct Proposal {
    changes: [(usize, usize); 4],
    len: usize,
}

impl Proposal {
    fn new<const K: usize>(list: [(usize, usize); K]) -> Self {
        const { assert!(K <= 4) };
        let mut changes = [(0, 0); 4];
        for (change, given) in changes.iter_mut().zip(list) {
            *change = given;
        }
        Self { changes, len: K }
    }

    fn as_slice(&self) -> &[(usize, usize)] {
        self.changes.get(..self.len).unwrap_or_default()
    }
}

/// Draws the kind of a step, then all its numbers in the order written, whatever their values.
///
/// Slots are drawn below S and inspectors below n, hence the plain indexing.
fn propose(old: &[usize], n: usize, stream: &mut Stream) -> Proposal {
    let kind = stream.index(5);
    let mut slot = || stream.index(old.len());
    match kind {
        0 => {
            let (a, b) = (slot(), slot());
            Proposal::new([(a, old[b]), (b, old[a])])
        }
        1 => {
            let (a, b, c) = (slot(), slot(), slot());
            let differ = a != b && a != c && b != c;
            if differ { Proposal::new([(a, old[b]), (b, old[c]), (c, old[a])]) } else { Proposal::new([]) }
        }
        2 => {
            let a = slot();
            Proposal::new([(a, stream.index(n))])
        }
        3 => {
            let (a, b) = (slot(), slot());
            let i = stream.index(n);
            if a == b { Proposal::new([]) } else { Proposal::new([(a, old[b]), (b, i)]) }
        }
        _ => {
            let (a, b, c, d) = (slot(), slot(), slot(), slot());
            let differ = a != b && a != c && a != d && b != c && b != d && c != d;
            if differ {
                Proposal::new([(a, old[b]), (b, old[c]), (c, old[d]), (d, old[a])])
            } else {
                Proposal::new([])
            }
        }
    }
}

struct State<'p> {
    plan: &'p Plan,
    lo: usize,
    hi: usize,
    slots: Vec<usize>,
    loads: Vec<usize>,
}

impl State<'_> {
    /// Makes all changes at once if the result is allowed; otherwise everything stays.
    fn switch(&mut self, changes: &[(usize, usize)]) {
        if !changes.iter().all(|&(s, i)| self.plan.is_allowed(s, i)) {
            return;
        }
        let mut undo = [(0, 0); 4];
        for (before, &(s, _)) in undo.iter_mut().zip(changes) {
            *before = (s, self.slots[s]);
        }
        let undo = undo.get(..changes.len()).unwrap_or_default();
        self.put(changes);
        if !self.is_good(changes) || !self.is_good(undo) {
            self.put(undo);
        }
    }

    /// Slots keep their old inspector's load until it is rewritten, so that the sum never changes.
    fn put(&mut self, changes: &[(usize, usize)]) {
        for &(s, i) in changes {
            self.loads[self.slots[s]] -= 1; // he held s, so that his load is at least 1
            self.loads[i] += 1;
            self.slots[s] = i;
        }
    }

    /// Whether the loads of the inspectors named and the teams of the slots named are in order.
    fn is_good(&self, named: &[(usize, usize)]) -> bool {
        named.iter().all(|&(s, i)| {
            let holder = self.slots[s];
            let repeats = self.plan.team(s).any(|mate| mate != s && self.slots[mate] == holder);
            (self.lo..=self.hi).contains(&self.loads[i]) && !repeats
        })
    }
}
