"""A small shop in production, and what it meets there: outages, forks, switches, broken files."""

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalgate.errors import CallError, UsageError
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.serving import RetryRules
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime
from tests.edges.production import Production, Told, Weather, account, production, tasks, threads
from tests.edges.production import times as evenly
from tests.machine import slowness

pytestmark = [
    pytest.mark.alone,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

ASKED = {"question": "PRIVATE"}
QUICK = "timeout: 1\ndeadline: 3\nbreaker: {open: 0.5, longest_open: 0.5}\n"
THREE = ("direct", "bedrock", "vertex")
LATE = 0.2
"""Seconds beyond a deadline that a busy machine may take to say so."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Production]:
    with production(tmp_path) as own:
        for name, value in own.environment().items():
            monkeypatch.setenv(name, value)
        yield own


@dataclass(slots=True)
class Onset:
    """When a storm began, in seconds on the monotonic clock: its weather was set between the two."""

    first: float = 0.0
    last: float = 0.0


def storm(shop: Production, weather: Weather, routes: Sequence[str], onset: Onset) -> None:
    """Let it storm over some routes from the first second to the third."""
    time.sleep(1.0)
    onset.first = time.monotonic()
    for name in routes:
        shop.weather(**{name: weather})
    onset.last = time.monotonic()
    time.sleep(2.0)
    for name in routes:
        shop.weather(**{name: {"kind": "fine"}})


@pytest.mark.parametrize(
    ("weather", "out"),
    [
        ({"kind": "status", "status": 529}, THREE),
        ({"kind": "refuse"}, ("direct",)),
        ({"kind": "hang"}, THREE),
    ],
    ids=["overloaded", "refused", "hanging"],
)
async def test_in_an_outage_no_request_is_late_none_costs_more_and_all_are_accounted_for(
    shop: Production, weather: Weather, out: Sequence[str]
) -> None:
    shop.serve(*THREE, more=QUICK)
    moments = evenly(60, 4.5)
    onset = Onset()
    sky = threading.Thread(target=storm, args=(shop, weather, out, onset))
    async with AsyncRuntime(shop.prompts, log=shop.logs) as served:
        sky.start()
        zero = time.monotonic()
        told = await tasks(served, moments)
    sky.join()
    assert max(each.took for each in told) <= 3.0 + LATE * slowness()
    # Those that a storm meets on their way go on to the next route. On a machine that halts these
    # are many; and until a silent route is known to be silent, they are those of a second, each time.
    began = [each for each in told if each.began <= onset.last - zero]
    met = sum(each.began + each.took >= onset.first - zero for each in began)
    under_way = met + (3 * 60 if weather["kind"] == "hang" else 0)
    retried = RetryRules().least + RetryRules().share * len(moments)
    assert shop.asked() <= len(moments) + retried + under_way
    if out is not THREE:
        assert all(each.reply for each in told)
    assert all(each.reply for each in told if each.began > 4.2), "it has recovered"
    account(shop, told)


def test_keys_that_are_wrong_and_limits_that_are_spent_are_met_once(
    shop: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-nobody-0123456789")
    spent = {"kind": "status", "status": 429, "code": "enforced_spend_limit_reached"}
    shop.weather(bedrock=spent)
    shop.serve(*THREE, more=QUICK)
    with Runtime(shop.prompts, log=shop.logs) as served:
        told = threads(served, [0.0])
        told += threads(served, evenly(20, 1.0))
    counts = shop.counts()
    assert all(each.reply and each.reply.route == "vertex" for each in told)
    assert (counts["direct"]["asked"], counts["bedrock"]["asked"]) == (1, 1)
    refused = {line["message"] for line in shop.lines("event/1")}
    assert {"authentication", "spend_limit"} <= refused
    account(shop, told)


async def test_streams_end_whole_or_broken_and_all_are_accounted_for(shop: Production) -> None:
    shop.serve("direct", more="stream: {first_content: 0.5, between: 0.5}\n" + QUICK)
    told: list[Told] = []

    async def listen(served: AsyncRuntime) -> None:
        began, reply, error = time.monotonic(), None, None
        try:
            async with served.stream("shop", ASKED) as stream:
                words = [each async for each in stream]
                reply = stream.reply
            assert "".join(words) == reply.text
        except CallError as failed:
            error = failed
        request_id = reply.request_id if reply else error.request_id if error else ""
        took, kind = time.monotonic() - began, error.kind if error else ""
        told.append(Told(began=0.0, took=took, request_id=request_id, reply=reply, error=kind))

    async with AsyncRuntime(shop.prompts, log=shop.logs) as served:
        for kind in ("cut", "error_event", "silence"):
            shop.weather(direct={"kind": kind, "share": 0.4})
            await asyncio.gather(*(listen(served) for _ in range(20)))
    assert {"broken_stream", ""} <= {each.error for each in told}
    assert not any(each.reply and each.error for each in told)
    assert max(each.took for each in told) <= 3.0 + LATE * slowness()
    account(shop, told)


def test_a_stream_that_is_left_is_accounted_for_whenever_that_is(shop: Production) -> None:
    with Runtime(shop.prompts, log=shop.logs) as served:
        for pause in (0.0, 0.02, 0.04, 0.5):
            with served.stream("shop", ASKED) as stream:
                time.sleep(pause)
        with served.stream("shop", ASKED) as stream:
            next(stream)
            time.sleep(0.5)  # all of it has come, and nobody has read it
        stream = served.stream("shop", ASKED)
        next(stream)
        del stream
    assert len(shop.lines()) == 6
    assert {line["served_by"] for line in shop.lines()} == {"nobody", "primary"}


async def test_the_asynchronous_twin_accounts_for_left_streams_too(shop: Production) -> None:
    async with AsyncRuntime(shop.prompts, log=shop.logs) as served:
        for pause in (0.0, 0.02, 0.04, 0.5):
            async with served.stream("shop", ASKED):
                if pause:
                    await asyncio.sleep(pause)
        async with served.stream("shop", ASKED) as stream:
            await anext(stream)
        stream = served.stream("shop", ASKED)
        await anext(stream)
        del stream
        await asyncio.sleep(0.5)
    assert len(shop.lines()) == 6


def test_a_switch_and_a_rollback_under_load_fail_nobody_and_are_seen_in_a_second(
    shop: Production,
) -> None:
    def move() -> None:
        for moment, pointer in ((0.5, "stable: v2\n"), (1.5, "stable: [\n"), (0.7, "stable: v1\n")):
            time.sleep(moment)
            shop.write("shop/live.yaml", pointer)
            shop.write("runtime.yml", f"schema: {pointer}" if "[" in pointer else more)
        time.sleep(1.5)
        shop.write("shop/live.yaml", "stable: v1\nswitch: {disabled: true}\n")

    more = (shop.prompts / "runtime.yml").read_text()
    hand = threading.Thread(target=move)
    with Runtime(shop.prompts, log=shop.logs) as served:
        hand.start()
        told = threads(served, evenly(60, 6.0))
    hand.join()
    by_moment = [(each.began, each.reply.version if each.reply else each.error) for each in told]
    assert {said for began, said in by_moment if began < 4.1} == {"v1", "v2"}
    assert {said for began, said in by_moment if began < 0.45} == {"v1"}
    assert {said for began, said in by_moment if 1.55 < began < 2.6} == {"v2"}
    assert {said for began, said in by_moment if 3.75 < began < 4.1} == {"v1"}
    assert {said for began, said in by_moment if began > 5.25} == {"disabled"}
    account(shop, told)


def test_eight_forked_workers_write_one_log_and_take_nothing_from_their_parent(
    shop: Production,
) -> None:
    with Runtime(shop.prompts, log=shop.logs) as served:
        told = threads(served, evenly(40, 0.2))
        workers = [_worker(served) for _ in range(8)]
        told += threads(served, evenly(50, 1.0), deadline=5.0)
        os.kill(workers[0], signal.SIGKILL)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers]
        told += threads(served, evenly(40, 0.2), deadline=5.0)
    assert codes[1:] == [0] * 7
    assert all(each.reply for each in told)
    assert max(each.took for each in told) < 3.0, "nobody has hung until the deadline"
    lines = [line["request_id"] for line in shop.lines()]
    assert len(set(lines)) == len(lines)
    assert {each.request_id for each in told} < set(lines)
    assert len(lines) >= len(told) + 7 * 100


def _worker(served: Runtime) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        with suppress(BaseException):
            told = threads(served, evenly(50, 2.0), workers=8)
            code = sum(each.reply is None for each in told)
        os._exit(code)
    return pid


def test_closing_ends_the_calls_in_flight_and_all_are_accounted_for(shop: Production) -> None:
    served = Runtime(shop.prompts, log=shop.logs)
    served.reply("shop", ASKED)
    shop.weather(direct={"kind": "hang", "share": 0.5})
    failed: list[str] = []

    def ask() -> None:
        for _ in range(200):
            try:
                served.reply("shop", ASKED)
            except CallError as error:
                failed.append(error.request_id)
            except UsageError:
                return

    asking = [threading.Thread(target=ask) for _ in range(20)]
    for thread in asking:
        thread.start()
    time.sleep(0.3 + 0.1 * random.random())  # noqa: S311 - some moment
    began = time.monotonic()
    served.close()
    for thread in asking:
        thread.join()
    assert time.monotonic() - began < 2.0
    nobody = [line["request_id"] for line in shop.lines() if line["served_by"] == "nobody"]
    assert sorted(map(str, nobody)) == sorted(failed)
    with pytest.raises(UsageError, match="closed"):
        served.reply("shop", ASKED)


def test_calls_that_the_process_is_too_busy_for_are_accounted_for_too(shop: Production) -> None:
    def ear(event: Event) -> None:
        if event.kind is EventKind.BREAKER_OPENED:
            time.sleep(2.5)  # in the event loop, which an application should not do

    shop.weather(direct={"kind": "status"})
    with Runtime(shop.prompts, log=shop.logs, on_event=ear) as served:
        told = threads(served, evenly(50, 0.6), deadline=0.3)
        time.sleep(1.5)
    assert "deadline" in {each.error for each in told}
    account(shop, told)
