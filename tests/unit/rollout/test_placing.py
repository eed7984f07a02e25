"""Which step and arm a call speaks for."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.exposure import Exposure
from evalgate.model.rollout import Rollout
from evalgate.rollout.placing import Placing, placed
from tests.unit.rollout.traffic import HASH, START, call, rollout, step

TWO = rollout(step(5, until=100, pointer="five"), step(25, since=100, pointer="more"))


def place(*calls: Exposure, by: Rollout = TWO, now: float = 1000.0) -> Placing:
    return placed(calls, by, now=START + now)


def units(placing: Placing) -> list[list[str]]:
    return [[each.unit for each in calls] for calls in placing.steps]


# The step


def test_a_call_is_of_the_step_in_whose_time_it_began() -> None:
    found = place(call(0, "a"), call(99, "b"), call(100, "c"), call(900, "d"))
    assert units(found) == [["a", "b"], ["c", "d"]]
    assert found.left_out == {}


@pytest.mark.parametrize("at", [-0.1, 200, 5000])
def test_a_call_of_no_step_is_outside(at: float) -> None:
    ended = rollout(step(5, until=100), step(25, since=100, until=200))
    found = place(call(at, "a"), by=ended, now=9000)
    assert units(found) == [[], []]
    assert found.left_out == {"outside": 1}


def test_a_rollout_without_steps_has_no_calls() -> None:
    found = place(call(1, "a"), by=rollout())
    assert found == Placing(steps=(), left_out={"outside": 1})


def test_the_pointer_of_a_line_is_believed_more_than_its_clock() -> None:
    late_host = call(150, "late", pointer="five")
    slow_clock = call(20, "slow", pointer="more")
    before_all = call(-500, "before", pointer="five")
    assert units(place(late_host, slow_clock, before_all)) == [["before", "late"], ["slow"]]


def test_a_pointer_that_is_no_steps_leaves_it_to_the_clock() -> None:
    found = place(call(10, "a", pointer="another"), call(150, "b", pointer=""))
    assert units(found) == [["a"], ["b"]]


def test_a_step_whose_pointer_is_not_known_has_no_calls_by_it() -> None:
    unknown = rollout(step(5, until=100), step(25, since=100))
    assert units(place(call(10, "a", pointer=""), by=unknown)) == [["a"], []]


def test_a_step_without_lines_stays_in_its_place() -> None:
    assert units(place(call(150, "a"))) == [[], ["a"]]
    assert units(place()) == [[], []]


# What says nothing


def test_a_call_from_the_future_says_nothing_yet() -> None:
    found = place(call(500, "a"), call(500.5, "b"), call(900, "c", pointer="five"), now=500)
    assert units(found) == [[], ["a"]]
    assert found.left_out == {"later": 2}


def test_a_pinned_conversation_says_nothing() -> None:
    found = place(call(10, "a", assigned_by="pin"), call(20, "b", assigned_by="chooser"))
    assert units(found) == [["b"], []]
    assert found.left_out == {"pinned": 1}


@pytest.mark.parametrize(
    "other",
    [
        call(10, "a", canary=True, version="v5"),
        call(10, "a", canary=True, version="v3"),
        call(10, "a", canary=True, hash="c" * 64),
        call(10, "a", version="v4", hash=HASH),
        call(10, "a", version="v2"),
    ],
)
def test_a_call_of_another_version_says_nothing(other: Exposure) -> None:
    found = place(other, call(11, "b", canary=True))
    assert units(found) == [["b"], []]
    assert found.left_out == {"other_version": 1}


def test_the_stable_arm_goes_by_its_version_alone() -> None:
    assert units(place(call(10, "a", hash="d" * 64))) == [["a"], []]


def test_a_line_told_twice_counts_once() -> None:
    once = call(10, "a")
    found = place(once, call(20, "a"), once, once)
    assert units(found) == [["a", "a"], []]
    assert found.left_out == {"repeated": 2}


def test_a_line_that_says_nothing_is_not_what_another_one_repeats() -> None:
    wrong = call(10, "a", request_id="r", version="v9")
    found = place(wrong, call(20, "a", request_id="r"))
    assert units(found) == [["a"], []]
    assert found.left_out == {"other_version": 1}


def test_a_unit_stays_in_the_arm_of_its_first_call_within_a_step() -> None:
    found = place(
        call(10, "a"),
        call(20, "a", canary=True),
        call(30, "a"),
        call(40, "b", canary=True),
        call(150, "a", canary=True),
    )
    assert [each.ts - START for each in found.steps[0]] == [10, 30, 40]
    assert [each.ts - START for each in found.steps[1]] == [150]
    assert found.left_out == {"crossed": 1}


# The order


def test_the_calls_of_a_step_are_in_order_of_time() -> None:
    first, second = call(10, "a", request_id="2"), call(10, "b", request_id="1")
    found = place(call(30, "d"), first, call(20, "c"), second)
    assert units(found) == [["b", "a", "c", "d"], []]


CALLS = st.lists(
    st.builds(
        call,
        st.sampled_from([-20.0, 5.0, 50.0, 99.0, 100.0, 150.0, 600.0]),
        st.sampled_from("abcde"),
        canary=st.booleans(),
        request_id=st.sampled_from([f"r{number}" for number in range(40)]),
        version=st.sampled_from(["v3", "v4", "v4", "v3", "v9"]),
        pointer=st.sampled_from(["", "five", "more", "another"]),
        assigned_by=st.sampled_from(["", "split", "split", "pin", "chooser"]),
    ),
    max_size=25,
    unique_by=lambda each: (each.ts, each.request_id),
)


@given(CALLS, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(calls: list[Exposure], order: random.Random) -> None:
    assert place(*order.sample(calls, len(calls)), now=500) == place(*calls, now=500)


@given(CALLS, st.randoms(use_true_random=False))
def test_lines_told_again_change_nothing_but_their_count(
    calls: list[Exposure], order: random.Random
) -> None:
    doubled = [*calls, *order.sample(calls, len(calls) // 2)]
    once, twice = place(*calls), place(*order.sample(doubled, len(doubled)))
    assert twice.steps == once.steps
    assert total(twice) == len(doubled)


@given(CALLS)
def test_every_line_is_in_one_step_or_left_out(calls: list[Exposure]) -> None:
    found = place(*calls)
    assert total(found) == len(calls)
    kept = [each for step in found.steps for each in step]
    assert len({each.request_id for each in kept}) == len(kept)
    for step_calls in found.steps:
        arms = {(each.unit, each.arm) for each in step_calls}
        assert len(arms) == len({unit for unit, _ in arms})


def total(placing: Placing) -> int:
    kept: Sequence[int] = [len(calls) for calls in placing.steps]
    return sum(kept) + sum(placing.left_out.values())
