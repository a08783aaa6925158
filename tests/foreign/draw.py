#!/usr/bin/env python3
"""Recomputes certificates of draws: a second implementation, from the text of docs/protocol.md 9-14 and 18 alone.

    draw.py CERTIFICATE...

For each file a line, RECOMPUTED or REFUSED and why. The exit code is 0 if all were recomputed. Whether rows and
reveals are a ledger's, only `proof` and the ledger's keys tell: recomputed is not authenticated.
"""

import json
import pathlib
import re
import sys

from drawing import Pool, Refused, beacon_round, check_reach, derive, is_text, require, seed, select
from seating import check_hall, outcome
from substitution import replay

FORMAT = "lotbook draw certificate v1"
WITHHELD = "under embargo: nothing but its seed can be recomputed until the key is released"
LARGEST = 2**53 - 1

# What a certificate is made of [P-82]: a dict has these keys and no others, a list one kind of element, a tuple these
# elements; a set is a choice.
HASH = lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)
HEX = lambda length: lambda value: isinstance(value, str) and re.fullmatch("[0-9a-f]{%d}" % (2 * length), value)
TEXT = lambda value: isinstance(value, str)
COUNT = lambda value: type(value) is int and value >= 0
SMALL = lambda value: COUNT(value) and value < 2**32
BOOL = lambda value: type(value) is bool
ANY = lambda value: True
ONE_OF = lambda *values: lambda value: value in values


class Null:
    """A value or null."""

    def __init__(self, kind):
        self.kind = kind


class Map:
    """An object with any keys and one kind of value."""

    def __init__(self, kind):
        self.kind = kind


class Either:
    """An object of one of several kinds."""

    def __init__(self, *kinds):
        self.kinds = kinds


def section(row):
    return {"rows": [row], "root": HASH}


CEREMONY = {
    "opened": HASH, "pool": HASH, "sealed": HASH, "commit_deadline": COUNT, "reveal_deadline": COUNT,
    "participants": [{"key_id": HASH, "role": TEXT, "commitment": Null(HASH), "reveal": Null(HASH)}],
    "beacons": [{
        "chain_hash": HASH, "public_key": HEX(96), "scheme": TEXT, "genesis": COUNT, "period": COUNT,
        "delta": COUNT, "round": COUNT, "signature": HEX(48),
    }],
}
INSPECTORS, CONFLICTS = section((TEXT, BOOL, TEXT, [TEXT])), section((TEXT, TEXT))
CERTIFICATE = {
    "format": TEXT, "origin": TEXT, "ledger_id": HASH, "draw_id": TEXT, "attempt": COUNT,
    "grade": ONE_OF("A", "B", "C"), "ceremony": CEREMONY, "seed": HASH,
    "embargo": Null({"commitment": HASH, "key": Null(HASH)}),
    "objects": section((TEXT, TEXT, BOOL, TEXT)), "inspectors": INSPECTORS, "conflicts": CONFLICTS,
    "quota": Either(
        {"rule": ONE_OF("at_least"), "ppm": Map(SMALL), "minimum": COUNT},
        {"rule": ONE_OF("fixed_total"), "total": COUNT},
    ),
    "seats": [[TEXT]], "max_load": SMALL, "min_inspectors": Null(SMALL),
    "result": Null({
        "quotas": Map(COUNT), "cutoffs": Map(HASH), "selected": [TEXT], "inspectors": [TEXT], "lo": SMALL, "hi": SMALL,
        "tier": SMALL, "tries": SMALL, "words": (COUNT, COUNT, COUNT), "assignment": Null([TEXT]),
        "hall": Null({"slots": [COUNT], "inspectors": [(TEXT, COUNT)]}),
    }),
    "staffing": Null({"ceremony": CEREMONY, "seed": HASH, "inspectors": INSPECTORS, "conflicts": CONFLICTS}),
    "substitutions": [{
        "recusal_id": TEXT, "kind": ONE_OF("withdraw", "swap", "reserve", "chosen"), "inspector": TEXT, "slots": [COUNT],
        "ceremony": Null(CEREMONY), "seed": Null(HASH), "inspectors": Null(INSPECTORS), "conflicts": Null(CONFLICTS),
        "exhausted": Null(COUNT), "result": [TEXT],
    }],
    "shape": ANY,
    "proof": {"entries": [{"entry": TEXT, "tlog_proof": TEXT}]},
}


