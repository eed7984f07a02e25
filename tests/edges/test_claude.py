"""The Claude adapter over the real SDK and real HTTP, against a server that misbehaves on cue."""

import asyncio
import json
import socket
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_telling import LONGEST_MESSAGE
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.content import Attachment, Opaque, Text, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.evalset import CannedResult
from evalgate.model.ports import ChatModel
from evalgate.running.conversation import converse

KEY = "sk-test-0123456789"
MODEL = "claude-sonnet-5-5"
REQUEST = ChatRequest(model=MODEL, max_tokens=64, turns=(Turn(role="user", content="Hi"),))

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Received:
    """What the server was sent, call by call."""

    bodies: list[dict[str, object]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, Received]]:
    received = Received()

    async def handle(request: web.Request) -> web.StreamResponse:
        received.bodies.append(await request.json())
        received.headers.append({name.lower(): value for name, value in request.headers.items()})
        return await answer(request)

    app = web.Application()
    app.router.add_post("/v1/messages", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}", received
    finally:
        await runner.cleanup()


async def ask(
    answer: Answer, request: ChatRequest = REQUEST, *, within: float = 5.0
) -> tuple[Completion | CallFailure, Received]:
    async with server(answer) as (url, received), ClaudeModel(api_key=KEY, base_url=url) as claude:
        model: ChatModel = claude
        return await model.send(request, within=within), received


async def failed(answer: Answer, *, within: float = 5.0) -> CallFailure:
    result, received = await ask(answer, within=within)
    assert isinstance(result, CallFailure)
    assert len(received.bodies) == 1, "the SDK's own retries must be off"
    assert KEY not in result.message
    return result


def message(**changes: object) -> dict[str, object]:
    whole: dict[str, object] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [{"type": "text", "text": "Hello "}, {"type": "text", "text": "there"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 4, "cache_read_input_tokens": 6},
    }
    return whole | changes


def says(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        every = {"request-id": "req_1", **(headers or {})}
        return web.json_response(body, status=status, headers=every)

    return answer


def error(status: int, kind: str, *, code: str | None = None, **headers: str) -> Answer:
    details = {"details": {"error_code": code}} if code else {}
    body = {"type": "error", "error": {"type": kind, "message": f"no: {KEY}", **details}}
    return says(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def text(body: bytes, content_type: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"content-type": content_type})

    return answer


async def test_an_answer_arrives_with_all_that_the_report_needs() -> None:
    result, _ = await ask(says(message()))
    assert isinstance(result, Completion)
    assert 0 <= result.latency_ms < 5_000
    assert result == Completion(
        text="Hello there",
        model=MODEL,
        stop_reason="end_turn",
        usage=Usage(input_tokens=10, output_tokens=4, cache_read_tokens=6),
        latency_ms=result.latency_ms,
        request_id="req_1",
        simulated=False,
        blocks=(Text(text="Hello "), Text(text="there")),
    )


async def test_a_simulated_answer_says_so() -> None:
    result, _ = await ask(says(message(), headers={"x-evalgate-simulator": "1"}))
    assert isinstance(result, Completion)
    assert result.simulated


async def test_a_plain_request_carries_nothing_that_was_not_asked_for() -> None:
    _, received = await ask(says(message()))
    assert received.bodies == [
        {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
    ]
    assert received.headers[0]["authorization"] == f"Bearer {KEY}"
    assert received.headers[0]["anthropic-version"] == "2026-10-21"
    assert "x-evalgate-trial" not in received.headers[0]


async def test_a_full_request_carries_all_that_shapes_the_answer() -> None:
    schema: dict[str, Data] = {"type": "object", "additionalProperties": False}
    request = ChatRequest(
        model=MODEL,
        max_tokens=64,
        system="Be brief.",
        turns=(Turn(role="user", content="a"), Turn(role="assistant", content="b")),
        effort="low",
        output_schema=schema,
        trial="case-1/2",
    )
    _, received = await ask(says(message()), request)
    assert received.bodies == [
        {
            "model": MODEL,
            "max_tokens": 64,
            "system": "Be brief.",
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "b"},
            ],
            "output_config": {
                "effort": "low",
                "format": {"type": "json_schema", "schema": schema},
            },
        }
    ]
    assert received.headers[0]["x-evalgate-trial"] == "case-1/2"


