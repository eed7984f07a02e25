"""An application uses the runtime as its page tells: tools, conversations, hops, and its own end."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.errors import UsageError
from evalgate.model.call import ServedBy
from evalgate.model.content import ToolResult
from evalgate.model.document import Data
from evalgate.model.override import Forced
from evalgate.runtime.asked import Unserved
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.failover.breaker import State
from evalgate.runtime.runtime import Runtime
from tests.edges.applications import RULES, SONNET, VERSION, Application, application

pytestmark = pytest.mark.alone

ASKED: dict[str, Data] = {"question": "Where is order QF-1001?"}

WITH_TOOL = VERSION.replace(
    "---\n## system",
    """tools:
  - name: find_order
    description: Finds an order.
    input_schema: {type: object, properties: {order: {type: string}}, required: [order]}
---
## system""",
)
CALLING = (
    RULES
    + """
  - name: look up
    when: 'order (?P<order>[A-Z]+-[0-9]+)'
    calls: {tool: find_order, input: {order: "{order}"}}
"""
)
TWO_REGIONS = """
routes:
  eu: {provider: vertex, region: europe-west4, project: shop}
  us: {provider: vertex, region: us-east5, project: shop}
"""
FORGETFUL = """
import sys
from evalgate import Runtime
runtime = Runtime(sys.argv[1], log=sys.argv[2], server=sys.argv[3])
print(runtime.reply("shop", {"question": "May I return it?"}).text)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Application]:
    with application(tmp_path) as app:
        yield app


def runtime(app: Application) -> Runtime:
    return Runtime(app.prompts, log=app.logs, server=app.server.base_url)


def two_versions(app: Application, *, percent: int) -> None:
    app.write("shop/v2.md", VERSION.replace("Name", "Always name"))
    app.write(
        "shop/live.yaml", f"stable: v1\ncanary: {{version: v2, percent: {percent}, salt: s}}\n"
    )


def test_a_tool_is_called_and_its_result_goes_back(tmp_path: Path) -> None:
    with application(tmp_path, rules=CALLING) as app:
        app.write("shop/v2.md", WITH_TOOL)
        app.write("shop/live.yaml", "stable: v2\n")
        with runtime(app) as served:
            talk = served.conversation("shop", ASKED)
            reply = talk.reply()
            (call,) = reply.tool_calls
            assert (call.name, call.input) == ("find_order", {"order": "QF-1001"})
            assert reply.stop_reason == "tool_use"
            with pytest.raises(UsageError, match="waits for the results of `find_order`"):
                talk.say("And the other one?")
            with pytest.raises(UsageError, match="ToolResult"):
                talk.give({call.id: 5})  # type: ignore[dict-item]  # a slip
            reply = talk.give({call.id: ToolResult(call="", content="sent", failed=False)})
            assert reply.tool_calls == ()
            assert reply.text
            assert talk.say("Thank you.").version == "v2"


def test_a_conversation_goes_on_in_another_process_with_the_version_it_began_with(
    shop: Application,
) -> None:
    two_versions(shop, percent=100)
    with runtime(shop) as served:
        talk = served.conversation("shop", ASKED, conversation="c-17")
        assert talk.reply().version == "v2"
        state = talk.state
    two_versions(shop, percent=1)
    with runtime(shop) as other:
        assert other.reply("shop", ASKED, conversation="c-17").version == "v1"
        again = other.conversation("shop", ASKED, conversation="c-17", state=state)
        assert again.say("And the other one?").version == "v2"
        shop.write("shop/live.yaml", "stable: v1\n")
        time.sleep(0.6)
        assert again.say("And now?").version == "v1"


def test_a_region_that_is_out_gives_way_to_another(tmp_path: Path) -> None:
    out = "\nfaults: [{kind: overloaded, region: europe-west4}]\n"
    with application(tmp_path, rules=RULES + out) as app:
        app.write("runtime.yml", TWO_REGIONS)
        with runtime(app) as served:
            reply = served.reply("shop", ASKED)
    assert (reply.route, reply.provider, reply.served_by) == ("us", "vertex", "other_route")
    (line,) = app.lines()
    tries = line["tries"]
    assert isinstance(tries, list)
    assert [(each["region"], each.get("failure")) for each in tries] == [
        ("europe-west4", "overloaded"),
        ("us-east5", None),
    ]


def test_the_state_of_a_route_is_shown_and_can_be_forced(shop: Application) -> None:
    with runtime(shop) as served:
        served.reply("shop", ASKED)
        assert served.breakers()[f"direct {SONNET}"].state is State.CLOSED
        served.force("direct", Forced.OPEN)
        assert served.breakers()[f"direct {SONNET}"].state is State.FORCED_OPEN
        reply = served.reply("shop", ASKED, fallback=lambda told: f"later: {told.error}")
        assert (reply.served_by, reply.text) == (ServedBy.APPLICATION, "later: no_route")
        served.force("direct", None)
        assert served.reply("shop", ASKED).served_by is ServedBy.PRIMARY
        with pytest.raises(UsageError, match=r"no route `drect` \(did you mean `direct`\?\)"):
            served.force("drect", None)
        with pytest.raises(UsageError, match=r"Forced\.OPEN, Forced\.CLOSED"):
            served.force("direct", "opne")  # type: ignore[arg-type]  # a slip


@pytest.mark.parametrize(
    "rules",
    ["", "cache: {kind: sqlite, path: ANSWERS}\n", "sampling: {rate: 1, spool: SAMPLES}\n"],
)
def test_a_process_that_forgets_to_close_ends_quietly(shop: Application, rules: str) -> None:
    samples, answers = shop.folder / "samples", shop.folder / "answers.sqlite"
    shop.write(
        "runtime.yml", rules.replace("ANSWERS", str(answers)).replace("SAMPLES", str(samples))
    )
    command = (sys.executable, "-c", FORGETFUL, shop.prompts, shop.logs, shop.server.base_url)
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=30)
    assert done.stdout == "You can return it within 30 days.\n"
    assert done.stderr == ""
    assert len(shop.lines()) == 1
    if "spool" in rules:
        (kept,) = samples.glob("samples-*.jsonl")
        assert kept.read_text().count("\n") == 1


def test_a_closed_runtime_says_so(shop: Application) -> None:
    served = runtime(shop)
    served.close()
    served.close()
    with pytest.raises(UsageError, match="the runtime is closed"):
        served.reply("shop", ASKED)
    with pytest.raises(UsageError, match="the runtime is closed"):
        served.stream("shop", ASKED)


@pytest.mark.parametrize("server", ["", "127.0.0.1:8377", "htp://a", "http://", "http://a:99999"])
def test_a_server_that_is_no_address_is_told(shop: Application, server: str) -> None:
    with pytest.raises(UsageError, match=r"^server: expected an address such as http"):
        Runtime(shop.prompts, log=shop.logs, server=server)


def test_wrong_arguments_of_a_runtime_are_told_by_name(shop: Application) -> None:
    place, log = shop.server.base_url, shop.logs
    with pytest.raises(UsageError, match="log: expected a folder, a logger or a function"):
        Runtime(shop.prompts, log=5, server=place)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"^chooser: expected a function"):
        Runtime(shop.prompts, log=log, server=place, chooser="v2")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"^on_event: expected a function"):
        Runtime(shop.prompts, log=log, server=place, on_event=[])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"no prompt `sohp` \(did you mean `shop`\?\)"):
        Runtime(shop.prompts, log=log, server=place, fallbacks={"sohp": lambda _: "later"})


async def test_asynchronous_fallbacks_are_those_of_the_asynchronous_runtime(
    shop: Application,
) -> None:
    async def later(told: Unserved) -> str:
        return f"later: {told.error}"

    place, log = shop.server.base_url, shop.logs
    async with AsyncRuntime(
        shop.prompts, log=log, server=place, fallbacks={"shop": later}
    ) as served:
        assert (await served.reply("shop", ASKED, deadline=0)).text == "later: deadline"
        assert (await served.reply("shop", ASKED, deadline=-1)).degraded
    with pytest.raises(UsageError, match="fallbacks: `shop`: the function is asynchronous"):
        Runtime(shop.prompts, log=log, server=place, fallbacks={"shop": later})  # type: ignore[dict-item]


def test_a_logger_and_a_function_take_lines_too(shop: Application) -> None:
    lines: list[bytes] = []
    with Runtime(shop.prompts, log=lines.append, server=shop.server.base_url) as served:
        served.reply("shop", ASKED)
    assert b'"schema":"call/1"' in lines[0].replace(b" ", b"")
    logger, heard = logging.Logger("calls", logging.INFO), list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    with Runtime(shop.prompts, log=logger, server=shop.server.base_url) as served:
        served.reply("shop", ASKED)
    assert len(heard) == 1


def test_closing_writes_the_samples_that_wait(shop: Application) -> None:
    samples = shop.folder / "samples"
    shop.write("runtime.yml", f"sampling: {{rate: 1, spool: {samples}}}\n")
    with runtime(shop) as served:
        for _ in range(20):
            served.reply("shop", ASKED)
    (path,) = samples.glob("*.jsonl")
    assert path.read_text().count("\n") == 20


def test_a_streamed_turn_belongs_to_the_conversation(shop: Application) -> None:
    with runtime(shop) as served:
        talk = served.conversation("shop", ASKED)
        with talk.stream() as stream:
            assert "".join(stream) == stream.reply.text
            assert list(stream) == []
        assert stream.reply.text in talk.state


def test_a_stream_that_is_left_is_given_up(tmp_path: Path) -> None:
    drips = "\nfaults: [{kind: slow_stream, seconds: 0.1, between: 0.5}]\n"
    with application(tmp_path, rules=RULES + drips) as app, runtime(app) as served:
        with served.stream("shop", ASKED) as stream:
            assert next(stream)
        time.sleep(0.3)
        assert [line["error"] for line in app.lines()] == ["cancelled"]


def test_the_fallback_of_a_prompt_answers_where_a_call_names_none(tmp_path: Path) -> None:
    with (
        application(tmp_path, rules=RULES + "\nfaults: [{kind: overloaded}]\n") as app,
        Runtime(
            app.prompts,
            log=app.logs,
            server=app.server.base_url,
            fallbacks={"shop": lambda told: f"later: {told.error}"},
        ) as served,
    ):
        assert served.reply("shop", ASKED).text == "later: overloaded"
        assert served.reply("shop", ASKED, fallback=lambda _: "now").text == "now"
