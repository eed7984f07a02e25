import asyncio
import time
from collections.abc import Mapping
from datetime import datetime

import anthropic
import pytest
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.types import MessageParam, ToolParam

from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.limits import Limits
from evalgate.simulator.rules import Behaviour, Rules
from evalgate.simulator.server import SimulatorServer

MODEL = "claude-haiku-5-5"
SAID = "x" * 400
RULES = Rules(path="rules.yaml", behaviours=(Behaviour(name="a", says=SAID),))
QUESTION: list[MessageParam] = [{"role": "user", "content": "y" * 4_000}]
PREFIX = "anthropic-ratelimit"


def limited(limits: Limits, *faults: Fault) -> SimulatorServer:
    """Return a server whose limits are stated by the second of two files."""
    stated = Rules(path="limits.yaml", limits=limits, faults=faults)
    return SimulatorServer([RULES, stated])


def client_of(running: SimulatorServer) -> AsyncAnthropic:
    return AsyncAnthropic(
        api_key="any",
        base_url=running.base_url,
        max_retries=0,
        http_client=DefaultAioHttpClient(),
    )


async def headers_of(client: AsyncAnthropic) -> Mapping[str, str]:
    """Return the headers of an answer or of an error."""
    try:
        raw = await client.messages.with_raw_response.create(
            model=MODEL, max_tokens=1_000, messages=QUESTION
        )
    except anthropic.APIStatusError as error:
        return error.response.headers
    return raw.headers


def rest(headers: Mapping[str, str]) -> dict[str, int]:
    names = ("requests", "input-tokens", "output-tokens", "tokens")
    return {name: int(headers[f"{PREFIX}-{name}-remaining"]) for name in names}


async def test_the_headers_tell_what_each_answer_has_taken() -> None:
    limits = Limits(
        requests_per_minute=60, input_tokens_per_minute=9_000, output_tokens_per_minute=600
    )
    async with limited(limits) as running, client_of(running) as client:
        first, second = rest(await headers_of(client)), rest(await headers_of(client))
    assert first["requests"] in {59, 60}
    assert first["requests"] - 1 <= second["requests"] <= first["requests"]
    assert 8_000 <= first["input-tokens"] < 8_100
    assert 7_000 <= second["input-tokens"] < 7_200
    assert 500 <= first["output-tokens"] < 510
    assert 400 <= second["output-tokens"] < 420


async def test_a_request_over_the_limit_is_a_rate_limit_error_with_every_header() -> None:
    async with (
        limited(Limits(requests_per_minute=2, burst=0.5)) as running,
        client_of(running) as client,
    ):
        await headers_of(client)
        with pytest.raises(anthropic.RateLimitError) as caught:
            await client.messages.create(model=MODEL, max_tokens=9, messages=QUESTION)
        headers = caught.value.response.headers
        assert caught.value.type == "rate_limit_error"
        assert caught.value.error_code is None
        assert 20 < int(headers["retry-after"]) <= 30
        assert headers[f"{PREFIX}-requests-limit"] == "2"
        assert rest(headers)["requests"] == 0
        reset = datetime.fromisoformat(headers[f"{PREFIX}-requests-reset"]).timestamp()
        assert 20 < reset - time.time() <= 31
        assert running.counts == {"answers": 1, "limited": 1}


async def test_a_client_that_waits_as_told_is_answered() -> None:
    async with (
        limited(Limits(requests_per_minute=60, burst=0.001)) as running,
        client_of(running) as client,
    ):
        for _ in range(2):
            headers = await headers_of(client)
            if "retry-after" in headers:
                await asyncio.sleep(int(headers["retry-after"]))
        assert "retry-after" not in await headers_of(client)


async def test_a_server_lets_in_its_rate_and_no_more() -> None:
    limits = Limits(requests_per_minute=1_200, burst=0.001)
    async with limited(limits) as running, client_of(running) as client:
        started = time.time()
        while time.time() - started < 0.5:
            await asyncio.gather(*(headers_of(client) for _ in range(4)))
        allowed = 2 + (time.time() - started) * 20
        assert running.counts["limited"] > 10
        assert allowed * 0.6 < running.counts["answers"] <= allowed


async def test_an_error_takes_its_request_and_no_output() -> None:
    limits = Limits(requests_per_minute=2, output_tokens_per_minute=1)
    fault = Fault(kind=FaultKind.OVERLOADED)
    async with limited(limits, fault) as running, client_of(running) as client:
        left = rest(await headers_of(client))
    assert (left["requests"], left["output-tokens"]) == (1, 1)


async def test_a_stream_is_limited_as_an_answer_is() -> None:
    async with (
        limited(Limits(output_tokens_per_minute=60)) as running,
        client_of(running) as client,
    ):
        async with client.messages.stream(
            model=MODEL, max_tokens=1_000, messages=QUESTION
        ) as stream:
            await stream.until_done()
        with pytest.raises(anthropic.RateLimitError) as caught:
            await client.messages.create(model=MODEL, max_tokens=9, messages=QUESTION)
    assert 30 < int(caught.value.response.headers["retry-after"]) <= 41


async def test_the_sdk_counts_the_tokens_of_a_request() -> None:
    tool: ToolParam = {"name": "get", "description": "d" * 400, "input_schema": {"type": "object"}}
    async with (
        limited(Limits(requests_per_minute=1)) as running,
        client_of(running) as client,
    ):
        plain, offering = [
            await client.messages.count_tokens(model=MODEL, messages=QUESTION, tools=tools)
            for tools in ([], [tool])
        ]
        message = await client.messages.create(
            model=MODEL, max_tokens=1_000, messages=QUESTION, tools=[tool]
        )
        assert running.counts == {"token_counts": 2, "answers": 1}
    assert plain.input_tokens == 1_000
    assert offering.input_tokens == message.usage.input_tokens > 1_100


async def test_a_request_that_names_no_model_cannot_be_counted() -> None:
    async with limited(Limits()) as running, client_of(running) as client:
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.count_tokens(model="gpt-7", messages=QUESTION)
