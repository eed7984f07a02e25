"""Facts about remembered answers on a real Redis server."""

import asyncio
import gc
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.redis_cache import FIRST_PAUSE, MOST_WAIT, PREFIX, RedisCache, open_cache
from evalgate.errors import UsageError
from evalgate.model.call_ports import AnswerCache, Kept
from evalgate.model.chat import Completion, Usage
from tests.edges.redis_server import RedisServer, free_port

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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def cache(server: RedisServer) -> AsyncIterator[RedisCache]:
    cache = RedisCache(server.address)
    yield cache
    await cache.aclose()


def words(text: str) -> Kept:
    return replace(KEPT, completion=replace(KEPT.completion, text=text))


def command(server: RedisServer, *parts: str | bytes) -> bytes:
    """Send one command as any other program could, and return the beginning of the answer."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    line = b"*%d\r\n" % len(encoded)
    line += b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in encoded)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(line)
        return connection.recv(65_536)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def speaking(talk: Talk) -> AsyncIterator[str]:
    """Return the address of a server that talks as the test says, and wait until it is done."""
    talks: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.append(task)
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1") as listener:
        yield f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}/1"
        await asyncio.wait_for(asyncio.gather(*talks, return_exceptions=True), 10)


async def answered(cache: RedisCache, key: str, *, within: float = 8.0) -> None:
    """Wait until a cache that left its server alone finds a key again."""
    deadline = time.monotonic() + within
    while await cache.find(key) is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
        await cache.keep(key, KEPT, seconds=100)


async def test_what_was_kept_is_found_by_everybody(server: RedisServer, cache: RedisCache) -> None:
    port: AnswerCache = cache
    await port.keep("a", KEPT, seconds=10)
    other = open_cache(server.address)
    assert await other.find("b") is None
    assert await other.find("a") == KEPT
    assert other.failures == port.failures == 0
    await other.aclose()


async def test_the_server_lets_it_expire(server: RedisServer, cache: RedisCache) -> None:
    await cache.keep("a", KEPT, seconds=0.2)
    await cache.keep("b", KEPT, seconds=86_400)
    assert await cache.find("a") == KEPT
    await asyncio.sleep(0.25)
    assert await cache.find("a") is None
    assert command(server, "TTL", f"{PREFIX}b") == b":86400\r\n"
    assert command(server, "KEYS", "*") == b"*1\r\n$12\r\nevalgate:1:b\r\n"


async def test_an_answer_of_ten_megabytes_is_not_kept(cache: RedisCache) -> None:
    await cache.keep("a", KEPT, seconds=10)
    await cache.keep("a", words("x" * 10 * 2**20), seconds=10)
    assert await cache.find("a") is None
    assert cache.failures == 0


async def test_a_claim_stands_until_its_time_is_over(
    server: RedisServer, cache: RedisCache
) -> None:
    other = RedisCache(server.address)
    claims = (each.claim("c", word, seconds=0.3) for each, word in ((cache, "aa"), (other, "bb")))
    (one, two) = await asyncio.gather(*claims)
    assert one == two
    assert one in {"aa", "bb"}
    await asyncio.sleep(0.35)
    assert await other.claim("c", "cc", seconds=10) == "cc"
    await other.aclose()


async def test_what_others_wrote_is_a_miss(server: RedisServer, cache: RedisCache) -> None:
    await cache.keep("a", KEPT, seconds=100)
    for content in (b"", b"{", b"\x80\x04\x95", b'{"key": "a"}'):
        command(server, "SET", f"{PREFIX}a", content)
        assert await cache.find("a") is None
    assert cache.failures == 0
    command(server, "DEL", f"{PREFIX}a")
    command(server, "LPUSH", f"{PREFIX}a", "a list")
    assert await cache.find("a") is None
    assert cache.failures == 1


async def test_an_answer_that_was_copied_to_another_key_is_a_miss(
    server: RedisServer, cache: RedisCache
) -> None:
    await cache.keep("a", KEPT, seconds=100)
    command(server, "COPY", f"{PREFIX}a", f"{PREFIX}b")
    assert await cache.find("b") is None


async def test_those_who_leave_in_the_middle_mix_up_no_answers(cache: RedisCache) -> None:
    for number in range(50):
        await cache.keep(f"{number}", words(f"{number}"), seconds=100)

    async def impatient(number: int) -> None:
        try:
            async with asyncio.timeout(number % 7 / 2000):
                await cache.find(f"{number % 50}")
        except TimeoutError:
            pass

    async def patient(number: int) -> tuple[int, Kept | None]:
        await asyncio.sleep(number / 2000)
        return number, await cache.find(f"{number}")

    _, *found = await asyncio.gather(
        asyncio.gather(*(impatient(number) for number in range(500))),
        *(patient(number) for number in range(50)),
    )
    assert all(kept in (None, words(f"{number}")) for number, kept in found)
    assert await cache.find("7") == words("7") or cache.failures


async def test_a_server_that_was_never_there_costs_no_time() -> None:
    cache = RedisCache(f"redis://127.0.0.1:{free_port()}")
    assert await cache.find("a") is None
    assert cache.failures == 1
    began = time.monotonic()
    for _ in range(300):
        assert await cache.find("a") is None
        await cache.keep("a", KEPT, seconds=10)
        assert await cache.claim("c", "aa", seconds=10) == "aa"
    assert time.monotonic() - began < FIRST_PAUSE
    assert cache.failures == 1
    await cache.aclose()


async def test_a_server_that_is_killed_and_comes_back_is_used_again(
    server: RedisServer, cache: RedisCache
) -> None:
    await asyncio.gather(*(cache.keep(f"{n}", KEPT, seconds=100) for n in range(50)))
    server.kill()
    results = await asyncio.gather(*(cache.find(f"{n}") for n in range(50)))
    assert results == [None] * 50
    failures = cache.failures
    assert failures >= 1
    await asyncio.to_thread(server.start)
    await answered(cache, "a")
    found = await asyncio.gather(*(cache.find("a") for _ in range(50)))
    assert found == [KEPT] * 50
    assert cache.failures <= failures + 2


async def test_a_server_that_says_nothing_holds_up_a_call_for_a_moment_only(
    server: RedisServer, cache: RedisCache
) -> None:
    await cache.keep("a", KEPT, seconds=100)
    server.freeze()
    began = time.monotonic()
    results = await asyncio.gather(*(cache.find("a") for _ in range(200)))
    assert time.monotonic() - began < 5 * MOST_WAIT  # in turns it would take twelve
    assert results == [None] * 200
    began = time.monotonic()
    for _ in range(10):
        assert await cache.find("a") is None
    assert time.monotonic() - began < 4 * MOST_WAIT
    server.thaw()
    await answered(cache, "a")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b":abc\r\n",
        b"$abc\r\n",
        b"$-5\r\n",
        b"*1000000000\r\n",
        b"%1\r\n*0\r\n:1\r\n",
        b"*1\r\n" * 5000 + b":1\r\n",
        b"\x00\xff\r\n",
        b"",
    ],
)
async def test_a_server_that_speaks_something_else_is_a_miss(nonsense: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000) and nonsense:
            writer.write(nonsense)

    async with speaking(talk) as address:
        cache = RedisCache(address)
        assert await cache.find("a") is None
        assert cache.failures == 1
        await cache.aclose()


async def test_a_server_that_is_slow_at_every_step_holds_up_a_call_for_a_moment_only() -> None:
    steps = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal steps
        while await reader.read(1000):
            steps += 1
            await asyncio.sleep(0.15)
            writer.write(b"+OK\r\n" if steps > 1 else b"%0\r\n")

    async with speaking(talk) as address:
        cache = RedisCache(address)
        assert await cache.find("a") is None
        assert cache.failures == 1
        assert steps <= 2
        await cache.aclose()


async def test_a_wrong_password_is_a_miss_and_stands_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    word = "right-word"
    server = RedisServer(tmp_path, password=word)
    server.start()
    try:
        cache = RedisCache(server.address.replace("right", "wrong"))
        assert await cache.find("a") is None
        assert cache.failures == 1
        await cache.aclose()
        right = RedisCache(server.address)
        await right.keep("a", KEPT, seconds=10)
        assert await right.find("a") == KEPT
        await right.aclose()
    finally:
        server.kill()
    said = capfd.readouterr()
    assert "-word" not in said.out + said.err + caplog.text


@pytest.mark.parametrize(
    "address",
    ["secret", "http://u:secret@h", "redis://u:secret@h:port", "redis://h/0?secret=1", "redis://["],
)
def test_an_address_of_no_use_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError) as raised:
        open_cache(address)
    assert "secret" not in f"{raised.value!r}"
    assert raised.value.__cause__ is None
    assert "EVALGATE_REDIS_URL" in str(raised.value)


async def test_a_host_without_a_name_is_a_miss() -> None:
    for host in ("nowhere.invalid", "a..b", "x" * 300):
        cache = RedisCache(f"redis://{host}:6379")
        assert await cache.find("a") is None
        assert cache.failures == 1
        await cache.aclose()


def test_every_event_loop_has_connections_of_its_own(server: RedisServer) -> None:
    cache = RedisCache(server.address)

    async def work(name: int) -> None:
        for turn in range(50):
            await cache.keep(f"{name}-{turn}", words(f"{name}-{turn}"), seconds=100)
            assert await cache.find(f"{name}-{turn}") == words(f"{name}-{turn}")
        await cache.aclose()

    failed: list[BaseException] = []

    def run(name: int) -> None:
        try:
            asyncio.run(work(name))
        except AssertionError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert cache.failures == 0


def test_a_forked_process_opens_connections_of_its_own(server: RedisServer) -> None:
    cache = RedisCache(server.address)

    async def child() -> bool:
        inherited = set(cache._clients.values())
        found = await cache.find("a")
        assert not inherited & set(cache._clients.values())
        await cache.keep("child", KEPT, seconds=100)
        await cache.aclose()
        return found == KEPT and cache.failures == 0

    async def parent() -> None:
        await cache.keep("a", KEPT, seconds=100)
        for _ in range(3):
            process = os.fork()
            if not process:
                with ThreadPoolExecutor(1) as thread:
                    is_well = thread.submit(asyncio.run, child()).result()
                gc.collect()
                os._exit(0 if is_well else 1)
            assert (await asyncio.to_thread(os.waitpid, process, 0))[1] == 0
            assert await cache.find("child") == KEPT
        assert cache.failures == 0
        await cache.aclose()

    asyncio.run(parent())
