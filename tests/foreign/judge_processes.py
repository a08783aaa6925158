#!/usr/bin/env python3
"""The real program among strangers: judge_processes.py PROGRAM.

A ledger that only a foreign witness lets publish, read by foreign clients over HTTP, from an export and in a receipt;
and our witness, asked by a foreign client. Everything listens on loopback and is stopped at the end.
"""

import contextlib
import json
import logging
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import aics_tlog
from aics_witness.config import LogConfig
from aics_witness.feeder import WitnessClient, WitnessRejected
from aics_witness.service import Witness, make_server
from aics_witness.store import WitnessStore
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import aics_makes

HERE = pathlib.Path(__file__).parent
OFFICE = HERE.parent / "sample/office.toml"
#: Seconds until something that must come counts as not coming.
PATIENCE = 60


def run(*arguments):
    return subprocess.run(list(map(str, arguments)), capture_output=True, text=True, check=True).stdout


@contextlib.contextmanager
def serving(program, pattern, *arguments):
    """A process of the program, once it has printed a line of this pattern; gives the matches of all such lines."""
    process = subprocess.Popen([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    try:
        text = ""
        while not re.search(pattern, text):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{arguments[0]} ended early: {text}")
            text += line
        yield re.search(pattern, text)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextlib.contextmanager
def foreign_witness(folder, vkey):
    """aics-witness, serving HTTP, for the log of this key."""
    log = LogConfig(vkey.split("+")[0], (aics_tlog.parse_vkey(vkey),))
    store = WitnessStore(folder / "witness.db", create=True)
    witness = Witness("foreign.witness.example", Ed25519PrivateKey.generate(), store, [log])
    server = make_server(witness)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield witness.vkey_text, server.url
    finally:
        server.shutdown()
        server.server_close()
        store.close()


def head_beyond(url, size, log, witness):
    """The published checkpoint, when it is larger than that: it must have the witness's cosignature."""
    policy = aics_tlog.WitnessPolicy(1, (aics_tlog.parse_vkey(witness),), max_age_seconds=600)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/checkpoint", timeout=10) as answer:
            head = aics_tlog.verify_checkpoint(aics_tlog.parse_note(answer.read()), aics_tlog.parse_vkey(log), policy=policy)
            assert head.ok, head.error
            if head.size > size:
                return head
        time.sleep(0.05)
    raise RuntimeError(f"nothing beyond {size} entries is published at {url}")


def check_log(*arguments):
    return run(sys.executable, HERE / "check_log.py", *arguments)


def state_something(program, url, folder):
    """A key is registered: an entry that any new ledger takes."""
    run(program, "key", "new", folder / "key")
    fields = run(program, "key", "show", folder / "key", "--register-at", url, "--role", "registrar", "--person", "某人")
    (folder / "fields.json").write_text(fields)
    administrator = folder / "ledger/keys/administrator.key"
    run(program, "key", "register", "--server", url, "--key", administrator, "--from", folder / "fields.json")


def our_ledger(program, folder):
    data = folder / "ledger"
    run(program, "init", "--data", data, "--office", OFFICE)
    log = json.loads(run(program, "show", "identity", "--data", data, "--json"))["vkey"]
    with foreign_witness(folder, log) as (witness, address):
        (folder / "policy").write_text(f"witness w {witness} {address}\nquorum w\n")
        (folder / "lotbook.toml").write_text('listen = "127.0.0.1:0"\nhttp = "127.0.0.1:0"\nwitnesses = "policy"\n')
        pattern = r"(?s)entries on (http\S+).*checkpoint and tiles on (http\S+)"
        with serving(program, pattern, "serve", "--data", data, "--config", folder / "lotbook.toml") as found:
            grpc, url = found.groups()
            first = head_beyond(url, 0, log, witness)
            state_something(program, grpc, folder)
            head = head_beyond(url, first.size, log, witness)
            aics_tlog.audit_tiles(aics_tlog.HttpTileReader(url, proxies={}), head.size, head.root)
            receipt = folder / "receipt.tlog-proof"
            run(program, "receipt", "save", "--server", grpc, "--position", 0, "--out", receipt, "--witnessed")
            told = check_log(url, "--vkey", log, "--policy", folder / "policy", "--proof", receipt)
            assert "cosigned by w" in told and "proves entry 0" in told, told
    run(program, "export", "--data", data, "--tiles", folder / "tiles")
    print("processes: the ledger:", check_log(folder / "tiles", "--vkey", log, "--policy", folder / "policy").split("\n")[0])


def our_witness(program, folder):
    """aics-witness's client gives ours the heads of a log that grows; and those of one that does not."""
    tree = aics_makes.MerkleTree(aics_makes.ENTRIES[:600])
    forked = aics_makes.MerkleTree(aics_makes.ENTRIES[1:700])
    run(program, "key", "new", folder / "witness.key")
    named = ("--key", folder / "witness.key", "--name", "ours.witness.example")
    vkey = run(program, "witness", "show", *named).strip()
    log = ("--state", folder / "state", "--listen", "127.0.0.1:0", "--log", aics_makes.VKEY)
    with serving(program, r"on +(http\S+)", "witness", "serve", *named, *log) as found:
        with WitnessClient(found[1], vkey) as client:
            for size in (1, 7, 256, 300, 300, 599):
                # The client verifies the cosignature with the witness's key, and that it is fresh.
                client.submit(aics_makes.head(size, tree.root(size)).to_bytes(), tree.consistency_proof)
            with contextlib.suppress(WitnessRejected):
                client.submit(aics_makes.head(650, forked.root(650)).to_bytes(), forked.consistency_proof)
                raise RuntimeError("our witness cosigned a fork")
            client.submit(aics_makes.head(600, tree.root(600)).to_bytes(), tree.consistency_proof)
    print("processes: our witness cosigned a foreign log to 600 entries, and no fork of it")


def main(program):
    logging.disable(logging.WARNING)
    for judge in (our_ledger, our_witness):
        with tempfile.TemporaryDirectory() as folder:
            judge(program, pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
