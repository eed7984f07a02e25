"""A shop in production: two small applications, and the weather over its four providers."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from evalgate.errors import CallError
from evalgate.model.reply import Reply
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime
from tests.call_lines import columns_of

WEATHER = Path(__file__).with_name("weather.py")
PRIVATE = "PRIVATE"
"""Stands in every question, key and message of a server, and nowhere else."""

VERSION = """---
model: claude-sonnet-5-5
max_tokens: 300
---
## user

{{question}}
"""

ROUTES = {
    "direct": "direct: {provider: direct}",
    "bedrock": (
        "bedrock: {provider: bedrock, region: eu-central-1, models: "
        "{claude-sonnet-5-5: anthropic.claude-sonnet-5-5}}"
    ),
    "vertex": "vertex: {provider: vertex, region: europe-west1, project: shop}",
    "foundry": "foundry: {provider: foundry, resource: shop}",
}

SMALLER = "smaller: {claude-sonnet-5-5: [claude-haiku-5-5]}\n"

Weather = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a request ended: after how many seconds, with which reply or error."""

    began: float
    took: float
    request_id: str
    reply: Reply | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """A folder of prompts, its log, and the providers; `ports` are those of the routes, in order."""

    folder: Path
    ports: tuple[int, ...]

    @property
    def prompts(self) -> Path:
        """The folder of the prompts."""
        return self.folder / "prompts"

    @property
    def logs(self) -> Path:
        """The folder of the call log."""
        return self.folder / "logs"

    def write(self, path: str, text: str) -> None:
        """Write a file below the prompts' folder, whole or not at all."""
        target = self.prompts / path
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{target.name}.new")
        half.write_text(text)
        half.replace(target)

    def serve(self, *routes: str, more: str = "") -> None:
        """Write `runtime.yml` with these routes."""
        told = "".join(f"  {ROUTES[name]}\n" for name in routes)
        self.write("runtime.yml", f"schema: runtime/1\nroutes:\n{told}{more}")

    def weather(self, **routes: Weather) -> None:
        """Set the weather over some routes."""
        self._control(json.dumps(routes).encode())

    def counts(self) -> dict[str, dict[str, int]]:
        """Return what each route was asked, and what it has served."""
        counts: dict[str, dict[str, int]] = json.loads(self._control(None))
        return counts

    def asked(self) -> int:
        """Return how often all of the providers were asked."""
        return sum(each["asked"] for each in self.counts().values())

    def lines(self, schema: str = "call/1") -> list[dict[str, object]]:
        """Return what stands in the call log, of which every line must be whole or empty."""
        texts = [path.read_text() for path in sorted(self.logs.glob("*.jsonl"))]
        assert all(text.endswith("\n") for text in texts)
        found = [columns_of(line) for text in texts for line in text.splitlines() if line]
        return [line for line in found if line["schema"] == schema]

    def environment(self, **wrong: str) -> dict[str, str]:
        """Return the addresses and the keys of all providers."""
        key = {name: wrong.get(name, f"key-of-{name}-0123456789") for name in ROUTES}
        direct, bedrock, vertex, foundry = (f"http://127.0.0.1:{port}" for port in self.ports[:4])
        return {
            "ANTHROPIC_API_KEY": key["direct"],
            "ANTHROPIC_BASE_URL": direct,
            "AWS_BEARER_TOKEN_BEDROCK": key["bedrock"],
            "ANTHROPIC_BEDROCK_MANTLE_BASE_URL": f"{bedrock}/anthropic",
            "CLOUDSDK_AUTH_ACCESS_TOKEN": key["vertex"],
            "ANTHROPIC_VERTEX_BASE_URL": f"{vertex}/v1",
            "ANTHROPIC_FOUNDRY_API_KEY": key["foundry"],
            "ANTHROPIC_FOUNDRY_BASE_URL": f"{foundry}/anthropic/",
        }

    def _control(self, data: bytes | None) -> bytes:
        with urlopen(Request(f"http://127.0.0.1:{self.ports[4]}/", data=data)) as response:
            body: bytes = response.read()
        return body


@contextmanager
def production(folder: Path) -> Iterator[Production]:
    """Set the shop up with version v1 of the prompt `shop` live, and its providers in fine weather."""
    server = subprocess.Popen(
        [sys.executable, str(WEATHER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        ports = tuple(int(port) for port in server.stdout.readline().split())
        shop = Production(folder=folder, ports=ports)
        shop.write("shop/v1.md", VERSION)
        shop.write("shop/v2.md", VERSION + "\nBe kind.\n")
        shop.write("shop/live.yaml", "stable: v1\n")
        shop.serve("direct")
        yield shop
    finally:
        server.communicate(timeout=10)


def times(rate: float, seconds: float) -> list[float]:
    """Return the moments of requests that come evenly."""
    return [index / rate for index in range(round(rate * seconds))]


def threads(
    runtime: Runtime, moments: Sequence[float], *, workers: int = 400, **options: object
) -> list[Told]:
    """Make requests at some moments from now, each in a thread that waits for its answer."""
    zero = time.monotonic()

    def ask(moment: float) -> Told:
        began = time.monotonic()
        try:
            reply = runtime.reply("shop", {"question": f"{PRIVATE} {moment}"}, **options)  # type: ignore[arg-type]
        except CallError as error:
            return _failed(began, zero, error)
        return _answered(began, zero, reply)

    with ThreadPoolExecutor(workers) as pool:
        asked = []
        for moment in moments:
            time.sleep(max(0.0, zero + moment - time.monotonic()))
            asked.append(pool.submit(ask, moment))
        return [each.result() for each in asked]


async def tasks(runtime: AsyncRuntime, moments: Sequence[float], **options: object) -> list[Told]:
    """Make requests at some moments from now, each in a task."""
    zero = time.monotonic()

    async def ask(moment: float) -> Told:
        await asyncio.sleep(zero + moment - time.monotonic())
        began = time.monotonic()
        try:
            reply = await runtime.reply("shop", {"question": f"{PRIVATE} {moment}"}, **options)  # type: ignore[arg-type]
        except CallError as error:
            return _failed(began, zero, error)
        return _answered(began, zero, reply)

    return await asyncio.gather(*map(ask, moments))


def _failed(began: float, zero: float, error: CallError) -> Told:
    took = time.monotonic() - began
    assert PRIVATE not in repr(error)
    return Told(began=began - zero, took=took, request_id=error.request_id, error=error.kind)


def _answered(began: float, zero: float, reply: Reply) -> Told:
    took = time.monotonic() - began
    return Told(began=began - zero, took=took, request_id=reply.request_id, reply=reply)


def account(shop: Production, told: Sequence[Told]) -> None:
    """Check that the log has one whole line for each request, with its cost, and nothing private."""
    lines = {str(line["request_id"]): line for line in shop.lines()}
    assert len(lines) == len(shop.lines())
    assert set(lines) == {each.request_id for each in told}
    for each in told:
        line = lines[each.request_id]
        assert (line["served_by"] == "nobody") == (each.reply is None)
        assert line["error"] == (each.error or None) or each.reply is not None
        if each.reply is not None:
            assert line["cost_usd"] == each.reply.cost_usd
    for path in shop.logs.iterdir():
        text = path.read_text()
        assert PRIVATE not in text
        assert "key-of-" not in text
