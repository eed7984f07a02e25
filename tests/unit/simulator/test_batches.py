import asyncio
import json
from collections import Counter

import pytest

from evalgate.simulator.actor import Actor
from evalgate.simulator.batches import AT_ONCE, Batches
from evalgate.simulator.exchange import Incoming, Outgoing
from evalgate.simulator.routing import Endpoint
from evalgate.simulator.rules import Behaviour, Rules

START = 1_800_000_000.0
RULES = Rules(path="r", behaviours=(Behaviour(name="a", says="A."),))
PARAMS = {
    "model": "claude-haiku-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "x"}],
}


def batches(seconds: float = 60.0) -> tuple[Batches, Counter[str]]:
    counts: Counter[str] = Counter()
    return Batches(Actor([RULES], counts=counts), counts=counts, seconds=seconds), counts


async def created(serving: Batches, requests: int, *, now: float = START) -> str:
    asked = [{"custom_id": str(index), "params": PARAMS} for index in range(requests)]
    call = Incoming(body=json.dumps({"requests": asked}).encode(), key="k", now=now)
    sent = await serving.serve(Endpoint.BATCH_CREATE, call)
    return str(json.loads(sent.response.body)["id"])


async def ask(serving: Batches, endpoint: Endpoint, batch: str, *, now: float) -> Outgoing:
    call = Incoming(names={"batch": batch}, origin="http://h", key="k", now=now)
    return await serving.serve(endpoint, call)


async def status(serving: Batches, batch: str, *, now: float) -> str:
    sent = await ask(serving, Endpoint.BATCH_RETRIEVE, batch, now=now)
    return str(json.loads(sent.response.body)["processing_status"])


async def test_a_batch_ends_to_the_second() -> None:
    serving, counts = batches()
    batch = await created(serving, 1)
    assert await status(serving, batch, now=START + 59.9) == "in_progress"
    assert counts == {"batches": 1}
    assert await status(serving, batch, now=START + 60) == "ended"
    assert counts == {"batches": 1, "answers": 1}


async def test_equal_orders_are_batches_of_their_own() -> None:
    serving, _ = batches()
    assert await created(serving, 1) != await created(serving, 1)


async def test_others_get_their_turn_while_a_large_batch_is_worked_off() -> None:
    serving, counts = batches()
    batch = await created(serving, AT_ONCE * 4)
    working = asyncio.create_task(status(serving, batch, now=START + 60))
    seen = []
    while not working.done():
        await asyncio.sleep(0)
        seen.append(counts["answers"])
    assert {AT_ONCE, AT_ONCE * 2, AT_ONCE * 3} <= {*seen}
    assert await working == "ended"


async def test_whoever_asks_while_a_batch_is_worked_off_sees_all_of_it() -> None:
    serving, counts = batches()
    batch = await created(serving, AT_ONCE * 4)
    asked = (ask(serving, Endpoint.BATCH_RESULTS, batch, now=START + 60) for _ in range(3))
    bodies = {sent.response.body for sent in await asyncio.gather(*asked)}
    assert len(bodies) == 1
    assert bodies.pop().count(b"\n") == counts["answers"] == AT_ONCE * 4


async def test_a_canceled_batch_stays_canceling_until_its_time_is_over() -> None:
    serving, _ = batches()
    batch = await created(serving, 1)
    await ask(serving, Endpoint.BATCH_CANCEL, batch, now=START + 1)
    again = await ask(serving, Endpoint.BATCH_CANCEL, batch, now=START + 2)
    assert json.loads(again.response.body)["cancel_initiated_at"] == "2027-01-15T08:00:01Z"
    assert await status(serving, batch, now=START + 59) == "canceling"
    assert await status(serving, batch, now=START + 60) == "ended"


async def test_a_batch_can_be_canceled_until_the_second_of_its_end() -> None:
    serving, _ = batches()
    batch = await created(serving, 1)
    late = await ask(serving, Endpoint.BATCH_CANCEL, batch, now=START + 60)
    assert late.response.status == 400
    again = await ask(serving, Endpoint.BATCH_RETRIEVE, batch, now=START + 60)
    assert json.loads(again.response.body)["request_counts"]["succeeded"] == 1


@pytest.mark.parametrize(
    ("key", "place", "limit", "expected", "has_more"),
    [
        ("", 0, 2, [3, 2], True),
        ("", 0, 3, [3, 2, 1], False),
        ("after_id", 3, 1, [2], True),
        ("after_id", 3, 2, [2, 1], False),
        ("after_id", 1, 2, [], False),
        ("before_id", 1, 1, [2], True),
        ("before_id", 1, 2, [3, 2], False),
        ("before_id", 3, 2, [], False),
    ],
)
async def test_a_page_says_whether_more_batches_follow_in_its_direction(
    key: str, place: int, limit: int, expected: list[int], has_more: bool
) -> None:
    serving, _ = batches()
    made = [await created(serving, 1) for _ in range(3)]
    cursor = {key: made[place - 1]} if key else {}
    call = Incoming(query={**cursor, "limit": str(limit)}, key="k", now=START)
    shown = json.loads((await serving.serve(Endpoint.BATCH_LIST, call)).response.body)
    assert [made.index(each["id"]) + 1 for each in shown["data"]] == expected
    assert shown["has_more"] is has_more


async def test_the_list_shows_each_batch_as_it_stands() -> None:
    serving, _ = batches()
    await created(serving, 1, now=START - 60)
    await created(serving, 1)
    sent = await serving.serve(Endpoint.BATCH_LIST, Incoming(key="k", now=START))
    listed = json.loads(sent.response.body)["data"]
    assert [each["processing_status"] for each in listed] == ["in_progress", "ended"]


async def test_an_empty_list_has_no_ends() -> None:
    serving, _ = batches()
    sent = await serving.serve(Endpoint.BATCH_LIST, Incoming(key="k", now=START))
    assert json.loads(sent.response.body) == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }


async def test_a_place_in_the_list_is_a_batch_that_exists() -> None:
    serving, counts = batches()
    for key in ("after_id", "before_id"):
        call = Incoming(query={key: "none"}, key="k", now=START)
        sent = await serving.serve(Endpoint.BATCH_LIST, call)
        assert sent.response.status == 400
    assert counts == {"rejected": 2}
