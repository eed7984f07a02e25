"""Streams as an application hears them: pieces, waits, and every way in which they break off."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_routes import clouds_at
from evalgate.model.call_ports import Piece, StreamingModel
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import Turn
from evalgate.model.route import Provider, Route

pytestmark = pytest.mark.alone

KEY = "sk-test-0123456789"
MODEL = "claude-sonnet-5-5"
REQUEST = ChatRequest(model=MODEL, max_tokens=64, turns=(Turn(role="user", content="Hi"),))
ROUTES = {
    "bedrock": Route(provider=Provider.BEDROCK, region="r1"),
    "invoke": Route(provider=Provider.BEDROCK_INVOKE, region="r1"),
    "vertex": Route(provider=Provider.VERTEX, region="r1", project="p1"),
    "foundry": Route(provider=Provider.FOUNDRY),
}
USAGE = {"input_tokens": 10, "output_tokens": 4}
HEAD: dict[str, object] = {
    "id": "msg_1",
    "model": MODEL,
    "content": [],
    "stop_reason": None,
    "usage": USAGE,
}

Told = Piece | Completion | CallFailure
Step = bytes | float
"""Bytes to send, or seconds of silence."""


def event(kind: str, **data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def block(index: int, start: object, *deltas: object) -> list[bytes]:
    return [
        event("content_block_start", index=index, content_block=start),
        *(event("content_block_delta", index=index, delta=delta) for delta in deltas),
        event("content_block_stop", index=index),
    ]


def again(times: int, *steps: Step) -> list[Step]:
    return [*steps] * times


def text(*pieces: str, index: int = 0) -> list[bytes]:
    deltas = ({"type": "text_delta", "text": piece} for piece in pieces)
    return block(index, {"type": "text", "text": ""}, *deltas)


START = event("message_start", message=HEAD)
PING = event("ping")
THINKING = block(
    0,
    {"type": "thinking", "thinking": "", "signature": ""},
    {"type": "thinking_delta", "thinking": "hm"},
)
END = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 4})
STOP = event("message_stop")
TAIL = END + STOP


@dataclass
class Server:
    """Plays its steps to every request, and notes which were asked and which were left."""

    steps: Sequence[Step]
    url: str = ""
    paths: list[str] = field(default_factory=list)
    lines: set[object] = field(default_factory=set)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        self.lines.add(request.transport)
        await request.read()
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        try:
            for step in self.steps:
                if isinstance(step, bytes):
                    await response.write(step)
                else:
                    await asyncio.sleep(step)
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise
        return response


@asynccontextmanager
async def served(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    app = web.Application(client_max_size=100_000_000)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def model_at(url: str) -> ClaudeModel:
    return ClaudeModel(api_key=KEY, base_url=url, clouds=clouds_at(url), routes=ROUTES)


async def hear(
    *steps: Step,
    within: float = 5.0,
    first_content: float = 5.0,
    between: float = 5.0,
    route: str = "",
) -> list[Told]:
    server = Server(steps)
    async with served(server.handle) as url, model_at(url) as claude:
        model: StreamingModel = claude
        stream = model.stream(
            replace(REQUEST, route=route),
            within=within,
            first_content=first_content,
            between=between,
        )
        return [each async for each in stream]


async def failure(
    *steps: Step, pieces: int = 0, first_content: float = 5.0, between: float = 5.0
) -> CallFailure:
    *said, last = await hear(*steps, first_content=first_content, between=between)
    assert len(said) == pieces
    assert all(isinstance(each, Piece) for each in said)
    assert isinstance(last, CallFailure)
    assert KEY not in last.message
    return last


@pytest.mark.parametrize("route", ["", "bedrock", "vertex", "foundry"])
async def test_words_come_as_they_are_made_and_the_answer_last(route: str) -> None:
    parts: list[Step] = [
        START,
        *THINKING,
        0.02,
        *text("Grü", index=1),
        0.02,
        *text("ße", index=2),
        TAIL,
    ]
    *pieces, last = await hear(*parts, route=route)
    assert [each.text for each in pieces if isinstance(each, Piece)] == ["Grü", "ße"]
    assert isinstance(last, Completion)
    assert last.text == "Grüße"


async def test_a_provider_without_events_says_all_in_one_piece() -> None:
    async def whole(_: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        body = HEAD | {"content": [{"type": "text", "text": "Hi"}], "stop_reason": "end_turn"}
        return web.json_response(body)

    async with served(whole) as url, model_at(url) as claude:
        stream = claude.stream(
            replace(REQUEST, route="invoke"), within=5, first_content=0.01, between=0.01
        )
        told = [each async for each in stream]
    assert told[0] == Piece("Hi")
    assert isinstance(told[1], Completion)
    assert len(told) == 2


async def test_what_a_provider_cannot_do_is_refused_before_anything_is_sent() -> None:
    server = Server([])
    request = replace(REQUEST, route="bedrock", output_schema={"type": "object"})
    async with served(server.handle) as url, model_at(url) as claude:
        told = [each async for each in claude.stream(request, within=5, first_content=5, between=5)]
    assert isinstance(told[0], CallFailure)
    assert told[0].kind is FailureKind.REQUEST
    assert len(told) == 1
    assert server.paths == []


@pytest.mark.parametrize(
    ("steps", "pieces", "kind"),
    [
        ([START, event("error", error={"type": "overloaded_error"})], 0, FailureKind.OVERLOADED),
        ([START, b"event: error\ndata: oops\n\n"], 0, FailureKind.SERVER),
        ([START, *text("Hal")], 1, FailureKind.CUT),
        ([START, *text("Hal"), END], 1, FailureKind.CUT),
        ([START, *text("Hal"), 0.05, b'data: {"type": "cont\n\n'], 1, FailureKind.MALFORMED),
        ([START, b"data: " + b"1" * 5_000 + b"\n\n"], 0, FailureKind.MALFORMED),
        ([START, b"data: " + b"[" * 100_000 + b"\n\n"], 0, FailureKind.MALFORMED),
        ([START, b"data: \xff\n\n"], 0, FailureKind.MALFORMED),
        ([b"<html>proxy login</html>"], 0, FailureKind.MALFORMED),
        ([json.dumps(HEAD).encode()], 0, FailureKind.MALFORMED),
        ([], 0, FailureKind.MALFORMED),
        ([START.replace(MODEL.encode(), b"claude-other"), *text("Hi"), TAIL], 1, "wrong_model"),
    ],
)
async def test_a_broken_stream_ends_with_its_kind_of_failure(
    steps: list[Step], pieces: int, kind: FailureKind
) -> None:
    assert (await failure(*steps, pieces=pieces)).kind == kind


@pytest.mark.parametrize("status", [401, 429, 529])
async def test_an_error_in_place_of_a_stream_is_the_only_thing_told(status: int) -> None:
    async def refuse(_: web.Request) -> web.Response:
        body = {"error": {"type": "", "message": f"no: {KEY}"}}
        return web.json_response(body, status=status, headers={"retry-after": "7"})

    async with served(refuse) as url, model_at(url) as claude:
        stream = claude.stream(REQUEST, within=5, first_content=5, between=5)
        (told,) = [each async for each in stream]
    assert isinstance(told, CallFailure)
    assert told.retry_after == 7.0
    assert KEY not in told.message


# Waits


async def test_silence_before_the_first_content_ends_the_attempt() -> None:
    silences: list[list[Step]] = [[30.0], [START, 30.0], [START, *again(20, PING, 0.05)]]
    for steps in silences:
        late = await failure(*steps, first_content=0.2)
        assert late.kind is FailureKind.TIMEOUT
        assert late.message == "no content within 0.2 s"


async def test_silence_in_the_middle_ends_the_attempt() -> None:
    late = await failure(START, *text("Hal"), 30.0, pieces=1, between=0.2)
    assert late.kind is FailureKind.TIMEOUT
    assert late.message == "nothing more within 0.2 s, in the middle of the answer"


async def test_thinking_is_content_for_the_waits_and_no_piece() -> None:
    told = await hear(START, *THINKING, 0.8, *text("Hi", index=1), TAIL, first_content=0.5)
    assert told[0] == Piece("Hi")
    assert isinstance(told[1], Completion)


async def test_a_ping_in_the_middle_is_a_sign_of_life() -> None:
    told = await hear(START, *text("Hi"), *again(5, PING, 0.15), TAIL, between=0.5)
    assert isinstance(told[-1], Completion)


async def test_bytes_that_make_no_event_are_no_sign_of_life() -> None:
    late = await failure(START, *text("Hal"), *again(40, b"x", 0.05), pieces=1, between=0.3)
    assert late.kind is FailureKind.TIMEOUT
    assert "0.3 s" in late.message


async def test_a_slow_drip_of_events_does_not_pass_the_time_for_all() -> None:
    piece = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "x"})
    started = asyncio.get_running_loop().time()
    told = await hear(START, text("")[0], *again(60, piece, 0.05), within=0.4)
    assert asyncio.get_running_loop().time() - started < 1.5
    assert isinstance(told[-1], CallFailure)
    assert told[-1].kind is FailureKind.TIMEOUT
    assert told[-1].message == "no answer within 0.4 s"
    assert len(told) > 3


async def test_the_time_that_the_application_takes_is_not_the_servers() -> None:
    steps: list[Step] = [START, *text("a"), 0.05, *text("b", index=1), 0.05, TAIL]
    server = Server(steps)
    said = []
    async with served(server.handle) as url, model_at(url) as claude:
        async for each in claude.stream(REQUEST, within=5, first_content=5, between=0.2):
            said.append(each)
            await asyncio.sleep(0.4)
    assert isinstance(said[-1], Completion)


# Leaving


async def test_a_stream_that_is_left_or_cancelled_closes_its_response_at_once() -> None:
    server = Server([START, *text("Hal"), 30.0])
    async with served(server.handle) as url, model_at(url) as claude:
        stream = claude.stream(REQUEST, within=60, first_content=60, between=60)
        async with aclosing(stream):
            assert await anext(stream) == Piece("Hal")
        await asyncio.wait_for(server.left.wait(), 1)

        server.left.clear()
        stream = claude.stream(REQUEST, within=60, first_content=60, between=60)
        assert await anext(stream) == Piece("Hal")
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(server.left.wait(), 1)


async def test_a_broken_stream_is_closed_before_its_failure_is_told() -> None:
    server = Server([START, event("error", error={"type": "api_error"}), 30.0])
    async with served(server.handle) as url, model_at(url) as claude:
        stream = claude.stream(REQUEST, within=60, first_content=60, between=60)
        async with aclosing(stream):
            assert isinstance(await anext(stream), CallFailure)
            await asyncio.wait_for(server.left.wait(), 1)


async def test_cancelling_before_the_head_of_the_response_passes_through() -> None:
    async def silent(_: web.Request) -> web.Response:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            left.set()
            raise
        return web.Response()

    left = asyncio.Event()
    async with served(silent) as url, model_at(url) as claude:
        stream = claude.stream(REQUEST, within=60, first_content=60, between=60)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.wait_for(left.wait(), 1)


async def test_a_line_is_used_again_after_a_whole_stream() -> None:
    server = Server([START, *text("Hi"), TAIL, 0.01])
    async with served(server.handle) as url, model_at(url) as claude:
        for _ in range(3):
            stream = claude.stream(REQUEST, within=5, first_content=5, between=5)
            assert isinstance([each async for each in stream][-1], Completion)
    assert len(server.paths) == 3
    assert len(server.lines) == 1


async def test_a_body_that_never_ends_does_not_hold_a_whole_answer_back() -> None:
    started = asyncio.get_running_loop().time()
    told = await hear(START, *text("Hi"), TAIL, 30.0)
    assert isinstance(told[-1], Completion)
    assert told[-1].latency_ms < 1_000
    assert asyncio.get_running_loop().time() - started < 2


# A long life


async def test_calls_in_flight_when_the_model_is_closed_fail_and_so_do_later_ones() -> None:
    async def both(request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        return await (streaming if asked.get("stream") else silent).handle(request)

    streaming, silent = Server([START, *text("Hal"), 30.0]), Server([30.0])
    async with served(both) as url:
        claude = model_at(url)
        stream = claude.stream(REQUEST, within=20, first_content=20, between=20)
        assert await anext(stream) == Piece("Hal")
        rest = asyncio.ensure_future(anext(stream))
        whole = asyncio.ensure_future(claude.send(REQUEST, within=20))
        await asyncio.sleep(0.1)
        await claude.aclose()
        for each in (await rest, await whole):
            assert isinstance(each, CallFailure)
            assert each.kind in {FailureKind.CUT, FailureKind.CONNECTION}
        for route in ("", *ROUTES):
            later = await claude.send(replace(REQUEST, route=route), within=5)
            assert isinstance(later, CallFailure)
            assert later.kind is FailureKind.CONNECTION
        stream = claude.stream(REQUEST, within=5, first_content=5, between=5)
        (told,) = [each async for each in stream]
        assert isinstance(told, CallFailure)
        assert told.kind is FailureKind.CONNECTION
        await claude.aclose()


async def test_an_idle_line_that_the_server_has_closed_is_not_used_again() -> None:
    async def closing(request: web.Request) -> web.Response:
        lines.append(request.transport)
        body = HEAD | {"content": [], "stop_reason": "end_turn"}
        return web.json_response(body)

    lines: list[asyncio.Transport | None] = []
    async with served(closing) as url, model_at(url) as claude:
        for _ in range(3):
            assert isinstance(await claude.send(REQUEST, within=5), Completion)
            if lines[-1] is not None:
                lines[-1].close()
            await asyncio.sleep(0.02)
    assert len(set(lines)) == 3


async def test_bodies_are_asked_for_as_they_are() -> None:
    async def noting(request: web.Request) -> web.Response:
        asked.append(request.headers["accept-encoding"])
        return web.json_response({})

    asked: list[str] = []
    async with served(noting) as url, model_at(url) as claude:
        for route in ("", *ROUTES):
            await claude.send(replace(REQUEST, route=route), within=5)
    assert asked == ["identity"] * 5


async def test_a_thousand_calls_and_streams_are_in_flight_at_once() -> None:
    async def waits(request: web.Request) -> web.StreamResponse:
        arrived.append(None)
        if len(arrived) == 1_000:
            everyone.set()
        await asyncio.wait_for(everyone.wait(), 20)
        return await Server([START, *text("Hi"), TAIL]).handle(request)

    arrived: list[None] = []
    everyone = asyncio.Event()
    async with served(waits) as url, model_at(url) as claude:
        request = replace(REQUEST, max_tokens=100_000)
        told = await asyncio.gather(*(claude.send(request, within=30) for _ in range(1_000)))
    assert {type(each) for each in told} == {Completion}
