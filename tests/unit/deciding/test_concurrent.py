"""Blocks of units of one time."""

import random

from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.concurrent import LEAST, Block, Observation, blocks

UNITS = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=60)


def observed(units: list[tuple[bool, float]]) -> list[Observation]:
    return [Observation(float(at), *each) for at, each in enumerate(units)]


def of_arms(arms: str) -> list[Block]:
    """Return the blocks of units that are told as letters: c of the canary, s of the other arm."""
    return [*blocks(observed([(arm == "c", 0.0) for arm in arms]))]


def test_a_block_ends_as_soon_as_both_arms_have_two_units() -> None:
    assert LEAST == 2
    sizes = [(block.at, len(block.canary), len(block.stable)) for block in of_arms("ssscscccss")]
    assert sizes == [(5.0, 2, 4), (9.0, 2, 2)]


def test_what_is_left_at_the_end_is_an_open_block() -> None:
    closed, still_open = of_arms("cscssssc")
    assert closed.is_closed
    assert not still_open.is_closed
    assert (still_open.at, len(still_open.canary), len(still_open.stable)) == (7.0, 1, 3)


def test_one_arm_alone_never_ends_a_block() -> None:
    (block,) = of_arms("s" * 1000)
    assert not block.is_closed
    (block,) = of_arms("c" * 1000)
    assert not block.is_closed


def test_without_units_there_is_no_block() -> None:
    assert of_arms("") == []
    assert len(of_arms("cscs")) == 1


@given(UNITS)
def test_every_unit_is_in_one_block_in_its_order_and_arm(units: list[tuple[bool, float]]) -> None:
    found = [*blocks(observed(units))]
    for is_canary in (True, False):
        told = [value for block in found for value in (block.canary if is_canary else block.stable)]
        assert told == [value for arm, value in units if arm is is_canary]
    assert all(block.is_closed for block in found[:-1])


@given(UNITS, st.randoms(use_true_random=False))
def test_where_a_block_ends_depends_on_the_arms_alone(
    units: list[tuple[bool, float]], order: random.Random
) -> None:
    values = order.sample(units, len(units))
    others = [(arm, value) for (arm, _), (_, value) in zip(units, values, strict=True)]
    ends = [(block.at, len(block.canary)) for block in blocks(observed(units))]
    assert [(block.at, len(block.canary)) for block in blocks(observed(others))] == ends


@given(UNITS, UNITS)
def test_what_comes_later_changes_no_block_that_is_closed(
    units: list[tuple[bool, float]], later: list[tuple[bool, float]]
) -> None:
    closed = [block for block in blocks(observed(units)) if block.is_closed]
    assert [*blocks(observed([*units, *later]))][: len(closed)] == closed
