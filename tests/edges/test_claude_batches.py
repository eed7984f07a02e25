"""Message Batches with the SDK's real client, against a small server on this machine."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from evalgate.adapters.claude_batches import ClaudeBatches
from evalgate.errors import UsageError
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import Turn
from evalgate.model.ports import BatchService
from evalgate.model.route import Provider, Route

KEY = "sk-test-0123456789"
MODEL = "claude-haiku-5-5"
REQUEST = ChatRequest(
    model=MODEL, max_tokens=64, system="s", turns=(Turn(role="user", content="Hi"),)
)
ROUTES = {
    "named": Route(),
    "eu": Route(provider=Provider.BEDROCK, region="r", models={MODEL: "anthropic.x"}),
}


@dataclass
class Server:
    """A server of batches: what it was sent, and what it says by path."""

    url: str = ""
    says: dict[str, object] = field(default_factory=dict)
    lines: bytes = b""
    cuts: bool = False
    status: int = 200
    sent: list[object] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(request.headers.get("Authorization", ""))
        if request.method == "POST":
            self.sent.append(await request.json())
        if request.path.endswith("/results") and self.status == 200:
            return await self._results(request)
        return web.json_response(self.says.get(request.path_qs, {}), status=self.status)

    async def _results(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/x-jsonl"})
        await response.prepare(request)
        for start in range(0, len(self.lines), 7):
            await response.write(self.lines[start : start + 7])
            # Pieces that arrive one by one end in the middle of lines.
            await asyncio.sleep(0.001)
        if self.cuts and request.transport is not None:
            request.transport.abort()
        return response


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Server, BatchService]]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        async with ClaudeBatches(api_key=KEY, base_url=server.url, routes=ROUTES) as batches:
            yield server, batches
    finally:
        await runner.cleanup()


def result(identity: str, text: str) -> bytes:
    message = {
        "model": MODEL,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
    data = {"custom_id": identity, "result": {"type": "succeeded", "message": message}}
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def counts(**changes: int) -> dict[str, int]:
    none = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
    return none | changes


async def test_requests_are_handed_in_as_they_are_sent_alone() -> None:
    async with listening() as (server, batches):
        server.says["/v1/messages/batches"] = {"id": "msgbatch_1"}
        assert await batches.submit([("a", REQUEST), ("b", REQUEST)]) == "msgbatch_1"
    params = {
        "model": MODEL,
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "Hi"}],
        "system": "s",
    }
    assert server.sent == [
        {"requests": [{"custom_id": "a", "params": params}, {"custom_id": "b", "params": params}]}
    ]
    assert server.headers == [f"Bearer {KEY}"]


async def test_a_batch_waits_until_the_server_says_that_it_has_ended() -> None:
    async with listening() as (server, batches):
        path = "/v1/messages/batches/b"
        server.says[path] = {
            "processing_status": "in_progress",
            "request_counts": counts(processing=7),
        }
        assert await batches.pending("b") == 7
        server.says[path] = {"processing_status": "canceling", "request_counts": counts()}
        assert await batches.pending("b") == 1
        server.says[path] = {"processing_status": "ended", "request_counts": counts(succeeded=7)}
        assert await batches.pending("b") == 0


async def test_results_come_line_by_line_whatever_the_texts_hold() -> None:
    odd = "one\u2028two\x85three"
    async with listening() as (server, batches):
        server.lines = result("a", odd) + b"\n" + b"broken\n" + result("b", "last").rstrip()
        found = [each async for each in batches.results("b")]
    assert [identity for identity, _ in found] == ["a", "", "b"]
    first, broken, last = (each for _, each in found)
    assert isinstance(first, Completion)
    assert first.text == odd
    assert isinstance(broken, CallFailure)
    assert isinstance(last, Completion)
    assert last.text == "last"


async def test_results_that_break_off_say_so_at_the_end() -> None:
    async with listening() as (server, batches):
        server.lines, server.cuts = result("a", "whole") + b'{"custom_id": "b', True
        found = [each async for each in batches.results("b")]
    assert [identity for identity, _ in found] == ["a", ""]
    failure = found[-1][1]
    assert isinstance(failure, CallFailure)
    assert failure.kind is FailureKind.CUT


async def test_results_that_cannot_be_had_are_one_failure() -> None:
    async with listening() as (server, batches):
        server.status = 404
        found = [each async for each in batches.results("b")]
    assert [identity for identity, _ in found] == [""]
    failure = found[0][1]
    assert isinstance(failure, CallFailure)
    assert failure.kind is FailureKind.MODEL_NOT_FOUND


async def test_the_latest_batches_are_listed_with_their_sizes() -> None:
    async with listening() as (server, batches):
        server.says["/v1/messages/batches?limit=100"] = {
            "data": [
                {"id": "new", "request_counts": counts(processing=2, succeeded=1)},
                {"id": "old", "request_counts": counts(expired=5)},
            ],
            "has_more": True,
        }
        assert await batches.recent() == [("new", 3), ("old", 5)]


@pytest.mark.parametrize("body", [{}, [], None, "x", {"id": 5, "data": 3, "request_counts": 1}])
async def test_an_answer_of_another_shape_is_malformed(body: object) -> None:
    async with listening() as (server, batches):
        for path in ("", "/b", "?limit=100"):
            server.says[f"/v1/messages/batches{path}"] = body
        answers = [
            await batches.submit([("a", REQUEST)]),
            await batches.pending("b"),
            await batches.recent(),
        ]
    for answer in answers:
        assert isinstance(answer, CallFailure)
        assert answer.kind is FailureKind.MALFORMED


async def test_every_error_is_typed_and_no_call_is_made_twice() -> None:
    async with listening() as (server, batches):
        server.status = 529
        answers = [
            await batches.submit([("a", REQUEST)]),
            await batches.pending("b"),
            await batches.recent(),
        ]
    assert len(server.headers) == 3
    for answer in answers:
        assert isinstance(answer, CallFailure)
        assert answer.kind is FailureKind.OVERLOADED


async def test_a_route_to_another_provider_has_no_batches() -> None:
    async with listening() as (server, batches):
        server.says["/v1/messages/batches"] = {"id": "msgbatch_1"}
        over = {
            name: ChatRequest(model=MODEL, max_tokens=1, turns=REQUEST.turns, route=name)
            for name in ROUTES
        }
        assert await batches.submit([("a", over["named"])]) == "msgbatch_1"
        with pytest.raises(UsageError, match="route `eu`: bedrock has no batches"):
            await batches.submit([("a", REQUEST), ("b", over["eu"])])
    assert len(server.sent) == 1
