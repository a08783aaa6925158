#!/usr/bin/env python3
"""The second implementation of the draw judges vectors and certificates: judge_draw.py VECTORS [CERTIFICATES].

VECTORS is tests/vectors/draw: every step and every certificate of it, those that hold and those that must be refused.
CERTIFICATES is a folder that `lotbook draw certificate` wrote: each must be recomputed, and each must be refused as
soon as one thing in it is changed. Exits 0 if every verdict is as it must be, else 1.
"""

import collections
import copy
import json
import pathlib
import sys

import draw
import seating
from drawing import (
    Pool, Refused, Stream, beacon_round, commitment, enc, keyed, octets, quotas, seed, select, stage_key, ticket, u64,
)
from substitution import Board

STAGES = ("quota", "objects", "inspectors", "assign", "substitute", "reserve")


def raw(given, *names):
    return [bytes.fromhex(given[name]) for name in names]


def below(given):
    stream = Stream(*raw(given, "key"), given["stream"])
    values = [stream.below(int(given["n"])) for _ in range(given["count"])]
    return {"last": [str(value) for value in values[-8:]], "words": stream.words}


def seed_of(given):
    committers = [
        (*raw(c, "key_id", "commitment"), c["reveal"] and bytes.fromhex(c["reveal"])) for c in given["committers"]
    ]
    beacons = [(bytes.fromhex(b["chain_hash"]), b["round"], bytes.fromhex(b["signature"])) for b in given["beacons"]]
    return {"seed": seed(*raw(given, "pool"), committers, beacons).hex()}


def pool_of(given):
    return Pool(given["objects"], given.get("inspectors", []), given.get("conflicts", []))


def roots(given):
    return dict(zip(("objects", "inspectors", "conflicts"), (one.hex() for one in pool_of(given).roots())))


def quota(given):
    counts = {stratum: given["eligible"][stratum] for stratum in sorted(given["eligible"], key=octets)}
    number, words = quotas(given["quota"], counts, *raw(given, "key"))
    return {"quotas": number, "words": words}


def selection(given):
    found = select(pool_of(given), given["quota"], *raw(given, "seed"))
    return {**found, "cutoffs": {stratum: place.hex() for stratum, place in found["cutoffs"].items()}}


def plan_of(given):
    key = stage_key("inspectors", *raw(given, "seed"))
    return seating.Plan(pool_of(given), given["firms"], given["seats"], key)


def inspectors(given):
    plan, max_load = plan_of(given), given["max_load"]
    n = seating.needed(plan, max_load, given["min_inspectors"])
    found = {"ranked": plan.names, "shortest_prefix": seating.shortest_prefix(plan, max_load), "needed": n}
    return found if n is None else {**found, **dict(zip(("lo", "hi"), seating.loads(plan, n)))}


def seated(given):
    plan, key = plan_of(given), stage_key("assign", *raw(given, "seed"))
    found = seating.seat(plan, given["max_load"], given["min_inspectors"], key)
    if found["tier"] == 2:
        start = seating.smallest_start(plan, len(found["inspectors"]), found["lo"], found["hi"])
        found["smallest_start"] = [plan.names[i] for i in start]
    return found


def tier2_steps(given):
    """Every step that changes something, with the assignment after it."""
    plan, stream = plan_of(given), Stream(stage_key("assign", *raw(given, "seed")), 1)
    n = seating.needed(plan, given["max_load"], given["min_inspectors"])
    lo, hi = seating.loads(plan, n)
    start = seating.smallest_start(plan, n, lo, hi)
    names, changes = lambda state: [plan.names[i] for i in state], []

    def seen(step, state):
        if names(state) != (changes[-1][1] if changes else names(start)):
            changes.append([step, names(state)])

    end = names(seating.tier2(plan, n, lo, hi, start, stream, seen))
    return {"lo": lo, "hi": hi, "start": names(start), "changes": changes, "end": end, "words": stream.words}


def substitute(given):
    board = Board(pool_of(given), given["seats"], given["firms"], given["hi"], given["assignment"])
    board.recused |= {tuple(pair) for pair in given["recused"]}
    board.withdrawn |= set(given["withdrawn"])
    second = Pool(given["objects"], given["second"]["inspectors"], given["second"]["conflicts"])
    who, (key,) = given["inspector"], raw(given, "key")
    if given["kind"] == "swap":
        done = board.swap(second, who, given["slots"], key)
    else:
        done = board.withdraw(second, who, key)
    return {**dict(zip(("slots", "candidates", "exhausted"), done)), "result": board.assignment}


STEPS = {
    "stage": lambda given: {stage: stage_key(stage, *raw(given, "seed")).hex() for stage in STAGES},
    "ticket": lambda given: {"ticket": ticket(*raw(given, "key"), given["id"]).hex()},
    "seat-ticket": lambda given: {"ticket": keyed(*raw(given, "key"), enc(given["id"]) + u64(given["slot"])).hex()},
    "slot-ticket": lambda given: {"ticket": keyed(*raw(given, "key"), u64(given["slot"])).hex()},
    "commitment": lambda given: {"commitment": commitment(*raw(given, "pool", "key_id", "reveal")).hex()},
    "round": lambda given: {
        "round": beacon_round(*(given[name] for name in ("reveal_deadline", "genesis", "period", "delta")))
    },
    "below": below, "seed": seed_of, "roots": roots, "quota": quota, "selection": selection,
    "inspectors": inspectors, "tier1": seated, "tier2": seated, "tier2-steps": tier2_steps,
    "substitute": substitute,
}


