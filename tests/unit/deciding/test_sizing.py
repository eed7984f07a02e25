"""Facts about how large a set must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.bounds import Difference, proves_limit, sample, smallest_set
from evalgate.deciding.sizing import MOST_TRIALS, fewest_units, suggested, usual_units


@pytest.mark.parametrize("max_drop", [0.01, 0.02, 0.05, 0.1, 0.25])
def test_one_unit_fewer_would_not_do(max_drop: float) -> None:
    units = fewest_units(max_drop, 0.05)
    assert units is not None
    assert proves_limit(sample([Difference(value=0.0)] * units), max_drop, 0.05)
    assert not proves_limit(sample([Difference(value=0.0)] * (units - 1)), max_drop, 0.05)


def test_the_guard_against_rare_losses_sets_the_least_number() -> None:
    # 1 − 0.05^(1/59) is the first below 0.05: the rule of three, exactly.
    assert fewest_units(0.05, 0.05) == smallest_set(0.05, 0.05) == 59


def test_noise_costs_more_units_than_stillness() -> None:
    for max_drop in (0.02, 0.05, 0.1):
        still, usual = fewest_units(max_drop, 0.05), usual_units(max_drop, 0.05)
        assert still is not None
        assert usual is not None
        assert usual > still


def test_no_number_of_units_proves_an_impossible_limit() -> None:
    assert fewest_units(0.0, 0.05) is None


@given(st.integers(1, 2_000))
def test_what_is_suggested_can_reach_a_verdict(cases: int) -> None:
    setup = suggested(cases, 0.05)
    units = usual_units(setup.max_drop, 0.05)
    assert units is not None
    assert 3 <= setup.trials <= MOST_TRIALS
    assert cases * setup.trials >= units or cases < 2


def test_more_cases_never_ask_for_a_wider_limit() -> None:
    limits = [suggested(cases, 0.05).max_drop for cases in range(1, 200)]
    assert limits == sorted(limits, reverse=True)


def test_twenty_cases_get_the_usual_limit() -> None:
    setup = suggested(20, 0.05)
    assert (setup.max_drop, setup.trials) == (0.05, 7)
