"""Prints what a call of the runtime costs beside the same call by the bare SDK, in the same run.

Both ask the same of a loopback server, one call after the other and many at a time. CPU time counts
what this process spends, threads included; the server is a process of its own. The runtime is
measured with its smell test and without: that has a limit of its own.

Usage: python -m benchmarks.call_overhead [CALLS]
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from anthropic import Anthropic, AsyncAnthropic, DefaultAioHttpClient

from benchmarks.measuring import running_server
from evalgate.runtime import desk
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime

BARE, RUNTIME, UNSMELT = "bare SDK", "runtime", "runtime without smell test"
Ask = Callable[[], Awaitable[object]]
Manner = Callable[[], AbstractContextManager[None]]

CALLS = 1_000
ROUNDS = 5
MANY = 1_000
SYSTEM = "You answer customers of a shop. Be kind, be short, and name the order.\n" * 12
ASKED = "I would like to return the blue candle holder of order AB-12345. How do I do that?"
VERSION = f"""---
model: claude-haiku-5-5
max_tokens: 512
---
## system

{SYSTEM}
## user

{{{{question}}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Microseconds per call."""

    cpu: float
    wall: float


def measured(calls: int, work: Callable[[], object]) -> Cost:
    """Return what some work takes for each of its calls."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(cpu=1e6 * cpu / calls, wall=1e6 * wall / calls)


def best(costs: list[Cost]) -> Cost:
    """Return the median of several rounds."""
    return Cost(cpu=median(each.cpu for each in costs), wall=median(each.wall for each in costs))


async def one_by_one(calls: int, ask: Ask) -> None:
    """Make calls in turn."""
    for _ in range(calls):
        await ask()


async def together(calls: int, ask: Ask) -> None:
    """Make all calls at once."""
    await asyncio.gather(*(ask() for _ in range(calls)))


async def asynchronous(url: str, folder: Path, calls: int) -> dict[str, list[Cost]]:
    """Measure the asynchronous twins, turn by turn."""
    found: dict[str, list[Cost]] = {}
    client = AsyncAnthropic(
        api_key="none", base_url=url, max_retries=0, http_client=DefaultAioHttpClient()
    )
    async with client, AsyncRuntime(folder / "prompts", log=folder / "logs", server=url) as runtime:

        async def bare() -> object:
            return await client.messages.create(
                model="claude-haiku-5-5",
                max_tokens=512,
                system=SYSTEM,
                messages=[{"role": "user", "content": ASKED}],
                timeout=20.0,
            )

        async def ours() -> object:
            return await runtime.reply("shop", {"question": ASKED}, feature="shop", user="ann")

        asked: tuple[tuple[str, Ask, Manner], ...] = (
            (BARE, bare, nullcontext),
            (RUNTIME, ours, nullcontext),
            (UNSMELT, ours, without_smell),
        )
        for _, ask, _ in asked:
            await one_by_one(50, ask)
        for _ in range(ROUNDS):
            for name, ask, manner in asked:
                for way, go, number in (
                    ("in turn", one_by_one, calls),
                    ("at once", together, MANY),
                ):
                    cpu, wall = time.process_time(), time.perf_counter()
                    with manner():
                        await go(number, ask)
                    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                    cost = Cost(cpu=1e6 * cpu / number, wall=1e6 * wall / number)
                    found.setdefault(f"{name}, {way}", []).append(cost)
    return found


def synchronous(url: str, folder: Path, calls: int) -> dict[str, list[Cost]]:
    """Measure the twins without an event loop, turn by turn."""
    found: dict[str, list[Cost]] = {}
    client = Anthropic(api_key="none", base_url=url, max_retries=0)
    with client, Runtime(folder / "prompts", log=folder / "logs", server=url) as runtime:

        def bare() -> None:
            for _ in range(calls):
                client.messages.create(
                    model="claude-haiku-5-5",
                    max_tokens=512,
                    system=SYSTEM,
                    messages=[{"role": "user", "content": ASKED}],
                    timeout=20.0,
                )

        def ours() -> None:
            for _ in range(calls):
                runtime.reply("shop", {"question": ASKED}, feature="shop", user="ann")

        for _ in range(ROUNDS):
            found.setdefault(f"{BARE}, sync", []).append(measured(calls, bare))
            found.setdefault(f"{RUNTIME}, sync", []).append(measured(calls, ours))
            with without_smell():
                found.setdefault(f"{UNSMELT}, sync", []).append(measured(calls, ours))
    return found


@contextmanager
def without_smell() -> Iterator[None]:
    """Leave the smell test out, as no application can."""
    smell = desk.smell
    setattr(desk, "smell", lambda *_: ())  # noqa: B010 - a function of a module
    try:
        yield
    finally:
        setattr(desk, "smell", smell)  # noqa: B010


def write_prompt(folder: Path) -> None:
    """Write the one prompt that is asked."""
    home = folder / "prompts" / "shop"
    home.mkdir(parents=True)
    (home / "v1.md").write_text(VERSION)
    (home / "live.yaml").write_text("stable: v1\n")


def main() -> None:
    """Measure and print."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    with tempfile.TemporaryDirectory() as name, running_server() as server:
        folder = Path(name)
        write_prompt(folder)
        found = asyncio.run(asynchronous(server.url, folder, calls))
        found |= synchronous(server.url, folder, calls)
    costs = {label: best(each) for label, each in found.items()}
    print(f"{'microseconds per call':36}{'CPU':>8}{'wall':>8}")
    for label, cost in costs.items():
        print(f"{label:36}{cost.cpu:8.0f}{cost.wall:8.0f}")
    for way in ("in turn", "at once", "sync"):
        bare = costs[f"{BARE}, {way}"].cpu
        more, ratio = costs[f"{UNSMELT}, {way}"].cpu - bare, costs[f"{RUNTIME}, {way}"].cpu / bare
        print(f"{way}: {more:+.0f} µs beyond the SDK, smell test apart; with it × {ratio:.2f}")


if __name__ == "__main__":
    main()
