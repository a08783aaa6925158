"""Draw v1, recusals: a second implementation, from the text of docs/protocol.md 18 and draw.md 6 alone."""

from drawing import Pool, check_reach, enc, keyed, octets, require, stage_key, u64
from seating import accepts


class Board:
    """A batch after its draw, and what its recusals have changed since."""

    def __init__(self, pool, seats, firms, hi, assignment):
        self.pool, self.seats, self.firms, self.hi = pool, seats, firms, hi
        self.assignment = list(assignment)
        self.withdrawn, self.recused = set(), set()

    def slot_salt(self, s):
        return self.pool.salt("slot", u64(s))

    def firm(self, s):
        return self.firms[s // len(self.seats)]

    def team(self, s):
        d = len(self.seats)
        return range(s - s % d, s - s % d + d)

    def is_eligible(self, second, name):
        pools = (self.pool, second)
        return name not in self.withdrawn and all(name in p.inspectors and p.inspectors[name][1] for p in pools)

    def is_allowed(self, second, s, name):
        pair = (self.firm(s), name)
        seat = self.seats[s % len(self.seats)]
        pools = (self.pool, second)
        return pair not in self.recused and all(
            accepts(seat, p.inspectors[name]) and pair not in p.conflicts for p in pools
        )

    def withdraw(self, second, who, key):
        """(slots, candidates of each in turn, the first slot without any)"""
        slots = [s for s, name in enumerate(self.assignment) if name == who]
        require(slots, "nobody holds a slot under this name")
        self.recused |= {(self.firm(s), who) for s in slots}
        self.withdrawn.add(who)
        seated = [None if name == who else name for name in self.assignment]
        candidates = []
        for s in slots:
            able = [
                name for name in self.pool.inspectors
                if self.is_eligible(second, name) and self.is_allowed(second, s, name)
                and seated.count(name) <= self.hi and name not in [seated[t] for t in self.team(s)]
            ]
            candidates.append(able)
            if not able:
                return slots, candidates, s
            seated[s] = min(able, key=lambda name: (keyed(key, enc(name) + u64(s) + self.slot_salt(s)), octets(name)))
        self.assignment = seated
        return slots, candidates, None

    def swap(self, second, who, slots, key):
        ascending = all(a < b for a, b in zip(slots, slots[1:]))
        his = all(s < len(self.assignment) and self.assignment[s] == who for s in slots)
        require(slots and ascending and his, "not his slots, ascending")
        require(self.is_eligible(second, who), "who is not eligible in both pools withdraws")
        self.recused |= {(self.firm(s), who) for s in slots}
        seated, candidates = list(self.assignment), []
        for s in slots:
            able = [z for z in range(len(seated)) if self.may_trade(second, seated, s, z, who)]
            candidates.append(able)
            if not able:
                return slots, candidates, s
            z = min(able, key=lambda z: keyed(key, u64(z) + self.slot_salt(z)))
            seated[s], seated[z] = seated[z], seated[s]
        self.assignment = seated
        return slots, candidates, None

    def exchange(self, who, slots, result):
        """With a counterpart whom a person named: the other slot that has changed."""
        require(len(slots) == 1 and self.assignment[slots[0] : slots[0] + 1] == [who], "not his slot")
        require(self.is_eligible(self.pool, who), "who is not eligible withdraws")
        (s,), before = slots, self.assignment
        changed = [z for z, name in enumerate(before) if z != s and z < len(result) and result[z] != name]
        require(changed and self.may_trade(self.pool, before, s, changed[0], who), "the two may not change places")
        self.recused.add((self.firm(s), who))
        self.assignment = list(before)
        self.assignment[s], self.assignment[changed[0]] = before[changed[0]], who
        return slots, None

    def may_trade(self, second, seated, s, z, x):
        y = seated[z]
        return (
            y != x and z not in self.team(s) and self.is_eligible(second, y)
            and self.is_allowed(second, s, y) and self.is_allowed(second, z, x)
            and y not in [seated[t] for t in self.team(s)] and x not in [seated[t] for t in self.team(z)]
        )


def replay(certificate, pool, seed, seated, ceremony_seed):
    """Every substitution on the state that the one before left [P-100]."""
    board = Board(pool, certificate["seats"], certificate["result"]["selected"], seated["hi"], seated["assignment"])
    staffing = certificate["staffing"]
    pools, recusals = {certificate["ceremony"]["pool"]}, {}
    pools |= {staffing["ceremony"]["pool"]} if staffing else set()
    for record in certificate["substitutions"]:
        who, kind, name = record["inspector"], record["kind"], record["recusal_id"]
        # A recusal comes again only after it found nobody; an inspector's second one is no swap.
        require(recusals.get(name, (who, True)) == (who, True), "a recusal that was settled comes again")
        is_second = any(other != name and him == who for other, (him, _) in recusals.items())
        require(kind not in ("swap", "chosen") or not is_second, "a second recusal is a swap")
        own_parts = [record[part] for part in ("ceremony", "seed", "inspectors", "conflicts")]
        if kind in ("reserve", "chosen"):
            require(not any(own_parts), "nothing is drawn by a ceremony, and there is one")
        if kind == "reserve":
            slots, _, exhausted = board.withdraw(pool, who, stage_key("reserve", seed))
        elif kind == "chosen":
            slots, exhausted = board.exchange(who, record["slots"], record["result"])
        else:
            require(all(own_parts), "a ceremony is missing")
            second = second_pool(certificate, record, pool.embargo)
            own = record["ceremony"]["pool"]
            require(own not in pools, "the pool of another ceremony")
            pools.add(own)
            sub_seed = ceremony_seed(record["ceremony"])
            require(sub_seed.hex() == record["seed"], "another seed")
            key = stage_key("substitute", sub_seed)
            if kind == "swap":
                slots, _, exhausted = board.swap(second, who, record["slots"], key)
            else:
                slots, _, exhausted = board.withdraw(second, who, key)
        require(slots == record["slots"], "other slots")
        require(exhausted == record["exhausted"], "another slot without a candidate")
        require(board.assignment == record["result"], "another result")
        recusals[name] = (who, exhausted is not None)


def second_pool(certificate, record, embargo):
    objects = certificate["objects"]["rows"]
    second = Pool(objects, record["inspectors"]["rows"], record["conflicts"]["rows"], embargo)
    _, inspectors, conflicts = second.roots()
    require(inspectors.hex() == record["inspectors"]["root"], "another root of inspectors")
    require(conflicts.hex() == record["conflicts"]["root"], "another root of conflicts")
    check_reach(certificate["objects"]["rows"], certificate["quota"], record["inspectors"]["rows"], second.conflicts)
    return second
