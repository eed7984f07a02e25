"""Prints how often the verdict's bounds are wrong, by simulation of prompts whose drop is known.

Population: cases are drawn anew in every run; pass rate .9, correlation .5 between the trials of a
case, a tenth of the cases change at random, a drop comes from cases that break for good.
Suite: the same cases in every run, each with its own pass probability before and after.

Usage: python benchmarks/error_rates.py [runs]
"""

import random
import sys

from evalgate.deciding.bounds import (
    Difference,
    Sample,
    proves_limit,
    sample,
    upper_bound,
)
from evalgate.deciding.suite import suite_sample
from evalgate.model.comparison import CaseKind, CasePair

ALPHA = 0.05
LIMIT = 0.05
PASS_RATE = 0.9

Suite = list[tuple[float, float]]


def population(rng: random.Random, cases: int, trials: int, *, drop: float) -> Sample:
    """Draw one comparison on cases that are drawn anew."""
    differences = []
    for _ in range(cases):
        before = rng.betavariate(PASS_RATE, 1 - PASS_RATE)
        after = rng.betavariate(PASS_RATE, 1 - PASS_RATE) if rng.random() < 0.1 else before
        after = 0.0 if rng.random() < drop / PASS_RATE else after
        won = sum(rng.random() < after for _ in range(trials))
        lost = sum(rng.random() < before for _ in range(trials))
        differences.append(Difference(value=(won - lost) / trials))
    return sample(differences)


def suite(rng: random.Random, rates: Suite, trials: int) -> Sample:
    """Draw one comparison on fixed cases."""
    return suite_sample(
        [
            CasePair(
                case=str(index),
                kind=CaseKind.SAME,
                baseline=tuple(float(rng.random() < before) for _ in range(trials)),
                candidate=tuple(float(rng.random() < after) for _ in range(trials)),
            )
            for index, (before, after) in enumerate(rates)
        ]
    )


def line(name: str, samples: list[Sample]) -> str:
    """Return the shares of passes and failures, in percent."""
    passed = [proves_limit(of, LIMIT, ALPHA) for of in samples]
    failed = [
        upper_bound(of, ALPHA) < 0 and not harmless
        for of, harmless in zip(samples, passed, strict=True)
    ]
    share = 100 / len(samples)
    return f"{name:<52} pass {sum(passed) * share:5.1f}   fail {sum(failed) * share:5.1f}"


def main() -> None:
    """Simulate and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = random.Random(7)  # noqa: S311 - repeatable draws, no secret
    print(f"{runs} runs a line, limit 5 points, alpha 5 %, in percent of the runs")
    for cases, trials in ((60, 3), (100, 1), (200, 1), (200, 3)):
        for drop in (0.0, 0.05, 0.1):
            samples = [population(rng, cases, trials, drop=drop) for _ in range(runs)]
            print(line(f"population, {cases} cases, {trials} trials, drop {drop:.0%}", samples))
    suites: dict[str, Suite] = {
        "unchanged, all at .90": [(0.9, 0.9)] * 20,
        "unchanged, all at .50": [(0.5, 0.5)] * 20,
        "drop 5%, one case breaks": [(1.0, 0.0)] + [(1.0, 1.0)] * 19,
        "drop 5%, all from .90 to .85": [(0.9, 0.85)] * 20,
    }
    for name, rates in suites.items():
        for trials in (3, 10):
            samples = [suite(rng, rates, trials) for _ in range(runs)]
            print(line(f"suite, 20 cases, {trials} trials, {name}", samples))


if __name__ == "__main__":
    main()
