"""What happens on the line itself: bytes that are no answer, with and without a stream."""

import asyncio
import gzip
import socket
import struct
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import repeat

import pytest

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_clients import LARGEST_BODY, LARGEST_PACKED_BODY, MEGABYTE
from evalgate.adapters.claude_stream import STREAM_ABOVE
from evalgate.model.chat import CallFailure, ChatRequest, FailureKind
from evalgate.model.content import Turn

pytestmark = pytest.mark.alone

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
REQUEST = ChatRequest(model="m", max_tokens=10, turns=(Turn(role="user", content="Hi"),))
CONNECTION, CUT = FailureKind.CONNECTION, FailureKind.CUT

LINES = [
    ("nothing at all", b"", CUT),
    ("half the headers", b"HTTP/1.1 200 OK\r\ncontent-ty", CUT),
    ("headers alone", OK + b"content-length: 100\r\n\r\n", CUT),
    ("half a body", OK + b"content-length: 100\r\n\r\n{", CUT),
    ("half a chunk", OK + b"transfer-encoding: chunked\r\n\r\n5\r\nabc", CUT),
    ("half an error", b"HTTP/1.1 529 Busy\r\ncontent-length: 100\r\n\r\n{", CUT),
    ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n\r\n", CONNECTION),
    ("a header without end", OK + b"x: " + b"a" * 100_000 + b"\r\n\r\n", CONNECTION),
    (
        "no gzip",
        OK + b"content-encoding: gzip\r\ncontent-length: 5\r\n\r\nabcde",
        FailureKind.MALFORMED,
    ),
    ("no content", b"HTTP/1.1 204 No Content\r\n\r\n", FailureKind.MALFORMED),
    (
        "a redirect to itself",
        b"HTTP/1.1 307 x\r\nlocation: /v1/messages\r\ncontent-length: 0\r\n\r\n",
        CUT,
    ),
    (
        "a redirect to nowhere",
        b"HTTP/1.1 307 x\r\nlocation: ftp://x/\r\ncontent-length: 0\r\n\r\n",
        CONNECTION,
    ),
    (
        "an error in letters of no encoding",
        b"HTTP/1.1 500 x\r\ncontent-type: text/x; charset=no\r\ncontent-length: 2\r\n\r\n\xff\xfe",
        FailureKind.SERVER,
    ),
]


def reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection so that the other side sees a reset."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def says(answer: bytes, *, resets: bool) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        # An answer that overtakes its question is another matter.
        await asyncio.sleep(0.01)
        writer.write(answer)
        await writer.drain()
        await asyncio.sleep(0.02)
        if resets:
            reset(writer)
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        listener.close()
        await asyncio.sleep(0.05)


async def failure_after(answer: bytes, *, max_tokens: int, resets: bool) -> CallFailure:
    async with (
        says(answer, resets=resets) as url,
        ClaudeModel(api_key="sk-test-0123456789", base_url=url) as claude,
    ):
        failure = await claude.send(replace(REQUEST, max_tokens=max_tokens), within=5)
    assert isinstance(failure, CallFailure)
    assert failure.message.isprintable()
    return failure


WAYS = pytest.mark.parametrize("max_tokens", [10, STREAM_ABOVE + 1], ids=["whole", "streamed"])


@WAYS
@pytest.mark.parametrize(("answer", "kind"), [row[1:] for row in LINES], ids=[r[0] for r in LINES])
async def test_whatever_comes_over_the_line_is_a_failure_of_its_kind(
    answer: bytes, kind: FailureKind, max_tokens: int
) -> None:
    assert (await failure_after(answer, max_tokens=max_tokens, resets=False)).kind is kind


@WAYS
@pytest.mark.parametrize(("answer", "kind"), [row[1:] for row in LINES[:5]])
async def test_a_reset_is_told_like_a_close(
    answer: bytes, kind: FailureKind, max_tokens: int
) -> None:
    assert (await failure_after(answer, max_tokens=max_tokens, resets=True)).kind is kind


@asynccontextmanager
async def drips(head: bytes, body: Iterable[bytes], *, pause: float) -> AsyncIterator[str]:
    """Serve a body piece by piece, for as long as the other side listens."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            for piece in body:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        listener.close()
        await asyncio.sleep(0.05)


@WAYS
async def test_a_slow_drip_does_not_pass_the_time_that_is_given(max_tokens: int) -> None:
    slow = drips(OK + b"content-length: 100000\r\n\r\n", repeat(b" ", 200), pause=0.02)
    async with slow as url, ClaudeModel(api_key="sk-test-0123456789", base_url=url) as claude:
        started = time.perf_counter()
        failure = await claude.send(replace(REQUEST, max_tokens=max_tokens), within=0.3)
    assert time.perf_counter() - started < 1.0
    assert isinstance(failure, CallFailure)
    assert failure.kind is FailureKind.TIMEOUT


BOMB = gzip.compress(bytes(100 * MEGABYTE), compresslevel=9)
ENDLESS = [(b"", repeat(bytes(MEGABYTE))), (b"content-encoding: gzip\r\n", [BOMB])]


@pytest.mark.parametrize("status", [b"200 OK", b"529 Busy"])
@pytest.mark.parametrize(("header", "body"), ENDLESS, ids=["endless", "packed"])
@WAYS
async def test_a_body_without_end_is_given_up_before_it_fills_memory(
    status: bytes, header: bytes, body: Iterable[bytes], max_tokens: int
) -> None:
    assert len(BOMB) > LARGEST_PACKED_BODY
    head = b"HTTP/1.1 %s\r\n%s\r\n" % (status, header)
    endless = drips(head, body, pause=0)
    async with endless as url, ClaudeModel(api_key="sk-test-0123456789", base_url=url) as claude:
        tracemalloc.start()
        failure = await claude.send(replace(REQUEST, max_tokens=max_tokens), within=20)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert isinstance(failure, CallFailure)
    assert failure.kind is FailureKind.MALFORMED
    assert "DecodingError" in failure.message
    assert most < 3 * LARGEST_BODY
