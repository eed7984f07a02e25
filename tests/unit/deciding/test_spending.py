"""Planned looks: published boundaries, integration by scipy as the oracle, and the laws.

Ids say where a value is from: `recomputed` is a published value whose source was not read but which
was computed a second time, `ours` is a value of our own.
"""

import math
import time
from collections.abc import Callable, Sequence

import pytest
import scipy.integrate  # type: ignore[import-untyped]
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.deciding.quantiles import normal_quantile, normal_tail
from evalgate.deciding.spending import nominal_levels, spend_linear
from tests.machine import slowness

Spending = Callable[[float, float], float]
PLAN = (0.14, 0.28, 0.509, 0.7, 0.8615, 1.0)


def spend_late(fraction: float, alpha: float) -> float:
    """Spend like O'Brien and Fleming: Lan and DeMets, Biometrika 70 (1983) 659."""
    return 2 * normal_tail(normal_quantile(1 - alpha / 2) / math.sqrt(fraction))


def spend_early(fraction: float, alpha: float) -> float:
    """Spend like Pocock: Lan and DeMets, Biometrika 70 (1983) 659."""
    return alpha * math.log(1 + (math.e - 1) * fraction)


def levels(spend: Spending, fractions: Sequence[float], alpha: float) -> tuple[float, ...]:
    return nominal_levels(fractions, [spend(fraction, alpha) for fraction in fractions])


def cuts(spend: Spending, fractions: Sequence[float], alpha: float) -> list[float]:
    return [-normal_quantile(level) for level in levels(spend, fractions, alpha)]


def equal(looks: int) -> list[float]:
    return [look / looks for look in range(1, looks + 1)]


@pytest.mark.parametrize(
    ("spend", "looks", "expected"),
    [
        pytest.param(
            spend_late,
            5,
            (4.877, 3.357, 2.680, 2.290, 2.031),
            id="recomputed: Reboussin 2000, O'Brien-Fleming type, 5 looks",
        ),
        pytest.param(
            spend_early,
            5,
            (2.438, 2.427, 2.410, 2.397, 2.386),
            id="recomputed: Reboussin 2000, Pocock type, 5 looks",
        ),
        pytest.param(spend_late, 2, (2.963, 1.969), id="recomputed: O'Brien-Fleming type, 2 looks"),
        pytest.param(
            spend_late, 3, (3.710, 2.511, 1.993), id="recomputed: O'Brien-Fleming type, 3 looks"
        ),
    ],
)
def test_boundaries_are_those_published(
    spend: Spending, looks: int, expected: tuple[float, ...]
) -> None:
    assert cuts(spend, equal(looks), 0.025) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("fractions", "expected"),
    [
        pytest.param((1 / 2, 1), (0.02500, 0.03542), id="ours: 2 looks"),
        pytest.param((1 / 3, 2 / 3, 1), (0.01667, 0.02285, 0.03000), id="ours: 3 looks"),
        pytest.param(
            PLAN, (0.00700, 0.00906, 0.01571, 0.01867, 0.02110, 0.02318), id="ours: usual plan"
        ),
    ],
)
def test_levels_of_linear_spending_are_the_reference_values(
    fractions: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    assert levels(spend_linear, fractions, 0.05) == pytest.approx(expected, abs=5e-5)


@given(st.floats(0.05, 0.999), st.floats(0.005, 0.2), st.floats(0.02, 0.98))
def test_the_second_of_two_looks_spends_the_rest(first: float, alpha: float, share: float) -> None:
    early, late = nominal_levels((first, 1), (share * alpha, alpha))
    old, new = -normal_quantile(early), -normal_quantile(late)

    def goes_on_and_crosses(z: float) -> float:
        reach = (new - z * math.sqrt(first)) / math.sqrt(1 - first)
        return math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * normal_tail(reach)

    crossed, _ = scipy.integrate.quad(goes_on_and_crosses, -12, old, epsabs=1e-11, limit=200)
    assert early == pytest.approx(share * alpha, rel=1e-12)
    assert crossed == pytest.approx(alpha - share * alpha, abs=1e-6)


@pytest.mark.parametrize("spend", [spend_linear, spend_late, spend_early])
@pytest.mark.parametrize("fractions", [PLAN[:4], (0.3, 0.32, 0.9)])
def test_all_looks_together_spend_what_they_may(
    spend: Spending, fractions: tuple[float, ...]
) -> None:
    joint = [
        [math.sqrt(min(one, other) / max(one, other)) for other in fractions] for one in fractions
    ]
    normal = scipy.stats.multivariate_normal(cov=joint, seed=1, maxpts=400_000, abseps=1e-7)
    never = normal.cdf(cuts(spend, fractions, 0.05))
    assert 1 - never == pytest.approx(spend(fractions[-1], 0.05), abs=2e-5)


@pytest.mark.parametrize("alpha", [0.05, 0.1, 1e-6, 0.3])
def test_a_single_look_may_use_all(alpha: float) -> None:
    assert nominal_levels((1.0,), (alpha,)) == (alpha,)
    assert nominal_levels((0.37,), (alpha,)) == (alpha,)


def test_no_look_has_no_level() -> None:
    assert nominal_levels((), ()) == ()


@settings(max_examples=25)
@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=5, unique=True), st.floats(0.001, 0.3))
def test_a_level_lies_between_what_is_new_and_what_was_spent(
    places: list[float], alpha: float
) -> None:
    fractions = sorted(places)
    spent = [spend_linear(fraction, alpha) for fraction in fractions]
    new = [now - before for before, now in zip([0.0, *spent], spent, strict=False)]
    found = nominal_levels(fractions, spent)
    assert found[0] == spent[0]
    within = zip(new, found, spent, strict=True)
    assert all(least <= level <= most for least, level, most in within)


