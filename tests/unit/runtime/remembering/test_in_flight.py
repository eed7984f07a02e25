"""Facts about equal calls at the same time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from evalgate.runtime.remembering.in_flight import InFlight, Joined


class Asked:
    """A call whose end the test decides; `count` is how often it was made."""

    def __init__(self) -> None:
        self.count = 0
        self.ends: list[asyncio.Future[str]] = []

    async def __call__(self) -> str:
        self.count += 1
        end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.ends.append(end)
        return await end


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def begin(
    flights: InFlight[str], fetch: Callable[[], Awaitable[str]], count: int, key: str = "k"
) -> list[asyncio.Task[Joined[str]]]:
    return [asyncio.create_task(flights.join(key, fetch=fetch)) for _ in range(count)]


async def test_the_first_asks_and_the_others_share_its_answer() -> None:
    flights, asked = InFlight[str](), Asked()
    calls = begin(flights, asked, 100)
    await settle()
    asked.ends[0].set_result("yes")
    joined = await asyncio.gather(*calls)
    assert asked.count == 1
    assert [each.answer for each in joined] == ["yes"] * 100
    assert [each.is_shared for each in joined] == [False] + [True] * 99


async def test_different_keys_and_later_calls_ask_for_themselves() -> None:
    flights, asked = InFlight[str](), Asked()
    calls = begin(flights, asked, 1, "a") + begin(flights, asked, 1, "b")
    await settle()
    assert asked.count == 2
    for end in asked.ends:
        end.set_result("yes")
    await asyncio.gather(*calls)
    (later,) = begin(flights, asked, 1, "a")
    await settle()
    asked.ends[2].set_result("again")
    assert await later == Joined("again", is_shared=False)


async def test_when_the_one_who_asks_goes_away_one_of_a_hundred_takes_over() -> None:
    flights, asked = InFlight[str](), Asked()
    leader, *others = begin(flights, asked, 101)
    await settle()
    leader.cancel()
    await settle()
    assert leader.cancelled()
    assert asked.count == 2
    assert not any(each.done() for each in others)
    asked.ends[1].set_result("yes")
    joined = await asyncio.gather(*others)
    assert {each.answer for each in joined} == {"yes"}
    assert sum(not each.is_shared for each in joined) == 1


async def test_a_failure_is_the_affair_of_the_one_who_asked() -> None:
    flights, asked = InFlight[str](), Asked()
    leader, *others = begin(flights, asked, 3)
    await settle()
    asked.ends[0].set_exception(OSError("down"))
    await settle()
    with pytest.raises(OSError, match="down"):
        await leader
    asked.ends[1].set_result("yes")
    assert [(await each).answer for each in others] == ["yes", "yes"]


async def test_when_all_fail_each_asks_once_and_nothing_is_left() -> None:
    flights, asked = InFlight[str](), Asked()
    calls = begin(flights, asked, 20)
    for turn in range(20):
        await settle()
        assert len(asked.ends) == turn + 1
        asked.ends[turn].set_exception(OSError())
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, OSError) for each in results)
    (later,) = begin(flights, asked, 1)
    await settle()
    assert asked.count == 21
    asked.ends[20].set_result("yes")
    await later


async def test_one_who_waits_may_leave_without_harm() -> None:
    flights, asked = InFlight[str](), Asked()
    (leader,) = begin(flights, asked, 1)
    await settle()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await flights.join("k", fetch=asked)
    assert len(flights._waiting["k"]) == 0  # a long call does not gather those who left
    (other,) = begin(flights, asked, 1)
    await settle()
    asked.ends[0].set_result("yes")
    assert (await leader, await other) == (Joined("yes", False), Joined("yes", True))
    assert asked.count == 1


async def test_a_turn_to_ask_that_meets_nobody_goes_to_the_next() -> None:
    flights, asked = InFlight[str](), Asked()
    leader, second, third = begin(flights, asked, 3)
    await settle()
    asked.ends[0].set_exception(OSError())
    await asyncio.sleep(0)  # the leader has failed, the second is told, and has not heard it
    second.cancel()
    await settle()
    assert second.cancelled()
    assert asked.count == 2
    asked.ends[1].set_result("yes")
    assert (await third).answer == "yes"
    with pytest.raises(OSError):  # noqa: PT011
        await leader


async def test_a_failure_that_meets_one_who_left_goes_to_the_next() -> None:
    flights, asked = InFlight[str](), Asked()
    leader, second, third = begin(flights, asked, 3)
    await settle()
    asked.ends[0].set_exception(OSError())
    second.cancel()  # the leader hears of its end first
    await settle()
    assert second.cancelled()
    assert isinstance(leader.exception(), OSError)
    asked.ends[1].set_result("yes")
    assert (await third).answer == "yes"


async def test_an_answer_that_meets_one_who_left_reaches_the_others() -> None:
    flights, asked = InFlight[str](), Asked()
    leader, second, third = begin(flights, asked, 3)
    await settle()
    asked.ends[0].set_result("yes")
    second.cancel()
    await settle()
    assert second.cancelled()
    assert (await leader).answer == (await third).answer == "yes"


async def test_a_call_that_answers_none_is_shared_like_any_other() -> None:
    flights = InFlight[None]()
    gate = asyncio.Event()
    asked: list[int] = []

    async def fetch() -> None:
        asked.append(1)
        await gate.wait()

    calls = [asyncio.create_task(flights.join("k", fetch=fetch)) for _ in range(3)]
    await settle()
    gate.set()
    assert [each.is_shared for each in await asyncio.gather(*calls)] == [False, True, True]
    assert asked == [1]


def test_event_loops_of_several_threads_have_flights_of_their_own() -> None:
    async def alone() -> int:
        flights, asked = InFlight[str](), Asked()
        calls = begin(flights, asked, 10)
        await settle()
        asked.ends[0].set_result("yes")
        await asyncio.gather(*calls)
        return asked.count

    async def together() -> list[int]:
        return await asyncio.gather(*(asyncio.to_thread(asyncio.run, alone()) for _ in range(4)))

    assert asyncio.run(together()) == [1, 1, 1, 1]
