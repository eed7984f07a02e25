"""What a call may take before it counts as a failure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.rollout.ceiling import FEWEST, HEADROOM, MOST, Ceiling


def learnt(*values: float) -> float | None:
    ceiling = Ceiling()
    ceiling.learn(values)
    return ceiling.value


def test_a_limit_of_the_policy_is_known_from_the_start_and_stays() -> None:
    ceiling = Ceiling(800.0)
    assert ceiling.value == 800.0
    ceiling.learn([5.0] * 100)
    assert ceiling.value == 800.0


def test_a_limit_of_nothing_is_a_limit() -> None:
    assert Ceiling(0.0).value == 0.0


def test_nothing_is_known_before_twenty_units() -> None:
    assert FEWEST == 20
    assert Ceiling().value is None
    assert learnt(*[100.0] * 19) is None
    assert learnt(*[100.0] * 20) == 150.0


def test_a_learnt_limit_is_half_as_much_again_as_nine_in_ten_units_took() -> None:
    assert HEADROOM == 1.5
    assert learnt(*map(float, range(101))) == 1.5 * 90
    assert learnt(*map(float, range(100, -1, -1))) == 1.5 * 90


@given(st.lists(st.floats(0, 1e6), min_size=20, max_size=80), st.data())
def test_it_does_not_matter_in_which_order_units_come(
    values: list[float], data: st.DataObject
) -> None:
    ceiling = Ceiling()
    shuffled = data.draw(st.permutations(values))
    for start in range(0, len(shuffled), 7):
        ceiling.learn(shuffled[start : start + 7])
    assert ceiling.value == learnt(*values)


@given(st.lists(st.floats(0, 1e6), min_size=20, max_size=80))
def test_about_nine_in_ten_units_stay_below_it_even_without_the_headroom(
    values: list[float],
) -> None:
    limit = (learnt(*values) or 0.0) / HEADROOM
    assert sum(value <= limit * 1.000001 for value in values) >= 0.9 * len(values) - 1


def test_after_a_thousand_units_it_stays_as_it_is() -> None:
    assert MOST == 1000
    ceiling = Ceiling()
    ceiling.learn([100.0] * 1000)
    ceiling.learn([9000.0] * 5000)
    assert ceiling.value == 150.0


@pytest.mark.parametrize("later", [1.0, 9000.0])
def test_until_then_it_moves_with_what_is_seen(later: float) -> None:
    ceiling = Ceiling()
    ceiling.learn([100.0] * 40)
    ceiling.learn([later] * 900)
    assert ceiling.value == 1.5 * later
