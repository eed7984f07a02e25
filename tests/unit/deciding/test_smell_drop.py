"""Facts about the drop of a pass rate: its limits, and what is concluded from them."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]
    confint_proportions_2indep,
)

from evalgate.deciding.smell_drop import ALPHA, Course, Drop, drop_of
from evalgate.model.smell_baseline import PassCount

LIMIT = 0.05
counts = st.integers(1, 400).flatmap(
    lambda of: st.builds(PassCount, passed=st.integers(0, of), of=st.just(of))
)


def of_hundred(before: int, now: int) -> Drop:
    return drop_of(PassCount(passed=before, of=100), PassCount(passed=now, of=100), limit=LIMIT)


def chance_of(course: Course, *, before: float, now: float, of: int) -> float:
    """Return the exact chance of a conclusion, at true rates and so many answers on both sides."""
    chances = [
        [comb(of, k) * rate**k * (1 - rate) ** (of - k) for k in range(of + 1)]
        for rate in (before, now)
    ]
    return sum(
        first * last
        for was, first in enumerate(chances[0])
        for passed, last in enumerate(chances[1])
        if first * last > 1e-9
        and drop_of(
            PassCount(passed=was, of=of), PassCount(passed=passed, of=of), limit=LIMIT
        ).course
        is course
    )


@pytest.mark.parametrize(
    ("before", "now", "course"),
    [
        (97, 97, Course.HOLDS),
        (97, 99, Course.HOLDS),
        (97, 93, Course.HOLDS),
        (100, 96, Course.HOLDS),
        (100, 95, Course.FELL),
        (97, 92, Course.UNCLEAR),
        (97, 89, Course.FELL),
    ],
)
def test_five_points_of_a_hundred_are_a_drop_when_they_are_not_chance(
    before: int, now: int, course: Course
) -> None:
    assert of_hundred(before, now).course is course


def test_few_answers_are_never_enough() -> None:
    for passed in range(11):
        drop = drop_of(PassCount(passed=97, of=100), PassCount(passed=passed, of=10), limit=LIMIT)
        assert drop.course is not Course.HOLDS


def test_a_drop_of_just_the_limit_reaches_it_however_it_is_rounded() -> None:
    for before in range(300, 1001):
        was, now = PassCount(passed=before, of=1000), PassCount(passed=before - 50, of=1000)
        assert drop_of(was, now, limit=LIMIT).course is not Course.HOLDS


@given(counts, counts)
def test_the_limits_are_newcombes(before: PassCount, now: PassCount) -> None:
    drop = drop_of(before, now, limit=LIMIT)
    low, high = confint_proportions_2indep(
        before.passed, before.of, now.passed, now.of, method="newcomb", alpha=2 * ALPHA
    )
    assert drop.low == pytest.approx(low, abs=1e-9)
    assert drop.high == pytest.approx(high, abs=1e-9)
    assert drop.low <= drop.estimate <= drop.high


@pytest.mark.parametrize("rate", [0.9, 0.95, 0.99])
def test_a_rate_that_stays_is_seldom_said_to_have_fallen(rate: float) -> None:
    assert chance_of(Course.FELL, before=rate, now=rate, of=100) <= 0.07


def test_a_loss_of_ten_points_is_seldom_said_to_hold() -> None:
    assert chance_of(Course.HOLDS, before=0.95, now=0.85, of=100) <= 0.05
    assert chance_of(Course.FELL, before=0.95, now=0.85, of=100) >= 0.7
