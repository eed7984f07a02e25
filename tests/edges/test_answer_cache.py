"""Facts about remembered answers in a real file."""

import asyncio
import multiprocessing
import os
import sqlite3
import stat
import threading
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.answer_cache import MOST_WAIT, SqliteCache, open_cache
from evalgate.errors import UsageError
from evalgate.model.call_ports import AnswerCache, Kept
from evalgate.model.chat import Completion, Usage

pytestmark = pytest.mark.alone

KEPT = Kept(
    completion=Completion(
        text="Größe \ud83d\0",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
    ),
    route="eu",
    at=1_800_000_000.0,
)


class Time:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "remembered.sqlite"


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
async def cache(path: Path, clock: Time) -> AsyncIterator[SqliteCache]:
    cache = SqliteCache(path, now=clock.now)
    yield cache
    await cache.aclose()


def words(text: str) -> Kept:
    return replace(KEPT, completion=replace(KEPT.completion, text=text))


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM remembered").fetchone()[0])


def read(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def damage(path: Path, statement: str, *values: bytes | str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


async def test_what_was_kept_is_found_by_everybody(path: Path, cache: SqliteCache) -> None:
    port: AnswerCache = cache
    await port.keep("a", KEPT, seconds=10)
    other = open_cache(path)
    assert await other.find("b") is None
    assert await port.find("a") == KEPT
    await other.aclose()
    assert port.failures == 0


async def test_it_survives_the_process(path: Path, cache: SqliteCache, clock: Time) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.aclose()
    again = SqliteCache(path, now=clock.now)
    assert await again.find("a") == KEPT
    await again.aclose()


def test_nobody_else_can_read_the_file(path: Path) -> None:
    cache = open_cache(path)
    asyncio.run(cache.keep("a", KEPT, seconds=10))
    modes = [stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()]
    assert modes == [0o600] * 3
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    asyncio.run(cache.aclose())


async def test_a_closed_cache_may_be_closed_again_and_opens_when_it_is_asked(
    cache: SqliteCache,
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.aclose()
    await cache.aclose()
    assert await cache.find("a") == KEPT


async def test_it_is_found_until_its_time_is_over(cache: SqliteCache, clock: Time) -> None:
    await cache.keep("a", KEPT, seconds=10)
    clock.seconds += 9.9
    assert await cache.find("a") == KEPT
    clock.seconds += 0.1
    assert await cache.find("a") is None


async def test_what_has_expired_leaves_the_file_in_small_steps(
    path: Path, cache: SqliteCache, clock: Time
) -> None:
    for number in range(100):
        await cache.keep(f"{number}", words("secret words"), seconds=10)
    clock.seconds += 10
    left = []
    for number in range(4):
        await cache.keep(f"new {number}", words("new"), seconds=10)
        left.append(rows(path))
    assert left == [69, 38, 7, 4]
    await cache.aclose()
    assert b"secret words" not in read(path)


async def test_the_file_stays_within_its_bound(path: Path, clock: Time) -> None:
    cache = SqliteCache(path, now=clock.now, most_bytes=400_000)
    for number in range(300):
        clock.seconds += 1
        await cache.keep(f"{number}", words("x" * 10_000), seconds=1000)
    assert len(read(path)) < 500_000
    assert await cache.find("299") == words("x" * 10_000)
    assert await cache.find("0") is None
    await cache.aclose()


async def test_an_answer_of_ten_megabytes_is_not_kept(path: Path, cache: SqliteCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.keep("a", words("x" * 10 * 2**20), seconds=10)
    assert await cache.find("a") is None
    assert len(read(path)) < 100_000
    assert cache.failures == 0


async def test_a_claim_stands_until_its_time_is_over(
    path: Path, cache: SqliteCache, clock: Time
) -> None:
    other = SqliteCache(path, now=clock.now)
    assert await cache.claim("c", "aa", seconds=10) == "aa"
    assert await other.claim("c", "bb", seconds=10) == "aa"
    clock.seconds += 10
    assert await other.claim("c", "bb", seconds=10) == "bb"
    assert await cache.claim("c", "aa", seconds=10) == "bb"
    await other.aclose()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 100, b'{"key": "a"}', b"[" * 100_000])
async def test_a_damaged_row_is_a_miss_and_is_replaced(
    path: Path, cache: SqliteCache, content: bytes
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    damage(path, "UPDATE remembered SET content = ?", content)
    assert await cache.find("a") is None
    await cache.keep("a", KEPT, seconds=10)
    assert await cache.find("a") == KEPT


async def test_an_answer_that_was_moved_to_another_key_is_a_miss(
    path: Path, cache: SqliteCache
) -> None:
    await cache.keep("of one tenant", KEPT, seconds=10)
    damage(path, "UPDATE remembered SET key = ?", "of another")
    assert await cache.find("of another") is None


def test_a_file_of_something_else_is_refused_at_the_start(path: Path) -> None:
    path.parent.mkdir()
    for content in (b"something else entirely, and long enough to be looked at" * 20, b"x"):
        path.write_bytes(content)
        with pytest.raises(UsageError, match="remembered answers"):
            open_cache(path)
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE remembered (key TEXT)")
    with pytest.raises(UsageError, match="name another file as the cache's `path`"):
        open_cache(path)


def test_a_link_and_a_folder_are_refused_at_the_start(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        open_cache(path)
    with pytest.raises(UsageError, match="cannot be kept here"):
        open_cache(path.parent)


async def test_a_file_that_breaks_later_is_a_miss_until_it_is_whole_again(
    path: Path, cache: SqliteCache
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.aclose()
    broken = SqliteCache(path, now=cache._now)
    whole = read(path)
    write(path, b"broken" * 2000)
    assert await broken.find("a") is None
    await broken.keep("a", KEPT, seconds=10)
    assert await broken.claim("c", "aa", seconds=10) == "aa"
    assert broken.failures == 2  # the claim came within the pause of the writing
    write(path, whole)
    found = None
    deadline = time.monotonic() + 5
    while found is None and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        found = await broken.find("a")
    assert found == KEPT
    await broken.aclose()


async def test_a_file_that_was_replaced_after_it_broke_is_used_again(
    path: Path, cache: SqliteCache
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    damage(path, "DROP TABLE remembered")
    assert await cache.find("a") is None
    assert cache.failures == 1
    for place in list(path.parent.glob("remembered*")):
        place.unlink()
    open_cache(path)
    deadline = time.monotonic() + 5
    while await cache.find("a") is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
        await cache.keep("a", KEPT, seconds=10)


async def test_a_locked_file_holds_up_neither_the_loop_nor_those_who_read(
    path: Path, cache: SqliteCache
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        writing = [asyncio.create_task(cache.keep(f"{n}", KEPT, seconds=10)) for n in range(200)]
        await asyncio.sleep(0)
        assert time.monotonic() - began < MOST_WAIT
        await asyncio.gather(*writing)
        assert time.monotonic() - began < 2 * MOST_WAIT
        assert cache.failures > 0
        assert await cache.find("a") == KEPT
        began = time.monotonic()
        for _ in range(10):
            await cache.find("a")
            await cache.keep("b", KEPT, seconds=10)
        assert time.monotonic() - began < 2 * MOST_WAIT
        holder.execute("ROLLBACK")
    deadline = time.monotonic() + 5
    while await cache.find("b") is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
        await cache.keep("b", KEPT, seconds=10)


async def test_a_file_that_hangs_holds_up_a_call_for_a_moment_only(cache: SqliteCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    with cache._lock:  # as a disk that does not answer
        began = time.monotonic()
        found = await asyncio.gather(*(cache.find("a") for _ in range(100)))
        assert found == [None] * 100
        assert time.monotonic() - began < 4 * MOST_WAIT
        began = time.monotonic()
        for _ in range(10):
            assert await cache.find("a") is None
        assert time.monotonic() - began < 2 * MOST_WAIT
    deadline = time.monotonic() + 5
    while await cache.find("a") is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_a_file_that_nobody_can_read_costs_no_time(path: Path, cache: SqliteCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.aclose()
    held = SqliteCache(path, now=cache._now)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        assert await held.find("a") is None
        began = time.monotonic()
        for _ in range(1000):
            assert await held.find("a") is None
        assert time.monotonic() - began < 8 * MOST_WAIT
        assert held.failures >= 1
    await held.aclose()


def test_threads_with_loops_of_their_own_share_one_cache(path: Path, clock: Time) -> None:
    cache = SqliteCache(path, now=clock.now)
    wrong: list[str] = []

    async def work(name: int) -> None:
        for turn in range(50):
            key = f"{name}-{turn}"
            await cache.keep(key, words(key), seconds=10)
            if await cache.find(key) != words(key):
                wrong.append(key)

    threads = [threading.Thread(target=asyncio.run, args=(work(name),)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(cache.aclose())
    assert wrong == []
    assert cache.failures == 0
    assert rows(path) == 200


def _fill(path: Path, name: int) -> None:
    async def work() -> None:
        cache = open_cache(path)
        for turn in range(50):
            key = f"{name}-{turn}"
            await cache.keep(key, words(key), seconds=100)
            for other in range(8):
                found = await cache.find(f"{other}-{turn}")
                assert found in (None, words(f"{other}-{turn}"))
        await cache.aclose()

    asyncio.run(work())


def test_eight_processes_share_one_file(path: Path) -> None:
    start = multiprocessing.get_context("spawn")
    processes = [start.Process(target=_fill, args=(path, name)) for name in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 8
    assert rows(path) > 100  # who finds the file locked for long goes on without it
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_of_many_processes_that_claim_a_key_one_prevails(path: Path) -> None:
    cache = open_cache(path)
    asyncio.run(cache.claim("before", "aa", seconds=100))
    reader, writer = os.pipe()
    children = []
    for name in range(6):
        child = os.fork()
        if not child:
            word = asyncio.run(open_cache(path).claim("c", f"{name}{name}", seconds=100))
            os.write(writer, f"{word}\n".encode())
            os._exit(0)
        children.append(child)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    os.close(writer)
    with os.fdopen(reader) as lines:
        assert len(set(lines.read().split())) == 1
    asyncio.run(cache.aclose())


def test_a_forked_process_goes_on_and_leaves_its_parents_file_alone(path: Path) -> None:
    cache = SqliteCache(path, now=time.time)
    asyncio.run(cache.keep("a", KEPT, seconds=100))
    for turn in range(20):
        busy = threading.Thread(
            target=asyncio.run, args=(cache.keep(f"busy {turn}", KEPT, seconds=100),)
        )
        busy.start()
        child = os.fork()
        if not child:
            inherited = cache._connection
            found = asyncio.run(cache.find("a"))
            is_own = cache._connection is not inherited
            asyncio.run(cache.keep(f"child {turn}", KEPT, seconds=100))
            asyncio.run(cache.aclose())
            os._exit(0 if found == KEPT and is_own and cache.failures == 0 else 1)
        busy.join()
        assert os.waitpid(child, 0)[1] == 0
        assert asyncio.run(cache.find(f"child {turn}")) == KEPT
    assert cache.failures == 0
    asyncio.run(cache.aclose())


async def test_a_clock_that_jumps_back_and_forth_breaks_nothing(
    cache: SqliteCache, clock: Time
) -> None:
    await cache.keep("a", KEPT, seconds=10)
    clock.seconds -= 86_400 * 365
    assert await cache.find("a") == KEPT
    await cache.keep("b", KEPT, seconds=10)
    clock.seconds += 86_400 * 365 * 10
    assert await cache.find("a") is None
    await cache.keep("c", KEPT, seconds=10)
    assert await cache.find("c") == KEPT
    assert cache.failures == 0
