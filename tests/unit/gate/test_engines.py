"""Facts about how the calls of a run are answered; the flow tests cover the rest."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.gate.engines import Batches, one_by_one
from evalgate.gate.gate import plan_gate
from evalgate.gate.gathering import Question
from evalgate.gate.scope import Scope
from evalgate.model.chat import ChatRequest
from evalgate.model.policy import RunSettings
from evalgate.model.route import Route
from evalgate.running.caller import Caller
from evalgate.running.shards import Shard
from evalgate.simulator.fakes import MemoryBatches, MemoryBatchJournal, MemoryStore
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


@pytest.mark.parametrize("models", [{}, {"claude-haiku-5-5": "mine"}], ids=["plain", "renamed"])
async def test_batches_go_over_a_named_route_but_know_no_names_of_its_own(
    models: Mapping[str, str],
) -> None:
    stage = Stage()
    outside = replace(stage.outside(), store=MemoryStore())
    plan = plan_gate(Question(base="main", head="HEAD", run_id="r"), outside)
    policy = replace(
        plan.sources.policy,
        run=RunSettings(route="own"),
        routes={"own": Route(models=models)},
    )
    plan = replace(plan, matchups=(), sources=replace(plan.sources, policy=policy))
    opened: list[Mapping[str, Route]] = []

    @asynccontextmanager
    async def open_service(routes: Mapping[str, Route]) -> AsyncIterator[MemoryBatches]:
        opened.append(routes)
        yield MemoryBatches(stage.model)

    engine = Batches(open_service=open_service, journal=MemoryBatchJournal(), say=lambda _: None)
    with pytest.raises(UsageError, match="names of its own") if models else nullcontext():
        async with engine(plan, outside, Scope()):
            pass
    assert opened == ([] if models else [{"own": Route(), "": Route()}])
