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

    /// The first inspector of a set whom slot `s` can take as he is.
    pub(super) fn open(&self, s: usize, set: &Bits) -> Option<usize> {
        let mut next = set.next_common(self.plan.accepted(s), 0);
        while let Some(i) = next.filter(|&i| !self.is_open(s, i)) {
            next = set.next_common(self.plan.accepted(s), i + 1);
        }
        next
    }

    /// Whether an inspector whom the seat accepts is free of conflict and not in the team of `s`.
    fn is_open(&self, s: usize, i: usize) -> bool {
        !self.plan.is_barred(s, i) && self.place_in_team(s, i).is_none()
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

/// Where a node was seen from: the number of the search, and `None` at its start.
type Seen = (u32, Option<Node>);

/// What searches remember, made once for many of them: clearing it would cost more than most of them do.
pub(super) struct Marks {
    search: u32,
    unseen: Bits,
    slots: Vec<Seen>,
    inspectors: Vec<Seen>,
    sink: Seen,
    queue: VecDeque<Node>,
}

impl Marks {
    /// For searches of fillings of a plan with its first `n` inspectors.
    pub(super) fn new(plan: &Plan, n: usize) -> Self {
        Self {
            search: 0,
            unseen: Bits::new(n, |_| true),
            slots: vec![(0, None); plan.slots()],
            inspectors: vec![(0, None); n],
            sink: (0, None),
            queue: VecDeque::new(),
        }
    }

    fn clear(&mut self) {
        self.search += 1; // at most a few searches a slot: far below 2^32
        self.unseen = Bits::new(self.inspectors.len(), |_| true);
        self.queue.clear();
    }

    fn seen(&mut self, node: Node) -> &mut Seen {
        match node {
            Node::Slot(s) => &mut self.slots[s],
            Node::Inspector(i) => &mut self.inspectors[i],
            Node::Sink => &mut self.sink,
        }
    }
}

/// A breadth-first search from one or several starts to one goal. What a failed start has seen cannot
/// reach the goal either and is not entered again.
pub(super) struct Search<'a, 'p> {
    filling: &'a Filling<'p>,
    marks: &'a mut Marks,
    goal: Goal,
    lo: usize,
    hi: usize,
    frozen: usize,
}

impl<'a, 'p> Search<'a, 'p> {
    /// A search in which loads keep to `lo..=hi` and slots under `frozen` do not move.
    pub(super) fn new(
        filling: &'a Filling<'p>,
        marks: &'a mut Marks,
        goal: Goal,
        (lo, hi): (usize, usize),
        frozen: usize,
    ) -> Self {
        marks.clear();
        Self { filling, marks, goal, lo, hi, frozen }
    }

    /// The moves along a shortest path from `start` to the goal; `None` if there is no path, or if an
    /// earlier start has already seen this one.
    pub(super) fn run(&mut self, start: Node) -> Option<Vec<Move>> {
        let mut end = self.see(start, None);
        while end.is_none() {
            end = match self.marks.queue.pop_front()? {
                Node::Slot(s) => self.leave_slot(s),
                Node::Inspector(i) => self.leave_inspector(i),
                Node::Sink => self.leave_sink(),
            };
        }
        end.map(|end| self.moves_to(end))
    }

    /// The slots seen so far, ascending. After a failed search for room they are too many for the inspectors
    /// who are allowed there: each of these is in their teams already, or has no room.
    pub(super) fn slots_seen(&self) -> Vec<usize> {
        (0..self.marks.slots.len()).filter(|&s| self.marks.slots[s].0 == self.marks.search).collect()
    }

    fn is_goal(&self, node: Node) -> bool {
        match (self.goal, node) {
            (Goal::Room, Node::Inspector(i)) => self.filling.load(i) < self.hi,
            (Goal::Need, Node::Inspector(i)) => self.filling.load(i) < self.lo,
            (Goal::Slot(goal), Node::Slot(s)) => goal == s,
            _ => false,
        }
    }

    /// Enters a node, once; gives it back if it is the goal.
    fn see(&mut self, node: Node, from: Option<Node>) -> Option<Node> {
        let search = self.marks.search;
        let seen = self.marks.seen(node);
        if seen.0 == search {
            return None;
        }
        *seen = (search, from);
        if let Node::Inspector(i) = node {
            self.marks.unseen.remove(i);
        }
        self.marks.queue.push_back(node);
        self.is_goal(node).then_some(node)
    }

    /// The slot takes a team-mate's inspector, or one from outside the team.
    fn leave_slot(&mut self, s: usize) -> Option<Node> {
        let (filling, plan, frozen) = (self.filling, self.filling.plan, self.frozen);
        for mate in plan.team(s).filter(|&mate| mate != s && mate >= frozen) {
            if filling.holder(mate).is_some_and(|i| plan.is_allowed(s, i))
                && let Some(goal) = self.see(Node::Slot(mate), Some(Node::Slot(s)))
            {
                return Some(goal);
            }
        }
        let mut next = self.marks.unseen.next_common(plan.accepted(s), 0);
        while let Some(i) = next {
            if filling.is_open(s, i)
                && let Some(goal) = self.see(Node::Inspector(i), Some(Node::Slot(s)))
            {
                return Some(goal);
            }
            next = self.marks.unseen.next_common(plan.accepted(s), i + 1);
        }
        None
    }

    /// The inspector gives one of his slots away, or keeps them all if he has room.
    fn leave_inspector(&mut self, i: usize) -> Option<Node> {
        let (filling, frozen) = (self.filling, self.frozen);
        for &s in filling.holds[i].iter().filter(|&&s| s >= frozen) {
            if let Some(goal) = self.see(Node::Slot(s), Some(Node::Inspector(i))) {
                return Some(goal);
            }
        }
        if filling.load(i) < self.hi { self.see(Node::Sink, Some(Node::Inspector(i))) } else { None }
    }

    /// Somebody else has one less instead.
    fn leave_sink(&mut self) -> Option<Node> {
        let (filling, lo) = (self.filling, self.lo);
        (0..filling.inspectors())
            .filter(|&i| filling.load(i) > lo)
            .find_map(|i| self.see(Node::Inspector(i), Some(Node::Sink)))
    }

    /// Every slot on the path takes the inspector that comes after it: himself, or a team-mate's.
    fn moves_to(&mut self, end: Node) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut node = end;
        while let (_, Some(from)) = *self.marks.seen(node) {
            match (from, node) {
                (Node::Slot(s), Node::Inspector(i)) => moves.push((s, i)),
                (Node::Slot(s), Node::Slot(mate)) => moves.extend(self.filling.holder(mate).map(|i| (s, i))),
                _ => {}
            }
            node = from;
        }
        moves
    }
}
