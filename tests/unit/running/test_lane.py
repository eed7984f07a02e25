"""Facts about the lane of the calls to one model."""

import asyncio
from dataclasses import replace

from evalgate.model.chat import Allowance, CallFailure, ChatRequest, FailureKind, RateLimits
from evalgate.model.content import Turn
from evalgate.running.lane import LONGEST_NAP, Lane
from evalgate.running.pacing import Pace, Ticket
from evalgate.simulator.fakes import FakeClock

REQUEST = ChatRequest(model="m", max_tokens=1, turns=(Turn(role="user", content="Hi"),))
EXHAUSTED = CallFailure(
    kind=FailureKind.RATE_LIMIT,
    message="",
    retry_after=5.0,
    limits=RateLimits(requests=Allowance(limit=600, remaining=0)),
)


async def entered(lane: Lane) -> Ticket:
    ticket = await lane.enter(REQUEST)
    assert ticket is not None
    return ticket


async def settle() -> None:
    for _ in range(9):
        await asyncio.sleep(0)


async def test_calls_start_in_the_order_in_which_they_came() -> None:
    lane, started = Lane(Pace(most=1), FakeClock()), list[int]()

    async def call(number: int) -> None:
        ticket = await entered(lane)
        started.append(number)
        await asyncio.sleep(0)
        lane.leave(ticket, None)

    async with asyncio.timeout(5):
        await asyncio.gather(*map(call, range(20)))
    assert started == list(range(20))


async def test_a_large_call_is_not_overtaken_by_small_ones_for_which_there_is_room() -> None:
    pace, clock, started = Pace(most=8), FakeClock(), list[int]()
    lane = Lane(pace, clock)
    tokens = RateLimits(input_tokens=Allowance(limit=60_000, remaining=20_000))
    lane.leave(await entered(lane), CallFailure(kind=FailureKind.SERVER, message="", limits=tokens))

    async def call(size: int) -> None:
        words = Turn(role="user", content="x" * size)
        await lane.enter(replace(REQUEST, turns=(words,)))
        started.append(size)

    async with asyncio.timeout(5):
        await call(60_000)
        await asyncio.gather(*map(call, [60_001, 10, 11]))
    assert started == [60_000, 60_001, 10, 11]


async def test_whoever_finds_the_lane_full_waits_for_one_to_leave() -> None:
    lane = Lane(Pace(most=1), FakeClock())
    first = await entered(lane)
    waiting = asyncio.create_task(lane.enter(REQUEST))
    await settle()
    assert not waiting.done()
    lane.leave(first, None)
    assert await waiting is not None


async def test_a_wait_is_slept_through_in_short_naps() -> None:
    clock = FakeClock()
    lane = Lane(Pace(most=4), clock)
    lane.leave(await entered(lane), EXHAUSTED)
    await entered(lane)
    assert clock.monotonic() == 5.0
    assert max(clock.slept) <= LONGEST_NAP


async def test_a_closed_lane_admits_nobody_and_sends_everyone_away() -> None:
    lane = Lane(Pace(most=1), FakeClock())
    await entered(lane)
    waiting = [asyncio.create_task(lane.enter(REQUEST)) for _ in range(9)]
    await settle()
    lane.close()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*waiting) == [None] * 9
    assert await lane.enter(REQUEST) is None


async def test_a_closed_lane_ends_a_nap_that_is_due_for_long() -> None:
    clock = FakeClock()
    lane = Lane(Pace(most=4), clock)
    lane.leave(await entered(lane), EXHAUSTED)
    waiting = asyncio.create_task(lane.enter(REQUEST))
    await asyncio.sleep(0)
    lane.close()
    assert await waiting is None
    assert clock.monotonic() <= LONGEST_NAP


async def test_a_cancelled_wait_leaves_the_lane_to_the_next() -> None:
    pace = Pace(most=1)
    lane = Lane(pace, FakeClock())
    first = await entered(lane)
    waiting = [asyncio.create_task(lane.enter(REQUEST)) for _ in range(3)]
    await settle()
    for task in waiting[:2]:
        task.cancel()
    await settle()
    lane.leave(first, None)
    async with asyncio.timeout(5):
        assert await waiting[2] is not None
    assert pace.in_flight == 1
