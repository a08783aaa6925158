//! A filling of slots, and the one search that improves it.
//!
//! Seating is a flow: slot -> (enterprise, inspector), once -> inspector -> the sink, `lo..=hi` times.
//! A search of its residual graph answers every question of feasibility: can one more slot be filled,
//! can an inspector get one more, can a slot have another inspector while the rest stays possible.
//! The middle nodes need not be stored: a team has few seats, and the pair (enterprise, inspector) is
//! taken if and only if a slot of the team holds him.
//!
//! Indices: slots < `plan.slots()` = `held_by.len()`, inspectors < `holds.len()` <= `plan.usable()`;
//! all of them come from these ranges, hence the plain indexing below.

use std::collections::VecDeque;

use super::bits::Bits;
use super::plan::Plan;

/// A partial assignment of the first `n` inspectors.
#[derive(Clone, Debug)]
pub(super) struct Filling<'p> {
    pub(super) plan: &'p Plan,
    held_by: Vec<Option<usize>>,
    holds: Vec<Vec<usize>>,
}

/// "Slot `.0` takes inspector `.1`."
pub(super) type Move = (usize, usize);

impl<'p> Filling<'p> {
    pub(super) fn empty(plan: &'p Plan, n: usize) -> Self {
        Self { plan, held_by: vec![None; plan.slots()], holds: vec![Vec::new(); n] }
    }

    pub(super) fn inspectors(&self) -> usize {
        self.holds.len()
    }

    pub(super) fn load(&self, i: usize) -> usize {
        self.holds[i].len()
    }

    pub(super) fn holder(&self, s: usize) -> Option<usize> {
        self.held_by[s]
    }

    /// The slot of the team of `s` that inspector `i` holds.
    pub(super) fn place_in_team(&self, s: usize, i: usize) -> Option<usize> {
        self.plan.team(s).find(|&mate| self.held_by[mate] == Some(i))
    }

    /// The inspectors of all slots, if all are filled.
    pub(super) fn complete(self) -> Option<Vec<usize>> {
        self.held_by.into_iter().collect()
    }

    /// Makes all moves at once.
    pub(super) fn apply(&mut self, moves: &[Move]) {
        for &(s, _) in moves {
            if let Some(old) = self.held_by[s].take() {
                self.holds[old].retain(|&held| held != s);
            }
        }
        for &(s, i) in moves {
            self.held_by[s] = Some(i);
            self.holds[i].push(s);
        }
    }
}

/// A node of the residual graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// This slot has to take another inspector.
    Slot(usize),
    /// This inspector has one slot too many.
    Inspector(usize),
    /// Somebody with a load over `lo` may have one less.
    Sink,
}

/// Where a search may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// At an inspector with a load under `hi`.
    Room,
    /// At an inspector with a load under `lo`.
    Need,
    /// At this slot.
    Slot(usize),
}

/// What was seen of a node: not yet, as the start, or coming from another node.
type Seen = Option<Option<Node>>;

/// A breadth-first search from one or several starts to one goal. What a failed start has seen cannot
/// reach the goal either and is not entered again.
pub(super) struct Search<'a, 'p> {
    filling: &'a Filling<'p>,
    goal: Goal,
    lo: usize,
    hi: usize,
    frozen: usize,
    unseen: Bits,
    slots: Vec<Seen>,
    inspectors: Vec<Seen>,
    sink: Seen,
    queue: VecDeque<Node>,
}

impl<'a, 'p> Search<'a, 'p> {
    /// A search in which loads keep to `lo..=hi` and slots under `frozen` do not move.
    pub(super) fn new(filling: &'a Filling<'p>, goal: Goal, (lo, hi): (usize, usize), frozen: usize) -> Self {
        let n = filling.inspectors();
        Self {
            filling,
            goal,
            lo,
            hi,
            frozen,
            unseen: Bits::new(n, |_| true),
            slots: vec![None; filling.plan.slots()],
            inspectors: vec![None; n],
            sink: None,
            queue: VecDeque::new(),
        }
    }

