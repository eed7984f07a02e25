"""An application in miniature: a folder of prompts, a simulated Claude over HTTP, and its log."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.simulator.rules import Rules, read_rules
from evalgate.simulator.server import SimulatorServer
from tests.call_lines import columns_of

SONNET, HAIKU = "claude-sonnet-5-5", "claude-haiku-5-5"

VERSION = f"""---
model: {SONNET}
max_tokens: 300
---
## system

You answer customers of a shop. Name the 30-day window.

## user

{{{{question}}}}
"""

RULES = """schema: simulator-rules/1
behaviours:
  - name: window
    needs: "30-day"
    says: "You can return it within 30 days."
    otherwise: "You can return it whenever you like."
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where the application lives; `server` counts what it was asked."""

    folder: Path
    server: SimulatorServer

    @property
    def prompts(self) -> Path:
        """The folder of the prompts."""
        return self.folder / "prompts"

    @property
    def logs(self) -> Path:
        """The folder of the call log."""
        return self.folder / "logs"

    def write(self, path: str, text: str) -> None:
        """Write a file below the prompts' folder, as a deployment does: whole or not at all."""
        target = self.prompts / path
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{target.name}.new")
        half.write_text(text)
        half.replace(target)

    def lines(self, schema: str = "call/1") -> list[dict[str, object]]:
        """Return what stands in the call log."""
        found = [
            columns_of(line)
            for path in sorted(self.logs.glob("*.jsonl"))
            for line in path.read_text().splitlines()
        ]
        return [line for line in found if line["schema"] == schema]


@contextmanager
def simulated(rules: str = RULES, *, latency_ms: float = 0.0) -> Iterator[SimulatorServer]:
    """Serve rules in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = SimulatorServer([read(rules)], latency_ms=latency_ms)
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def read(rules: str) -> Rules:
    """Return the rules of a text."""
    return read_rules(FORMATS.read_yaml("rules.yaml", rules.encode()))


@contextmanager
def application(
    folder: Path,
    *,
    rules: str = RULES,
    files: Mapping[str, str] | None = None,
    latency_ms: float = 0.0,
) -> Iterator[Application]:
    """Set an application up, with version v1 of the prompt `shop` live."""
    with simulated(rules, latency_ms=latency_ms) as server:
        app = Application(folder=folder, server=server)
        first = {"shop/v1.md": VERSION, "shop/live.yaml": "stable: v1\n"}
        for path, text in {**first, **(files or {})}.items():
            app.write(path, text)
        yield app
