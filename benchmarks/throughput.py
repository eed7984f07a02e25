"""Prints what a gate takes beside a bare loop over the same SDK, measured in turn in one run.

Both answer and judge every case, with the same requests at the same concurrency, as processes of
their own. Start-up is the same command on one case without what its two calls wait; it is taken
off wall and CPU time and shown apart. Ideal is 2 × ⌈cases ÷ concurrency⌉ × latency, or what the
rate limit allows when that is longer.

Usage: python -m benchmarks.throughput [--cases N] [--concurrency C] [--latency MS] [--runs K]
           [--limit R] [--faults] [--warm] [--peers DIR]
"""

import math
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import work
from benchmarks.contestants import EVALGATE, Contestant, bare
from benchmarks.measuring import (
    BenchmarkError,
    Cost,
    Counts,
    measured,
    middle,
    running_server,
)
from benchmarks.peers.contestants import peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is to be done, and what stands in its way; latency in seconds."""

    cases: int
    concurrency: int
    latency: float
    limit: float | None
    faults: bool

    @property
    def ideal(self) -> float:
        """Return the seconds that nobody can beat."""
        waiting = 2 * math.ceil(self.cases / self.concurrency) * self.latency
        # The bucket of the server is full at the start and holds what one second allows.
        limited = 0.0 if self.limit is None else 2 * self.cases / self.limit - 1 + self.latency
        return max(waiting, limited)

    def server_arguments(self) -> list[str]:
        """Return the arguments that make the server so."""
        limit = [] if self.limit is None else [f"--limit={self.limit}"]
        faults = ["--faults"] if self.faults else []
        return [f"--latency={1000 * self.latency}", *limit, *faults]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One run of one contestant: what it took, how many cases have a result, what was served."""

    cost: Cost
    results: int
    counts: Counts


def run(contestant: Contestant, load: Load, *, warm: bool = False) -> Finished:
    """Let one contestant do the work in a folder of its own, against a server of its own."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_server(*load.server_arguments()) as server,
    ):
        folder = Path(scratch)
        contestant.prepare(folder, cases=load.cases, concurrency=load.concurrency)
        if warm:
            _once(contestant, folder, load, url=server.url)
        before = server.counts()
        cost = _once(contestant, folder, load, url=server.url)
        after = server.counts()
        counts = {name: number - before.get(name, 0) for name, number in after.items()}
        return Finished(cost=cost, results=contestant.results(folder, cost), counts=counts)


def _once(contestant: Contestant, folder: Path, load: Load, *, url: str) -> Cost:
    return measured(
        contestant.command(folder, cases=load.cases, concurrency=load.concurrency),
        folder=folder,
        environment=work.environment(url),
        expected=contestant.exit_codes,
    )


def start_up(contestant: Contestant, load: Load) -> Cost:
    """Return what the contestant takes for one case, without the waiting."""
    cost = run(contestant, replace(load, cases=1, limit=None, faults=False)).cost
    return cost.beyond(Cost(wall=2 * load.latency, cpu=0.0, peak=0.0))


def start_ups(contestants: Sequence[Contestant], load: Load, *, runs: int) -> Mapping[str, Cost]:
    """Measure all start-ups in turn."""
    costs: dict[str, list[Cost]] = defaultdict(list)
    for _ in range(runs):
        for contestant in contestants:
            costs[contestant.name].append(start_up(contestant, load))
    return {name: middle(each) for name, each in costs.items()}


def compete(
    contestants: Sequence[Contestant], load: Load, *, runs: int, warm: bool = False
) -> Mapping[str, list[Finished]]:
    """Run all contestants in turn, so that a drifting machine weighs on all alike."""
    finished: dict[str, list[Finished]] = defaultdict(list)
    for _ in range(runs):
        for contestant in contestants:
            try:
                finished[contestant.name].append(run(contestant, load, warm=warm))
            except BenchmarkError as error:
                print(f"{contestant.name}: {error}", file=sys.stderr)
    return finished


HEADINGS = (
    *("", "wall s", "÷ ideal", "÷ bare", "CPU ms/case", "÷ bare", "peak MB"),
    *("start s", "results", "calls", "429 %", "calls/s"),
)


def print_table(
    load: Load, finished: Mapping[str, list[Finished]], starts: Mapping[str, Cost]
) -> None:
    """Print a line for each contestant; start-up is taken off wall and CPU time."""
    nets = {
        name: middle([each.cost.beyond(starts[name]) for each in runs])
        for name, runs in finished.items()
    }
    first = next(iter(nets.values()))
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + "---|" * len(HEADINGS))
    for name, cost in nets.items():
        served = finished[name][0]
        cells = [
            *(name, f"{cost.wall:.2f}", _ratio(cost.wall, load.ideal)),
            *(_ratio(cost.wall, first.wall), f"{1000 * cost.cpu / load.cases:.2f}"),
            *(_ratio(cost.cpu, first.cpu), f"{cost.peak:.0f}"),
            *(f"{starts[name].wall:.2f}", f"{served.results:,}"),
            *_served(served.counts),
        ]
        print("| " + " | ".join(cells) + " |")


def _served(counts: Counts) -> list[str]:
    calls = counts["calls"]
    refused = counts.get("limited", 0) + counts.get("refused_429", 0)
    rate = f"{calls / counts['seconds']:,.0f}" if counts["seconds"] else "–"
    return [f"{calls:,.0f}", f"{100 * refused / calls:.1f}" if calls else "–", rate]


def _ratio(value: float, by: float) -> str:
    return f"{value / by:.2f}" if by > 0 else "–"


def main() -> None:
    """Read the arguments, measure and print."""
    parser = ArgumentParser(description="A gate beside a bare loop over the same SDK.")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=200.0, metavar="MS")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, metavar="R", help="calls per second")
    parser.add_argument("--faults", action="store_true", help="5 %% 429, 2 %% 529, 1 %% dropped")
    parser.add_argument("--warm", action="store_true", help="also run again with all answers known")
    parser.add_argument("--peers", type=Path, metavar="DIR", help="also run the peers in a folder")
    options = parser.parse_args()
    load = Load(
        cases=options.cases,
        concurrency=options.concurrency,
        latency=options.latency / 1000,
        limit=options.limit,
        faults=options.faults,
    )
    # Where calls fail, a loop that gives each up at once would have less work.
    loop = bare(retries=2 if load.faults or load.limit else 0)
    contestants = [loop, EVALGATE, *(peers(options.peers) if options.peers else ())]
    print(
        f"{load.cases:,} cases, {load.concurrency} at once, {options.latency:g} ms,"
        f" medians of {options.runs} runs, {os.cpu_count()} cores, ideal {load.ideal:.2f} s"
    )
    starts = start_ups(contestants, load, runs=options.runs)
    print_table(load, compete(contestants, load, runs=options.runs), starts)
    if options.warm:
        print("\nAgain, with everything known; start-up is not taken off:")
        cached = [each for each in contestants if each.caches]
        whole = {each.name: Cost(wall=0.0, cpu=0.0, peak=0.0) for each in cached}
        print_table(load, compete(cached, load, runs=options.runs, warm=True), whole)


if __name__ == "__main__":
    main()
