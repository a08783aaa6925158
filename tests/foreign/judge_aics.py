#!/usr/bin/env python3
"""The packages aics-tlog and aics-witness judge a corpus, and make one: judge_aics.py OURS THEIRS.

Exits 0 if they give every verdict on OURS, else 1. What they make is written to THEIRS, for `foreign-judge`.
"""

import logging
import pathlib
import shutil
import sys
import tempfile

import aics_tlog
from aics_tlog import tiles as tile_paths
from aics_witness.config import LogConfig
from aics_witness.service import Witness, WitnessError
from aics_witness.store import WitnessStore
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import aics_makes
import cases

#: Where they are not as C2SP says, or as strict as it may be; tests/foreign/README.md says more.
DIFFERS = {
    # Its own profile refuses two lines by one known key, also if they are the same.
    ("checkpoint", "line-twice"),
    # It does not miss the line feed after the last signature.
    ("checkpoint", "cut-newline"),
    # It takes the first hashes of a partial tile and does not mind more behind them.
    ("tiles", "tile-long"),
    # It accepts a group of zeros at the front, so that a tile has two paths.
    ("path", "empty-first-group"),
    # It does not read entries as a ledger's: their chain is nothing to it.
    *(("ledger", f"chain-{change}") for change in ("swapped", "without-one", "previous-bit", "position", "statement-bit")),
}
REFUSALS = (ValueError, FileNotFoundError)


def require(holds):
    if not holds:
        raise ValueError("refused")


class Judge:
    def __init__(self, corpus, made, databases):
        self.corpus, self.made, self.databases = corpus, made, databases
        self.witnesses, self.answers = {}, 0

    def inclusion(self, index, size, entry, root, *path):
        entry, root, *path = cases.hashes([entry, root, *path])
        require(aics_tlog.verify_leaf_inclusion(entry, int(index), int(size), path, root))

    def consistency(self, old, new, *hashes):
        old_root, new_root, *path = cases.hashes(hashes)
        require(aics_tlog.verify_consistency(int(old), int(new), old_root, new_root, path))

    def note(self, file):
        return aics_tlog.parse_note((self.corpus / file).read_bytes())

    def checkpoint(self, vkey, file):
        key = aics_tlog.parse_vkey(vkey)
        result = aics_tlog.verify_checkpoint(self.note(file), key, expected_origin=key.name)
        require(result.ok)
        return result

    def cosigned(self, policy, file):
        lines = [line.split() for line in (self.corpus / policy).read_text().splitlines()]
        (log,) = [words[1] for words in lines if words[0] == "log"]
        witnesses = [aics_tlog.parse_vkey(words[2]) for words in lines if words[0] == "witness"]
        ((quorum, members),) = [(int(words[2]), words[3:]) for words in lines if words[0] == "group"]
        require(len(members) == len(witnesses))
        policy = aics_tlog.WitnessPolicy(quorum, tuple(witnesses))
        require(aics_tlog.verify_checkpoint(self.note(file), aics_tlog.parse_vkey(log), policy=policy).ok)

    def tiles(self, vkey, folder):
        head = self.checkpoint(vkey, f"{folder}/checkpoint")
        aics_tlog.audit_tiles(aics_tlog.FileSystemTileReader(self.corpus / folder), head.size, head.root)

    def path(self, text):
        parse = tile_paths.parse_entry_bundle_path if text.startswith("tile/entries") else tile_paths.parse_tile_path
        parse(text)

    def vkey(self, text):
        require(aics_tlog.parse_vkey(text).ed25519)

    def witness(self, status, session, vkey, file):
        """A session's requests go to a witness of its own, whose log has this key."""
        if session not in self.witnesses:
            log = LogConfig(vkey.split("+")[0], (aics_tlog.parse_vkey(vkey),))
            store = WitnessStore(self.databases / f"{session}.db", create=True)
            key = Ed25519PrivateKey.from_private_bytes(bytes([len(self.witnesses) + 1]) * 32)
            self.witnesses[session] = Witness(f"{session}.witness.example", key, store, [log])
        witness, request = self.witnesses[session], (self.corpus / file).read_bytes()
        try:
            lines, answer = witness.add_checkpoint(request), "200"
        except WitnessError as refused:
            answer = f"409:{refused.body.decode().strip()}" if refused.status == 409 else str(refused.status)
        if answer == "200":
            self.answers += 1
            self.made.cosigned(f"answer-{self.answers}", vkey, [witness.vkey_text], request.split(b"\n\n", 1)[1] + lines)
        require(answer == status)


def main(ours, theirs):
    # The witness tells its operator of every refusal; here they are what is asked for.
    logging.disable(logging.WARNING)
    shutil.rmtree(theirs, ignore_errors=True)
    with tempfile.TemporaryDirectory() as databases:
        made = aics_makes.Made(theirs)
        judge = Judge(ours, made, pathlib.Path(databases))
        kinds = ("inclusion", "consistency", "checkpoint", "cosigned", "tiles", "path", "vkey", "witness")
        judges = {kind: getattr(judge, kind) for kind in kinds} | {"ledger": judge.tiles}
        agreed = cases.agrees("aics", ours, judges, REFUSALS, DIFFERS)
        for witness in judge.witnesses.values():
            witness.store.close()
    aics_makes.everything(made)
    print(f"aics: made {made.finish()} cases")
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main(*map(pathlib.Path, sys.argv[1:3])))
