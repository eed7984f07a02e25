"""A cumulative sum: against published run lengths, simulations, and its own definition."""

import math

import numpy as np
import pytest

from evalgate.deciding.cumulative_sum import (
    TUNED_FOR,
    Tuning,
    delay,
    false_sum_chance,
    run_length,
    tuned,
)
from evalgate.deciding.moving_window import Spread

SURE = 1e9


def graded(sd: float = 0.108, *, skew: float = 0.0, n: float = SURE, worth: float = 1.0) -> Spread:
    return Spread(lost=0.15, sd=sd, skew=skew, n=n, is_binary=False, worth=worth)


PASSING = Spread(lost=0.1, sd=0.3, skew=0.0, n=SURE, is_binary=True, worth=1.0)


@pytest.mark.parametrize(
    ("limit", "shift", "published"),
    # One-sided sums with slack 0.5: twice the two-sided 168 and 465, and the delays of
    # Montgomery, Introduction to Statistical Quality Control, 2009, table 9.3.
    [(4, 0.0, 336), (5, 0.0, 930), (4, 1.0, 8.38), (5, 1.0, 10.4), (4, 2.0, 3.34), (5, 2.0, 4.01)],
)
def test_run_lengths_are_those_of_the_tables(limit: float, shift: float, published: float) -> None:
    assert run_length(0.5 - shift, limit) == pytest.approx(published, rel=0.04)


def test_a_sum_without_drift_has_the_limit_of_either_side() -> None:
    assert run_length(1e-9, 5) == pytest.approx(run_length(1e-4, 5), rel=0.01)
    assert run_length(-1e-9, 5) == pytest.approx(run_length(1e-9, 5), rel=1e-3)
    assert run_length(5.0, 1_000.0) == math.inf


def highest(scores: np.ndarray, tuning: Tuning) -> float:
    steps = (tuning.mean - scores) / tuning.sd - tuning.slack
    sums = np.concatenate([[0.0], np.cumsum(steps)])
    return float((sums - np.minimum.accumulate(sums)).max())


@pytest.mark.parametrize("of", [graded(), graded(0.25, skew=2.0), PASSING])
def test_false_alarms_are_as_rare_as_promised(of: Spread) -> None:
    draws, runs = np.random.default_rng(3), 800
    tuning = tuned(of, 0.05, chance=0.1)
    found = 0
    for _ in range(runs):
        if of.is_binary:
            scores = (draws.random(10_000) >= of.lost).astype(float)
        elif of.skew:
            shape = 4 / of.skew**2
            scores = 1 - of.lost - of.sd * (draws.gamma(shape, size=10_000) - shape) / shape**0.5
        else:
            scores = draws.normal(1 - of.lost, of.sd, 10_000)
        found += highest(scores, tuning) >= tuning.limit
    assert 0.05 < found / runs < 0.145


def test_a_baseline_of_few_failures_may_be_luck() -> None:
    # Where more fail in truth, the scores vary more, too: not only is the mean too high.
    draws, runs, n, failed = np.random.default_rng(1), 800, 500, 8
    sd = math.sqrt(failed / n * (1 - failed / n))
    of = Spread(lost=failed / n, sd=sd, skew=0.0, n=n, is_binary=True, worth=1.0)
    tuning = tuned(of, 0.05, chance=0.1)
    found = 0
    for lost in draws.beta(failed + 0.5, n - failed + 0.5, runs):
        scores = (draws.random(10_000) >= lost).astype(float)
        found += highest(scores, tuning) >= tuning.limit
    assert 0.07 < found / runs < 0.12


@pytest.mark.parametrize(("lost", "n"), [(0.0, 200.0), (1.0, 200.0), (1.0, 1e9), (0.0, 2.0)])
def test_a_baseline_that_never_differed_has_a_limit_all_the_same(lost: float, n: float) -> None:
    of = Spread(lost=lost, sd=0.02, skew=0.0, n=n, is_binary=True, worth=1.0)
    assert 0 < tuned(of, 0.05, chance=0.1).limit < math.inf


def test_it_is_tuned_for_a_part_of_the_drop() -> None:
    tuning = tuned(graded(), 0.05, chance=0.1)
    assert tuning.slack == pytest.approx(TUNED_FOR * 0.05 / 0.108 / 2)
    assert tuning.limit == pytest.approx(28.4, abs=0.3)
    assert false_sum_chance(graded(), tuning.slack, tuning.limit) == pytest.approx(0.1, rel=1e-3)


def test_a_fall_is_noticed_after_about_the_delay_that_is_told() -> None:
    tuning, draws = tuned(graded(), 0.05, chance=0.1), np.random.default_rng(1)
    late = []
    for _ in range(300):
        scores = draws.normal(0.80, 0.108, 2_000).tolist()
        late.append(
            next(n for n, level in enumerate(tuning.sums(scores), 1) if level >= tuning.limit)
        )
    assert np.mean(late) == pytest.approx(delay(graded(), tuning, 0.05), rel=0.05)
    assert delay(graded(), tuning, 0.05) == pytest.approx(86, abs=3)


def test_a_baseline_of_few_scores_has_more_slack_and_a_higher_limit() -> None:
    known, guessed = tuned(graded(), 0.05, chance=0.1), tuned(graded(n=100), 0.05, chance=0.1)
    assert guessed.slack == pytest.approx(0.2)
    assert guessed.limit * guessed.slack > known.limit * known.slack


def test_neighbours_that_are_alike_raise_the_limit() -> None:
    plain, alike = tuned(graded(), 0.05, chance=0.1), tuned(graded(worth=0.5), 0.05, chance=0.1)
    assert 1.6 * plain.limit < alike.limit < 2 * plain.limit


def test_the_sum_never_falls_below_zero_and_goes_on_from_where_it_was() -> None:
    tuning = Tuning(mean=0.8, sd=0.1, slack=0.5, limit=4.0)
    assert list(tuning.sums([1.0, 0.6, 0.7, 0.8])) == pytest.approx([0.0, 1.5, 2.0, 1.5])
    assert list(tuning.sums([0.6], start=2.0)) == pytest.approx([3.5])
