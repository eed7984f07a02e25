"""Kills a gate with SIGKILL at random moments, goes on with it, and checks that nothing is lost.

Whatever was killed when: in the end each planned trial stands exactly once in `trials.jsonl`, the
verdict's ledger balances, and the server has seen at most the planned calls and, for each kill,
those that were in flight.

Usage: python -m benchmarks.kills [--kills K] [--cases N] [--concurrency C] [--seed S] [--faults]
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Counts, running_server
from benchmarks.work import environment, write_repository

OUT = "run"
LATENCY = 20.0
"""Milliseconds; short, so that a kill often falls between two writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """How a run ended: how often it was killed, and whether anything had been written by then."""

    kills: int
    resumed: int
    exit_code: int


def gate(folder: Path, url: str) -> subprocess.Popen[bytes]:
    """Begin a gate, or go on with the one that was begun."""
    begun = (folder / OUT / "plan.json").exists()
    how = ["--resume", OUT] if begun else ["--out", OUT]
    return subprocess.Popen(
        [sys.executable, "-m", "evalgate", "gate", "--json", "--no-cache", *how],
        cwd=folder,
        env={**os.environ, **environment(url)},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "err.log").open("ab"),
        start_new_session=True,
    )


def run_with_kills(folder: Path, url: str, *, kills: int, rng: random.Random) -> Killed:
    """Kill the gate until it has been killed often enough or ends before that; then let it end."""
    done = resumed = 0
    while done < kills:
        process = gate(folder, url)
        try:
            code = process.wait(timeout=_moment(folder, process, rng))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            resumed += (folder / OUT / "plan.json").exists()
            continue
        return Killed(kills=done, resumed=resumed, exit_code=code)
    return Killed(kills=done, resumed=resumed, exit_code=gate(folder, url).wait())


def _moment(folder: Path, process: subprocess.Popen[bytes], rng: random.Random) -> float:
    """Return in how many seconds to kill: mostly while trials run, sometimes while it starts."""
    if rng.random() < 0.1:
        return rng.uniform(0.0, 1.0)
    log, size = folder / OUT / "trials.jsonl", _size(folder / OUT / "trials.jsonl")
    while process.poll() is None and _size(log) <= size:
        try:
            process.wait(timeout=0.005)
        except subprocess.TimeoutExpired:
            continue
    return rng.uniform(0.0, 0.3)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def faults(
    folder: Path, counts: Counts, killed: Killed, *, cases: int, concurrency: int
) -> Iterator[str]:
    """Say what is wrong with a finished run."""
    if killed.exit_code != 0:
        yield f"the last run ended with {killed.exit_code}: {_last_words(folder)}"
    lines = (folder / OUT / "trials.jsonl").read_text("utf-8").splitlines()
    times = Counter((trial["case"], trial["trial"]) for trial in map(json.loads, lines))
    wanted = {(f"letter-{number}", 0) for number in range(cases)}
    for name, found in {
        "missing": wanted - times.keys(),
        "not planned": times.keys() - wanted,
        "told more than once": {key for key, number in times.items() if number > 1},
    }.items():
        if found:
            yield f"{len(found)} trials {name}, such as {min(found)}"
    served = counts.get("answered", 0) + counts.get("judged", 0)
    most = 2 * cases + killed.kills * concurrency
    if not 2 * cases <= served <= most:
        yield f"{served:,.0f} calls were answered; from {2 * cases:,} to {most:,} may be"


def _last_words(folder: Path) -> str:
    return (folder / "err.log").read_text("utf-8", "replace")[-500:]


def main() -> None:
    """Run whole gates, each killed about ten times, until there were enough kills."""
    parser = ArgumentParser(description="Kill -9 at random moments, and go on.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--each", type=int, default=10, help="kills of one run at most")
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="store_true", help="5 %% 429, 2 %% 529, 1 %% dropped")
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311 - repeatable moments, no secret
    server = [f"--latency={LATENCY}", *(["--faults"] if options.faults else [])]
    kills = extra = 0
    while kills < options.kills:
        with tempfile.TemporaryDirectory() as scratch, running_server(*server) as served:
            folder = Path(scratch)
            write_repository(folder, cases=options.cases, concurrency=options.concurrency)
            wanted = min(options.each, options.kills - kills)
            killed = run_with_kills(folder, served.url, kills=wanted, rng=rng)
            counts = served.counts()
            wrong = list(
                faults(folder, counts, killed, cases=options.cases, concurrency=options.concurrency)
            )
        kills += max(1, killed.kills)
        extra += int(counts["answered"] + counts["judged"]) - 2 * options.cases
        print(f"{kills} kills, {extra} calls paid again", flush=True)
        if wrong:
            sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