def test_only_the_ratios_of_information_matter() -> None:
    spent = [0.01, 0.03, 0.05]
    whole = nominal_levels((100, 200, 400), spent)
    assert nominal_levels((0.25, 0.5, 1.0), spent) == pytest.approx(whole, rel=1e-12)


def test_a_look_that_spends_nothing_can_claim_nothing_and_costs_nothing() -> None:
    idle = nominal_levels((0.25, 0.5, 1.0), (0.0, 0.02, 0.05))
    assert idle[0] == 0.0
    assert idle[1:] == pytest.approx(nominal_levels((0.5, 1.0), (0.02, 0.05)), abs=1e-6)
    assert nominal_levels((0.5, 0.7, 1.0), (0.02, 0.02, 0.05))[1] == 0.0


def test_looks_that_are_very_close_err_on_the_safe_side() -> None:
    # With the same errors to spend, levels rise as looks draw closer; here they stop rising.
    apart = nominal_levels((0.999, 1.0), (0.04, 0.05))
    assert nominal_levels((0.99, 1.0), (0.04, 0.05))[1] < apart[1]
    assert nominal_levels((0.9999, 1.0), (0.04, 0.05)) == pytest.approx(apart)
    assert nominal_levels((1 - 1e-12, 1.0), (0.04, 0.05)) == pytest.approx(apart)


@pytest.mark.parametrize(
    ("fraction", "spent"), [(0.0, 0.0), (0.3, 0.015), (1.0, 0.05), (1.2, 0.05)]
)
def test_linear_spending_keeps_pace_with_information(fraction: float, spent: float) -> None:
    assert spend_linear(fraction, 0.05) == pytest.approx(spent, abs=1e-15)


@pytest.mark.parametrize(
    ("fractions", "spent", "message"),
    [
        ((0.5, 1.0), (0.05,), "2 information fractions but 1 errors"),
        ((0.5, 0.5), (0.02, 0.05), "increase from look to look"),
        ((0.0, 1.0), (0.02, 0.05), "increase from look to look"),
        ((0.5, 1.0), (0.05, 0.02), "never decrease"),
        ((0.5, 1.0), (-0.01, 0.05), "never decrease"),
        ((0.5, 1.0), (0.05, 1.0), "stay below 1"),
        ((0.5, math.nan), (0.02, 0.05), "increase from look to look"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    fractions: tuple[float, ...], spent: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        nominal_levels(fractions, spent)


def test_six_looks_take_less_than_thirty_milliseconds() -> None:
    taken = []
    for _ in range(7):
        started = time.process_time()
        levels(spend_linear, PLAN, 0.05)
        taken.append(time.process_time() - started)
    assert min(taken) < 0.03 * slowness()