def judge_steps(vectors, wrong):
    for step, run in STEPS.items():
        judged = collections.Counter()
        for path in sorted((vectors / step).glob("*.json")):
            case = json.loads(path.read_text(encoding="utf-8"))
            try:
                found = run(case["given"])
            except Refused:
                found = None
            judged[found is not None] += 1
            if found != case.get("expected") or ("refused" in case) != (found is None):
                wrong.append(f"{step}/{path.name}: {found}")
        print(f"draw.py: {step}: agreed {judged[True]}, refused {judged[False]}")
        if not judged[True]:
            wrong.append(f"there is no case of {step}")


def judge_files(vectors, wrong):
    """Certificates among the vectors: whether one must hold, its name or its folder says."""
    judged = collections.Counter()
    top = [path for path in vectors.glob("*.json") if not path.stem.endswith(".steps") and path.stem != "chacha20"]
    for path in sorted([*top, *vectors.glob("refused/*.json"), *vectors.glob("certificate/*.json")]):
        holds = path.parent == vectors or path.stem.startswith("holds-")
        why = draw.judge(path.read_bytes())
        judged[why is None] += 1
        is_withheld = path.parent == vectors and path.stem.endswith("-withheld")
        expected = why == draw.WITHHELD if is_withheld else holds == (why is None)
        if not expected:
            wrong.append(f"{path.name}: {why}")
    print(f"draw.py: certificates among the vectors: recomputed {judged[True]}, refused {judged[False]}")
    if judged[True] < 10 or judged[False] < 40:
        wrong.append("too few certificates among the vectors")


def other_hex(text):
    return format(int(text, 16) ^ 1, f"0{len(text)}x")


def changes(certificate):
    """Names of places in a certificate, and what stands there instead."""
    result, ceremony = certificate["result"], certificate["ceremony"]
    yield ("seed",), other_hex(certificate["seed"])
    for name in ("objects", "inspectors", "conflicts"):
        yield (name, "root"), other_hex(certificate[name]["root"])
        if certificate[name]["rows"]:
            yield (name, "rows"), certificate[name]["rows"][1:]
    for j, participant in enumerate(ceremony["participants"]):
        for name in ("key_id", "commitment", "reveal"):
            if participant[name]:
                yield ("ceremony", "participants", j, name), other_hex(participant[name])
    yield ("ceremony", "participants"), ceremony["participants"][::-1]
    yield ("ceremony", "pool"), other_hex(ceremony["pool"])
    for name in ("quotas", "cutoffs"):
        yield ("result", name), dict(list(result[name].items())[1:])
    for name in ("selected", "inspectors", "assignment"):
        if result[name]:
            yield ("result", name), [*result[name][1:], result[name][0]]
            yield ("result", name), result[name][:-1]
    for name in ("lo", "hi", "tier", "tries"):
        yield ("result", name), result[name] + 1
    for stream in range(3):
        yield ("result", "words", stream), result["words"][stream] + 2
    yield ("result", "hall"), {"slots": [0], "inspectors": []}
    yield ("max_load",), 0
    yield ("seats",), certificate["seats"] + [[]]
    yield ("format",), certificate["format"] + "x"
    for j, record in enumerate(certificate["substitutions"]):
        yield ("substitutions", j, "result"), record["result"][::-1]
        yield ("substitutions", j, "exhausted"), 0 if record["exhausted"] is None else None
        yield ("substitutions", j, "inspector"), record["inspector"] + "x"
        if record["ceremony"]:
            yield ("substitutions", j, "seed"), other_hex(record["seed"])
            yield ("substitutions", j, "inspectors", "root"), other_hex(record["inspectors"]["root"])


def changed(certificate, place, value):
    copy_ = copy.deepcopy(certificate)
    inner = copy_
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return json.dumps(copy_, ensure_ascii=False).encode()


def judge_made(folder, wrong):
    judged = collections.Counter()
    for path in sorted(folder.glob("*.json")):
        why = draw.judge(path.read_bytes())
        if why == draw.WITHHELD:
            judged["withheld"] += 1
            continue
        if why is not None:
            wrong.append(f"{path.name}: {why}")
            continue
        certificate = json.loads(path.read_text(encoding="utf-8"))
        judged["recomputed"] += 1
        judged["substitutions"] += len(certificate["substitutions"])
        for place, value in changes(certificate):
            judged["refused"] += 1
            if draw.judge(changed(certificate, place, value)) is None:
                wrong.append(f"{path.name} with another {place}")
    print("draw.py: certificates of a ledger:", ", ".join(f"{what} {count}" for what, count in judged.items()))
    if not judged["recomputed"] or not judged["substitutions"]:
        wrong.append("the ledger's certificates are too few, or without substitutions")


def main(vectors, *folders):
    wrong = []
    judge_steps(pathlib.Path(vectors), wrong)
    judge_files(pathlib.Path(vectors), wrong)
    for folder in folders:
        judge_made(pathlib.Path(folder), wrong)
    for line in wrong[:10]:
        print(f"draw.py: WRONG: {line}", file=sys.stderr)
    print(f"draw.py: {len(wrong)} wrong verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
