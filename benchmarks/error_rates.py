"""Prints how often verdicts are wrong, by simulation of prompts whose true drop is known.

Each cell has a seed of its own, so that it comes out the same whatever else is run.

Usage: python -m benchmarks.error_rates [--runs N] [--only TABLE…] [--write]

`--write` puts the tables into `docs/statistics.md`, between its markers.
"""

import random
import re
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

from benchmarks.worlds import (
    Rates,
    World,
    answers,
    drawn_history,
    drawn_pairs,
    drawn_rates,
    planned,
)
from evalgate.deciding.bounds import Sample, proves_limit, sample, upper_bound
from evalgate.deciding.drift import DRIFTED, drift_evidence
from evalgate.deciding.evidence import differences
from evalgate.deciding.suite import suite_sample
from evalgate.gate.rehearsal import rehearse
from evalgate.model.policy import Estimand, GateRules, Policy, RunSettings
from evalgate.model.trial import Arm

ALPHA, LIMIT = 0.05, 0.05
DEPTH = 10
PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"

Shares = tuple[float, float, float, float]
"""Pass, fail, inconclusive, in percent of the runs, and calls per case."""

Row = tuple[str, ...]
Job = Callable[[int], Row]


def fixed(world: World, trials: int, runs: int) -> Shares:
    """Run both arms side by side, so many trials each, and decide once."""
    rng = _seeded(world, trials)
    verdicts: Counter[str] = Counter()
    for _ in range(runs):
        pairs = drawn_pairs(drawn_rates(world, rng), trials, rng, clusters=world.clusters)
        verdicts[_verdict(sample(differences(pairs)))] += 1
    return _shares(verdicts, runs, calls=2.0 * trials)


def with_record(world: World, runs: int) -> Shares:
    """Run the candidate against a record, with looks."""
    rng = _seeded(world, DEPTH)
    policy = Policy(gate=GateRules(estimand=Estimand.POPULATION), run=RunSettings())
    verdicts: Counter[str] = Counter()
    trials = 0
    for _ in range(runs):
        rates = drawn_rates(world, rng)
        history = drawn_history(world, rates, rng, depth=DEPTH, policy=policy)
        usual = planned(world, policy.run.trials)
        found = rehearse(usual, policy.gate, answers(world, rates, rng), history=history)
        verdicts[found.verdict.value] += 1
        trials += found.trials
    return _shares(verdicts, runs, calls=trials / runs / world.cases)


def suite(rates: Rates, trials: int, runs: int) -> Shares:
    """Run the same cases again and again."""
    rng = _seeded(rates, trials)
    verdicts = Counter(
        _verdict(suite_sample(drawn_pairs(rates, trials, rng, clusters=None))) for _ in range(runs)
    )
    return _shares(verdicts, runs, calls=2.0 * trials)


def _fixed_rows() -> Iterator[Job]:
    for cases, trials, drop in product((60, 100, 200, 500), (1, 3), (0.0, 0.02, 0.05, 0.1)):
        yield partial(_fixed_row, World(cases=cases, drop=drop), trials)


def _fixed_row(world: World, trials: int, runs: int) -> Row:
    return str(world.cases), str(trials), _points(world.drop), *_told(fixed(world, trials, runs))


def threshold(world: World, trials: int, runs: int) -> tuple[float, float]:
    """Block when the observed drop is larger than the limit, and than two points, in percent."""
    rng = _seeded(world, trials, "threshold")
    drops = []
    for _ in range(runs):
        pairs = drawn_pairs(drawn_rates(world, rng), trials, rng, clusters=None)
        drops.append(-sample(differences(pairs)).mean)
    shares = [100 * sum(drop > limit + 1e-9 for drop in drops) / runs for limit in (LIMIT, 0.02)]
    return shares[0], shares[1]


def _threshold_rows() -> Iterator[Job]:
    for cases, trials in product((60, 100, 200, 500), (1, 3)):
        yield partial(_threshold_row, cases, trials)


def _threshold_row(cases: int, trials: int, runs: int) -> Row:
    """Tell of no change, and of a true drop of the limit."""
    unchanged, dropped = (
        threshold(World(cases=cases, drop=drop), trials, runs) for drop in (0.0, LIMIT)
    )
    cells = (unchanged[0], dropped[0], unchanged[1], dropped[1])
    return str(cases), str(trials), *(f"{cell:.1f}" for cell in cells)


