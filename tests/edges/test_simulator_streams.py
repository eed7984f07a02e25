import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import anthropic
import httpx2
import pytest
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.lib.streaming import AsyncMessageStream
from anthropic.types import Message, MessageParam, ToolParam

from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.rules import Behaviour, Rules, WantedCall
from evalgate.simulator.server import SimulatorServer

MODEL = "claude-haiku-5-5"
SAID = "Within 30 days, größer als „viel“ \N{GRINNING FACE}, and\nnot a day later."
RULES = Rules(path="rules.yaml", behaviours=(Behaviour(name="window", says=SAID),))
CALLING = Behaviour(
    name="look up",
    when=re.compile("(?P<order>[A-Z]{2}-[0-9]+)"),
    calls=WantedCall(tool="get_order", input={"order": "{order}", "depth": [1, {"a": None}]}),
)
QUESTION: list[MessageParam] = [{"role": "user", "content": "Where is AB-1?"}]
TOOL: ToolParam = {"name": "get_order", "input_schema": {"type": "object"}}


def client_of(running: SimulatorServer, *, aio: bool = True) -> AsyncAnthropic:
    return AsyncAnthropic(
        api_key="any",
        base_url=running.base_url,
        max_retries=0,
        http_client=DefaultAioHttpClient() if aio else None,
    )


@pytest.fixture(params=["default", "aiohttp"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[AsyncAnthropic]:
    async with (
        SimulatorServer([RULES]) as running,
        client_of(running, aio=request.param == "aiohttp") as made,
    ):
        yield made


async def streamed(rules: Rules) -> Message:
    """Return the message as the SDK puts it together from a stream."""
    async with (
        SimulatorServer([rules]) as running,
        client_of(running) as client,
        client.messages.stream(model=MODEL, max_tokens=100, messages=QUESTION) as stream,
    ):
        return await stream.get_final_message()


async def struck(kind: FaultKind) -> Message:
    return await streamed(replace(RULES, faults=(Fault(kind=kind, seconds=0.01),)))


async def texts_of(stream: AsyncMessageStream[None]) -> list[str]:
    return [text async for text in stream.text_stream]


async def test_a_stream_comes_to_the_message_that_is_sent_whole(client: AsyncAnthropic) -> None:
    whole = await client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION)
    async with client.messages.stream(model=MODEL, max_tokens=100, messages=QUESTION) as stream:
        texts = await texts_of(stream)
        final = await stream.get_final_message()
    apart = {"id", "content"}
    assert final.model_dump(exclude=apart) == whole.model_dump(exclude=apart)
    assert whole.content[0].to_dict()["text"] == final.content[0].to_dict()["text"] == SAID
    assert "".join(texts) == SAID
    assert len(texts) > 3


async def test_the_events_come_in_the_order_of_the_api(client: AsyncAnthropic) -> None:
    stream = await client.messages.create(model=MODEL, max_tokens=5, messages=QUESTION, stream=True)
    kinds = [event.type async for event in stream]
    assert kinds == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


async def test_a_streamed_tool_call_has_its_whole_input() -> None:
    async with (
        SimulatorServer([replace(RULES, behaviours=(CALLING,))]) as running,
        client_of(running) as client,
        client.messages.stream(
            model=MODEL, max_tokens=100, messages=QUESTION, tools=[TOOL]
        ) as stream,
    ):
        parts = [event.partial_json async for event in stream if event.type == "input_json"]
        final = await stream.get_final_message()
    assert final.stop_reason == "tool_use"
    assert final.content[0].to_dict()["input"] == {"order": "AB-1", "depth": [1, {"a": None}]}
    assert json.loads("".join(parts)) == final.content[0].to_dict()["input"]


async def test_a_stream_has_the_headers_of_every_answer(client: AsyncAnthropic) -> None:
    async with client.messages.with_streaming_response.create(
        model=MODEL, max_tokens=100, messages=QUESTION, stream=True
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-evalgate-simulator"] == "1"
        assert response.headers["anthropic-ratelimit-requests-limit"].isdigit()
        assert (response.request_id or "").startswith("req_")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.OVERLOADED, anthropic.OverloadedError),
        (FaultKind.RATE_LIMIT, anthropic.RateLimitError),
        (FaultKind.SERVER_ERROR, anthropic.InternalServerError),
        (FaultKind.DROPPED, anthropic.APIConnectionError),
        (FaultKind.BROKEN_JSON, json.JSONDecodeError),
    ],
)
async def test_a_fault_before_or_within_a_stream_raises_what_the_real_failure_raises(
    kind: FaultKind, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        await struck(kind)
    assert type(caught.value) is error


async def test_an_error_event_comes_after_the_200() -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        await struck(FaultKind.STREAM_ERROR)
    assert (caught.value.status_code, caught.value.type) == (200, "overloaded_error")


async def test_a_cut_stream_is_a_broken_connection() -> None:
    with pytest.raises(httpx2.ReadError):
        await struck(FaultKind.CUT)


async def test_a_stream_that_ends_early_raises_nothing_and_has_no_stop_reason() -> None:
    message = await struck(FaultKind.STREAM_END)
    said = str(message.content[0].to_dict()["text"])
    assert message.stop_reason is None
    assert SAID.startswith(said)
    assert said != SAID


async def test_a_page_of_html_holds_no_events() -> None:
    rules = replace(RULES, faults=(Fault(kind=FaultKind.HTML),))
    async with SimulatorServer([rules]) as running, client_of(running) as client:
        stream = await client.messages.create(
            model=MODEL, max_tokens=100, messages=QUESTION, stream=True
        )
        assert [event async for event in stream] == []
        assert stream.response.headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FaultKind.TRUNCATED, "max_tokens"),
        (FaultKind.REFUSED, "refusal"),
        (FaultKind.SLOW, "end_turn"),
    ],
)
async def test_a_stream_of_a_spoiled_reply_runs_to_its_end(kind: FaultKind, reason: str) -> None:
    message = await struck(kind)
    assert message.stop_reason == reason
    assert (message.stop_details is not None) == (kind is FaultKind.REFUSED)


async def test_what_belongs_to_streams_and_batches_leaves_whole_messages_alone() -> None:
    kinds = (FaultKind.STREAM_ERROR, FaultKind.STREAM_END, FaultKind.BATCH_EXPIRED)
    faults = tuple(Fault(kind=kind) for kind in kinds)
    async with (
        SimulatorServer([replace(RULES, faults=faults)]) as running,
        client_of(running) as client,
    ):
        message = await client.messages.create(model=MODEL, max_tokens=100, messages=QUESTION)
        assert running.counts == {"answers": 1}
    assert message.stop_reason == "end_turn"


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("kind", [FaultKind.SLOW, FaultKind.DROPPED, FaultKind.CUT])
async def test_a_line_that_is_lost_or_a_client_that_has_gone_is_no_error_of_the_server(
    kind: FaultKind, streams: bool, caplog: pytest.LogCaptureFixture
) -> None:
    rules = replace(RULES, faults=(Fault(kind=kind, seconds=0.2),))
    body = {"model": MODEL, "max_tokens": 100, "messages": QUESTION, "stream": streams}
    async with (
        SimulatorServer([rules]) as running,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session,
    ):
        url = f"{running.base_url}/v1/messages"
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            async with session.post(url, json=body, headers={"Authorization": "any"}) as response:
                await response.read()
        await asyncio.sleep(0.2)
    assert caplog.messages == []
