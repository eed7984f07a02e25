import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO

import aiohttp
import anthropic
import pytest
from anthropic import AsyncAnthropic, DefaultAioHttpClient
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse
from anthropic.types.messages.batch_create_params import Request

from evalgate.simulator.fault_rules import Fault, FaultKind
from evalgate.simulator.rules import Behaviour, Rules
from evalgate.simulator.server import LARGEST_BODY, SimulatorServer

MODEL = "claude-haiku-5-5"
RULES = Rules(
    path="rules.yaml",
    behaviours=(
        Behaviour(name="window", chance_with=0.5, says="Within 30 days.", otherwise="Whenever."),
    ),
    batch_seconds=0.0,
)
PARAMS: MessageCreateParamsNonStreaming = {
    "model": MODEL,
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "May I return it?"}],
}


def asked(*names: str, params: MessageCreateParamsNonStreaming = PARAMS) -> list[Request]:
    return [{"custom_id": name, "params": params} for name in names]


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


async def fetched(
    client: AsyncAnthropic, batch: MessageBatch
) -> dict[str, MessageBatchIndividualResponse]:
    results = await client.messages.batches.results(batch.id)
    return {result.custom_id: result async for result in results}


async def results_under(*faults: Fault, names: tuple[str, ...] = ("a",)) -> list[str]:
    """Return what became of requests, in the order of the results."""
    async with (
        SimulatorServer([replace(RULES, faults=faults)]) as running,
        client_of(running) as client,
    ):
        batch = await client.messages.batches.create(requests=asked(*names))
        results = await fetched(client, batch)
    return [result.result.type for result in results.values()]


async def test_a_batch_goes_from_its_creation_to_its_results(client: AsyncAnthropic) -> None:
    batch = await client.messages.batches.create(requests=asked("one", "two"))
    again = await client.messages.batches.retrieve(batch.id)
    assert again == batch
    assert (batch.type, batch.processing_status) == ("message_batch", "ended")
    assert (batch.request_counts.succeeded, batch.request_counts.processing) == (2, 0)
    assert (batch.expires_at - batch.created_at).total_seconds() == 24 * 3600
    results = await fetched(client, batch)
    assert {*results} == {"one", "two"}
    result = results["one"].result
    assert result.type == "succeeded"
    assert (result.message.model, result.message.stop_reason) == (MODEL, "end_turn")
    assert result.message.usage.service_tier == "batch"


async def test_a_batch_has_exactly_the_fields_that_the_sdk_knows(client: AsyncAnthropic) -> None:
    batch = await client.messages.batches.create(requests=asked("one"))
    assert set(batch.to_dict(exclude_unset=True)) == set(MessageBatch.model_fields)


async def test_a_batch_is_in_progress_until_its_time_is_over() -> None:
    async with (
        SimulatorServer([replace(RULES, batch_seconds=0.2)]) as running,
        client_of(running) as client,
    ):
        batch = await client.messages.batches.create(requests=asked("one"))
        assert (batch.processing_status, batch.results_url) == ("in_progress", None)
        assert (batch.request_counts.processing, batch.request_counts.succeeded) == (1, 0)
        assert batch.ended_at is None
        with pytest.raises(anthropic.AnthropicError, match="No `results_url`"):
            await client.messages.batches.results(batch.id)
        await asyncio.sleep(0.2)
        ended = await client.messages.batches.retrieve(batch.id)
        assert (ended.processing_status, ended.request_counts.succeeded) == ("ended", 1)
        assert ended.results_url == f"{running.base_url}/v1/messages/batches/{batch.id}/results"
        assert running.counts == {"batches": 1, "answers": 1}


async def test_results_are_the_same_every_time_and_each_request_is_answered_once() -> None:
    async with SimulatorServer([RULES]) as running, client_of(running) as client:
        batch = await client.messages.batches.create(requests=asked(*map(str, range(200))))
        first, second = await asyncio.gather(fetched(client, batch), fetched(client, batch))
        assert first == second
        assert running.counts["answers"] == 200


async def test_results_come_in_another_order_than_the_requests(client: AsyncAnthropic) -> None:
    names = [str(index) for index in range(50)]
    batch = await client.messages.batches.create(requests=asked(*names))
    results = [*await fetched(client, batch)]
    assert names not in (results, results[::-1])
    assert sorted(results[:10]) != sorted(names[:10]) != sorted(results[-10:])
    assert sorted(results, key=int) == names


async def test_a_request_draws_by_its_custom_id_as_a_call_does_by_its_trial(
    client: AsyncAnthropic,
) -> None:
    names = [f"case-{index}" for index in range(20)]
    batch = await client.messages.batches.create(requests=asked(*names))
    for name, each in (await fetched(client, batch)).items():
        direct = await client.messages.create(**PARAMS, extra_headers={"X-Evalgate-Trial": name})
        assert each.result.type == "succeeded"
        assert each.result.message.content == direct.content


async def test_what_is_wrong_with_a_request_comes_out_in_its_result(
    client: AsyncAnthropic,
) -> None:
    wrong: MessageCreateParamsNonStreaming = {**PARAMS, "model": "gpt-7"}
    requests = [*asked("good"), *asked("bad", params=wrong)]
    batch = await client.messages.batches.create(requests=requests)
    assert (batch.request_counts.succeeded, batch.request_counts.errored) == (1, 1)
    result = (await fetched(client, batch))["bad"].result
    assert result.type == "errored"
    assert result.error.error.type == "not_found_error"
    assert (result.error.request_id or "").startswith("req_")


