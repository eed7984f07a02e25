"""The event loop in a thread: results and exceptions come back, and forks get their own."""

import asyncio
import os
import socket
import threading
import time

import pytest

from evalgate.runtime.portal import ClosedError, Portal


async def _nothing() -> None:
    return None


async def test_a_coroutine_runs_in_another_thread() -> None:
    portal = Portal()

    async def where() -> int:
        return threading.get_ident()

    assert portal.run(where()) != threading.get_ident()
    portal.close(_nothing)


def test_what_a_coroutine_raises_comes_back() -> None:
    portal = Portal()

    async def broken() -> None:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        portal.run(broken())
    portal.close(_nothing)


def test_many_threads_wait_at_once() -> None:
    portal = Portal()
    began = time.monotonic()
    threads = [threading.Thread(target=lambda: portal.run(asyncio.sleep(0.2))) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 2.0
    portal.close(_nothing)


def test_what_takes_too_long_is_cancelled() -> None:
    portal, ended = Portal(), threading.Event()

    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        portal.run(slow(), within=0.05)
    assert ended.wait(2.0)
    portal.close(_nothing)


def test_closing_runs_the_last_words_in_the_same_loop() -> None:
    portal, loops = Portal(), list[asyncio.AbstractEventLoop]()

    async def note() -> None:
        loops.append(asyncio.get_running_loop())

    portal.run(note())
    portal.close(note)
    assert loops[0] is loops[1]
    assert loops[0].is_closed()


def test_a_closed_portal_can_be_used_again() -> None:
    portal = Portal()
    portal.close(_nothing)
    assert portal.run(asyncio.sleep(0, "one")) == "one"
    portal.close(_nothing)
    assert portal.run(asyncio.sleep(0, "two")) == "two"
    portal.close(_nothing)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_gets_a_thread_of_its_own() -> None:
    portal = Portal()
    assert portal.run(asyncio.sleep(0, "parent")) == "parent"
    child = os.fork()
    if child == 0:
        answered = portal.run(asyncio.sleep(0, "child"), within=5.0) == "child"
        os._exit(0 if answered else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert portal.run(asyncio.sleep(0, "parent")) == "parent"
    portal.close(_nothing)


class _Heard(asyncio.Protocol):
    def __init__(self) -> None:
        self.words = asyncio.Queue[bytes]()

    def data_received(self, data: bytes) -> None:
        self.words.put_nowait(data)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_what_a_forked_process_throws_away_is_not_taken_from_its_parent() -> None:
    portal = Portal()
    ours, theirs = socket.socketpair()

    async def opened() -> tuple[asyncio.Transport, _Heard]:
        return await asyncio.get_running_loop().create_connection(_Heard, sock=ours)

    async def closed() -> None:
        transport.close()

    transport, heard = portal.run(opened())
    child = os.fork()
    if child == 0:
        portal.run(_nothing())
        transport.abort()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    theirs.sendall(b"here")
    assert portal.run(heard.words.get(), within=2.0) == b"here"
    portal.close(closed)
    theirs.close()


def test_whatever_is_begun_before_the_end_comes_to_an_end() -> None:
    for _ in range(20):
        portal, ended = Portal(), list[str]()
        portal.run(_nothing())

        def go(portal: Portal = portal, ended: list[str] = ended) -> None:
            try:
                portal.run(asyncio.sleep(30), within=5.0)
            except ClosedError:
                ended.append("closed")

        threads = [threading.Thread(target=go) for _ in range(8)]
        for thread in threads:
            thread.start()
        portal.close(_nothing)
        time.sleep(0.01)
        portal.close(_nothing)
        for thread in threads:
            thread.join()
        assert ended == ["closed"] * 8
