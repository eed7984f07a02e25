"""The sample of a suite: only what its trials leave to chance widens the bounds."""

import random

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.bounds import (
    lower_bound,
    mean_and_error,
    proves_limit,
    rare_loss_bound,
    upper_bound,
)
from evalgate.deciding.suite import suite_sample, variance_within
from evalgate.model.comparison import CaseKind, CasePair

ALPHA = 0.05
Outcomes = tuple[float, ...]


def pair(before: Outcomes, after: Outcomes, *, weight: float = 1.0) -> CasePair:
    return CasePair(case="a", kind=CaseKind.SAME, baseline=before, candidate=after, weight=weight)


def test_one_case_has_the_error_and_the_degrees_of_welch() -> None:
    before, after = (1.0, 1.0, 0.0, 1.0, 0.5), (0.0, 1.0, 0.0)
    of = suite_sample([pair(before, after)])
    welch = scipy.stats.ttest_ind(after, before, equal_var=False)
    mean, error = mean_and_error(of, ())
    assert mean / error == pytest.approx(welch.statistic)
    assert of.noise_degrees == pytest.approx(welch.df)


def test_what_differs_between_cases_does_not_widen_the_bounds() -> None:
    always = [pair((1.0,) * 4, (1.0,) * 4)] * 18
    uneven = [pair((1.0,) * 4, (0.0,) * 4), pair((0.0,) * 4, (1.0,) * 4)]
    even = [pair((1.0,) * 4, (1.0,) * 4)] * 2
    widths = [
        upper_bound(of, ALPHA) - lower_bound(of, ALPHA)
        for of in (suite_sample([*always, *uneven]), suite_sample([*always, *even]))
    ]
    assert widths[0] == pytest.approx(widths[1])


def test_a_case_that_breaks_in_every_trial_is_a_drop_of_just_its_share() -> None:
    of = suite_sample([pair((1.0,) * 5, (1.0,) * 5)] * 19 + [pair((1.0,) * 5, (0.0,) * 5)])
    assert of.mean == pytest.approx(-0.05)
    assert lower_bound(of, ALPHA) == pytest.approx(-0.0658, abs=5e-5)
    assert not proves_limit(of, 0.05, ALPHA)
    assert upper_bound(of, ALPHA) < 0


def test_a_trial_is_the_unit_of_the_guard() -> None:
    of = suite_sample([pair((1.0,) * 3, (1.0,) * 3)] * 20)
    assert (of.units, of.effective) == (60, 60.0)
    assert rare_loss_bound(of, ALPHA) == pytest.approx(scipy.stats.beta.ppf(0.95, 1, 60), abs=1e-9)


def test_the_guard_counts_lost_trials_and_sets_won_ones_against_them() -> None:
    of = suite_sample(
        [
            *[pair((1.0,) * 4, (1.0,) * 4)] * 13,
            pair((1.0,) * 4, (1.0, 0.0, 0.0, 1.0)),
            pair((0.0,) * 4, (0.0, 0.0, 0.0, 1.0)),
        ]
    )
    assert of.lost == pytest.approx(2.0)
    assert of.won == pytest.approx(1.0)


def test_the_arm_with_fewer_trials_sets_the_number_of_units() -> None:
    of = suite_sample([pair((1.0,) * 10, (1.0,) * 3), pair((1.0,) * 10, (1.0, 1.0))])
    assert of.units == 5


def test_with_single_trials_the_spread_between_cases_stands_for_the_noise() -> None:
    singles = [pair((1.0,), (1.0,))] * 46 + [pair((1.0,), (0.0,))] * 4
    _, error = mean_and_error(suite_sample(singles), ())
    assert error == pytest.approx((4 * 0.92**2 + 46 * 0.08**2) ** 0.5 / 50)


def test_a_heavier_case_counts_for_more() -> None:
    of = suite_sample([pair((1.0, 1.0), (0.0, 0.0), weight=3.0), pair((1.0, 1.0), (1.0, 1.0))])
    assert of.mean == pytest.approx(-0.75)


def test_without_cases_nothing_is_proven() -> None:
    of = suite_sample([])
    assert (lower_bound(of, ALPHA), upper_bound(of, ALPHA)) == (-1.0, 1.0)
    assert rare_loss_bound(of, ALPHA) == 1.0


def test_the_variance_within_is_unbiased() -> None:
    assert variance_within((1.0, 0.0)) == 0.5


outcomes = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=4).map(tuple)
suites = st.lists(st.builds(pair, outcomes, outcomes), min_size=2, max_size=12)


@given(suites, st.randoms(use_true_random=False))
def test_the_order_of_cases_and_trials_is_irrelevant(
    found: list[CasePair], dice: random.Random
) -> None:
    shuffled = [
        pair(
            tuple(dice.sample(each.baseline, len(each.baseline))),
            tuple(dice.sample(each.candidate, len(each.candidate))),
        )
        for each in dice.sample(found, len(found))
    ]
    before, after = suite_sample(found), suite_sample(shuffled)
    assert lower_bound(after, ALPHA) == pytest.approx(lower_bound(before, ALPHA), abs=1e-9)
    assert upper_bound(after, ALPHA) == pytest.approx(upper_bound(before, ALPHA), abs=1e-9)


@given(suites)
def test_a_suite_against_itself_is_never_worse(found: list[CasePair]) -> None:
    of = suite_sample([pair(each.baseline, each.baseline) for each in found])
    assert lower_bound(of, ALPHA) < 0 < upper_bound(of, ALPHA)
