"""Starts a second attempt beside one that is slow; whichever answers first counts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from evalgate.model.chat import Completion


class _Ended(Protocol):
    @property
    def result(self) -> object: ...


_Made = TypeVar("_Made", bound=_Ended)


async def first_answer(
    first: Awaitable[_Made], second: Callable[[], Awaitable[_Made] | None], *, after: float
) -> _Made:
    """Return the first attempt that gives an answer, or the last one to fail.

    Args:
        first: the attempt.
        second: begins another one, or returns None where there shall be none.
        after: seconds after which the second one begins, unless the first has ended.
    """
    running: set[asyncio.Future[_Made]] = {asyncio.ensure_future(first)}
    try:
        done, _ = await asyncio.wait(running, timeout=after)
        other = None if done else second()
        if other is not None:
            running.add(asyncio.ensure_future(other))
        return await _first_answer(running)
    finally:
        for task in running:
            task.cancel()
        # What is given up reports that before the call goes on.
        await asyncio.gather(*running, return_exceptions=True)


async def _first_answer(running: set["asyncio.Future[_Made]"]) -> _Made:
    waiting = set(running)
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        ended = [task.result() for task in done]
        answers = [made for made in ended if isinstance(made.result, Completion)]
        if answers or not waiting:
            return (answers or ended)[0]
