#!/usr/bin/env python3
"""check_log.py judges a corpus: judge_check_log.py CORPUS. Exits 0 if it gives every verdict, else 1."""

import pathlib
import subprocess
import sys

import c2sp
import cases

HERE = pathlib.Path(__file__).parent


def judges(corpus):
    def log(vkey, folder, *more):
        """The program itself, as anybody would run it: its exit code is the verdict."""
        ran = subprocess.run(
            [sys.executable, HERE / "check_log.py", corpus / folder, "--vkey", vkey, *more],
            capture_output=True,
            text=True,
            check=False,
        )
        # 1 is "refuted"; anything else that is not 0 would be a broken program, which is no verdict.
        if ran.returncode not in (0, 1) or not ran.stdout.startswith(("VERIFIED", "REFUTED")):
            sys.exit(f"check_log.py broke on {folder}: {ran.returncode} {ran.stdout}{ran.stderr}")
        if ran.returncode:
            raise c2sp.Refuted(ran.stdout)

    def inclusion(index, size, entry, root, *path):
        entry, root, *path = cases.hashes([entry, root, *path])
        c2sp.require(c2sp.root_by_path(c2sp.leaf_hash(entry), int(index), int(size), path) == root, "another root")

    def consistency(old, new, *hashes):
        old_root, new_root, *path = cases.hashes(hashes)
        c2sp.check_consistency(int(old), int(new), old_root, new_root, path)

    def log_key(vkey):
        return c2sp.read_vkey(vkey, c2sp.LOG_KEY)

    def cosigned(policy, file):
        c2sp.check_policy((corpus / file).read_bytes(), (corpus / policy).read_text())

    return {
        "inclusion": inclusion,
        "consistency": consistency,
        "checkpoint": lambda vkey, file: c2sp.open_checkpoint((corpus / file).read_bytes(), log_key(vkey)),
        "cosigned": cosigned,
        "proof": lambda vkey, file: c2sp.check_proof((corpus / file).read_bytes(), log_key(vkey)),
        "tiles": lambda vkey, folder: log(vkey, folder, "--tlog-only"),
        "ledger": log,
        "path": lambda text: c2sp.require(c2sp.is_tile_path(text), "no path"),
        "vkey": log_key,
    }


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    sys.exit(0 if cases.agrees("check_log", folder, judges(folder), c2sp.Refuted) else 1)
