"""All five providers with the SDK's real clients, against one server on this machine."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_routes import API_VERSION, clouds_at
from evalgate.cli.connection import connection
from evalgate.cli.environment import Environment
from evalgate.cli.example import read_rule_files
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import Turn
from evalgate.model.route import Provider, Route

MODEL = "claude-haiku-5-5"
BEDROCK_ID = "anthropic.claude-haiku-5-5"
OLD_ID = "eu.anthropic.claude-haiku-5-5-v1:0"
ROUTES: Mapping[str, Route] = {
    "": Route(),
    "named": Route(),
    "bedrock": Route(provider=Provider.BEDROCK, region="r1", models={MODEL: BEDROCK_ID}),
    "invoke": Route(provider=Provider.BEDROCK_INVOKE, region="r1", models={MODEL: OLD_ID}),
    "vertex": Route(provider=Provider.VERTEX, region="r1", project="p1"),
    "foundry": Route(provider=Provider.FOUNDRY, resource="ignored"),
}
VERTEX_PATH = f"/v1/projects/p1/locations/r1/publishers/anthropic/models/{MODEL}"
PATHS = {
    "": "/v1/messages",
    "named": "/v1/messages",
    "bedrock": "/anthropic/v1/messages",
    "invoke": f"/model/{OLD_ID}/invoke",
    "vertex": f"{VERTEX_PATH}:rawPredict",
    "foundry": "/anthropic/v1/messages",
}
REQUEST = ChatRequest(
    model=MODEL,
    max_tokens=64,
    system="Be brief.",
    turns=(Turn(role="user", content="Hi"),),
    trial="case/1",
    caches_prefix=True,
)
SYSTEM = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]


@dataclass
class Server:
    """What all providers say, and what they were sent."""

    url: str = ""
    status: int = 200
    model: str = MODEL
    body: object = None
    paths: list[str] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        self.bodies.append(await request.json())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        message = {
            "model": self.model,
            "content": [{"type": "text", "text": "Hello"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
        return web.json_response(self.body or message, status=self.status)


@asynccontextmanager
async def listening() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield server
    finally:
        await runner.cleanup()


def model_at(url: str) -> ClaudeModel:
    return ClaudeModel(api_key="sk-direct-key", base_url=url, clouds=clouds_at(url), routes=ROUTES)


async def ask(
    server: Server, route: str, request: ChatRequest = REQUEST
) -> Completion | CallFailure:
    async with model_at(server.url) as claude:
        return await claude.send(replace(request, route=route), within=5)


@pytest.mark.parametrize("route", ROUTES)
async def test_every_route_asks_the_same_in_the_form_of_its_provider(route: str) -> None:
    async with listening() as server:
        answer = await ask(server, route)
    assert isinstance(answer, Completion)
    assert (answer.text, answer.model) == ("Hello", MODEL)
    assert server.paths == [PATHS[route]]
    assert server.headers[0]["x-evalgate-trial"] == "case/1"
    sent = server.bodies[0]
    in_path = route in {"invoke", "vertex"}
    version = sent.pop("anthropic_version") if in_path else server.headers[0]["anthropic-version"]
    named = {} if in_path else {"model": BEDROCK_ID if route == "bedrock" else MODEL}
    assert version == API_VERSION
    assert sent == named | {
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "Hi"}],
        "system": SYSTEM,
    }


@pytest.mark.parametrize("route", ROUTES)
async def test_every_route_shows_its_own_credentials_alone(route: str) -> None:
    async with listening() as server:
        await ask(server, route)
    headers = server.headers[0]
    is_direct = route in {"", "named"}
    assert ("sk-direct-key" in json.dumps(headers)) is is_direct
    if route == "foundry":
        assert headers["api-key"] == "none"
        assert "authorization" not in headers
    else:
        assert headers["authorization"] == ("Bearer sk-direct-key" if is_direct else "Bearer none")


@pytest.mark.parametrize(
    ("route", "answered"),
    [
        ("bedrock", BEDROCK_ID),
        ("bedrock", MODEL),
        ("invoke", f"{MODEL}-20261007"),
        ("vertex", f"{MODEL}-20261007"),
    ],
)
async def test_the_answer_names_the_model_as_it_was_asked_for(route: str, answered: str) -> None:
    async with listening() as server:
        server.model = answered
        answer = await ask(server, route)
    assert isinstance(answer, Completion)
    assert answer.model == MODEL


@pytest.mark.parametrize("route", ROUTES)
async def test_a_fallback_to_another_model_is_never_silent(route: str) -> None:
    async with listening() as server:
        server.model = "claude-sonnet-5-5"
        answer = await ask(server, route)
    assert isinstance(answer, CallFailure)
    assert answer.kind is FailureKind.WRONG_MODEL


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.REQUEST),
        (401, FailureKind.AUTHENTICATION),
        (403, FailureKind.PERMISSION),
        (404, FailureKind.MODEL_NOT_FOUND),
        (424, FailureKind.SERVER),
        (429, FailureKind.RATE_LIMIT),
        (500, FailureKind.SERVER),
        (503, FailureKind.SERVER),
        (529, FailureKind.OVERLOADED),
    ],
)
async def test_an_error_is_of_one_kind_whoever_says_it(
    route: str, status: int, kind: FailureKind
) -> None:
    async with listening() as server:
        server.status, server.body = status, {"message": "said by a cloud"}
        answer = await ask(server, route)
    assert isinstance(answer, CallFailure)
    assert answer.kind is kind
    assert "said by a cloud" in answer.message
    assert len(server.paths) == 1, "the SDK's own retries must be off"


async def test_advice_is_about_the_route_and_not_about_the_claude_api() -> None:
    async with listening() as server:
        server.status, server.body = 403, {"message": "no"}
        answer = await ask(server, "bedrock")
    assert isinstance(answer, CallFailure)
    assert answer.message == "HTTP 403: no (check what the account of the route may use)"


@pytest.mark.parametrize("route", ["bedrock", "invoke"])
async def test_a_schema_is_not_sent_where_it_would_not_hold(route: str) -> None:
    async with listening() as server:
        answer = await ask(server, route, replace(REQUEST, output_schema={"type": "object"}))
    assert isinstance(answer, CallFailure)
    assert answer.kind is FailureKind.REQUEST
    assert "offers no structured output" in answer.message
    assert server.paths == []


@pytest.mark.parametrize("route", ROUTES)
async def test_a_long_answer_is_asked_for_as_a_stream_where_events_can_be_read(route: str) -> None:
    async with listening() as server:
        answer = await ask(server, route, replace(REQUEST, max_tokens=16_385))
    streamed = route != "invoke"
    assert isinstance(answer, CallFailure if streamed else Completion)
    assert server.bodies[0].get("stream") is (True if streamed else None)
    path = PATHS[route]
    assert server.paths == [path.replace("rawPredict", "streamRawPredict")]


async def test_one_model_serves_all_routes_at_once() -> None:
    async with listening() as server, model_at(server.url) as claude:
        for route in ROUTES:
            answer = await claude.send(replace(REQUEST, route=route), within=5)
            assert isinstance(answer, Completion)
    assert server.paths == list(PATHS.values())


async def test_the_simulator_stands_in_for_every_provider() -> None:
    open_model = connection(Environment(api_key="unused"), read_rule_files(None), ROUTES)
    async with open_model() as claude:
        for route in ROUTES:
            answer = await claude.send(replace(REQUEST, route=route), within=5)
            assert isinstance(answer, Completion), answer
            assert answer.simulated
            assert answer.model == MODEL
