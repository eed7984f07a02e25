"""Facts about remembered answers in the memory of one process."""

import asyncio
import os
import sys
import threading
from collections.abc import Coroutine
from dataclasses import replace

import pytest

from evalgate.adapters.kept_answers import encode_kept
from evalgate.model.call_ports import Kept
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Opaque
from evalgate.runtime.remembering.memory_cache import MemoryCache

KEPT = Kept(
    completion=Completion(
        text="Two years.",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
        blocks=(Opaque(data={"type": "thinking"}),),
    ),
    route="eu",
    at=1_800_000_000.0,
)


class Time:
    def __init__(self) -> None:
        self.seconds = 50.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def cache(time: Time) -> MemoryCache:
    return MemoryCache(entries=3, now=time.now)


async def test_what_was_kept_is_found_as_it_was(cache: MemoryCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    assert await cache.find("a") == KEPT
    assert await cache.find("b") is None
    assert cache.failures == 0


async def test_it_is_found_until_its_time_is_over(cache: MemoryCache, time: Time) -> None:
    await cache.keep("a", KEPT, seconds=10)
    time.seconds += 9.9
    assert await cache.find("a") == KEPT
    time.seconds += 0.1
    assert await cache.find("a") is None


async def test_keeping_again_begins_a_new_time(cache: MemoryCache, time: Time) -> None:
    await cache.keep("a", KEPT, seconds=10)
    time.seconds += 9
    newer = replace(KEPT, route="us")
    await cache.keep("a", newer, seconds=10)
    time.seconds += 9
    assert await cache.find("a") == newer


async def test_the_one_not_asked_for_longest_goes_first(cache: MemoryCache) -> None:
    for key in "abc":
        await cache.keep(key, KEPT, seconds=10)
    await cache.find("a")
    await cache.keep("d", KEPT, seconds=10)
    assert [key for key in "abcd" if await cache.find(key)] == ["a", "c", "d"]


async def test_answers_take_up_no_more_than_they_may(time: Time) -> None:
    size = len(encode_kept("a", KEPT) or b"")
    cache = MemoryCache(entries=100, now=time.now, most_bytes=2 * size)
    for key in "abcb":
        await cache.keep(key, KEPT, seconds=10)
    assert [key for key in "abc" if await cache.find(key)] == ["b", "c"]
    larger = replace(KEPT, route="e" * (size + 3))
    await cache.keep("d", larger, seconds=10)
    assert [key for key in "abcd" if await cache.find(key)] == []
    await cache.keep("e", KEPT, seconds=10)
    await cache.keep("f", KEPT, seconds=10)
    assert [key for key in "ef" if await cache.find(key)] == ["e", "f"]


async def test_an_answer_of_ten_megabytes_is_not_kept_and_takes_the_old_one_along(
    cache: MemoryCache,
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    huge = replace(KEPT, completion=replace(KEPT.completion, text="x" * 10 * 2**20))
    await cache.keep("a", huge, seconds=10)
    assert await cache.find("a") is None


async def test_nobody_can_change_what_others_are_given(cache: MemoryCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    found = await cache.find("a")
    assert found is not None
    (block,) = found.completion.blocks
    assert isinstance(block, Opaque)
    assert isinstance(block.data, dict)
    block.data["type"] = "changed"
    assert await cache.find("a") == KEPT


async def test_a_claim_stands_until_its_time_is_over(cache: MemoryCache, time: Time) -> None:
    assert await cache.claim("c", "aa", seconds=10) == "aa"
    time.seconds += 9
    assert await cache.claim("c", "bb", seconds=10) == "aa"
    time.seconds += 1
    assert await cache.claim("c", "bb", seconds=10) == "bb"


async def test_a_closed_cache_is_empty(cache: MemoryCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.aclose()
    assert await cache.find("a") is None


def test_threads_share_it_without_losing_count() -> None:
    cache = MemoryCache(entries=40, now=lambda: 0.0)

    async def work(name: int) -> None:
        for turn in range(300):
            await cache.keep(f"{name}-{turn % 20}", KEPT, seconds=10)
            await cache.find(f"{turn % 4}-{turn % 20}")

    threads = [threading.Thread(target=asyncio.run, args=(work(name),)) for name in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(cache._entries) == 40
    assert cache._bytes == sum(len(each.content) for each in cache._entries.values())


@pytest.mark.parametrize("change", ["find", "keep", "claim", "aclose"])
def test_changes_wait_for_each_other(change: str) -> None:
    cache = MemoryCache(entries=10, now=lambda: 0.0)
    work: dict[str, Coroutine[None, None, object]] = {
        "find": cache.find("a"),
        "keep": cache.keep("a", KEPT, seconds=10),
        "claim": cache.claim("c", "aa", seconds=10),
        "aclose": cache.aclose(),
    }
    coroutine = work.pop(change)
    for other in work.values():
        other.close()
    with cache._lock:
        thread = threading.Thread(target=asyncio.run, args=(coroutine,))
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
    thread.join()


def test_a_fork_waits_for_a_change_to_end_and_goes_on_with_a_copy() -> None:
    cache = MemoryCache(entries=10, now=lambda: 0.0)
    asyncio.run(cache.keep("a", KEPT, seconds=10))
    cache._lock.acquire()  # as a thread in the middle of a change
    threading.Timer(0.05, cache._lock.release).start()
    child = os.fork()
    if not child:
        found = asyncio.run(cache.find("a"))
        os._exit(0 if found == KEPT else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert asyncio.run(cache.find("a")) == KEPT
