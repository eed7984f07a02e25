"""Deadlines: the earliest one holds, in threads and tasks that were begun under it."""

import asyncio
import time

import pytest

from evalgate.errors import UsageError
from evalgate.runtime.deadlines import checked_seconds, deadline, latest


def left(moment: float) -> float:
    return round(moment - time.monotonic(), 1)


def test_without_a_deadline_a_call_has_its_own_time() -> None:
    assert left(latest(5.0)) == 5.0


def test_the_earlier_of_the_two_holds() -> None:
    with deadline(2.0):
        assert left(latest(5.0)) == 2.0
        assert left(latest(1.0)) == 1.0
        with deadline(9.0):
            assert left(latest(5.0)) == 2.0
    assert left(latest(5.0)) == 5.0


async def test_it_holds_for_the_tasks_that_are_begun_inside() -> None:
    async def ask() -> float:
        return left(latest(5.0))

    with deadline(2.0):
        inside = asyncio.create_task(ask())
    assert (await inside, await ask()) == (2.0, 5.0)


@pytest.mark.parametrize("seconds", ["2", None, True, float("nan")])
def test_a_deadline_is_a_number_of_seconds(seconds: object) -> None:
    with pytest.raises(UsageError, match="deadline: expected a number of seconds"):
        checked_seconds(seconds)
    with pytest.raises(UsageError), deadline(seconds):  # type: ignore[arg-type]  # slips
        pass
    assert left(latest(5.0)) == 5.0


@pytest.mark.parametrize("seconds", [0, -1, -0.5])
def test_a_deadline_may_be_over_already(seconds: float) -> None:
    with deadline(seconds):
        assert left(latest(5.0)) == seconds


def test_the_longest_deadline_is_a_day_and_an_endless_past_is_one_too() -> None:
    assert checked_seconds(float("inf")) == checked_seconds(10**400) == 86_400.0
    assert checked_seconds(-float("inf")) == checked_seconds(-(10**400)) == -86_400.0