    /// The moves along a shortest path from `start` to the goal; `None` if there is no path, or if an
    /// earlier start has already seen this one.
    pub(super) fn run(&mut self, start: Node) -> Option<Vec<Move>> {
        self.see(start, None);
        while let Some(node) = self.queue.pop_front() {
            if self.is_goal(node) {
                return Some(self.moves_to(node));
            }
            match node {
                Node::Slot(s) => self.leave_slot(s),
                Node::Inspector(i) => self.leave_inspector(i),
                Node::Sink => self.leave_sink(),
            }
        }
        None
    }

    /// The slots that were seen, ascending.
    pub(super) fn seen_slots(&self) -> Vec<usize> {
        (0..self.slots.len()).filter(|&s| self.slots[s].is_some()).collect()
    }

    fn is_goal(&self, node: Node) -> bool {
        match (self.goal, node) {
            (Goal::Room, Node::Inspector(i)) => self.filling.load(i) < self.hi,
            (Goal::Need, Node::Inspector(i)) => self.filling.load(i) < self.lo,
            (Goal::Slot(goal), Node::Slot(s)) => goal == s,
            _ => false,
        }
    }

    fn see(&mut self, node: Node, from: Option<Node>) {
        let seen = match node {
            Node::Slot(s) => &mut self.slots[s],
            Node::Inspector(i) => &mut self.inspectors[i],
            Node::Sink => &mut self.sink,
        };
        if seen.is_none() {
            *seen = Some(from);
            self.queue.push_back(node);
            if let Node::Inspector(i) = node {
                self.unseen.remove(i);
            }
        }
    }

    /// The slot takes a team-mate's inspector, or one from outside the team.
    fn leave_slot(&mut self, s: usize) {
        let (filling, plan, frozen) = (self.filling, self.filling.plan, self.frozen);
        for mate in plan.team(s).filter(|&mate| mate != s && mate >= frozen) {
            if filling.holder(mate).is_some_and(|i| plan.is_allowed(s, i)) {
                self.see(Node::Slot(mate), Some(Node::Slot(s)));
            }
        }
        let is_open = |&i: &usize| !plan.is_barred(s, i) && filling.place_in_team(s, i).is_none();
        let open: Vec<usize> = self.unseen.intersection(plan.accepted(s)).filter(is_open).collect();
        for i in open {
            self.see(Node::Inspector(i), Some(Node::Slot(s)));
        }
    }

    /// The inspector gives one of his slots away, or keeps them all if he has room.
    fn leave_inspector(&mut self, i: usize) {
        let (filling, frozen) = (self.filling, self.frozen);
        for &s in filling.holds[i].iter().filter(|&&s| s >= frozen) {
            self.see(Node::Slot(s), Some(Node::Inspector(i)));
        }
        if filling.load(i) < self.hi {
            self.see(Node::Sink, Some(Node::Inspector(i)));
        }
    }

    /// Somebody else has one less instead.
    fn leave_sink(&mut self) {
        for i in 0..self.filling.inspectors() {
            if self.filling.load(i) > self.lo {
                self.see(Node::Inspector(i), Some(Node::Sink));
            }
        }
    }

    /// Every slot on the path takes the inspector that comes after it: himself, or a team-mate's.
    fn moves_to(&self, end: Node) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut node = end;
        while let Some(from) = self.origin(node) {
            match (from, node) {
                (Node::Slot(s), Node::Inspector(i)) => moves.push((s, i)),
                (Node::Slot(s), Node::Slot(mate)) => moves.extend(self.filling.holder(mate).map(|i| (s, i))),
                _ => {}
            }
            node = from;
        }
        moves
    }

    fn origin(&self, node: Node) -> Option<Node> {
        match node {
            Node::Slot(s) => self.slots[s],
            Node::Inspector(i) => self.inspectors[i],
            Node::Sink => self.sink,
        }
        .flatten()
    }
}
