"""A call that nobody waits for any more is written down all the same, whenever that is."""

import asyncio
from dataclasses import dataclass, field

from evalgate.runtime.answering import Answering
from evalgate.runtime.call import CANCELLED, Call, Once, Outcome
from evalgate.runtime.listening import Hear
from tests.unit.runtime.calls import a_call

ANSWER = Outcome(error="some answer")


@dataclass
class Clerk:
    """One who answers when the door opens."""

    written: list[Outcome] = field(default_factory=list)
    door: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, call: Call, *, hear: Hear) -> Outcome:  # noqa: ARG002 - any call
        await self.door.wait()
        return ANSWER

    def write(self, call: Call, outcome: Outcome) -> None:
        if call.line.take():
            self.written.append(outcome)


async def test_an_outcome_that_is_taken_is_left_to_who_takes_it() -> None:
    clerk = Clerk()
    clerk.door.set()
    assert await Answering(clerk, a_call()).outcome() is ANSWER
    assert clerk.written == []


async def test_an_outcome_that_was_there_already_is_written_when_it_is_left() -> None:
    clerk, asked = Clerk(), a_call()
    clerk.door.set()
    answering = Answering(clerk, asked)
    await answering.outcome()
    answering.leave()
    answering.leave()
    assert clerk.written == [ANSWER]


async def test_an_outcome_that_comes_after_it_was_left_is_written_then() -> None:
    clerk = Clerk()
    answering = Answering(clerk, a_call())
    task = asyncio.ensure_future(answering.outcome())
    await asyncio.sleep(0)
    answering.leave()
    assert clerk.written == []
    clerk.door.set()
    await task
    assert clerk.written == [ANSWER]


async def test_what_was_never_begun_is_written_as_cancelled() -> None:
    clerk = Clerk()
    answering = Answering(clerk, a_call())
    task = asyncio.ensure_future(answering.outcome())
    task.cancel()
    await asyncio.wait({task})
    answering.leave()
    assert [each.error for each in clerk.written] == [CANCELLED]


def test_what_is_to_be_done_once_is_taken_once() -> None:
    once = Once()
    assert [once.take(), once.take(), once.take()] == [True, False, False]
