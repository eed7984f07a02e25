"""Tells how fast the monitor reads a day of the call log, beside a bare loop over its lines.

`python -m benchmarks.monitor --lines 1000000` writes so many lines into a temporary folder.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from evalgate.adapters.traffic import TrafficReader
from evalgate.model.alarm_report import AlarmReport
from evalgate.model.traffic import Traffic
from evalgate.monitoring.board.boarding import Material, board_of
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

DAY = 86_400.0
AT = 1_795_305_600.0
FEATURES = ("support/chat", "support/mail", "search", "triage")


def write_day(file: Path, lines: int) -> None:
    """Write a day of calls of four features and two versions."""
    random = Random(1)  # noqa: S311 - the same day each time
    with file.open("wb", buffering=1 << 20) as opened:
        for number in range(lines):
            call = replace(
                RECORD,
                ts=AT - DAY * (1 - number / lines),
                feature=random.choice(FEATURES),
                version="v3" if number < lines / 2 else "v4",
                latency_ms=int(random.lognormvariate(7, 0.5)),
                user=f"{random.randrange(5_000):032x}",
            )
            opened.write(line_of(call))


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def bare(file: Path) -> None:
    """Parse each line, and nothing else."""
    with file.open("rb") as opened:
        for line in opened:
            json.loads(line)


def main() -> None:
    """Write, read, look again, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls-2026-11-21.jsonl"
        write_day(file, lines)
        reader = TrafficReader([Path(folder)], thresholds=(2_000,), since=AT - DAY)
        found: list[Traffic] = []
        first = seconds(lambda: found.append(reader.look(AT)))
        again = seconds(lambda: reader.look(AT))
        board = seconds(
            lambda: board_of(found[0], AlarmReport(at=AT), Material(), since=AT - DAY, at=AT)
        )
        loop = seconds(lambda: bare(file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"lines                  {lines:>12,}")
    print(f"first look             {lines / first:>12,.0f} lines a second of CPU")
    print(f"bare loop, json.loads  {lines / loop:>12,.0f} lines a second of CPU")
    print(f"look without news      {1000 * again:>12,.0f} ms")
    print(f"board                  {1000 * board:>12,.0f} ms")
    print(f"peak of memory         {peak:>12,.0f} MB")


if __name__ == "__main__":
    main()