def check(value, kind, place):
    """Refuses what is not of a kind [P-83]."""
    if isinstance(kind, Null):
        return None if value is None else check(value, kind.kind, place)
    if isinstance(kind, Either):
        rules = [k for k in kind.kinds if isinstance(value, dict) and k["rule"](value.get("rule"))]
        require(rules, f"{place} is of no kind")
        return check(value, rules[0], place)
    if isinstance(kind, Map):
        require(isinstance(value, dict), f"{place} is no object")
        for key, inner in value.items():
            check(inner, kind.kind, f"{place}.{key}")
    elif isinstance(kind, dict):
        require(isinstance(value, dict) and value.keys() == kind.keys(), f"{place} has not the keys it must have")
        for key, inner in kind.items():
            check(value[key], inner, f"{place}.{key}")
    elif isinstance(kind, list):
        require(isinstance(value, list), f"{place} is no list")
        for number, inner in enumerate(value):
            check(inner, kind[0], f"{place}[{number}]")
    elif isinstance(kind, tuple):
        require(isinstance(value, list) and len(value) == len(kind), f"{place} has another length")
        for number, inner in enumerate(kind):
            check(value[number], inner, f"{place}[{number}]")
    else:
        require(kind(value), f"{place} is {value!r}")
    return None


def strict(text):
    """JSON that nobody can read in two ways [P-83]."""

    def pairs(list_):
        keys = [key for key, _ in list_]
        require(len(set(keys)) == len(keys), "a key occurs twice")
        return dict(list_)

    def refuse(number):
        raise Refused(f"{number} is no integer")

    def clean(value):
        if isinstance(value, str):
            require(not re.search("[\ud800-\udfff]", value), "a lone surrogate")
            require(is_text(value), "text that is not NFC, or has U+0000")
        elif type(value) is int:
            require(abs(value) <= LARGEST, "a number is over 2^53 - 1")
        elif isinstance(value, dict):
            for key, inner in value.items():
                clean(key), clean(inner)
        elif isinstance(value, list):
            for inner in value:
                clean(inner)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Refused(f"no JSON: {error}") from None
    clean(value)
    return value


def read(raw):
    try:
        certificate = strict(raw.decode())
    except UnicodeDecodeError as error:
        raise Refused(str(error)) from None
    check(certificate, CERTIFICATE, "certificate")
    return certificate


def ceremony_seed(ceremony):
    """From those who committed; the others have no part in it [P-53]."""
    keys = [p["key_id"] for p in ceremony["participants"]]
    require(all(a < b for a, b in zip(keys, keys[1:])), "participants are not ascending")
    committers = []
    for p in ceremony["participants"]:
        require(p["commitment"] or not p["reveal"], "a reveal without a commitment")
        if p["commitment"]:
            reveal = bytes.fromhex(p["reveal"]) if p["reveal"] else None
            committers.append((bytes.fromhex(p["key_id"]), bytes.fromhex(p["commitment"]), reveal))
    beacons = []
    for b in ceremony["beacons"]:
        number = beacon_round(ceremony["reveal_deadline"], b["genesis"], b["period"], b["delta"])
        require(number == b["round"], "another round than the deadline gives")
        beacons.append((bytes.fromhex(b["chain_hash"]), number, bytes.fromhex(b["signature"])))
    return seed(bytes.fromhex(ceremony["pool"]), committers, beacons)


def same(found, stated, what):
    require(found == stated, f"{what} is not what the rows and reveals give")


