"""Outages as an application sees them: by provider, by model, for a while, and in slow streams."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.adapters.claude import ClaudeModel
from evalgate.adapters.claude_routes import clouds_at
from evalgate.model.call_ports import Piece
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.content import Tool, Turn
from evalgate.model.route import Provider, Route
from evalgate.simulator.control import PATH
from evalgate.simulator.fault_rules import Fault, FaultKind, read_faults
from evalgate.simulator.rules import Behaviour, Rules, WantedCall
from evalgate.simulator.server import SimulatorServer

pytestmark = pytest.mark.alone

MODEL = "claude-haiku-5-5"
ROUTES: Mapping[str, Route] = {
    "direct": Route(),
    "bedrock": Route(
        provider=Provider.BEDROCK,
        region="r1",
        models={MODEL: "anthropic.claude-haiku-5-5", "claude-opus-5-5": "anthropic.opus"},
    ),
    "bedrock_invoke": Route(
        provider=Provider.BEDROCK_INVOKE,
        region="r1",
        models={MODEL: "eu.anthropic.claude-haiku-5-5-v1:0"},
    ),
    "vertex": Route(provider=Provider.VERTEX, region="eu", project="p1"),
    "vertex-us": Route(provider=Provider.VERTEX, region="us", project="p1"),
    "foundry": Route(provider=Provider.FOUNDRY),
}
REQUEST = ChatRequest(
    model=MODEL,
    max_tokens=200,
    turns=(Turn(role="user", content="Where is AB-1?"),),
    tools=(Tool(name="get_order", description="", input_schema={"type": "object"}),),
)
SAID = "Within 30 days, größer als „viel“ \N{GRINNING FACE}, and not a day later."
SAYING = Rules(path="r", behaviours=(Behaviour(name="window", says=SAID),))
CALLING = Rules(
    path="r",
    behaviours=(
        Behaviour(name="look", calls=WantedCall(tool="get_order", input={"order": [1, {"a": ""}]})),
    ),
)


@asynccontextmanager
async def playing(
    *faults: Mapping[str, str | float], rules: Rules = SAYING
) -> AsyncIterator[tuple[SimulatorServer, ClaudeModel]]:
    read = read_faults([dict(each) for each in faults], origin="test")
    async with SimulatorServer([replace(rules, faults=read)]) as server:
        url = server.base_url
        async with ClaudeModel(
            api_key="any", base_url=url, clouds=clouds_at(url), routes=ROUTES
        ) as claude:
            yield server, claude


async def outcome(claude: ClaudeModel, route: str = "direct", model: str = MODEL) -> str:
    told = await claude.send(replace(REQUEST, route=route, model=model), within=5)
    return str(told.kind) if isinstance(told, CallFailure) else "answered"


async def heard(
    claude: ClaudeModel,
    request: ChatRequest = REQUEST,
    *,
    first_content: float = 5.0,
    between: float = 5.0,
) -> tuple[list[str], Completion | CallFailure]:
    told = claude.stream(request, within=5, first_content=first_content, between=between)
    *pieces, last = [each async for each in told]
    assert not isinstance(last, Piece)
    return [each.text for each in pieces if isinstance(each, Piece)], last


# By provider, region and model


@pytest.mark.parametrize("provider", Provider)
async def test_an_outage_of_one_provider_leaves_the_others_alone(provider: Provider) -> None:
    async with playing({"kind": "overloaded", "provider": provider}) as (server, claude):
        outcomes = {name: await outcome(claude, name) for name in ROUTES}
    struck = {name for name, told in outcomes.items() if told == "overloaded"}
    assert struck == {name for name, route in ROUTES.items() if route.provider is provider}
    assert set(outcomes.values()) == {"overloaded", "answered"}
    assert server.counts["overloaded"] == len(struck)


async def test_a_provider_can_have_a_wrong_key_and_another_no_money() -> None:
    faults = (
        {"kind": "bad_key", "provider": "bedrock"},
        {"kind": "spend_limit", "provider": "direct"},
    )
    async with playing(*faults) as (_, claude):
        told = [await outcome(claude, name) for name in ("direct", "bedrock", "foundry")]
    assert told == ["spend_limit", "authentication", "answered"]


async def test_a_region_can_fail_alone() -> None:
    async with playing({"kind": "server_error", "region": "eu"}) as (_, claude):
        told = [await outcome(claude, name) for name in ("vertex", "vertex-us", "direct")]
    assert told == ["server", "answered", "answered"]


async def test_a_model_can_fail_alone_wherever_it_is_served() -> None:
    async with playing({"kind": "overloaded", "model": "haiku"}) as (_, claude):
        assert {await outcome(claude, name) for name in ROUTES} == {"overloaded"}
        assert await outcome(claude, "direct", "claude-opus-5-5") == "answered"
    async with playing({"kind": "overloaded", "model": "^eu[.]anthropic"}) as (_, claude):
        told = {name: await outcome(claude, name) for name in ROUTES}
    assert [name for name, kind in told.items() if kind == "overloaded"] == ["bedrock_invoke"]


# For a while


async def test_an_outage_begins_and_ends_by_itself() -> None:
    async with playing({"kind": "overloaded", "from": 0.5, "until": 1.0}) as (_, claude):
        told, end = [await outcome(claude)], time.monotonic() + 10
        while len(told) < 3 and time.monotonic() < end:
            await asyncio.sleep(0.02)
            now = await outcome(claude)
            told += [now] if now != told[-1] else []
    assert told == ["answered", "overloaded", "answered"]


async def test_faults_can_be_switched_while_the_server_runs() -> None:
    async with (
        playing({"kind": "bad_key"}) as (server, claude),
        aiohttp.ClientSession(server.base_url) as session,
    ):
        assert await outcome(claude) == "authentication"
        for faults, expected in (
            ([{"kind": "overloaded", "until": 30}], "overloaded"),
            ([], "answered"),
            ([{"kind": "dropped"}], "cut"),
        ):
            async with session.post(PATH, json=faults) as response:
                assert response.status == 200
                assert await response.json() == {"faults": len(faults)}
            assert await outcome(claude) == expected


async def test_a_malformed_list_changes_nothing() -> None:
    async with (
        playing({"kind": "bad_key"}) as (server, claude),
        aiohttp.ClientSession(server.base_url) as session,
    ):
        async with session.post(PATH, json=[{"kind": "overlaoded"}]) as response:
            assert response.status == 400
            told = (await response.json())["error"]["message"]
            assert "did you mean `overloaded`?" in told
        async with session.get(PATH) as response:
            assert response.status == 404
        assert await outcome(claude) == "authentication"


async def test_a_slow_reply_is_given_up_when_its_client_has_gone() -> None:
    async with playing({"kind": "slow", "seconds": 30}) as (_, claude):
        before = len(asyncio.all_tasks())
        told = await asyncio.gather(*(claude.send(REQUEST, within=0.2) for _ in range(5)))
        assert all(isinstance(each, CallFailure) for each in told)
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) <= before


# Streams


async def test_a_slow_stream_takes_its_time_to_begin_and_between_its_events() -> None:
    fault: dict[str, str | float] = {"kind": "slow_stream", "seconds": 0.3, "between": 0.02}
    async with playing(fault) as (_, claude):
        pieces, answer = await heard(claude)
        assert isinstance(answer, Completion)
        assert "".join(pieces) == answer.text == SAID
        assert len(pieces) > 3
        _, late = await heard(claude, first_content=0.1)
        assert isinstance(late, CallFailure)
        assert late.message.startswith("no content within")
        assert await outcome(claude) == "answered"


async def test_a_stream_that_stalls_has_said_half_and_is_left() -> None:
    async with playing({"kind": "stall", "seconds": 30}) as (_, claude):
        pieces, late = await heard(claude, between=0.2)
    assert isinstance(late, CallFailure)
    assert late.kind is FailureKind.TIMEOUT
    assert "".join(pieces)
    assert SAID.startswith("".join(pieces))


async def test_a_stream_that_stalls_for_a_moment_goes_on() -> None:
    async with playing({"kind": "stall", "seconds": 0.2}) as (_, claude):
        pieces, answer = await heard(claude)
    assert isinstance(answer, Completion)
    assert "".join(pieces) == answer.text == SAID


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("stream_error", FailureKind.OVERLOADED),
        ("stream_end", FailureKind.CUT),
        ("cut", FailureKind.CUT),
        ("dropped", FailureKind.CUT),
        ("broken_json", FailureKind.MALFORMED),
        ("html", FailureKind.MALFORMED),
        ("wrong_model", FailureKind.WRONG_MODEL),
        ("rate_limit", FailureKind.RATE_LIMIT),
        ("overloaded", FailureKind.OVERLOADED),
        ("spend_limit", FailureKind.SPEND_LIMIT),
        ("bad_key", FailureKind.AUTHENTICATION),
        ("server_error", FailureKind.SERVER),
        ("timeout", FailureKind.TIMEOUT),
    ],
)
async def test_every_fault_of_a_stream_is_told_by_its_kind(
    kind: str, expected: FailureKind
) -> None:
    async with playing({"kind": kind}) as (_, claude):
        _, failure = await heard(claude)
    assert isinstance(failure, CallFailure)
    assert failure.kind is expected


@pytest.mark.parametrize("route", ["direct", "bedrock", "vertex", "foundry", "bedrock_invoke"])
@pytest.mark.parametrize("rules", [SAYING, CALLING], ids=["says", "calls"])
@pytest.mark.parametrize("kind", [None, "truncated", "refused"])
async def test_a_streamed_answer_is_the_same_as_one_in_one_piece(
    rules: Rules, kind: str | None, route: str
) -> None:
    faults = () if kind is None else ({"kind": kind},)
    async with playing(*faults, rules=rules) as (_, claude):
        request = replace(REQUEST, route=route, trial="case/1")
        whole = await claude.send(request, within=5)
        pieces, streamed = await heard(claude, request)
    assert isinstance(whole, Completion)
    assert isinstance(streamed, Completion)
    assert replace(streamed, latency_ms=0, request_id="") == replace(
        whole, latency_ms=0, request_id=""
    )
    assert "".join(pieces) == whole.text


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(1, 40))
async def test_any_words_come_through_a_stream_as_they_are(said: str, max_tokens: int) -> None:
    rules = Rules(path="r", behaviours=(Behaviour(name="any", says=said),))
    request = replace(REQUEST, max_tokens=max_tokens)
    async with playing(rules=rules) as (_, claude):
        whole = await claude.send(request, within=5)
        pieces, streamed = await heard(claude, request)
    assert isinstance(whole, Completion)
    assert isinstance(streamed, Completion)
    assert (streamed.text, streamed.stop_reason, streamed.usage) == (
        whole.text,
        whole.stop_reason,
        whole.usage,
    )
    assert "".join(pieces) == whole.text


def test_a_fault_of_streams_has_pauses_of_its_own() -> None:
    assert read_faults([{"kind": "stall"}], origin="") == (
        Fault(kind=FaultKind.STALL, seconds=600.0),
    )