async def test_a_request_in_a_batch_cannot_be_streamed(client: AsyncAnthropic) -> None:
    streamed: MessageCreateParamsNonStreaming = {**PARAMS, "stream": True}  # type: ignore[typeddict-item]
    batch = await client.messages.batches.create(requests=asked("a", params=streamed))
    assert batch.request_counts.errored == 1


async def test_requests_of_a_batch_can_expire() -> None:
    names = tuple(map(str, range(300)))
    results = await results_under(Fault(kind=FaultKind.BATCH_EXPIRED, share=0.5), names=names)
    assert {*results} == {"expired", "succeeded"}
    assert 110 < results.count("expired") < 190


@pytest.mark.parametrize(
    "kind",
    [FaultKind.RATE_LIMIT, FaultKind.OVERLOADED, FaultKind.SERVER_ERROR, FaultKind.TIMEOUT],
)
async def test_a_fault_of_the_service_is_an_error_in_the_result(kind: FaultKind) -> None:
    assert await results_under(Fault(kind=kind)) == ["errored"]


@pytest.mark.parametrize(
    "kind",
    [
        *(FaultKind.HTML, FaultKind.BROKEN_JSON, FaultKind.DROPPED, FaultKind.CUT),
        *(FaultKind.SLOW, FaultKind.STREAM_ERROR, FaultKind.STREAM_END, FaultKind.TRUNCATED),
    ],
)
async def test_faults_of_the_line_do_not_reach_a_batch(kind: FaultKind) -> None:
    async with asyncio.timeout(5):
        assert await results_under(Fault(kind=kind)) == ["succeeded"]


async def test_a_canceled_batch_answers_nothing() -> None:
    async with (
        SimulatorServer([replace(RULES, batch_seconds=0.2)]) as running,
        client_of(running) as client,
    ):
        batch = await client.messages.batches.create(requests=asked("one", "two"))
        canceled = await client.messages.batches.cancel(batch.id)
        assert canceled.processing_status == "canceling"
        assert canceled.cancel_initiated_at is not None
        await asyncio.sleep(0.2)
        results = await fetched(client, batch)
        assert [each.result.type for each in results.values()] == ["canceled"] * 2
        ended = await client.messages.batches.retrieve(batch.id)
        assert (ended.processing_status, ended.request_counts.canceled) == ("ended", 2)
        assert running.counts == {"batches": 1}


async def test_a_batch_that_has_ended_cannot_be_canceled(client: AsyncAnthropic) -> None:
    batch = await client.messages.batches.create(requests=asked("one"))
    with pytest.raises(anthropic.BadRequestError, match="has ended"):
        await client.messages.batches.cancel(batch.id)


async def test_the_list_shows_the_newest_first_and_goes_on_page_by_page(
    client: AsyncAnthropic,
) -> None:
    made = [await client.messages.batches.create(requests=asked("one")) for _ in range(5)]
    newest_first = [batch.id for batch in reversed(made)]
    assert len({*newest_first}) == 5
    page = await client.messages.batches.list(limit=2)
    assert [batch.id for batch in page.data] == newest_first[:2]
    assert (page.has_more, page.first_id, page.last_id) == (True, *newest_first[:2])
    assert [batch.id async for batch in page] == newest_first
    before = await client.messages.batches.list(limit=1, before_id=newest_first[2])
    assert [batch.id for batch in before.data] == [newest_first[1]]


@pytest.mark.parametrize("limit", [0, 1001])
async def test_a_page_has_1_to_1000_batches(client: AsyncAnthropic, limit: int) -> None:
    with pytest.raises(anthropic.BadRequestError, match="from 1 to 1000"):
        await client.messages.batches.list(limit=limit)


async def test_a_batch_that_nobody_made_is_not_found(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="no such batch"):
        await client.messages.batches.retrieve("msgbatch_none")


async def test_custom_ids_are_unique(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match=r"requests.1.custom_id: `one` is taken"):
        await client.messages.batches.create(requests=asked("one", "one"))


async def test_results_before_the_end_are_not_found() -> None:
    async with (
        SimulatorServer([replace(RULES, batch_seconds=60)]) as running,
        client_of(running) as client,
        aiohttp.ClientSession(headers={"Authorization": "Bearer any"}) as session,
    ):
        batch = await client.messages.batches.create(requests=asked("one"))
        url = f"{running.base_url}/v1/messages/batches/{batch.id}/results"
        async with session.get(url) as response:
            assert response.status == 404


async def test_a_batch_may_be_larger_than_a_message() -> None:
    body = {"requests": asked("one"), "padding": "x" * LARGEST_BODY}
    async with (
        SimulatorServer([RULES]) as running,
        aiohttp.ClientSession(headers={"Authorization": "Bearer any"}) as session,
        session.post(
            f"{running.base_url}/v1/messages/batches", data=BytesIO(json.dumps(body).encode())
        ) as response,
    ):
        assert response.status == 200