def recompute(certificate):
    """Everything that follows from the certificate's own rows, reveals and rules [P-84]."""
    same(FORMAT, certificate["format"], "format")
    seed_ = ceremony_seed(certificate["ceremony"])
    same(seed_.hex(), certificate["seed"], "seed")
    lists = [certificate[name] for name in ("objects", "inspectors", "conflicts")]
    pool = Pool(*(one["rows"] for one in lists), embargo_key(certificate))
    for derived, one in zip(pool.roots(), lists):
        same(derived.hex(), one["root"], "a root")
    quota, result = certificate["quota"], certificate["result"]
    require(result is not None, "there is no result")
    check_reach(pool.objects.values(), quota, pool.inspectors.values(), pool.conflicts)
    selection = select(pool, quota, seed_)
    same(selection["quotas"], result["quotas"], "quotas")
    same({c: t.hex() for c, t in selection["cutoffs"].items()}, result["cutoffs"], "cutoffs")
    same(selection["selected"], result["selected"], "selected")
    scheme = certificate["seats"], certificate["max_load"], certificate["min_inspectors"]
    plan, seated = outcome(pool, selection["selected"], *scheme, seed_)
    if seated["assignment"] is None:
        require(result["hall"] is not None, "an infeasible draw does not say why")
        check_hall(plan, certificate["max_load"], result["hall"])
    else:
        require(result["hall"] is None, "a Hall certificate of a feasible draw")
    if certificate["staffing"]:
        require(seated["assignment"] is None, "inspectors are drawn again where some were assigned")
        pool, staffing_seed = staffed(certificate, pool)
        _, seated = outcome(pool, selection["selected"], *scheme, staffing_seed)
    for name in ("inspectors", "lo", "hi", "tier", "tries", "assignment"):
        same(seated[name], result[name], name)
    same([selection["words"], *seated["words"]], result["words"], "words")
    if seated["assignment"] is None:
        require(certificate["substitutions"] == [], "a substitution where nothing was assigned")
    else:
        replay(certificate, pool, seed_, seated, ceremony_seed)


def embargo_key(certificate):
    """K_emb, or None without an embargo; one that is not released hides everything."""
    embargo = certificate["embargo"]
    if embargo is None:
        return None
    if embargo["key"] is None:
        hidden = [certificate[name]["rows"] for name in ("objects", "inspectors", "conflicts")]
        tells = certificate["result"] or certificate["substitutions"] or any(hidden)
        raise Refused("under embargo, and tells what it hides" if tells else WITHHELD)
    key = bytes.fromhex(embargo["key"])
    same(derive("embargo", key).hex(), embargo["commitment"], "the embargo's commitment")
    return key


def staffed(certificate, pool):
    """The pool and the seed of the later ceremony that drew inspectors only."""
    staffing = certificate["staffing"]
    require(staffing["ceremony"]["pool"] != certificate["ceremony"]["pool"], "the pool of the draw")
    seed_ = ceremony_seed(staffing["ceremony"])
    same(seed_.hex(), staffing["seed"], "the seed of the staffing")
    objects, rows = certificate["objects"]["rows"], [staffing[name]["rows"] for name in ("inspectors", "conflicts")]
    later = Pool(objects, *rows, pool.embargo)
    for derived, name in zip(later.roots()[1:], ("inspectors", "conflicts")):
        same(derived.hex(), staffing[name]["root"], "a root of the staffing")
    check_reach(objects, certificate["quota"], later.inspectors.values(), later.conflicts)
    return later, seed_


def judge(raw):
    """None, or why the bytes are refused."""
    try:
        recompute(read(raw))
    except Refused as refused:
        return str(refused)
    return None


def main(paths):
    refused = {path: judge(pathlib.Path(path).read_bytes()) for path in paths}
    for path, why in refused.items():
        verdict = "RECOMPUTED, not authenticated" if why is None else why if why == WITHHELD else f"REFUSED: {why}"
        print(f"{path}: {verdict}")
    return 1 if any(refused.values()) or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
