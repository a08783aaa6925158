"""Draw v1 from seed to selection: a second implementation, from the text of docs/protocol.md 9-12 alone.

Hashes are BLAKE3 by its authors' package, ChaCha20 is OpenSSL's. Nothing here was taken from the Rust code.
Clauses in brackets are those of docs/protocol.md.
"""

import hashlib
import re
import unicodedata

import blake3
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20


class Refused(Exception):
    """What is stated does not hold, or is nothing that may be stated."""


def require(holds, why):
    if not holds:
        raise Refused(why)


def u64(number):
    return number.to_bytes(8, "little")


def enc(text):
    raw = text.encode()
    return u64(len(raw)) + raw


def derive(context, message):
    """H(ctx, m) = BLAKE3.derive_key("lotbook draw v1 " + ctx, m)"""
    return blake3.blake3(message, derive_key_context="lotbook draw v1 " + context).digest()


def is_text(text):
    return "\0" not in text and unicodedata.is_normalized("NFC", text)


# Keys, tickets, integers [P-63] to [P-66]


def stage_key(stage, seed):
    return derive("stage " + stage, seed)


def keyed(key, message):
    return blake3.blake3(message, key=key).digest()


def ticket(key, name):
    return keyed(key, enc(name))


class Stream:
    """ChaCha20 with a 64-bit counter from 0 and a 64-bit stream; counts the 32-bit words it has given."""

    CHUNK = 1 << 16

    def __init__(self, key, stream):
        nonce = u64(0) + u64(stream)
        self.cipher = Cipher(ChaCha20(key, nonce), mode=None).encryptor()
        self.bytes, self.at, self.words = b"", 0, 0

    def u64(self):
        if self.at == len(self.bytes):
            self.bytes, self.at = self.cipher.update(bytes(self.CHUNK)), 0
        self.at += 8
        self.words += 2
        # The low word comes first, and a word's low byte: a little-endian integer.
        return int.from_bytes(self.bytes[self.at - 8 : self.at], "little")

    def below(self, n):
        t = (2**64 - n) % n
        while True:
            m = self.u64() * n
            if m % 2**64 >= t:
                return m >> 64


# Ceremony [P-48], [P-53]


def commitment(pool, key_id, reveal):
    return derive("commit", pool + key_id + reveal)


