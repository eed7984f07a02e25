"""How long a window must be: against exact counts, simulations, and the figures of the issue."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.moving_window import (
    FEWEST_FROZEN,
    LEAST_SD,
    LONGEST,
    MOST_STRETCHED,
    Promise,
    Spread,
    beliefs,
    false_alarm_chance,
    least_drop,
    smallest_baseline,
    spread_of,
    window_and_drop,
    window_for,
)
from evalgate.model.quality_baseline import QualityBaseline

SURE = 1e9
PROMISE = Promise(0.01)


def graded(sd: float = 0.11, *, skew: float = 0.0, n: float = SURE, worth: float = 1.0) -> Spread:
    return Spread(lost=0.15, sd=sd, skew=skew, n=n, is_binary=False, worth=worth)


def passing(rate: float = 0.9, *, n: float = SURE) -> Spread:
    sd = math.sqrt(rate * (1 - rate))
    return Spread(lost=1 - rate, sd=sd, skew=0.0, n=n, is_binary=True, worth=1.0)


def exact_chance(rate: float, window: int, failures: int, scores: int) -> float:
    """Return the chance that some window holds so many failures, over all states of a window."""
    states: dict[tuple[int, ...], float] = {(): 1.0}
    for _ in range(scores):
        following: dict[tuple[int, ...], float] = {}
        for state, chance in states.items():
            for failed, share in ((1, rate), (0, 1 - rate)):
                later = (*state, failed)[-window:]
                if sum(later) < failures:
                    following[later] = following.get(later, 0.0) + chance * share
        states = following
    return 1 - sum(states.values())


@pytest.mark.parametrize(
    ("rate", "window", "failures", "scores"),
    [(0.05, 8, 4, 200), (0.1, 8, 5, 200), (0.1, 10, 6, 400), (0.02, 10, 3, 300)],
)
def test_the_chance_for_passes_is_nearly_the_exact_one(
    rate: float, window: int, failures: int, scores: int
) -> None:
    exact = exact_chance(rate, window, failures, scores)
    drop = failures / window - rate
    found = false_alarm_chance(passing(1 - rate), window, drop, scores=scores)
    assert found == pytest.approx(exact, rel=0.12)


def simulated_chance(of: Spread, window: int, drop: float, *, runs: int) -> float:
    draws = np.random.default_rng(7)
    found = 0
    for _ in range(runs):
        if of.is_binary:
            losses = (draws.random(10_000) < of.lost).astype(float)
        elif of.skew:
            shape = 4 / of.skew**2
            losses = (draws.gamma(shape, size=10_000) - shape) / math.sqrt(shape) * of.sd + of.lost
        else:
            losses = draws.normal(of.lost, of.sd, 10_000)
        sums = np.concatenate([[0.0], np.cumsum(losses)])
        found += bool((sums[window:] - sums[:-window]).max() / window >= of.lost + drop - 1e-12)
    return found / runs


@pytest.mark.parametrize(
    "of", [graded(), graded(0.25), graded(skew=1.5), graded(skew=4.0), passing(), passing(0.97)]
)
def test_a_window_keeps_its_promise_for_scores_of_any_shape(of: Spread) -> None:
    window = window_for(of, 0.05, promise=Promise(0.1), fewest=30)
    assert window is not None
    share = simulated_chance(of, window, 0.05, runs=600)
    assert 0.03 < share < 0.1 + 3 * math.sqrt(0.1 * 0.9 / 600)


def test_the_windows_are_about_those_that_the_issue_names() -> None:
    assert window_for(graded(0.11), 0.05, promise=PROMISE, fewest=30) == pytest.approx(95, abs=10)
    assert window_for(passing(0.9), 0.05, promise=PROMISE, fewest=30) == pytest.approx(600, abs=25)


def test_the_window_is_the_shortest_that_keeps_the_promise() -> None:
    window = window_for(graded(), 0.05, promise=PROMISE, fewest=30)
    assert window is not None
    assert false_alarm_chance(graded(), window, 0.05) <= 0.01
    assert false_alarm_chance(graded(), window - 1, 0.05) > 0.01


def test_a_window_has_at_least_the_scores_that_are_asked_for() -> None:
    assert window_for(graded(0.02), 0.05, promise=PROMISE, fewest=30) == 30


def test_a_long_tail_of_bad_scores_takes_a_longer_window() -> None:
    plain = window_for(graded(), 0.05, promise=PROMISE, fewest=30)
    skewed = window_for(graded(skew=3.0), 0.05, promise=PROMISE, fewest=30)
    assert plain is not None
    assert skewed is not None
    assert skewed > 1.2 * plain


def test_neighbours_that_are_alike_take_a_longer_window_by_what_they_are_worth() -> None:
    plain = window_for(graded(), 0.05, promise=Promise(0.01, 1_000_000), fewest=30)
    alike = window_for(graded(worth=0.5), 0.05, promise=Promise(0.01, 2_000_000), fewest=30)
    assert plain is not None
    assert alike == pytest.approx(2 * plain, abs=3)


def test_a_baseline_of_few_scores_takes_a_longer_window() -> None:
    known = window_for(graded(), 0.05, promise=PROMISE, fewest=30)
    guessed = window_for(graded(n=100), 0.05, promise=PROMISE, fewest=30)
    assert known is not None
    assert guessed is not None
    assert guessed > 1.3 * known


def test_no_window_makes_up_for_a_baseline_that_is_hardly_known() -> None:
    vague = passing(n=50)
    assert window_for(vague, 0.05, promise=PROMISE, fewest=30) is None
    window, drop = window_and_drop(vague, 0.05, promise=PROMISE, fewest=30)
    known = window_for(passing(), 0.05, promise=PROMISE, fewest=30)
    assert known is not None
    assert window <= min(LONGEST, MOST_STRETCHED * known)
    assert drop > 0.08
    assert false_alarm_chance(vague, window, drop) <= 0.0101


def test_a_window_that_is_given_and_too_short_asks_for_a_larger_drop() -> None:
    window, drop = window_and_drop(graded(), 0.05, promise=PROMISE, fewest=30, window=40)
    assert window == 40
    assert drop == pytest.approx(least_drop(graded(), 40, PROMISE))
    assert drop > 0.07
    assert window_and_drop(graded(), 0.05, promise=PROMISE, fewest=30, window=400) == (400, 0.05)


def test_beliefs_about_the_mean_add_up_and_centre_on_it() -> None:
    for of in (graded(n=500), passing(n=500)):
        told = beliefs(of)
        assert math.fsum(weight for _, weight in told) == pytest.approx(1)
        mean = math.fsum(place * weight for place, weight in told)
        spread = math.fsum((place - mean) ** 2 * weight for place, weight in told)
        assert mean == pytest.approx(of.lost, abs=0.002)
        assert math.sqrt(spread) == pytest.approx(of.sd / math.sqrt(of.n), rel=0.02)


def test_passes_alone_do_not_make_a_failure_impossible() -> None:
    perfect = replace(passing(), lost=0.0, sd=0.0, n=400.0)
    assert 0 < false_alarm_chance(perfect, 50, 0.05) < 1
    assert max(place for place, _ in beliefs(perfect)) > 0.01


def test_a_spread_is_read_from_a_baseline() -> None:
    frozen = QualityBaseline(
        prompt="p",
        criterion="c",
        mean=0.9,
        sd=0.0,
        skew=-2.0,
        n=300,
        is_binary=False,
        autocorrelation=0.5,
        frozen=1.0,
    )
    found = spread_of(frozen)
    assert (found.lost, found.n, found.worth) == pytest.approx((0.1, 100, 1 / 3))
    assert (found.sd, found.skew, found.is_binary) == (LEAST_SD, 2.0, False)
    assert spread_of(replace(frozen, skew=2.0)).skew == 0.0
    # The error of a deviation of normal scores is its 1/√(2n)th part, and of skewed ones more.
    assert spread_of(replace(frozen, sd=0.1, skew=0.0)).sd == pytest.approx(0.1 * (1 + 600**-0.5))
    assert spread_of(replace(frozen, sd=0.1, skew=-4.0)).sd > 0.1 * (1 + 3 * 600**-0.5)
    assert spread_of(replace(frozen, sd=0.3, is_binary=True)).sd == 0.3
    assert spread_of(replace(frozen, autocorrelation=-0.5)).worth == 1.0


@given(
    sd=st.floats(0.03, 0.45),
    skew=st.floats(0, 6),
    window=st.integers(10, 3_000),
    drop=st.floats(0.005, 0.5),
    is_binary=st.booleans(),
)
def test_a_larger_fall_is_never_likelier_by_chance(
    sd: float, skew: float, window: int, drop: float, *, is_binary: bool
) -> None:
    of = replace(graded(sd, skew=skew, n=800), is_binary=is_binary)
    small = false_alarm_chance(of, window, drop)
    large = false_alarm_chance(of, window, drop + 0.02)
    assert 0 <= large <= small + 1e-9 <= 1 + 2e-9


def test_a_baseline_is_of_as_many_scores_as_a_drop_takes() -> None:
    halves = [0.0, 1.0] * 50
    assert smallest_baseline(halves, 0.05) == math.ceil((4 * np.std(halves, ddof=1) / 0.05) ** 2)
    assert smallest_baseline([0.8, 0.9] * 50, 0.05) == FEWEST_FROZEN
    assert smallest_baseline([], 0.05) == FEWEST_FROZEN
