"""A rise is split into what happened within the parts and what their shares do."""

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.monitoring.incidents.comparing import (
    Lost,
    Split,
    Sum,
    alone,
    is_mix,
    rise,
    split_by,
)


def lost(*rows: tuple[str, int, float, int, float]) -> Iterable[Lost]:
    """Yield losses of 0 and 1: for each part how many, and which share is lost, before and after."""
    for name, n_before, before, n_after, after in rows:
        for ts, n, share in ((0.0, n_before, before), (1.0, n_after, after)):
            bad = round(n * share)
            if bad:
                yield Lost(ts=ts, loss=1.0, names={"feature": name}, times=bad)
            if n > bad:
                yield Lost(ts=ts, loss=0.0, names={"feature": name}, times=n - bad)


def split(*rows: tuple[str, int, float, int, float]) -> Split:
    return split_by(lost(*rows), "feature", began=0.5)


def test_one_part_that_rose_stands_alone_and_explains_everything() -> None:
    found = split(("a", 500, 0.1, 500, 0.4), ("b", 500, 0.1, 500, 0.1))
    single = alone(found)
    assert single is not None
    assert single.part.name == "a"
    assert found.parts[0].within == pytest.approx(found.rise.by) == pytest.approx(0.15)
    assert found.mix == pytest.approx(0.0, abs=1e-9)


def test_where_all_rise_none_stands_alone() -> None:
    assert alone(split(("a", 500, 0.1, 500, 0.3), ("b", 500, 0.1, 500, 0.3))) is None


def test_a_rise_by_chance_or_of_nothing_is_none() -> None:
    assert alone(split(("a", 20, 0.1, 20, 0.2), ("b", 20, 0.1, 20, 0.1))) is None
    assert alone(split(("a", 5, 0.0, 5, 1.0), ("b", 500, 0.1, 500, 0.1))) is None
    assert alone(split(("a", 10**6, 0.1, 10**6, 0.105), ("b", 500, 0.1, 500, 0.1))) is None


def test_a_part_that_is_new_is_held_against_all_that_was_before() -> None:
    found = split(("v1", 1000, 0.1, 0, 0.0), ("v2", 0, 0.0, 1000, 0.3))
    single = alone(found)
    assert single is not None
    assert (single.part.name, single.part.is_new, single.others) == ("v2", True, None)
    good = split(("v1", 1000, 0.3, 0, 0.0), ("v2", 0, 0.0, 1000, 0.1))
    assert alone(good) is None


def test_other_shares_of_the_same_parts_are_a_mix_and_no_part_is_to_blame() -> None:
    found = split(("easy", 900, 0.05, 300, 0.05), ("hard", 100, 0.4, 700, 0.4))
    assert is_mix(found)
    assert alone(found) is None
    assert found.mix == pytest.approx(found.rise.by)
    worse = split(("easy", 900, 0.05, 300, 0.05), ("hard", 100, 0.4, 700, 0.6))
    assert not is_mix(worse)
    assert not is_mix(split(("a", 500, 0.1, 500, 0.1)))


def test_parts_without_a_name_say_nothing() -> None:
    assert split_by([Lost(ts=0.0, loss=1.0, names={})], "feature", began=0.5).parts == ()


@given(
    st.lists(
        st.tuples(
            st.integers(1, 300),
            st.floats(0, 1),
            st.integers(1, 300),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_within_and_mix_are_the_whole(rows: list[tuple[int, float, int, float]]) -> None:
    found = split(*((f"part-{index}", *row) for index, row in enumerate(rows)))
    assert found.within + found.mix == pytest.approx(found.rise.by)
    assert sum(part.within for part in found.parts) == pytest.approx(found.within)


def test_a_rise_counts_for_less_than_one_in_a_hundred_without_a_cause() -> None:
    draw = Random(11)  # noqa: S311 - a simulation
    hits = 0
    for _ in range(1000):
        before, after = Sum(), Sum()
        for _ in range(60):
            before.add(float(draw.random() < 0.1))
            after.add(float(draw.random() < 0.1))
        hits += rise(before, after).is_one
    assert hits < 10


def test_the_error_of_nothing_but_good_ones_is_not_zero() -> None:
    sums = Sum()
    sums.add(0.0, times=50)
    assert sums.error > 0.0
    assert Sum().error == 1.0


def test_a_part_does_not_stand_alone_while_the_rest_rises_too_although_it_is_small() -> None:
    assert alone(split(("a", 500, 0.1, 500, 0.4), ("b", 20, 0.1, 20, 0.35))) is None
    assert alone(split(("a", 500, 0.1, 500, 0.4), ("b", 20, 0.1, 20, 0.15))) is not None