async def test_a_trial_whose_case_no_header_can_spell_is_escaped() -> None:
    request = ChatRequest(model=MODEL, max_tokens=1, turns=REQUEST.turns, trial="größe\n/0")
    _, received = await ask(says(message()), request)
    assert received.headers[0]["x-evalgate-trial"] == "gr%C3%B6%C3%9Fe%0A/0"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, "invalid_request_error"), FailureKind.REQUEST),
        (error(401, "authentication_error"), FailureKind.AUTHENTICATION),
        (error(402, "billing_error"), FailureKind.BILLING),
        (error(403, "permission_error"), FailureKind.PERMISSION),
        (error(404, "not_found_error"), FailureKind.MODEL_NOT_FOUND),
        (error(408, "timeout_error"), FailureKind.TIMEOUT),
        (error(409, "conflict_error"), FailureKind.SERVER),
        (error(413, "request_too_large"), FailureKind.TOO_LARGE),
        (error(422, "invalid_request_error"), FailureKind.REQUEST),
        (error(429, "rate_limit_error"), FailureKind.RATE_LIMIT),
        (
            error(429, "rate_limit_error", code="enforced_spend_limit_reached"),
            FailureKind.SPEND_LIMIT,
        ),
        (error(500, "api_error"), FailureKind.SERVER),
        (error(502, "api_error"), FailureKind.SERVER),
        (error(503, "api_error"), FailureKind.SERVER),
        (error(504, "timeout_error"), FailureKind.TIMEOUT),
        (error(529, "overloaded_error"), FailureKind.OVERLOADED),
        (says({"error": {"type": ["odd"], "message": 3}}, status=529), FailureKind.OVERLOADED),
        (says([1, 2], status=500), FailureKind.SERVER),
    ],
)
async def test_an_error_response_is_told_by_kind_after_one_attempt(
    answer: Answer, kind: FailureKind
) -> None:
    failure = await failed(answer)
    assert failure.kind is kind
    assert failure.request_id == "req_1"


async def test_a_failure_s_message_says_what_the_server_said_and_what_to_do() -> None:
    failure = await failed(error(401, "authentication_error"))
    assert failure.message == (
        "HTTP 401 authentication_error: no: [key] (check the API key in ANTHROPIC_API_KEY)"
    )


async def test_a_failure_s_message_is_one_short_printable_line() -> None:
    long = {"error": {"type": "api_error", "message": "a\n::error::\x1b[31m" + "b" * 10_000}}
    failure = await failed(says(long, status=500))
    assert failure.message.isprintable()
    assert len(failure.message) == LONGEST_MESSAGE


async def test_the_wait_that_a_server_asks_for_is_handed_on() -> None:
    assert (await failed(error(429, "rate_limit_error", retry_after="7"))).retry_after == 7.0
    assert (await failed(error(429, "rate_limit_error"))).retry_after is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (text(b"<html>proxy login</html>", "text/html"), "not JSON (text/html)"),
        (text(b'{"id": "msg_1", "mod', "application/json"), "not JSON (application/json)"),
        (text(b"\xff\xfe\xfd", "application/json"), "not JSON"),
        (text(b"[" * 100_000, "application/json"), "not JSON"),
        (text(b"", "application/json"), "not JSON"),
        (says({"hello": "world"}), "`model`, `stop_reason`, `content`, `usage`"),
        (says(message(stop_reason=None)), "`stop_reason`"),
        (says(message(content="Hello")), "`content`"),
        (says(message(usage={})), "`usage`"),
        (says([]), "a JSON object"),
    ],
)
async def test_a_success_without_a_whole_answer_is_malformed(answer: Answer, told: str) -> None:
    failure = await failed(answer)
    assert failure.kind is FailureKind.MALFORMED
    assert told in failure.message


async def test_an_answer_by_another_model_is_no_answer() -> None:
    failure = await failed(says(message(model="claude-haiku-5-5")))
    assert failure.kind is FailureKind.WRONG_MODEL
    assert failure.message == "asked claude-sonnet-5-5, but claude-haiku-5-5 answered"


async def test_a_body_that_breaks_off_in_the_middle_is_cut() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        response.content_length = 1_000
        await response.prepare(request)
        await response.write(json.dumps(message()).encode()[:40])
        assert request.transport is not None
        request.transport.abort()
        return response

    failure = await failed(cut)
    assert failure.kind is FailureKind.CUT
    assert failure.message.startswith("the response from http://127.0.0.1:")
    assert failure.message.endswith(" broke off: ReadError")


