"""The cases of a corpus (tests/it/foreign/case.rs says what a line is), and one who judges them all."""

import base64
import collections
import pathlib
import sys

Case = collections.namedtuple("Case", "accept kind change words line")


def read_cases(corpus):
    """The cases; a corpus without them is unfinished, and an error."""
    lines = pathlib.Path(corpus, "cases.txt").read_text(encoding="utf-8").splitlines()
    cases = []
    for line in lines:
        verdict, kind, change, *words = line.split(" ")
        if verdict not in ("accept", "refuse"):
            raise ValueError(f"no case: {line}")
        cases.append(Case(verdict == "accept", kind, change, words, line))
    return cases


def agrees(name, corpus, judges, refusals, differs=()):
    """Lets one implementation judge the kinds it speaks: {kind: function of the words}, which raises
    one of the `refusals` to refuse. Anything else that it raises is an error of its own and ends everything.

    Every verdict must be that of the case, but for the changes (kind, change) in which it is known to differ, and
    does; of each kind some must be accepted and some refused, but that a witness's answers all are to be as they
    are. Prints what was judged; gives whether all of this holds.
    """
    judged, unseen, wrong = collections.Counter(), set(differs), []
    for case in read_cases(corpus):
        if case.kind not in judges:
            continue
        try:
            judges[case.kind](*case.words)
            verdict, why = True, ""
        except refusals as reason:
            verdict, why = False, f" ({type(reason).__name__}: {reason})"
        if (case.kind, case.change) not in differs:
            judged[case.kind, case.accept] += 1
            if verdict != case.accept:
                wrong.append(case.line[:200] + why)
        elif verdict != case.accept:
            unseen.discard((case.kind, case.change))
    for kind in judges:
        print(f"{name}: {kind}: accepted {judged[kind, True]}, refused {judged[kind, False]}")
        if not judged[kind, True] or not judged[kind, False] and kind != "witness":
            wrong.append(f"too few cases of kind {kind}")
    wrong += [f"said to differ, and agrees: {difference}" for difference in unseen]
    for line in wrong[:10]:
        print(f"{name}: WRONG: {line}", file=sys.stderr)
    print(f"{name}: {len(wrong)} wrong verdicts")
    return not wrong


def hashes(words):
    return [base64.b64decode(word) for word in words]
