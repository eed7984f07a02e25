"""Long answers: requests that are streamed, against a server that misbehaves on cue."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_stream import STREAM_ABOVE
from evalgate.model.chat import (
    Allowance,
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
    RateLimits,
    Usage,
)
from evalgate.model.content import Opaque, Text, ToolCall, Turn

KEY = "sk-test-0123456789"
MODEL = "claude-sonnet-5-5"
REQUEST = ChatRequest(
    model=MODEL, max_tokens=STREAM_ABOVE + 1, turns=(Turn(role="user", content="Hi"),)
)
HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "request-id": "req_1",
    "x-evalgate-simulator": "1",
    "anthropic-ratelimit-output-tokens-limit": "8000",
    "anthropic-ratelimit-output-tokens-remaining": "7000",
}
LIMITS = RateLimits(output_tokens=Allowance(limit=8_000, remaining=7_000))
START: dict[str, object] = {
    "id": "msg_1",
    "model": MODEL,
    "content": [],
    "stop_reason": None,
    "usage": {"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 6},
}
THINKING = {"type": "thinking", "thinking": "", "signature": ""}
TOOL = {"type": "tool_use", "id": "t1", "name": "get", "input": {}}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def event(kind: str, **data: object) -> bytes:
    written = json.dumps({"type": kind, **data}, ensure_ascii=False)
    return f"event: {kind}\ndata: {written}\n\n".encode()


def deltas(index: int, kind: str, name: str, *pieces: str) -> list[bytes]:
    texts = [{"type": kind, name: piece} for piece in pieces]
    return [event("content_block_delta", index=index, delta=text) for text in texts]


def started(**changes: object) -> list[bytes]:
    return [event("message_start", message=START | changes), event("ping")]


def ended(reason: str = "end_turn") -> list[bytes]:
    delta = {"stop_reason": reason, "stop_sequence": None}
    close = event("message_delta", delta=delta, usage={"output_tokens": 4})
    return [close, event("message_stop")]


def said(*pieces: str) -> list[bytes]:
    start = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    return [start, *deltas(0, "text_delta", "text", *pieces), event("content_block_stop", index=0)]


def streams(pieces: Iterable[bytes], *, cut: bool = False) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        if cut and request.transport is not None:
            request.transport.abort()
        return response

    return answer


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[ClaudeModel, list[dict[str, object]]]]:
    bodies: list[dict[str, object]] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        bodies.append(await request.json())
        return await answer(request)

    app = web.Application()
    app.router.add_post("/v1/messages", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        async with ClaudeModel(api_key=KEY, base_url=f"http://{host}:{port}") as claude:
            yield claude, bodies
    finally:
        await runner.cleanup()


async def ask(answer: Answer, *, within: float = 5.0) -> Completion | CallFailure:
    async with server(answer) as (claude, bodies):
        result = await claude.send(REQUEST, within=within)
    assert len(bodies) == 1, "the SDK's own retries must be off"
    return result


async def failed(answer: Answer, *, within: float = 5.0) -> CallFailure:
    result = await ask(answer, within=within)
    assert isinstance(result, CallFailure)
    return result


async def test_a_stream_makes_the_same_completion_as_a_body() -> None:
    thinking = event("content_block_start", index=0, content_block=THINKING)
    tool = event("content_block_start", index=2, content_block=TOOL)
    text = event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    result = await ask(
        streams(
            [
                *started(),
                *[thinking, *deltas(0, "thinking_delta", "thinking", "h", "m")],
                *deltas(0, "signature_delta", "signature", "sig"),
                *[text, *deltas(1, "text_delta", "text", "Grü", "ße\u2028!")],
                *[tool, *deltas(2, "input_json_delta", "partial_json", '{"a":', "[1]}")],
                *ended("tool_use"),
            ]
        )
    )
    assert isinstance(result, Completion)
    call = ToolCall(id="t1", name="get", input={"a": [1]})
    signed = {"type": "thinking", "thinking": "hm", "signature": "sig"}
    assert result == Completion(
        text="Grüße\u2028!",
        model=MODEL,
        stop_reason="tool_use",
        usage=Usage(input_tokens=10, output_tokens=4, cache_read_tokens=6),
        latency_ms=result.latency_ms,
        request_id="req_1",
        simulated=True,
        blocks=(Opaque(data=signed), Text(text="Grüße\u2028!"), call),
        tool_calls=(call,),
    )
    assert result.limits == LIMITS


@pytest.mark.parametrize("max_tokens", [STREAM_ABOVE, STREAM_ABOVE + 1])
async def test_only_a_request_that_allows_a_long_answer_is_streamed(max_tokens: int) -> None:
    async with server(streams([*started(), *said("Hi"), *ended()])) as (claude, bodies):
        result = await claude.send(replace(REQUEST, max_tokens=max_tokens), within=5)
    streamed = max_tokens > STREAM_ABOVE
    assert bodies[0].get("stream") is (True if streamed else None)
    assert isinstance(result, Completion) is streamed


@pytest.mark.parametrize("reason", ["max_tokens", "refusal"])
async def test_an_answer_that_was_cut_short_or_refused_is_an_answer(reason: str) -> None:
    result = await ask(streams([*started(), *said("Hal"), *ended(reason)]))
    assert isinstance(result, Completion)
    assert (result.text, result.stop_reason) == ("Hal", reason)


@pytest.mark.parametrize("abort", [True, False])
async def test_a_stream_that_breaks_off_is_cut_however_it_ends(abort: bool) -> None:
    failure = await failed(streams([*started(), *said("Hal")], cut=abort))
    assert failure.kind is FailureKind.CUT
    assert (failure.request_id, failure.limits) == ("req_1", LIMITS)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("overloaded_error", FailureKind.OVERLOADED),
        ("api_error", FailureKind.SERVER),
        ("rate_limit_error", FailureKind.RATE_LIMIT),
        ("timeout_error", FailureKind.TIMEOUT),
        ("invalid_request_error", FailureKind.REQUEST),
    ],
)
async def test_an_error_in_the_stream_is_told_by_its_type(error: str, kind: FailureKind) -> None:
    told = event("error", error={"type": error, "message": f"no: {KEY}"})
    failure = await failed(streams([*started(), *said("Hal"), told]))
    assert failure.kind is kind
    assert "no: [key]" in failure.message
    assert (failure.request_id, failure.limits) == ("req_1", LIMITS)


async def test_another_model_is_found_out_in_a_stream_too() -> None:
    failure = await failed(streams([*started(model="claude-haiku-5-5"), *said("Hi"), *ended()]))
    assert failure.kind is FailureKind.WRONG_MODEL


@pytest.mark.parametrize(
    "pieces",
    [
        [b"<html>proxy login</html>"],
        [b'{"model": "m"}'],
        [],
        [*started(), b'event: content_block_delta\ndata: {"type": "cont\n\n'],
        [*started(), b"event: content_block_delta\ndata: \xff\xfe\n\n"],
        [*started(), b"event: message_delta\ndata: " + b"[" * 100_000 + b"\n\n"],
        [*started(), *ended("")],
        [*started(usage=None), event("message_stop")],
    ],
)
async def test_a_stream_of_anything_else_is_malformed(pieces: list[bytes]) -> None:
    assert (await failed(streams(pieces))).kind is FailureKind.MALFORMED


async def test_an_error_response_in_place_of_a_stream_is_told_as_ever() -> None:
    async def busy(_: web.Request) -> web.Response:
        body = {"error": {"type": "rate_limit_error", "message": "slow down"}}
        headers = HEADERS | {"content-type": "application/json", "retry-after": "7"}
        return web.Response(body=json.dumps(body).encode(), status=429, headers=headers)

    failure = await failed(busy)
    assert failure.kind is FailureKind.RATE_LIMIT
    assert failure.retry_after == 7.0
    assert failure.limits == LIMITS


async def test_a_stream_that_falls_silent_is_left_after_the_time_given() -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        await response.write(b"".join(started()))
        await asyncio.sleep(30)
        return response

    failure = await failed(silent, within=0.3)
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.request_id == "req_1"


async def test_the_next_call_goes_well_after_a_stream_that_broke_off() -> None:
    waiting = iter([streams(started(), cut=True), streams([*started(), *said("Hi"), *ended()])])

    async def in_turns(request: web.Request) -> web.StreamResponse:
        return await next(waiting)(request)

    async with server(in_turns) as (claude, _):
        assert isinstance(await claude.send(REQUEST, within=5), CallFailure)
        assert isinstance(await claude.send(REQUEST, within=5), Completion)
