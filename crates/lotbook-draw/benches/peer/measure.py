"""Processor seconds of 1,000 of 1,000,000 by consistent_sampler and by the program given: measure.py PROGRAM."""

import re
import statistics
import subprocess
import sys
import time

from consistent_sampler import sampler

ROWS, DRAWN, ROUNDS = 1_000_000, 1_000, 5


def theirs(ids):
    begun = time.process_time()
    drawn = list(sampler(ids, seed=314159, take=DRAWN, output="id"))
    assert len(drawn) == DRAWN
    return time.process_time() - begun


def ours(program):
    """Counting and selecting, the ids being in memory as they are for the other."""
    told = subprocess.run([program, "pool", str(ROWS), "1"], check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([0-9.]+) ns of a processor each", told)[1]) * ROWS / 1e9


ids = [f"914111{number:012}" for number in range(ROWS)]
times = [(theirs(ids), ours(sys.argv[1])) for _ in range(ROUNDS)]
for name, each in zip(("consistent_sampler", "lotbook-draw"), zip(*times)):
    print(f"{name}: {statistics.median(each):.3f} s of a processor ({min(each):.3f} to {max(each):.3f})")
ratios = [a / b for a, b in times]
print(f"ratio: {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")
