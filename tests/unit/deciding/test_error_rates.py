"""How often the bounds are wrong, by simulation of prompts whose true drop is known."""

import random

import pytest

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
RUNS = 700
PASS_RATE = 0.9


def seeded(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - repeatable draws, no secret


def observed(rng: random.Random, *, cases: int, trials: int, drop: float) -> Sample:
    """Draw one comparison: a tenth of the cases change at random, some break for good."""
    # A Beta(r, 1 − r) pass probability makes trials of one case correlate by one half.
    differences = []
    for _ in range(cases):
        before = rng.betavariate(PASS_RATE, 1 - PASS_RATE)
        after = rng.betavariate(PASS_RATE, 1 - PASS_RATE) if rng.random() < 0.1 else before
        if rng.random() < drop / PASS_RATE:
            after = 0.0
        won = sum(rng.random() < after for _ in range(trials))
        lost = sum(rng.random() < before for _ in range(trials))
        differences.append(Difference(value=(won - lost) / trials))
    return sample(differences)


@pytest.mark.parametrize(("cases", "trials"), [(60, 3), (100, 1), (200, 1)])
def test_an_unchanged_prompt_is_seldom_called_worse(cases: int, trials: int) -> None:
    rng = seeded(f"unchanged {cases} {trials}")
    worse = sum(
        upper_bound(observed(rng, cases=cases, trials=trials, drop=0.0), ALPHA) < 0
        for _ in range(RUNS)
    )
    assert 0 < worse <= 0.06 * RUNS


@pytest.mark.parametrize(("cases", "trials"), [(100, 1), (100, 3), (200, 1)])
def test_a_drop_of_the_limit_is_seldom_called_harmless(cases: int, trials: int) -> None:
    rng = seeded(f"at the limit {cases} {trials}")
    harmless = sum(
        proves_limit(observed(rng, cases=cases, trials=trials, drop=LIMIT), LIMIT, ALPHA)
        for _ in range(RUNS)
    )
    assert 0 < harmless <= 0.065 * RUNS


def observed_suite(rng: random.Random, rates: list[tuple[float, float]], trials: int) -> Sample:
    """Draw one comparison of fixed cases, each with its pass probability before and after."""
    pairs = []
    for index, (before, after) in enumerate(rates):
        baseline = tuple(float(rng.random() < before) for _ in range(trials))
        candidate = tuple(float(rng.random() < after) for _ in range(trials))
        pairs.append(
            CasePair(case=str(index), kind=CaseKind.SAME, baseline=baseline, candidate=candidate)
        )
    return suite_sample(pairs)


SUITES = {
    "alike": [0.9] * 20,
    "mixed": [1.0] * 14 + [0.5] * 4 + [0.0] * 2,
    "coin flips": [0.5] * 20,
}


@pytest.mark.parametrize("name", SUITES)
@pytest.mark.parametrize("trials", [3, 10])
def test_an_unchanged_suite_is_seldom_called_worse(name: str, trials: int) -> None:
    rng = seeded(f"suite unchanged {name} {trials}")
    rates = [(rate, rate) for rate in SUITES[name]]
    worse = sum(upper_bound(observed_suite(rng, rates, trials), ALPHA) < 0 for _ in range(RUNS))
    assert worse <= 0.065 * RUNS


@pytest.mark.parametrize("broken", [1, 4, 20])
@pytest.mark.parametrize("trials", [3, 10])
def test_a_suite_that_drops_by_the_limit_is_seldom_called_harmless(
    broken: int, trials: int
) -> None:
    """The same drop of the mean, by one case that breaks, or spread over more of them."""
    rng = seeded(f"suite at the limit {broken} {trials}")
    loss = LIMIT * 20 / broken
    rates = [(1.0, 1.0 - loss if index < broken else 1.0) for index in range(20)]
    harmless = sum(
        proves_limit(observed_suite(rng, rates, trials), LIMIT, ALPHA) for _ in range(RUNS)
    )
    assert harmless <= 0.065 * RUNS


def test_a_drop_of_twice_the_limit_is_mostly_noticed() -> None:
    rng = seeded("twice the limit")
    noticed = sum(
        upper_bound(observed(rng, cases=100, trials=3, drop=2 * LIMIT), ALPHA) < 0
        for _ in range(RUNS)
    )
    assert noticed >= 0.8 * RUNS
