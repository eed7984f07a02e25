"""How much of a fall comes from other questions."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.level_shift import Level
from evalgate.deciding.mixture import parts_of

LEVELS = st.dictionaries(
    st.sampled_from("abcd"), st.builds(Level, st.integers(1, 50), st.floats(0, 1)), min_size=1
)


def mean(groups: dict[str, Level]) -> float:
    return sum(each.n * each.mean for each in groups.values()) / sum(
        each.n for each in groups.values()
    )


def test_shares_that_move_explain_all_where_the_groups_are_as_good_as_before() -> None:
    before = {"easy": Level(60, 0.9), "hard": Level(40, 0.7)}
    after = {"easy": Level(10, 0.9), "hard": Level(90, 0.7)}
    assert astuple(parts_of(before, after)) == pytest.approx((-0.1, 0))


def test_groups_that_fall_explain_all_where_the_shares_are_as_before() -> None:
    before = {"easy": Level(60, 0.9), "hard": Level(40, 0.7)}
    after = {"easy": Level(30, 0.8), "hard": Level(20, 0.6)}
    assert astuple(parts_of(before, after)) == pytest.approx((0, -0.1))


def test_a_group_that_is_new_has_not_become_worse() -> None:
    parts = parts_of({"old": Level(10, 0.9)}, {"old": Level(5, 0.9), "new": Level(5, 0.5)})
    assert astuple(parts) == pytest.approx((-0.2, 0))


@given(LEVELS, LEVELS)
def test_the_parts_add_up_to_the_difference(
    before: dict[str, Level], after: dict[str, Level]
) -> None:
    parts = parts_of(before, after)
    assert parts.shares + parts.within == pytest.approx(mean(after) - mean(before), abs=1e-9)
