"""An application's runtime over real files and real HTTP: replies, streams, switches, logs."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evalgate.errors import CallError, DeadlineError, PromptDisabledError, UsageError
from evalgate.model.call import ServedBy
from evalgate.runtime.asked import Unserved
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime
from tests.edges.applications import HAIKU, RULES, SONNET, VERSION, Application, application

pytestmark = pytest.mark.alone

ASKED = {"question": "May I return it?"}
PRIVATE = "sk-ant-private-0123456789"
QUICK = "schema: runtime/1\ntimeout: 0.3\ndeadline: 1.5\nsmaller: {claude-sonnet-5-5: [claude-haiku-5-5]}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Application]:
    with application(tmp_path) as app:
        yield app


def runtime(app: Application, **options: object) -> Runtime:
    return Runtime(app.prompts, log=app.logs, server=app.server.base_url, **options)  # type: ignore[arg-type]


def test_a_reply_says_who_gave_it_at_what_cost(shop: Application) -> None:
    with runtime(shop) as served:
        reply = served.reply("shop", ASKED, feature="support", user="ann@example.com")
    assert reply.text == "You can return it within 30 days."
    assert (reply.version, reply.model, reply.provider) == ("v1", SONNET, "direct")
    assert (reply.served_by, reply.degraded) == (ServedBy.PRIMARY, False)
    assert reply.usage.input_tokens > 0
    assert reply.cost_usd is not None
    assert reply.cost_usd > 0
    assert reply.latency_ms >= 0
    (line,) = shop.lines()
    assert line["request_id"] == reply.request_id
    assert line["cost_usd"] == pytest.approx(reply.cost_usd)
    assert (line["feature"], line["prompt"], line["version"]) == ("support", "shop", "v1")
    assert "ann" not in str(line)


def test_a_stream_gives_the_same_words_piece_by_piece(tmp_path: Path) -> None:
    drips = "\nfaults: [{kind: slow_stream, seconds: 0.05, between: 0.05}]\n"
    with (
        application(tmp_path, rules=RULES + drips) as shop,
        runtime(shop) as served,
        served.stream("shop", ASKED) as stream,
    ):
        with pytest.raises(UsageError, match="has not ended"):
            _ = stream.reply
        pieces = list(stream)
    assert len(pieces) > 1
    assert "".join(pieces) == stream.reply.text == "You can return it within 30 days."
    (line,) = shop.lines()
    assert line["streamed"] is True
    assert line["ttft_ms"] is not None


async def test_the_asynchronous_twin_does_the_same(shop: Application) -> None:
    async with AsyncRuntime(shop.prompts, log=shop.logs, server=shop.server.base_url) as served:
        reply = await served.reply("shop", ASKED)
        async with served.stream("shop", ASKED) as stream:
            pieces = [piece async for piece in stream]
    assert reply.text == "".join(pieces) == stream.reply.text
    assert len(shop.lines()) == 2


def test_a_switch_is_seen_within_a_second_without_a_restart(shop: Application) -> None:
    shop.write("shop/v2.md", VERSION.replace("Name the 30-day window.", "Be kind."))
    with runtime(shop) as served:
        assert served.reply("shop", ASKED).version == "v1"
        shop.write("shop/live.yaml", "stable: v2\n")
        began = time.monotonic()
        while served.reply("shop", ASKED).version != "v2":
            assert time.monotonic() - began < 1.0
        assert served.reply("shop", ASKED).text == "You can return it whenever you like."


def test_a_broken_pointer_changes_nothing_and_is_told(shop: Application) -> None:
    with runtime(shop) as served:
        served.reply("shop", ASKED)
        shop.write("shop/live.yaml", "stable: [")
        time.sleep(0.6)
        assert served.reply("shop", ASKED).version == "v1"
    assert [line["kind"] for line in shop.lines("event/1")] == ["file_broken"]


def test_a_prompt_that_is_switched_off_raises_or_is_answered_by_the_application(
    shop: Application,
) -> None:
    shop.write("shop/live.yaml", "stable: v1\nswitch: {disabled: true}\n")
    with runtime(shop) as served:
        with pytest.raises(PromptDisabledError, match="evalgate switch shop --enable"):
            served.reply("shop", ASKED)
        reply = served.reply("shop", ASKED, fallback=lambda told: f"See our FAQ ({told.error}).")
    assert (reply.text, reply.served_by) == ("See our FAQ (disabled).", ServedBy.APPLICATION)
    assert reply.degraded
    assert (reply.model, reply.cost_usd, reply.usage.output_tokens) == (None, 0.0, 0)
    told = [(line["served_by"], line["error"]) for line in shop.lines()]
    assert told == [("nobody", "disabled"), ("application", "disabled")]


def test_a_model_override_is_asked_in_place_of_the_versions_model(shop: Application) -> None:
    shop.write("shop/live.yaml", f"stable: v1\nswitch: {{model: {HAIKU}}}\n")
    with runtime(shop) as served:
        reply = served.reply("shop", ASKED)
    assert (reply.model, reply.degraded) == (HAIKU, False)


def test_a_slow_primary_gives_way_to_the_smaller_model(tmp_path: Path) -> None:
    slow = "\nfaults: [{kind: slow, seconds: 5, model: sonnet}]\n"
    with (
        application(tmp_path, rules=RULES + slow, files={"runtime.yml": QUICK}) as app,
        runtime(app) as served,
    ):
        began = time.monotonic()
        reply = served.reply("shop", ASKED)
        assert time.monotonic() - began < 4
    assert (reply.model, reply.served_by) == (HAIKU, ServedBy.SMALLER_MODEL)
    (line,) = app.lines()
    assert [each["failure"] for each in line["tries"]] == ["timeout", None]  # type: ignore[attr-defined]


def test_nobody_waits_beyond_the_deadline(tmp_path: Path) -> None:
    slow = "\nfaults: [{kind: slow, seconds: 30}]\n"
    with application(tmp_path, rules=RULES + slow) as app, runtime(app) as served:
        began = time.monotonic()
        with pytest.raises(DeadlineError):
            served.reply("shop", ASKED, deadline=0.4)
        assert time.monotonic() - began < 2
        with pytest.raises(CallError) as caught:
            served.reply("shop", ASKED, deadline=0.0)
        assert caught.value.kind == "deadline"
    assert [line["error"] for line in app.lines()] == ["deadline", "deadline"]


def test_the_fallback_gets_the_variables_and_its_own_failure_is_told(tmp_path: Path) -> None:
    down = "\nfaults: [{kind: overloaded}]\n"
    seen: list[Unserved] = []

    def broken(told: Unserved) -> str:
        seen.append(told)
        raise LookupError(PRIVATE)

    with application(tmp_path, rules=RULES + down) as app, runtime(app) as served:
        with pytest.raises(LookupError):
            served.reply("shop", ASKED, fallback=broken)
        with pytest.raises(UsageError, match="fallback: expected a text, got None"):
            served.reply("shop", ASKED, fallback=lambda _: None)  # type: ignore[arg-type,return-value]
    assert seen[0].variables == ASKED
    assert seen[0].error == "overloaded"
    assert [line["served_by"] for line in app.lines()] == ["nobody", "nobody"]
    assert PRIVATE not in str(app.lines())


def test_a_hundred_threads_are_served_at_once(tmp_path: Path) -> None:
    with application(tmp_path, latency_ms=300) as app, runtime(app) as served:
        began = time.monotonic()
        with ThreadPoolExecutor(100) as pool:
            replies = list(pool.map(lambda _: served.reply("shop", ASKED), range(100)))
        assert time.monotonic() - began < 10
    assert len({reply.request_id for reply in replies}) == 100
    assert len(app.lines()) == 100


async def test_a_cancelled_task_leaves_a_line(tmp_path: Path) -> None:
    with application(tmp_path, latency_ms=2000) as app:
        async with AsyncRuntime(app.prompts, log=app.logs, server=app.server.base_url) as served:
            task = asyncio.create_task(served.reply("shop", ASKED))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    (line,) = app.lines()
    assert (line["error"], line["served_by"]) == ("cancelled", "nobody")


def test_a_conversation_goes_on_with_its_version(shop: Application) -> None:
    shop.write("shop/v2.md", VERSION)
    with runtime(shop) as served:
        talk = served.conversation("shop", ASKED, conversation="c1")
        assert talk.reply().version == "v1"
        shop.write("shop/live.yaml", "stable: v1\ncanary: {version: v2, percent: 100, salt: s}\n")
        time.sleep(0.6)
        assert talk.say("And the hat?").version == "v1"
        assert served.reply("shop", ASKED).version == "v2"
        with talk.stream("And the scarf?") as stream:
            words = "".join(stream)
        assert stream.reply.text == words
        with pytest.raises(UsageError, match="the model has the last word"):
            talk.reply()
        state = talk.state
        assert served.conversation("shop", ASKED, state=state).say("Thanks").version == "v1"


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_forked_workers_serve_and_write_one_log(shop: Application) -> None:
    with runtime(shop) as served:
        served.reply("shop", ASKED)
        children = []
        for _ in range(4):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    for _ in range(5):
                        served.reply("shop", ASKED, deadline=10.0)
                    code = 0
                finally:
                    os._exit(code)
            children.append(child)
        ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert ended == [0, 0, 0, 0]
    assert len({line["request_id"] for line in shop.lines()}) == 21


def test_importing_the_runtime_loads_nothing_of_the_gate() -> None:
    program = (
        "import sys; from evalgate import Runtime; print(*sorted(name for name in sys.modules if "
        "name.split('.')[0] in ('jinja2', 'pandas', 'rich', 'msgspec', 'anthropic', 'aiohttp', "
        "'vl_convert', 'github_action_utils', 'jsonschema_rs', 'sqlite3') or name.startswith("
        "('evalgate.gate', 'evalgate.running', 'evalgate.reporting', 'evalgate.publishing', "
        "'evalgate.cli', 'evalgate.simulator')) or 'github' in name))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


def test_two_threads_may_begin_at_the_same_moment(shop: Application) -> None:
    barrier = threading.Barrier(8)

    def ask(_: int) -> str:
        barrier.wait()
        return served.reply("shop", ASKED).text

    with runtime(shop) as served, ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