async def test_a_connection_closed_without_a_word_may_have_been_billed() -> None:
    async def close(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    assert (await failed(close)).kind is FailureKind.CUT


async def test_a_port_that_nobody_listens_on_is_a_connection_failure() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with ClaudeModel(api_key=KEY, base_url=f"http://127.0.0.1:{port}") as claude:
        failure = await claude.send(REQUEST, within=5)
    assert isinstance(failure, CallFailure)
    assert failure.kind is FailureKind.CONNECTION
    assert f"127.0.0.1:{port}" in failure.message
    assert "ANTHROPIC_BASE_URL" in failure.message


async def test_a_server_that_never_answers_is_left_after_the_time_given() -> None:
    async def wait(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    failure = await failed(wait, within=0.2)
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.message == "no answer within 0.2 s"


async def test_a_server_that_trickles_is_left_after_the_time_given_too() -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    started = asyncio.get_running_loop().time()
    failure = await failed(trickle, within=0.3)
    assert failure.kind is FailureKind.TIMEOUT
    assert asyncio.get_running_loop().time() - started < 2


async def test_a_cancelled_call_is_cancelled_and_no_failure() -> None:
    arrived = asyncio.Event()

    async def wait(_: web.Request) -> web.StreamResponse:
        arrived.set()
        await asyncio.sleep(30)
        return web.Response()

    async with server(wait) as (url, _), ClaudeModel(api_key=KEY, base_url=url) as claude:
        call = asyncio.create_task(claude.send(REQUEST, within=10))
        await arrived.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_a_deprecated_model_answers_and_its_warning_is_shown() -> None:
    old = ChatRequest(model="claude-sonnet-4-5", max_tokens=1, turns=REQUEST.turns)
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("error")
        result, _ = await ask(says(message(model="claude-sonnet-4-5-20250929")), old)
    assert isinstance(result, Completion)
    assert [each.category for each in shown] == [DeprecationWarning]


async def test_half_a_surrogate_pair_is_sent_as_a_question_mark() -> None:
    smuggled = replace(REQUEST, system="a\ud800", turns=(Turn(role="user", content="b\udc00c"),))
    _, received = await ask(says(message()), request=smuggled)
    assert received.bodies[0]["system"] == "a?"
    assert received.bodies[0]["messages"] == [{"role": "user", "content": "b?c"}]


WEATHER = Tool(
    name="get_weather",
    description="Says what the weather is like.",
    input_schema={"type": "object", "properties": {"city": {"type": "string"}}},
)
THINKING: dict[str, Data] = {
    "type": "thinking",
    "thinking": "I need the weather.",
    "signature": "EqQBCgIYAhIM+/=",
}
FOREIGN: dict[str, Data] = {"type": "of_tomorrow", "parts": [{"deep": [1, 2.5, None, True]}]}


def file(name: str, media_type: str, content: bytes) -> Attachment:
    return Attachment(name=name, media_type=media_type, sha256="unused", content=content)


def in_turns(answers: list[Answer]) -> Answer:
    waiting = iter(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await next(waiting)(request)

    return answer


def calls_tool(*blocks: Mapping[str, Data], **changes: object) -> Answer:
    return says(message(content=list(blocks), stop_reason="tool_use", **changes))


def tool_use(identity: str, city: Data) -> dict[str, Data]:
    return {"type": "tool_use", "id": identity, "name": "get_weather", "input": {"city": city}}


async def sent_content(*turns: Turn) -> object:
    _, received = await ask(says(message()), replace(REQUEST, turns=turns))
    return received.bodies[0]["messages"]


async def test_files_are_sent_in_their_place_among_the_words() -> None:
    png, pdf = b"\x89PNG\r\n\x1a\n\xff", b"%PDF-1.7\xff"
    turn = Turn(
        role="user",
        content=(
            Text(text="Compare"),
            file("evalsets/photos/a.png", "image/png", png),
            file("evalsets/files/größe.pdf", "application/pdf", pdf),
            file("evalsets/files/note.txt", "text/plain", "über".encode()),
            Text(text="please"),
        ),
    )
    image = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgr/"}
    document = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjf/"}
    note = {"type": "text", "media_type": "text/plain", "data": "über"}
    assert await sent_content(turn) == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Compare"},
                {"type": "image", "source": image},
                {"type": "document", "source": document, "title": "größe.pdf"},
                {"type": "document", "source": note, "title": "note.txt"},
                {"type": "text", "text": "please"},
            ],
        }
    ]


async def test_tools_are_offered_and_never_forced() -> None:
    _, received = await ask(says(message()), replace(REQUEST, tools=(WEATHER,)))
    assert received.bodies[0]["tools"] == [
        {
            "name": "get_weather",
            "description": "Says what the weather is like.",
            "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
        }
    ]
    assert "tool_choice" not in received.bodies[0]


async def test_calls_results_and_opaque_blocks_are_sent_as_they_are() -> None:
    call = ToolCall(id="toolu_1", name="get_weather", input={"city": "Oslo", "days": [1, None]})
    assert await sent_content(
        Turn(role="assistant", content=(Opaque(data=THINKING), Opaque(data=FOREIGN), call)),
        Turn(
            role="user",
            content=(
                ToolResult(call="toolu_1", content="snow"),
                ToolResult(call="toolu_2", content="no such city", failed=True),
            ),
        ),
    ) == [
        {
            "role": "assistant",
            "content": [
                THINKING,
                FOREIGN,
                {
                    "type": "tool_use",
                    "id": "toolu_1",
                    "name": "get_weather",
                    "input": {"city": "Oslo", "days": [1, None]},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow"},
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_2",
                    "content": "no such city",
                    "is_error": True,
                },
            ],
        },
    ]


