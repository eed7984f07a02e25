"""The connections of an event loop: opened once, replaced with the routes, closed together."""

import asyncio
import os
import sys
from collections.abc import Mapping

import pytest

from evalgate.model.call_ports import StreamingModel
from evalgate.model.route import Route
from evalgate.runtime.line import Lines
from evalgate.simulator.fakes import FakeClock
from evalgate.simulator.scripted_model import Said, ScriptedModel

ROUTES: Mapping[str, Route] = {"direct": Route()}
OTHERS: Mapping[str, Route] = {"direct": Route(), "more": Route()}


class Opened:
    def __init__(self) -> None:
        self.models: list[ScriptedModel] = []

    def __call__(self, routes: Mapping[str, Route]) -> StreamingModel:  # noqa: ARG002 - any
        self.models.append(ScriptedModel(script=lambda _: Said(), clock=FakeClock()))
        return self.models[-1]


async def test_one_event_loop_has_one_line() -> None:
    opened = Opened()
    lines = Lines(opened)
    assert await lines.here(ROUTES) is await lines.here(dict(ROUTES))
    assert len(opened.models) == 1


def test_each_event_loop_has_its_own() -> None:
    opened = Opened()
    lines = Lines(opened)

    async def here() -> object:
        return await lines.here(ROUTES)

    assert asyncio.run(here()) is not asyncio.run(here())


async def test_a_line_over_other_routes_is_closed_by_the_last_call_that_uses_it() -> None:
    opened = Opened()
    lines = Lines(opened)
    async with lines.used(ROUTES) as first, lines.used(ROUTES) as again:
        assert again is first
        assert await lines.here(OTHERS) is not first
        assert not opened.models[0].is_closed, "its calls go on"
    assert [model.is_closed for model in opened.models] == [True, False]
    await lines.here(ROUTES)
    assert [model.is_closed for model in opened.models] == [True, True, False]
    await lines.aclose()
    assert opened.models[2].is_closed


def test_an_event_loop_that_ends_closes_its_line_whoever_has_forgotten_to() -> None:
    opened = Opened()
    lines = Lines(opened)

    async def here() -> None:
        await lines.here(ROUTES)

    for _ in range(3):
        asyncio.run(here())
    assert [model.is_closed for model in opened.models] == [True, True, True]


async def test_closing_one_event_loop_leaves_the_lines_of_others_alone() -> None:
    opened = Opened()
    lines = Lines(opened)
    async with lines.used(ROUTES):
        await lines.here(OTHERS)

        async def elsewhere() -> None:
            await lines.here(ROUTES)
            await lines.aclose()

        await asyncio.to_thread(asyncio.run, elsewhere())
        assert [model.is_closed for model in opened.models] == [False, False, True]
    await lines.aclose()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_closes_nothing_that_is_its_parents() -> None:
    opened, loop = Opened(), asyncio.new_event_loop()
    lines = Lines(opened)
    loop.run_until_complete(lines.here(ROUTES))
    child = os.fork()
    if child == 0:
        asyncio.run(ended(lines))
        gone = sys.getrefcount(opened.models[0]) < 3
        os._exit(2 * gone + opened.models[0].is_closed)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    loop.run_until_complete(lines.aclose())
    loop.close()
    assert opened.models[0].is_closed


async def ended(lines: Lines) -> None:
    await lines.here(ROUTES)
    await lines.aclose()


async def test_a_closed_line_can_be_opened_again() -> None:
    opened = Opened()
    lines = Lines(opened)
    await lines.here(ROUTES)
    await lines.aclose()
    await lines.here(ROUTES)
    assert len(opened.models) == 2
