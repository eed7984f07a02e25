"""Two attempts side by side: the first answer counts, and the other one is given up."""

import asyncio
from dataclasses import dataclass

import pytest

from evalgate.model.chat import CallFailure, Completion, FailureKind, Usage
from evalgate.runtime.hedging import first_answer


@dataclass(frozen=True, slots=True)
class Ended:
    name: str
    result: Completion | CallFailure


ANSWER = Completion(
    text="Yes.",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)
FAILURE = CallFailure(kind=FailureKind.SERVER, message="")


class Side:
    """Attempts that end as told; `cancelled` names those that were given up."""

    def __init__(self) -> None:
        self.cancelled: list[str] = []

    async def attempt(
        self, name: str, seconds: float, result: Completion | CallFailure = ANSWER
    ) -> Ended:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        return Ended(name, result)


async def test_a_fast_first_one_is_alone() -> None:
    side, begun = Side(), list[str]()

    def second() -> None:
        begun.append("second")

    ended = await first_answer(side.attempt("first", 0.0), second, after=0.5)
    assert (ended.name, begun, side.cancelled) == ("first", [], [])


async def test_the_faster_answer_counts_and_the_other_is_given_up_before_going_on() -> None:
    side = Side()
    ended = await first_answer(
        side.attempt("first", 5.0), lambda: side.attempt("second", 0.0), after=0.01
    )
    assert (ended.name, side.cancelled) == ("second", ["first"])


async def test_a_failure_waits_for_the_other_one() -> None:
    side = Side()
    ended = await first_answer(
        side.attempt("first", 0.05), lambda: side.attempt("second", 0.0, FAILURE), after=0.01
    )
    assert (ended.name, side.cancelled) == ("first", [])


async def test_when_both_fail_the_last_one_counts() -> None:
    side = Side()
    ended = await first_answer(
        side.attempt("first", 0.03, FAILURE),
        lambda: side.attempt("second", 0.0, FAILURE),
        after=0.01,
    )
    assert ended.name == "first"


async def test_a_hedge_that_is_not_allowed_changes_nothing() -> None:
    side = Side()
    ended = await first_answer(side.attempt("first", 0.03), lambda: None, after=0.01)
    assert ended.name == "first"


async def test_whoever_is_cancelled_takes_both_attempts_along() -> None:
    side = Side()
    task = asyncio.ensure_future(
        first_answer(side.attempt("first", 5.0), lambda: side.attempt("second", 5.0), after=0.01)
    )
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(side.cancelled) == ["first", "second"]
