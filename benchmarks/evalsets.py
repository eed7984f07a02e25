"""Prints how long a large eval set takes to read, beside a bare JSON loop over the same lines.

Usage: python benchmarks/evalsets.py [cases] [runs]
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from evalgate.adapters.formats import FORMATS
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Tree

PATH = "evalsets/support.yaml"
LINES = "evalsets/support.jsonl"
EVALSET = b"""\
prompts: support-reply
defaults:
  vars: {sign_off: Warm regards}
  tags: [all]
graders:
  - contains: "{{sign_off}}"
  - contains: "{{order}}"
  - not: {regex: '(?i)guarantee'}
  - not: {contains: As an AI}
  - rubric: [Answers the question, {criterion: Sounds kind, required: false, weight: 0.5}]
cases: support.jsonl
"""
QUESTION = "My kettle came with a dent in the lid and I should like to send it back. "


def line(number: int) -> bytes:
    """Return one case of about 600 bytes."""
    case = {
        "id": f"returns-{number}",
        "vars": {"question": f"{QUESTION * 5}This is letter {number}.", "order": f"A-{number:06}"},
        "expected": "30 days",
        "tags": ["returns", f"week-{number % 52}"],
        "cluster": f"thread-{number // 3}",
        "graders": [{"contains": "{{expected}}"}],
    }
    return json.dumps(case).encode()


def read(tree: Tree) -> int:
    """Read the set and return how many cases it has."""
    document = FORMATS.read_yaml(PATH, tree[PATH])
    return len(read_evalset(document, name="support", tree=tree, parser=FORMATS).cases)


def bare(tree: Tree) -> int:
    """Parse the lines with nothing around it and return how many there are."""
    return len([json.loads(each) for each in tree[LINES].splitlines()])


def cpu_seconds(work: Callable[[Tree], int], tree: Tree) -> float:
    """Return the CPU time of one run."""
    start = process_time()
    work(tree)
    return process_time() - start


def peak_megabytes() -> float:
    """Return the largest resident size that the process has had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Measure both in turn, so that a drifting machine weighs on both alike."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    tree = {PATH: EVALSET, LINES: b"\n".join(map(line, range(cases)))}
    start = peak_megabytes()
    read(tree)
    peak = peak_megabytes()
    samples = [(cpu_seconds(read, tree), cpu_seconds(bare, tree)) for _ in range(runs)]
    seconds, loops = median(first for first, _ in samples), median(last for _, last in samples)
    size = len(tree[LINES]) / 1e6
    print(f"{cases:,} cases, {size:.0f} MB, medians of {runs} runs, {os.cpu_count()} cores")
    print(f"eval set       {seconds:.2f} s CPU, {seconds / loops:.1f} times the bare loop")
    print(f"bare JSON loop {loops:.2f} s CPU")
    print(f"peak resident size {peak:.0f} MB, {start:.0f} MB of it before reading")


if __name__ == "__main__":
    main()
