#!/usr/bin/env python3
"""check_log.py as anybody runs it, with every option, on a folder and over HTTP: judge_options.py CORPUS."""

import functools
import http.server
import pathlib
import subprocess
import sys
import tempfile
import threading

import cases

PROGRAM = pathlib.Path(__file__).with_name("check_log.py")
EXIT_CODES = {"VERIFIED": 0, "REFUTED": 1, "NOT CHECKED": 2}


def consistency_file(words):
    """A case of kind consistency as the text that check_log.py reads."""
    old, new, old_root, new_root, *path = words
    return "\n".join([f"old {old} {old_root}", f"new {new} {new_root}", *path, ""])


def runs(corpus, own):
    """(what it must say, words that must be in it, arguments)"""
    vkey = {case.words[1]: case.words[0] for case in cases.read_cases(corpus) if case.kind in ("ledger", "tiles")}
    ledger, records = vkey["ledger"], vkey["records-600"]
    of_records = [case for case in cases.read_cases(corpus) if case.kind == "consistency" and case.words[:2] == ["256", "300"]]
    (own / "good").write_text(consistency_file(next(case.words for case in of_records if case.accept)))
    (own / "bad").write_text(consistency_file(next(case.words for case in of_records if not case.accept)))
    policy = (corpus / "cosigned/ledger.policy").read_text()
    (own / "policy").write_text(policy + "\nquorum none\n")
    author = (corpus / "ledger.author").read_text()
    proof = corpus / "proofs/ledger-0.tlog-proof"
    whole = [corpus / "ledger", "--vkey", ledger]
    return [
        ("VERIFIED", "one chain", whole),
        ("VERIFIED", "cosigned by w0, w1, w2", [*whole, "--policy", corpus / "cosigned/ledger.policy"]),
        ("REFUTED", "quorum", [*whole, "--policy", own / "policy"]),
        ("REFUTED", "quorum", [corpus / "ledger.signature-bit", "--vkey", ledger, "--policy", corpus / "cosigned/ledger.policy"]),
        ("VERIFIED", "proves entry 0", [*whole, "--proof", proof]),
        ("REFUTED", "root", [*whole, "--proof", corpus / "proofs/ledger-0.proof-bit"]),
        ("REFUTED", "not signed by", [*whole, "--proof", corpus / "proofs/records-0.tlog-proof"]),
        ("REFUTED", "not extend", [corpus / "ledger.chain-swapped", "--tlog-only", "--vkey", ledger, "--proof", proof]),
        ("VERIFIED", "good holds", [corpus / "records-300", "--tlog-only", "--vkey", records, "--consistency", own / "good"]),
        ("REFUTED", "", [corpus / "records-300", "--tlog-only", "--vkey", records, "--consistency", own / "bad"]),
        ("REFUTED", "header", [corpus / "records-300", "--vkey", records]),
        ("VERIFIED", " signatures of given authors", [*whole, "--author", author]),
        ("VERIFIED", "one chain, 0 signatures", [corpus / "ledger.signature-bit", "--vkey", ledger]),
        ("REFUTED", "not signed by its author", [corpus / "ledger.signature-bit", "--vkey", ledger, "--author", author]),
        ("NOT CHECKED", "", [*whole, "--proof", own / "is-not-there"]),
        ("NOT CHECKED", "", [*whole, "--author", "no hex"]),
    ]


def said(arguments):
    ran = subprocess.run([sys.executable, PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def is_right(verdict, words, arguments):
    code, output = said(arguments)
    right = code == EXIT_CODES[verdict] and output.startswith(verdict) and words in output
    if not right:
        print(f"check_log: WRONG: not {verdict} {words!r} but {code}: {output}for {arguments}", file=sys.stderr)
    return right


def over_http(corpus):
    """The same verdicts on a web server, and none on a server that is not there."""
    handler = functools.partial(QuietHandler, directory=corpus)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    vkey = next(case.words[0] for case in cases.read_cases(corpus) if case.kind == "ledger")
    right = [
        is_right("VERIFIED", "one chain", [f"{url}/ledger", "--vkey", vkey]),
        is_right("REFUTED", "entry", [f"{url}/ledger.entry-bit", "--vkey", vkey]),
        is_right("REFUTED", "not there", [f"{url}/elsewhere", "--vkey", vkey]),
    ]
    server.shutdown()
    server.server_close()
    return [*right, is_right("NOT CHECKED", "", [f"{url}/ledger", "--vkey", vkey])]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main(corpus):
    with tempfile.TemporaryDirectory() as own:
        right = [is_right(*run) for run in runs(corpus, pathlib.Path(own))]
    right += over_http(corpus)
    print(f"check_log: options: {right.count(True)} of {len(right)} runs as they must be")
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
