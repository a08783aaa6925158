#!/usr/bin/env python3
"""Checks a log from the outside: a second implementation, from the texts of C2SP and docs/protocol.md alone.

    check_log.py LOG --vkey VKEY [--policy FILE] [--tlog-only] [--author HEX]... [--proof FILE]... [--consistency FILE]...

LOG is a folder of static tiles (tlog-tiles) or the URL they lie below. Verdict and reasons are printed; the exit
code is 0 if everything holds, 1 if something is refuted, 2 if it could not be checked (usage, unreadable).
Clauses in brackets are those of docs/protocol.md.
"""

import argparse
import pathlib
import sys
import urllib.error
import urllib.request

import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from c2sp import (
    LOG_KEY,
    Refuted,
    check_consistency_file,
    check_policy,
    check_proof,
    leaf_hash,
    open_checkpoint,
    place,
    read_vkey,
    require,
    tree_root,
)


def read_file(log, path):
    """A file of the log; what is not there is refuted, what cannot be reached is not checked."""
    try:
        if "://" in log:
            with urllib.request.urlopen(f"{log.rstrip('/')}/{path}", timeout=30) as answer:
                return answer.read()
        return pathlib.Path(log, path).read_bytes()
    except (FileNotFoundError, urllib.error.HTTPError) as error:
        raise Refuted(f"{path} is not there: {error}") from None


def read_tile(log, level, index, count):
    """A tile or bundle that begins with `count` hashes or entries, and how many it has: when the log has grown,
    the full one may be all that is there."""
    path = f"tile/{level}/{place(index)}"
    if count == 256:
        return read_file(log, path), 256
    try:
        return read_file(log, f"{path}.p/{count}"), count
    except Refuted:
        return read_file(log, path), 256


def widths(size):
    """The tiles of a level that has `size` hashes: place and width."""
    return [(index, min(256, size - index * 256)) for index in range((size + 255) // 256)]


def check_tiles(log, size, root):
    """The leaf hashes, after every tile of every level was computed anew from the one below."""
    level, below, leaves = 0, None, []
    while size >> 8 * level:
        hashes = []
        for index, count in widths(size >> 8 * level):
            tile, width = read_tile(log, level, index, count)
            require(len(tile) == 32 * width, f"tile {index} of level {level} does not have {width} hashes")
            hashes += [tile[at : at + 32] for at in range(0, 32 * count, 32)]
        full = [below[at : at + 256] for at in range(0, len(below) - 255, 256)] if below else []
        for index, (group, above) in enumerate(zip(full, hashes, strict=True) if below else ()):
            require(tree_root(group) == above, f"hash {index} of level {level} is not the root of its tile")
        leaves, below, level = leaves or hashes, hashes, level + 1
    require(tree_root(leaves) == root, "the tiles lead to another root than the checkpoint's")
    return leaves


def check_entries(log, leaves):
    """The entries, each of which has its leaf hash [P-113]."""
    entries = []
    for index, count in widths(len(leaves)):
        (bundle, width), at = read_tile(log, "entries", index, count), 0
        for number in range(width):
            length = int.from_bytes(bundle[at : at + 2], "big")
            require(at + 2 + length <= len(bundle), f"bundle {index} is cut off")
            entries += [bundle[at + 2 : at + 2 + length]] if number < count else []
            at += 2 + length
        require(at == len(bundle), f"bundle {index} has bytes behind its last entry")
    for position, (entry, leaf) in enumerate(zip(entries, leaves, strict=True)):
        require(leaf_hash(entry) == leaf, f"entry {position} is not the one of its leaf")
    return entries


def derive_key(context, data):
    return blake3.blake3(data, derive_key_context=context).digest()


def check_chain(entries, authors=()):
    """Positions, times, previous hashes [P-1] to [P-5]; signatures of the authors whose keys are given [P-10]."""
    keys = {derive_key("lotbook v1 key id", b"\1" + public): public for public in authors}
    previous, before, signed = bytes(32), -(2**63), 0
    ledger_id = derive_key("lotbook v1 entry", entries[0]) if entries else b""
    for position, entry in enumerate(entries):
        require(146 <= len(entry) <= 65535 and entry[0] == 1, f"entry {position} has no header")
        require(int.from_bytes(entry[1:9], "little") == position, f"entry {position} names another position")
        recorded = int.from_bytes(entry[9:17], "little", signed=True)
        require(recorded >= before, f"entry {position} was recorded before the one before it")
        require(entry[17:49] == previous, f"entry {position} does not name the hash of the entry before it")
        previous, before = derive_key("lotbook v1 entry", entry), recorded
        if public := keys.get(entry[49:81]):
            message = b"lotbook v1 statement\n" + (ledger_id if position else bytes(32)) + entry[145:]
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(entry[81:145], message)
            except InvalidSignature:
                raise Refuted(f"entry {position} is not signed by its author") from None
            signed += 1
    return signed


def check(args):
    """Checks what the command line names; gives the verdict in words."""
    log = read_vkey(args.vkey, LOG_KEY)
    note = read_file(args.log, "checkpoint")
    (size, root), words = open_checkpoint(note, log), []
    if args.policy:
        _, witnesses = check_policy(note, pathlib.Path(args.policy).read_text(), log)
        words.append(f"cosigned by {', '.join(witnesses)}")
    leaves = check_tiles(args.log, size, root)
    entries = check_entries(args.log, leaves)
    if not args.tlog_only:
        signed = check_chain(entries, [bytes.fromhex(key) for key in args.author])
        words.append(f"one chain, {signed} signatures of given authors")
    for file in args.proof:
        index, entry, of_size, of_root = check_proof(pathlib.Path(file).read_bytes(), log)
        if of_size <= size:
            require(of_root == tree_root(leaves[:of_size]), f"{file} is of a tree that this log does not extend")
            require(entries[index] == entry, f"{file} is of another entry than the log's")
        words.append(f"{file} proves entry {index} in {of_size}")
    for file in args.consistency:
        of_size, of_root = check_consistency_file(pathlib.Path(file).read_text())
        require(of_size != size or of_root == root, f"{file} leads to another root than the checkpoint's")
        words.append(f"{file} holds")
    return f"{size} entries of {log[0]}: every tile, leaf and the root as signed", words


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log")
    parser.add_argument("--vkey", required=True)
    parser.add_argument("--policy", help="tlog-policy file: the checkpoint must have its quorum")
    parser.add_argument("--tlog-only", action="store_true", help="the entries are not a Lotbook ledger's")
    for name, what in (("author", "public key, hex"), ("proof", "tlog-proof or receipt"), ("consistency", "proof")):
        parser.add_argument(f"--{name}", action="append", default=[], help=what)
    args = parser.parse_args()
    try:
        verdict, words = check(args)
    except Refuted as reason:
        print(f"REFUTED: {reason}")
        return 1
    except (OSError, ValueError) as reason:
        print(f"NOT CHECKED: {reason}")
        return 2
    print(f"VERIFIED: {verdict}", *words, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