def _record_rows() -> Iterator[Job]:
    for cases, drop in product((100, 200, 500), (0.0, 0.02, 0.05, 0.1)):
        yield partial(_record_row, World(cases=cases, drop=drop))


def _record_row(world: World, runs: int) -> Row:
    return str(world.cases), _points(world.drop), *_told(with_record(world, runs))


def _drift_rows() -> Iterator[Job]:
    for drop, drift in product((0.0, 0.05), (0.05, 0.1, 0.2)):
        yield partial(_drift_row, World(cases=200, drop=drop, drift=drift))


def _drift_row(world: World, runs: int) -> Row:
    return _points(world.drop), _points(world.drift), *_told(with_record(world, runs))


def noticed(world: World, runs: int) -> float:
    """Ask the baseline anew where a run would, and tell how often that refutes the record."""
    rng = _seeded(world, "probes")
    found = 0
    for _ in range(runs):
        rates = drawn_rates(world, rng)
        history = drawn_history(world, rates, rng, depth=DEPTH, policy=Policy())
        draw = answers(world, rates, rng)
        probed = sorted(history.probed)
        fresh = [(history.outcomes[case], (draw(Arm.BASELINE, case),)) for case in probed]
        found += drift_evidence(fresh) >= DRIFTED
    return 100 * found / runs


def _probe_rows() -> Iterator[Job]:
    for cases in (200, 500, 1000):
        yield partial(_probe_row, cases)


def _probe_row(cases: int, runs: int) -> Row:
    drifts = (0.0, 0.05, 0.1, 0.2, 0.4)
    found = [noticed(World(cases=cases, drift=drift), runs) for drift in drifts]
    return str(cases), *(f"{share:.1f}" for share in found)


def _grid_rows() -> Iterator[Job]:
    for pass_rate, alike in product((0.7, 0.8, 0.9, 0.97), (0.2, 0.5, 0.99)):
        for churn in (0.0, 0.3):
            yield partial(_grid_row, World(cases=0, pass_rate=pass_rate, alike=alike, churn=churn))


def _grid_row(like: World, runs: int) -> Row:
    """Tell of the worst over sizes, trials and kinds of drops, and of the mean."""
    fails, passes = [], []
    for cases, trials in product((50, 60, 100, 200, 500), (1, 3, 5)):
        world = replace(like, cases=cases)
        fails.append(fixed(world, trials, runs)[1])
        for diffuse in (False, True):
            lost = replace(world, drop=LIMIT, diffuse=diffuse)
            passes.append(fixed(lost, trials, runs)[0])
    of = (like.pass_rate, like.alike, like.churn)
    found = (max(fails), _mean(fails), max(passes), _mean(passes))
    return *(f"{value:g}" for value in of), *(f"{value:.1f}" for value in found)


def _cluster_rows() -> Iterator[Job]:
    for clusters, size in product((60, 100, 200), (2, 5)):
        yield partial(_cluster_row, clusters, size)


def _cluster_row(clusters: int, size: int, runs: int) -> Row:
    unchanged, limit, double = (
        fixed(World(cases=clusters * size, clusters=clusters, drop=drop), 1, runs)
        for drop in (0.0, LIMIT, 2 * LIMIT)
    )
    cells = (unchanged[0], unchanged[1], limit[0], limit[1], double[1])
    return str(clusters), str(size), *(f"{cell:.1f}" for cell in cells)


