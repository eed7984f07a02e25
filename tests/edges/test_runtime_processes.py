"""The runtime in forked processes, several event loops, and at the end of processes."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evalgate.errors import CallError, UsageError
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime
from tests.edges.applications import RULES, Application, application

ASKED = {"question": "May I return it?"}
SLOW = "\nfaults: [{kind: slow, seconds: 30}]\n"
DRIPS = "\nfaults: [{kind: slow_stream, seconds: 0.05, between: 0.2}]\n"

pytestmark = [
    pytest.mark.alone,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Application]:
    with application(tmp_path) as app:
        yield app


def runtime(app: Application) -> Runtime:
    return Runtime(app.prompts, log=app.logs, server=app.server.base_url)


def in_child(work: Callable[[], object]) -> int:
    """Return how a forked process ends that does some work: 0 when nothing was raised."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def settled(count: Callable[[], int], most: int) -> int:
    """Return a count once it is small enough, or after two seconds."""
    end = time.monotonic() + 2.0
    while count() > most and time.monotonic() < end:
        time.sleep(0.01)
    return count()


def test_a_child_that_collects_what_it_has_inherited_breaks_nothing_of_its_parent(
    shop: Application,
) -> None:
    with runtime(shop) as served:
        served.reply("shop", ASKED)

        def work() -> None:
            served.reply("shop", ASKED, deadline=5.0)
            gc.collect()

        assert [in_child(work), in_child(gc.collect)] == [0, 0]
        served.reply("shop", ASKED, deadline=2.0)
    assert [line["tries_count"] for line in shop.lines()] == [1, 1, 1]


def test_children_that_are_forked_in_the_middle_of_calls_make_calls_themselves(
    shop: Application,
) -> None:
    over = threading.Event()
    with runtime(shop) as served:

        def load() -> None:
            while not over.is_set():
                served.reply("shop", ASKED)

        threads = [threading.Thread(target=load) for _ in range(3)]
        for thread in threads:
            thread.start()
        ended = [in_child(lambda: served.reply("shop", ASKED, deadline=5.0)) for _ in range(20)]
        over.set()
        for thread in threads:
            thread.join()
    assert ended == [0] * 20
    assert {line["error"] for line in shop.lines()} == {None}


def test_event_loops_one_after_the_other_leave_no_connection_open(shop: Application) -> None:
    served = AsyncRuntime(shop.prompts, log=shop.logs, server=shop.server.base_url)

    async def ask() -> str:
        return (await served.reply("shop", ASKED)).text

    with_log = descriptors() + 1
    for _ in range(5):
        asyncio.run(ask())
    assert settled(descriptors, with_log) <= with_log
    asyncio.run(served.aclose())