async def test_a_text_block_without_words_is_left_out_beside_others() -> None:
    call = ToolCall(id="toolu_1", name="get_weather", input={})
    blocks = (Text(text=" \n"), call, Text(text=""))
    assert await sent_content(Turn(role="assistant", content=blocks)) == [
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}],
        }
    ]
    assert await sent_content(Turn(role="user", content=(Text(text=" "),))) == [
        {"role": "user", "content": [{"type": "text", "text": " "}]}
    ]


async def test_halves_of_surrogate_pairs_are_sendable_wherever_they_hide() -> None:
    half = "\ud800"
    request = replace(
        REQUEST,
        turns=(
            Turn(
                role="user",
                content=(
                    Text(text=half),
                    file(f"a/{half}.pdf", "application/pdf", b"%PDF-"),
                    ToolCall(id=half, name=half, input={half: [{"x": half}]}),
                    ToolResult(call=half, content=half),
                    Opaque(data={"type": "odd", half: half}),
                ),
            ),
        ),
        tools=(Tool(name=half, description=half, input_schema={"title": half}),),
        output_schema={"title": half},
        trial=half,
    )
    result, received = await ask(says(message()), request)
    assert isinstance(result, Completion)
    assert "ud800" not in json.dumps(received.bodies[0])
    assert received.bodies[0]["tools"] == [
        {"name": "?", "description": "?", "input_schema": {"title": "?"}}
    ]


async def test_arguments_nested_as_deeply_as_a_reply_may_be_are_sent_back() -> None:
    deep: Data = "x"
    for _ in range(90):
        deep = [deep]
    answer, _ = await ask(calls_tool(tool_use("toolu_1", deep)))
    assert isinstance(answer, Completion)
    back = Turn(role="assistant", content=answer.blocks)
    again, received = await ask(says(message()), replace(REQUEST, turns=(*REQUEST.turns, back)))
    assert isinstance(again, Completion)
    assert json.dumps(received.bodies[0]["messages"]).count("[") > 90


async def test_a_conversation_with_tools_hands_thinking_back_unchanged() -> None:
    answers = [
        calls_tool(THINKING, {"type": "text", "text": "One moment."}, tool_use("toolu_1", "Oslo")),
        calls_tool({**THINKING, "thinking": "", "extra": 1}, tool_use("toolu_2", "Bergen")),
        says(message(content=[{"type": "text", "text": "Snow and rain."}])),
    ]
    request = replace(REQUEST, tools=(WEATHER,), trial="case/0")
    results = (
        CannedResult(tool="get_weather", content="snow", input={"city": "Oslo"}),
        CannedResult(tool="get_weather", content="no data", failed=True),
    )
    async with (
        server(in_turns(answers)) as (url, received),
        ClaudeModel(api_key=KEY, base_url=url) as claude,
    ):
        completion = await converse(
            lambda asked: claude.send(asked, within=5), request, results=results
        )
    assert isinstance(completion, Completion)
    assert completion.text == "Snow and rain."
    assert [call.id for call in completion.tool_calls] == ["toolu_1", "toolu_2"]
    assert completion.usage == Usage(input_tokens=30, output_tokens=12, cache_read_tokens=18)
    assert received.bodies[2]["messages"] == [
        {"role": "user", "content": "Hi"},
        {
            "role": "assistant",
            "content": [
                THINKING,
                {"type": "text", "text": "One moment."},
                tool_use("toolu_1", "Oslo"),
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow"}],
        },
        {
            "role": "assistant",
            "content": [
                {**THINKING, "thinking": "", "extra": 1},
                tool_use("toolu_2", "Bergen"),
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_2",
                    "content": "no data",
                    "is_error": True,
                }
            ],
        },
    ]
    assert [headers["x-evalgate-trial"] for headers in received.headers] == ["case/0"] * 3
    assert all(body["tools"] for body in received.bodies)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "tool_use", "name": "get_weather", "input": {}},
        {"type": "tool_use", "id": "", "name": "get_weather", "input": {}},
        {"type": "tool_use", "id": "toolu_1", "name": 7, "input": {}},
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": "Oslo"},
        tool_use("toolu_1", float("nan")),
        tool_use("toolu_1", float("inf")),
    ],
)
async def test_a_broken_tool_call_is_malformed(block: dict[str, Data]) -> None:
    failure = await failed(calls_tool(block))
    assert failure.kind is FailureKind.MALFORMED
    assert "`content`" in failure.message
