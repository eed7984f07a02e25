"""By how much more one arm fails, step by step."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.stratified import Rise, Tally, stratified_rise

RATES = st.sampled_from([0.0, 0.1, 0.25, 0.5])
SIZES = st.tuples(st.integers(1, 500), st.integers(1, 500))


def tally(stable: tuple[float, int], canary: tuple[float, int]) -> Tally:
    """Return a tally of so many failures of so many units, by arm."""
    return Tally((stable[1], canary[1]), (stable[0], canary[0]))


def test_in_one_step_the_rise_is_the_difference_of_the_rates() -> None:
    rise = stratified_rise([tally((2, 20), (3, 10))])
    assert rise.value == pytest.approx(0.3 - 0.1)
    assert rise.weight == pytest.approx(20 * 10 / 30)


def test_a_step_that_went_badly_for_both_arms_is_no_rise() -> None:
    # All units together: 41 of 200 against 40.2 of 120, as if the canary were much worse.
    calm = tally((1, 100), (0.2, 20))
    outage = tally((40, 100), (40, 100))
    assert stratified_rise([calm, outage]).value == pytest.approx(0)


@given(st.lists(SIZES, min_size=1, max_size=4), RATES, st.sampled_from([0.0, 0.25, 0.5]))
def test_a_rise_that_is_the_same_in_all_steps_is_the_rise(
    steps: list[tuple[int, int]], rate: float, rise: float
) -> None:
    tallies = [tally((rate * old, old), ((rate + rise) * new, new)) for old, new in steps]
    found = stratified_rise(tallies)
    assert found.value == pytest.approx(rise)
    assert found.weight == pytest.approx(sum(1 / (1 / old + 1 / new) for old, new in steps))


def test_the_more_even_a_step_is_the_more_it_says() -> None:
    even, uneven = tally((0, 50), (10, 50)), tally((19, 95), (0, 5))
    assert even.weight > 5 * uneven.weight
    found = stratified_rise([even, uneven]).value
    assert found == pytest.approx((25 * 0.2 - 4.75 * 0.2) / 29.75)


@pytest.mark.parametrize("empty", [Tally(), tally((3, 9), (0, 0)), tally((0, 0), (3, 9))])
def test_a_step_without_both_arms_says_nothing(empty: Tally) -> None:
    assert stratified_rise([empty]) == Rise()
    full = tally((1, 10), (5, 10))
    assert stratified_rise([empty, full, empty]) == stratified_rise([full])


def test_no_step_has_no_weight() -> None:
    assert stratified_rise([]) == Rise(0.0, 0.0, 0.25)


@given(st.lists(SIZES, min_size=1, max_size=3), st.floats(0, 1), st.floats(0, 1))
def test_each_arm_varies_in_its_own_way(
    steps: list[tuple[int, int]], before: float, now: float
) -> None:
    found = stratified_rise([tally((before * old, old), (now * new, new)) for old, new in steps])
    olds, news = sum(old for old, _ in steps), sum(new for _, new in steps)
    # If one of two more units had failed in each arm.
    rates = (before * olds + 1) / (olds + 2), (now * news + 1) / (news + 2)
    old_spread, new_spread = (rate * (1 - rate) for rate in rates)
    weights = [1 / (1 / old + 1 / new) for old, new in steps]
    spread = math.fsum(
        weight**2 * (old_spread / old + new_spread / new)
        for weight, (old, new) in zip(weights, steps, strict=True)
    )
    assert found.variance / found.weight == pytest.approx(spread / math.fsum(weights) ** 2)


def test_a_canary_that_never_failed_is_not_certain() -> None:
    few = stratified_rise([tally((0, 1000), (0, 4))])
    assert few.variance == pytest.approx(1 / 6 * 5 / 6, rel=0.01)


def test_a_tally_grows_by_units_of_either_arm() -> None:
    before = Tally()
    after = before.plus(stable=[0.0, 1.0, 0.25], canary=[1.0])
    assert after.plus(stable=[], canary=[0.5]) == tally((1.25, 3), (1.5, 2))
    assert before == Tally((0, 0), (0.0, 0.0))
