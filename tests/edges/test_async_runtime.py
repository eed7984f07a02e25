"""The runtime in the event loop of an application: streams that are left, turns, and its end."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.errors import CallError, UsageError
from evalgate.model.call import ServedBy
from evalgate.model.document import Data
from evalgate.model.override import Forced
from evalgate.runtime.asked import Unserved
from evalgate.runtime.async_runtime import AsyncRuntime
from tests.edges.applications import RULES, VERSION, Application, application

pytestmark = pytest.mark.alone

ASKED: dict[str, Data] = {"question": "May I return it?"}
SLOW = "\nfaults: [{kind: slow_stream, seconds: 0.2, between: 0.2}]\n"
OUT = "\nfaults: [{kind: overloaded}]\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Application]:
    with application(tmp_path) as app:
        yield app


def runtime(app: Application) -> AsyncRuntime:
    return AsyncRuntime(app.prompts, log=app.logs, server=app.server.base_url)


async def test_a_stream_that_is_left_is_written_down_before_the_application_goes_on(
    tmp_path: Path,
) -> None:
    with application(tmp_path, rules=RULES + SLOW) as app:
        async with runtime(app) as served:
            async with served.stream("shop", ASKED) as stream:
                assert await anext(stream)
            (line,) = app.lines()
            assert (line["error"], line["served_by"]) == ("cancelled", "nobody")
            with pytest.raises(UsageError, match="has not ended"):
                _ = stream.reply


async def test_a_stream_ends_once(shop: Application) -> None:
    async with runtime(shop) as served, served.stream("shop", ASKED) as stream:
        words = [word async for word in stream]
        assert "".join(words) == stream.reply.text
        assert [word async for word in stream] == []
    assert len(shop.lines()) == 1


async def test_a_stream_that_nobody_answers_says_the_applications_words(tmp_path: Path) -> None:
    async def later(told: Unserved) -> str:
        await asyncio.sleep(0)
        return f"later: {told.error}"

    with application(tmp_path, rules=RULES + OUT) as app:
        async with runtime(app) as served:
            async with served.stream("shop", ASKED, fallback=later) as stream:
                assert [word async for word in stream] == ["later: overloaded"]
            assert stream.reply.served_by is ServedBy.APPLICATION
            with pytest.raises(CallError, match="got no answer"):
                async with served.stream("shop", ASKED) as stream:
                    _ = [word async for word in stream]


async def test_a_conversation_streams_and_goes_on(shop: Application) -> None:
    async with runtime(shop) as served:
        talk = served.conversation("shop", ASKED, conversation="c-17")
        first = await talk.reply()
        async with talk.stream("And the other one?") as stream:
            words = [word async for word in stream]
        assert "".join(words) == stream.reply.text
        again = served.conversation("shop", ASKED, state=talk.state)
        assert (await again.say("Thank you.")).version == first.version
    assert len(shop.lines()) == 3


async def test_what_is_live_and_how_its_routes_are_can_be_seen(shop: Application) -> None:
    async with runtime(shop) as served:
        assert served.live("shop").stable.version == "v1"
        served.force("direct", Forced.OPEN)
        with pytest.raises(CallError) as caught:
            await served.reply("shop", ASKED)
        assert caught.value.kind == "no_route"
        served.force("direct", None)
        await served.reply("shop", ASKED)
        assert list(served.breakers()) == ["direct claude-sonnet-5-5"]


async def test_a_thousand_calls_at_once_are_answered(shop: Application) -> None:
    async with runtime(shop) as served:
        calls = (served.reply("shop", ASKED, deadline=60) for _ in range(1000))
        replies = await asyncio.gather(*calls)
    assert len({reply.request_id for reply in replies}) == 1000
    assert len(shop.lines()) == 1000


async def test_slips_are_told_before_anything_is_asked(shop: Application) -> None:
    async with runtime(shop) as served:
        with pytest.raises(UsageError, match="unknown option `feture`"):
            await served.reply("shop", ASKED, feture="x")  # type: ignore[call-arg]
        with pytest.raises(UsageError, match="user: expected a text"):
            served.stream("shop", ASKED, user=4711)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="files: expected a mapping"):
            served.conversation("shop", ASKED, files=["a"])  # type: ignore[arg-type]
    assert shop.lines() == []


async def test_a_fallback_that_breaks_leaves_a_line_and_its_own_exception(
    tmp_path: Path,
) -> None:
    async def broken(told: Unserved) -> str:
        raise LookupError(told.error)

    with application(tmp_path, rules=RULES + OUT) as app:
        async with runtime(app) as served:
            with pytest.raises(LookupError, match="overloaded"):
                await served.reply("shop", ASKED, fallback=broken)
        assert [line["served_by"] for line in app.lines()] == ["nobody"]


async def test_a_streamed_turn_belongs_to_the_conversation(shop: Application) -> None:
    async with runtime(shop) as served:
        talk = served.conversation("shop", ASKED)
        async with talk.stream() as stream:
            _ = [word async for word in stream]
        assert stream.reply.text in talk.state
        assert (await talk.say("And the other one?")).text


async def test_a_conversation_may_be_pinned_from_outside(shop: Application) -> None:
    shop.write("shop/v2.md", VERSION)
    shop.write("shop/live.yaml", "stable: v1\ncanary: {version: v2, percent: 1, salt: s}\n")
    async with runtime(shop) as served:
        assert (await served.conversation("shop", ASKED, pin="v2").reply()).version == "v2"


async def test_closing_writes_the_samples_that_wait(shop: Application) -> None:
    samples = shop.folder / "samples"
    shop.write("runtime.yml", f"sampling: {{rate: 1, spool: {samples}}}\n")
    async with runtime(shop) as served:
        await asyncio.gather(*(served.reply("shop", ASKED) for _ in range(50)))
    (path,) = samples.glob("*.jsonl")
    assert path.read_text().count("\n") == 50