SUITES: dict[str, Callable[[int], Rates]] = {
    "unchanged, all at .97": lambda n: [(0.97, 0.97)] * n,
    "unchanged, all at .9": lambda n: [(0.9, 0.9)] * n,
    "unchanged, all at .5": lambda n: [(0.5, 0.5)] * n,
    "unchanged, a tenth at .5, the rest certain": lambda n: (
        [(0.5, 0.5)] * (n // 10) + [(1.0, 1.0)] * (n - n // 10)
    ),
    "5 points lost, all from .9": lambda n: [(0.9, 0.85)] * n,
    "5 points lost, all from 1": lambda n: [(1.0, 0.95)] * n,
    "5 points lost by a tenth of the cases": lambda n: (
        [(1.0, 0.5)] * (n // 10) + [(1.0, 1.0)] * (n - n // 10)
    ),
    "5 points lost by cases that break": lambda n: (
        [(1.0, 0.0)] * (n // 20) + [(1.0, 1.0)] * (n - n // 20)
    ),
    "10 points lost, all from .9": lambda n: [(0.9, 0.8)] * n,
}


def _suite_rows() -> Iterator[Job]:
    for name, (cases, trials) in product(SUITES, ((20, 3), (20, 7), (40, 5))):
        yield partial(_suite_row, name, cases, trials)


def _suite_row(name: str, cases: int, trials: int, runs: int) -> Row:
    shares = suite(SUITES[name](cases), trials, runs)
    return name, str(cases), str(trials), *_told(shares)[:3]


_VERDICTS = ("pass", "fail", "inconclusive")
TABLES: dict[str, tuple[Row, Callable[[], Iterator[Job]]]] = {
    "fixed": (("cases", "trials", "true drop", *_VERDICTS, "calls per case"), _fixed_rows),
    "threshold": (
        (
            "cases",
            "trials",
            "over 5 points: blocks unchanged",
            "blocks at 5",
            "over 2 points: blocks unchanged",
            "blocks at 5",
        ),
        _threshold_rows,
    ),
    "record": (("cases", "true drop", *_VERDICTS, "calls per case"), _record_rows),
    "drift": (("true drop", "drift of both arms", *_VERDICTS, "calls per case"), _drift_rows),
    "probes": (("cases", "unchanged", *(f"{n} points" for n in (5, 10, 20, 40))), _probe_rows),
    "grid": (
        (
            "pass rate",
            "correlation",
            "churn",
            "false fail, worst",
            "mean",
            "false pass, worst",
            "mean",
        ),
        _grid_rows,
    ),
    "clusters": (
        (
            "clusters",
            "cases each",
            "pass unchanged",
            "fail unchanged",
            "pass at 5",
            "fail at 5",
            "fail at 10",
        ),
        _cluster_rows,
    ),
    "suite": (("what is true", "cases", "trials", *_VERDICTS), _suite_rows),
}


def _verdict(of: Sample) -> str:
    if proves_limit(of, LIMIT, ALPHA):
        return "pass"
    return "fail" if upper_bound(of, ALPHA) < 0 else "inconclusive"


def _shares(verdicts: Counter[str], runs: int, *, calls: float) -> Shares:
    passed, failed, open_ = (100 * verdicts[word] / runs for word in _VERDICTS)
    return passed, failed, open_, calls


def _told(shares: Shares) -> Row:
    passed, failed, open_, calls = shares
    return f"{passed:.1f}", f"{failed:.1f}", f"{open_:.1f}", f"{calls:.2f}"


def _points(fraction: float) -> str:
    return f"{100 * fraction:g}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _seeded(*of: object) -> random.Random:
    return random.Random(repr(of))  # noqa: S311 - repeatable draws, no secret


def _run(job: tuple[Job, int]) -> Row:
    return job[0](job[1])


def table(name: str, runs: int, pool: ProcessPoolExecutor) -> str:
    """Return one table in Markdown, and how often each of its worlds was played."""
    header, jobs = TABLES[name]
    rows = [header, tuple("---:" for _ in header)]
    for row in pool.map(_run, [(job, runs) for job in jobs()]):
        rows.append(row)
        print("  " + "  ".join(row), file=sys.stderr, flush=True)
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", f"*{runs:,} runs of each world.*"])


def write(name: str, text: str) -> None:
    """Put a table between its markers in the statistician's page."""
    page = PAGE.read_text("utf-8")
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    found = re.sub(
        f"{re.escape(start)}.*?{re.escape(end)}",
        lambda _: f"{start}{text}\n{end}",
        page,
        flags=re.DOTALL,
    )
    PAGE.write_text(found, "utf-8")


def main() -> None:
    """Simulate, print, and write when asked."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--only", nargs="*", choices=TABLES, default=list(TABLES))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        for name in options.only:
            text = table(name, options.runs, pool)
            print(f"\n{name}, in percent\n\n{text}", flush=True)
            if options.write:
                write(name, text)


if __name__ == "__main__":
    main()
