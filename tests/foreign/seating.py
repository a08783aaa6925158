"""Draw v1, inspectors and assignment: a second implementation, from the text of docs/protocol.md 13 alone.

Every question of feasibility is a maximum flow of its own, over the whole network; nothing is kept between them.
"""

from collections import deque

from drawing import Refused, Stream, is_text, octets, require, stage_key

TRIES = 65_536


def accepts(seat, row):
    return not seat or any(q in seat for q in row[3])


class Plan:
    """Slots and usable inspectors as numbers [P-72], [P-74]; `key` is K_inspectors."""

    def __init__(self, pool, firms, seats, key):
        require(len(seats) >= 2, "fewer than two seats")
        require(all(is_text(q) for seat in seats for q in seat), "a seat's text")
        require(len(firms) * len(seats) <= 2**20, "too many slots")
        self.d, self.firms = len(seats), firms
        self.slots = len(firms) * len(seats)
        free = lambda row: any((firm, row[0]) not in pool.conflicts for firm in firms)
        usable = [
            row for row in pool.inspectors.values()
            if row[1] and any(accepts(seat, row) for seat in seats) and free(row)
        ]
        usable.sort(key=lambda row: (pool.ticket(key, "inspector", row[0]), octets(row[0])))
        self.names = [row[0] for row in usable]
        self.allowed = [
            [
                accepts(seats[s % self.d], row) and (firms[s // self.d], row[0]) not in pool.conflicts
                for row in usable
            ]
            for s in range(self.slots)
        ]

    def fits(self, n, lo, hi, fixed=()):
        """Whether the first n inspectors can fill all slots with loads in lo..hi, the first slots being fixed."""
        if n * hi < self.slots or n * lo > self.slots:
            return False
        network = Network()
        for s in range(self.slots):
            network.edge("source", ("slot", s), 1)
            for i in range(n):
                if self.allowed[s][i] and (s >= len(fixed) or fixed[s] == i):
                    network.edge(("slot", s), ("pair", s // self.d, i), 1)
        for e in range(len(self.firms)):
            for i in range(n):
                network.edge(("pair", e, i), ("inspector", i), 1)
        for i in range(n):
            network.edge(("inspector", i), "needed", lo)
            network.edge(("inspector", i), "spare", hi - lo)
        network.edge("needed", "sink", n * lo)
        network.edge("spare", "sink", self.slots - n * lo)
        return network.flow("source", "sink") == self.slots


class Network:
    """Maximum flow by shortest augmenting paths in levels."""

    def __init__(self):
        self.edges = {}

    def edge(self, a, b, capacity):
        there = self.edges.setdefault(a, {})
        there[b] = there.get(b, 0) + capacity
        self.edges.setdefault(b, {}).setdefault(a, 0)

    def flow(self, source, sink):
        total = 0
        while True:
            level = {source: 0}
            queue = deque([source])
            while queue and sink not in level:
                node = queue.popleft()
                for other, left in self.edges[node].items():
                    if left > 0 and other not in level:
                        level[other] = level[node] + 1
                        queue.append(other)
            if sink not in level:
                return total
            rest = {node: iter(list(self.edges[node])) for node in level}
            while self.push(source, sink, level, rest):
                total += 1

    def push(self, source, sink, level, rest):
        """One unit along the levels."""
        path = [source]
        while path[-1] != sink:
            node = path[-1]
            ahead = next(
                (b for b in rest[node] if self.edges[node][b] > 0 and level.get(b) == level[node] + 1), None
            )
            if ahead is not None:
                path.append(ahead)
            elif len(path) == 1:
                return False
            else:
                path.pop()
        for a, b in zip(path, path[1:]):
            self.edges[a][b] -= 1
            self.edges[b][a] += 1
            # An edge with more left may be used again.
            if self.edges[a][b] > 0:
                rest[a] = iter([b, *rest[a]])
        return True


def shortest_prefix(plan, max_load):
    """None = not even all inspectors suffice. More of them never hurt, so that halving finds it."""
    fails, enough = 0, len(plan.names)
    if plan.slots == 0:
        return 0
    if not plan.fits(enough, 0, max_load):
        return None
    while enough - fails > 1:
        middle = (fails + enough) // 2
        fails, enough = (fails, middle) if plan.fits(middle, 0, max_load) else (middle, enough)
    return enough


def needed(plan, max_load, min_inspectors):
    """n [P-75]; None = infeasible."""
    prefix = shortest_prefix(plan, max_load)
    least = max(2 * plan.d, -(-plan.slots // 2)) if min_inspectors is None else min_inspectors
    return None if prefix is None else max(prefix, min(least, len(plan.names)))


def loads(plan, n):
    """(lo, hi) [P-77] of a feasible n."""
    hi = next(h for h in range(plan.slots + 1) if plan.fits(n, 0, h))
    lo = next(l for l in range(plan.slots // n, -1, -1) if plan.fits(n, l, hi))
    return lo, hi


def smallest_start(plan, n, lo, hi):
    """The lexicographically smallest assignment [P-79]."""
    fixed = []
    for s in range(plan.slots):
        team = fixed[s - s % plan.d :]
        for i in range(n):
            is_possible = plan.allowed[s][i] and i not in team and fixed.count(i) < hi
            if is_possible and plan.fits(n, lo, hi, [*fixed, i]):
                fixed.append(i)
                break
        else:
            raise Refused("there is no start")
    return fixed


def tier1(plan, n, stream):
    """The assignment or None, and the tries begun [P-78]."""
    s_all, d, allowed = plan.slots, plan.d, plan.allowed
    extra = s_all % n
    for tries in range(1, TRIES + 1):
        people = list(range(n))
        for q in range(extra):
            other = q + stream.below(n - q)
            people[q], people[other] = people[other], people[q]
        pool = [i for i in range(n) for _ in range(s_all // n)] + people[:extra]
        for s in range(s_all):
            other = s + stream.below(s_all - s)
            pool[s], pool[other] = pool[other], pool[s]
            if not allowed[s][pool[s]] or pool[s] in pool[s - s % d : s]:
                break
        else:
            return pool, tries
    return None, TRIES


def tier2(plan, n, lo, hi, state, stream, seen=lambda step, state: None):
    """T steps of the chain from `state` [P-80]; `seen` is shown each, from 0, with the state after it."""
    state = list(state)
    log = 0
    while 2**log < max(plan.slots, 2):
        log += 1
    counts = [state.count(i) for i in range(n)]
    for step in range(20 * plan.slots * log):
        changes = proposal(state, plan.slots, n, stream)
        if changes and is_good(plan, state, counts, lo, hi, changes):
            for s, i in changes.items():
                counts[state[s]] -= 1
                counts[i] += 1
                state[s] = i
        seen(step, state)
    return state


def proposal(state, slots, n, stream):
    k = stream.below(5)
    if k == 2:
        a = stream.below(slots)
        return {a: stream.below(n)}
    if k == 3:
        a, b = stream.below(slots), stream.below(slots)
        i = stream.below(n)
        return {a: state[b], b: i} if a != b else {}
    places = [stream.below(slots) for _ in range({0: 2, 1: 3, 4: 4}[k])]
    if len(set(places)) < len(places):
        return {}
    return {a: state[b] for a, b in zip(places, places[1:] + places[:1])}


def is_good(plan, state, counts, lo, hi, changes):
    if not all(plan.allowed[s][i] for s, i in changes.items()):
        return False
    change = {}
    for s, i in changes.items():
        change[state[s]] = change.get(state[s], 0) - 1
        change[i] = change.get(i, 0) + 1
    if not all(lo <= counts[i] + by <= hi for i, by in change.items()):
        return False
    for first in {s - s % plan.d for s in changes}:
        team = [changes.get(s, state[s]) for s in range(first, first + plan.d)]
        if len(set(team)) < plan.d:
            return False
    return True


NOTHING = {"inspectors": [], "lo": 0, "hi": 0, "tier": 1, "tries": 0, "words": [0, 0]}


def seat(plan, max_load, min_inspectors, key):
    """The second half of a draw; `key` is K_assign."""
    if plan.slots == 0:
        return {**NOTHING, "assignment": []}
    n = needed(plan, max_load, min_inspectors)
    if n is None:
        return {**NOTHING, "assignment": None}
    lo, hi = loads(plan, n)
    found, tries, words = None, 0, [0, 0]
    if hi - lo <= 1:
        stream = Stream(key, 0)
        found, tries = tier1(plan, n, stream)
        words[0] = stream.words
    tier = 1 if found else 2
    if tier == 2:
        stream = Stream(key, 1)
        found = tier2(plan, n, lo, hi, smallest_start(plan, n, lo, hi), stream)
        words[1] = stream.words
    return {
        "inspectors": plan.names[:n], "lo": lo, "hi": hi, "tier": tier, "tries": tries, "words": words,
        "assignment": [plan.names[i] for i in found],
    }


def check_hall(plan, max_load, hall):
    """Any set of slots that is too large for those who are allowed there [P-76]."""
    slots = hall["slots"]
    require(all(a < b for a, b in zip(slots, slots[1:])) and all(s < plan.slots for s in slots), "hall: slots")
    expected = []
    for i, name in enumerate(plan.names):
        firms = {s // plan.d for s in slots if plan.allowed[s][i]}
        if firms:
            expected.append([name, min(max_load, len(firms))])
    require(hall["inspectors"] == expected, "hall: inspectors")
    require(sum(capacity for _, capacity in expected) < len(slots), "hall: enough places")


def outcome(pool, selected, seats, max_load, min_inspectors, seed):
    plan = Plan(pool, selected, seats, stage_key("inspectors", seed))
    return plan, seat(plan, max_load, min_inspectors, stage_key("assign", seed))