def beacon_round(deadline, genesis, period, delta):
    """R = ceil((reveal_deadline + 10^6 * (delta - genesis)) / (10^6 * period)) + 1"""
    require(period > 0 and delta >= 300, "the chain cannot serve")
    distance = deadline + 10**6 * (delta - genesis)
    number = -(-distance // (10**6 * period)) + 1
    require(1 <= number < 2**64, "the round would not be a number")
    return number


def seed(pool, committers, beacons):
    """`committers`: (key id, commitment, reveal or None); `beacons`: (chain hash, round, signature)."""
    committers = sorted(committers)
    keys = [key for key, _, _ in committers]
    require(len(set(keys)) == len(keys), "a key committed twice")
    message = pool + u64(len(committers))
    for key, committed, reveal in committers:
        message += key + committed
        if reveal is None:
            require(beacons, "a reveal is missing and there is no beacon")
            message += b"\x00"
        else:
            require(commitment(pool, key, reveal) == committed, "a reveal does not open its commitment")
            message += b"\x01" + reveal
    require(sum(reveal is not None for _, _, reveal in committers) >= 2, "fewer than two reveals")
    message += u64(len(beacons))
    for chain, number, signature in beacons:
        message += chain + u64(number) + u64(len(signature)) + signature
    return derive("seed", message)


# The frozen pool [P-56] to [P-60]


def root(leaves):
    """RFC 6962, by its own recursive text."""

    def tree(hashes):
        if len(hashes) == 1:
            return hashes[0]
        k = 1 << (len(hashes) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + tree(hashes[:k]) + tree(hashes[k:])).digest()

    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    return tree(hashes) if hashes else hashlib.sha256(b"").digest()


def ascending(keys, what):
    keys = list(keys)
    require(all(a < b for a, b in zip(keys, keys[1:])), f"{what} are not strictly ascending")


def octets(text):
    return text.encode()


class Pool:
    """Rows as a certificate has them, checked. A second pool shares the objects of its batch.

    `embargo` is K_emb of draw.md 7, if there is one: every row, ticket and slot then has a salt at its end.
    """

    def __init__(self, objects, inspectors, conflicts, embargo=None):
        self.embargo = embargo
        self.objects = {row[0]: row for row in objects}
        self.inspectors = {row[0]: row for row in inspectors}
        self.conflicts = {tuple(row) for row in conflicts}
        ascending((octets(row[0]) for row in objects), "objects")
        ascending((octets(row[0]) for row in inspectors), "inspectors")
        ascending(((octets(uscc), octets(name)) for uscc, name in conflicts), "conflicts")
        for uscc, stratum, eligible, reason in objects:
            require(re.fullmatch("[A-Za-z0-9_.-]{0,64}", stratum), "a stratum is no code")
            require(is_text(uscc) and is_text(reason), "an object's text")
            require(eligible == (reason == ""), "an object's reason")
        for name, eligible, reason, qualifications in inspectors:
            ascending(map(octets, qualifications), "qualifications")
            require(all(map(is_text, [name, reason, *qualifications])), "an inspector's text")
            require(eligible == (reason == ""), "an inspector's reason")
        for uscc, name in conflicts:
            require(uscc in self.objects and name in self.inspectors, "a conflict names nobody")

    def salt(self, kind, *fields):
        """keyed_hash(K_emb, enc(kind) || the fields)"""
        return keyed(self.embargo, enc(kind) + b"".join(fields)) if self.embargo else b""

    def ticket(self, key, kind, name):
        return keyed(key, enc(name) + self.salt(kind, enc(name)))

    def roots(self):
        flag = lambda eligible: b"\x01" if eligible else b"\x00"
        objects = [
            enc(u) + enc(s) + flag(e) + enc(r) + self.salt("object", enc(u)) for u, s, e, r in self.objects.values()
        ]
        inspectors = [
            enc(name) + flag(e) + enc(r) + u64(len(q)) + b"".join(map(enc, q)) + self.salt("inspector", enc(name))
            for name, e, r, q in self.inspectors.values()
        ]
        pairs = sorted(self.conflicts, key=lambda c: (octets(c[0]), octets(c[1])))
        conflicts = [enc(u) + enc(n) + self.salt("conflict", enc(u), enc(n)) for u, n in pairs]
        return root(objects), root(inspectors), root(conflicts)

    def eligible(self):
        return [row for row in self.objects.values() if row[2]]

    def counts(self):
        strata = sorted({row[1] for row in self.eligible()}, key=octets)
        return {stratum: sum(row[1] == stratum for row in self.eligible()) for stratum in strata}


def check_reach(objects, quota, inspectors, conflicts):
    """too_few_allowed: 2 * (weight without his conflicts) < (weight of all)."""
    by_rate = quota["rule"] == "at_least"
    weight = {row[0]: quota["ppm"].get(row[1], 0) if by_rate else 1 for row in objects if row[2]}
    total = sum(weight.values())
    for name, eligible, reason, _ in inspectors:
        barred = {uscc for uscc, other in conflicts if other == name}
        too_few = 2 * (total - sum(weight.get(uscc, 0) for uscc in barred)) < total
        require(not (eligible and too_few), f"{name} may inspect too few")
        require(reason != "too_few_allowed" or too_few, f"{name} may inspect enough")


# Quotas and selection [P-67] to [P-71]


def quotas(quota, counts, key):
    """Of every stratum with an eligible row, before the minimum; and the words used."""
    if quota["rule"] == "at_least":
        require(all(rate <= 10**6 for rate in quota["ppm"].values()), "a rate is over a million")
        require(all(stratum in quota["ppm"] for stratum in counts), "a stratum has no rate")
        return {c: -(-count * quota["ppm"][c] // 10**6) for c, count in counts.items()}, 0
    d = sum(counts.values())
    if d == 0:
        return {c: 0 for c in counts}, 0
    stream = Stream(key, 0)
    u, f, result = stream.below(d), 0, {}
    for c in sorted(counts, key=octets):
        x = quota["total"] * counts[c]
        after = f + x % d
        result[c] = min(counts[c], x // d + (after + u) // d - (f + u) // d)
        f = after
    return result, stream.words


def select(pool, quota, seed_):
    key = stage_key("objects", seed_)
    number, words = quotas(quota, pool.counts(), stage_key("quota", seed_))
    order = sorted((pool.ticket(key, "object", row[0]), octets(row[0]), row) for row in pool.eligible())
    taken = {c: 0 for c in number}
    drawn = []
    for place, _, row in order:
        if taken[row[1]] < number[row[1]]:
            taken[row[1]] += 1
            drawn.append((place, row))
    if quota["rule"] == "at_least":
        for place, _, row in order:
            if len(drawn) < quota["minimum"] and quota["ppm"][row[1]] > 0 and (place, row) not in drawn:
                number[row[1]] += 1
                drawn.append((place, row))
    drawn.sort(key=lambda one: (one[0], octets(one[1][0])))
    cutoffs = {row[1]: place for place, row in drawn}
    return {"quotas": number, "cutoffs": cutoffs, "selected": [row[0] for _, row in drawn], "words": words}
