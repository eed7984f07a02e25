"""Facts about how the calls of a run are answered; the flow tests cover the rest."""

from dataclasses import replace

import pytest

from evalgate.gate.engines import one_by_one
from evalgate.gate.gate import plan_gate
from evalgate.gate.gathering import Question
from evalgate.gate.scope import Scope
from evalgate.model.chat import ChatRequest
from evalgate.running.caller import Caller
from evalgate.running.shards import Shard
from tests.flow.test_running import Stage


async def test_nothing_is_opened_before_there_is_a_call_to_make() -> None:
    def never(_: object) -> None:
        raise AssertionError("the connection was opened")

    outside = replace(Stage().outside(), open_model=never)  # type: ignore[arg-type]
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r"), outside)
    async with one_by_one(plan, outside, Scope()) as calls:
        assert isinstance(calls, Caller)


@pytest.mark.parametrize(("shards", "calls"), [(1, 1), (100, 0)])
async def test_a_shard_has_its_part_of_the_limit(shards: int, calls: int) -> None:
    stage = Stage()
    outside = stage.outside()
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r"), outside)
    scope = Scope(shard=Shard(index=1, of=shards), max_cost_usd=0.001)
    request = ChatRequest(model="claude-haiku-5-5", max_tokens=50, system="x" * 100, turns=())
    async with one_by_one(plan, outside, scope) as caller:
        await caller.call(request)
    assert len(stage.model.sent) == calls
