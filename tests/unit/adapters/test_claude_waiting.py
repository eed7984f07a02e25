"""Facts about waits that end in time, or all together."""

import asyncio

import pytest

from evalgate.adapters.claude_telling import ClosedError, LateError
from evalgate.adapters.claude_waiting import Waits


def now() -> float:
    return asyncio.get_running_loop().time()


async def wait(waits: Waits, seconds: float, *, work: float = 30.0) -> str:
    async with waits.until(now() + seconds, "too late"):
        await asyncio.sleep(work)
    return "done"


async def test_what_comes_in_time_is_let_be() -> None:
    assert await wait(Waits(), 5, work=0) == "done"


async def test_what_does_not_come_in_time_is_late_in_the_words_given() -> None:
    for seconds in (0.01, 0, -1):
        with pytest.raises(LateError, match="too late"):
            await wait(Waits(), seconds)


async def test_closing_ends_all_waits_and_those_that_would_begin() -> None:
    waits = Waits()
    begun = [asyncio.ensure_future(wait(waits, 30)) for _ in range(3)]
    ended = asyncio.ensure_future(wait(waits, 30, work=0))
    await asyncio.sleep(0.01)
    waits.close()
    waits.close()
    told = await asyncio.wait_for(asyncio.gather(*begun, return_exceptions=True), 1)
    assert [type(each) for each in told] == [ClosedError] * 3
    assert await ended == "done"
    with pytest.raises(ClosedError):
        await wait(waits, 30, work=0)


async def test_a_wait_that_is_ending_when_all_are_closed_ends_once() -> None:
    waits = Waits()
    waiting = asyncio.ensure_future(wait(waits, 0.01))
    asyncio.get_running_loop().call_later(0.01, waits.close)
    with pytest.raises((LateError, ClosedError)):
        await waiting


async def test_a_cancellation_passes_through() -> None:
    waiting = asyncio.ensure_future(wait(Waits(), 30))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_errors_of_what_is_waited_for_stay_what_they_are() -> None:
    with pytest.raises(ZeroDivisionError):
        async with Waits().until(now() + 5, "too late"):
            raise ZeroDivisionError