def test_event_loops_in_two_threads_serve_side_by_side(shop: Application) -> None:
    served = AsyncRuntime(shop.prompts, log=shop.logs, server=shop.server.base_url)

    async def ask() -> None:
        for _ in range(5):
            await asyncio.gather(*(served.reply("shop", ASKED) for _ in range(5)))
        await served.aclose()

    threads = [threading.Thread(target=asyncio.run, args=(ask(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line["error"] for line in shop.lines()] == [None] * 75


def test_nothing_can_be_asked_of_a_closed_runtime(shop: Application) -> None:
    served = runtime(shop)
    served.reply("shop", ASKED)
    served.close()
    served.close()
    with pytest.raises(UsageError, match="the runtime is closed"):
        served.reply("shop", ASKED)
    with pytest.raises(UsageError, match="the runtime is closed"):
        served.stream("shop", ASKED)
    assert len(shop.lines()) == 1


def test_closing_ends_the_calls_under_way_with_an_error_and_a_line(tmp_path: Path) -> None:
    kinds: list[str] = []
    with application(tmp_path, rules=RULES + SLOW) as app:
        served = runtime(app)

        def ask() -> None:
            try:
                served.reply("shop", ASKED)
            except CallError as error:
                kinds.append(error.kind)

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.3)
        served.close()
        thread.join(5.0)
        assert len(kinds) == 1
        assert [line["error"] for line in app.lines()] == kinds


def test_runtimes_leave_no_descriptor_and_no_thread(shop: Application) -> None:
    def use() -> None:
        with runtime(shop) as served:
            served.reply("shop", ASKED)

    use()
    gc.collect()
    before, threads = descriptors(), threading.active_count()
    for _ in range(5):
        use()
    gc.collect()
    assert settled(descriptors, before) <= before
    assert settled(threading.active_count, threads) <= threads


def test_a_runtime_that_is_collected_in_its_own_thread_ends(shop: Application) -> None:
    served = runtime(shop)
    served.reply("shop", ASKED)
    portal = served._portal

    async def last(held: list[Runtime]) -> threading.Thread:
        held.clear()
        return threading.current_thread()

    held = [served]
    del served
    thread = portal.run(last(held))
    thread.join(5.0)
    assert not thread.is_alive()


def test_no_call_fails_and_no_connection_stays_while_routes_come_and_go(shop: Application) -> None:
    over, failed = threading.Event(), list[Exception]()

    def load() -> None:
        while not over.is_set():
            try:
                served.reply("shop", ASKED)
            except (CallError, LookupError) as error:
                failed.append(error)

    with runtime(shop) as served:
        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        before = descriptors()
        for name in ("one", "two", "three"):
            shop.write(
                "runtime.yml", f"schema: runtime/1\nroutes: {{{name}: {{provider: direct}}}}\n"
            )
            time.sleep(0.6)
        over.set()
        for thread in threads:
            thread.join()
        assert settled(descriptors, before + 8) <= before + 8
    assert failed == []
    assert {line["route"] for line in shop.lines()} == {"direct", "one", "two", "three"}


def test_a_stream_that_is_left_is_written_down_however_far_it_came(shop: Application) -> None:
    with runtime(shop) as served:
        with served.stream("shop", ASKED):
            pass
        with served.stream("shop", ASKED) as stream:
            next(stream)
            time.sleep(0.2)
        served.stream("shop", ASKED)
        gc.collect()
    assert [line["streamed"] for line in shop.lines()] == [True, True, True]
    assert {line["error"] for line in shop.lines()} <= {None, "cancelled"}


async def test_an_asynchronous_one_too(shop: Application) -> None:
    async with AsyncRuntime(shop.prompts, log=shop.logs, server=shop.server.base_url) as served:
        async with served.stream("shop", ASKED):
            pass
        assert [line["error"] for line in shop.lines()] == ["cancelled"]
        async with served.stream("shop", ASKED) as stream:
            await anext(stream)
            await asyncio.sleep(0.2)
        assert [line["error"] for line in shop.lines()] == ["cancelled", None]
        served.stream("shop", ASKED)
        gc.collect()
        await asyncio.sleep(0.2)
        assert len(shop.lines()) == 3


@pytest.mark.parametrize("seconds", [float("inf"), 1e15])
def test_an_endless_deadline_is_a_long_one(seconds: float, shop: Application) -> None:
    with runtime(shop) as served:
        assert served.reply("shop", ASKED, deadline=seconds).text
        with pytest.raises(UsageError, match="no number"):
            served.reply("shop", ASKED, deadline=float("nan"))


FORGETFUL = """
import logging, sys
from evalgate import Runtime
logging.getLogger("asyncio").setLevel(logging.ERROR)  # what is slow on a busy machine is no news
runtime = Runtime(sys.argv[1], log=sys.argv[2], server=sys.argv[3])
print(runtime.reply("shop", {"question": "May I?"}).text)
stream = runtime.stream("shop", {"question": "May I?"})
print(next(stream)[:3])
"""


def test_who_forgets_to_close_is_told_nothing_and_loses_no_line(shop: Application) -> None:
    arguments = (str(shop.prompts), str(shop.logs), shop.server.base_url)
    command = (sys.executable, "-X", "dev", "-W", "error", "-c", FORGETFUL, *arguments)
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(shop.lines()) == 2


INTERRUPTED = """
import logging, signal, sys, threading
from evalgate import Runtime
logging.getLogger("asyncio").setLevel(logging.ERROR)
with Runtime(sys.argv[1], log=sys.argv[2], server=sys.argv[3]) as runtime:
    main = threading.get_ident()
    threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
    try:
        runtime.reply("shop", {"question": "May I?"})
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_an_interrupted_call_is_cancelled_and_written_down(tmp_path: Path) -> None:
    with application(tmp_path, rules=RULES + SLOW) as app:
        arguments = (str(app.prompts), str(app.logs), app.server.base_url)
        command = (sys.executable, "-X", "dev", "-c", INTERRUPTED, *arguments)
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert (ended.stdout, ended.stderr) == ("interrupted\n", "")
        assert [line["error"] for line in app.lines()] == ["cancelled"]
