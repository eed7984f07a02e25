"""A small repository with a change to gate, and a simulated Claude that counts its calls."""

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http import HTTPStatus
from io import BytesIO, StringIO, TextIOWrapper
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import web

from evalgate.adapters.files import read_yaml
from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.adapters.prices import PriceTable
from evalgate.cli.main import PARTS, VERBS, main
from evalgate.gate.conclusion import BROKEN_OFF
from evalgate.model.chat import Usage
from evalgate.simulator.exchange import Outgoing
from evalgate.simulator.rules import Rules, read_rules
from evalgate.simulator.server import SimulatorServer

RULES = """
schema: simulator-rules/1
seed: shop
behaviours:
  - {name: window, needs: 30 days, with: 1, without: 0, says: You have 30 days.}
  - {name: echo, when: "number (?P<n>[0-9]+)", says: "About {n}."}
judge:
  - {criterion: window, passes: 30 days}
"""
KEY = "sk-of-the-shop"
POLICY = "gate: {max_drop: 20}\nrun: {trials: 2, concurrency: 8, attempts: 3}\n"


def version(text: str, *, tokens: int = 50) -> str:
    return (
        f"---\nmodel: claude-haiku-5-5\nmax_tokens: {tokens}\n---\n"
        f"## system\n{text}\n## user\n{{{{question}}}}\n"
    )


def make_shop(folder: Path, *, cases: int = 20, policy: str = POLICY, tokens: int = 50) -> Path:
    """Make a repository whose work tree has a harmless second version."""
    create_repository(folder, "main")
    listed = "".join(f"  - {{id: c{n}, vars: {{question: 'number {n}'}}}}\n" for n in range(cases))
    files = {
        ".github/evalgate.yml": policy,
        ".gitignore": "reports/*\n!reports/baselines\nrun*/\n",
        "prompts/p/v1.md": version("Name the 30 days.", tokens=tokens),
        "prompts/p/live.yaml": "stable: v1\n",
        "evalsets/p.yaml": f"prompts: [p]\ngraders: [{{rubric: names the window}}]\ncases:\n{listed}",
    }
    write(folder, files)
    commit_all(folder, "first")
    write(folder, {"prompts/p/v2.md": version("Always name the 30 days.")})
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


class Claude(SimulatorServer):
    """A simulated Claude that writes down what each answer costs."""

    def __init__(self, rules: Rules, *, latency_ms: float) -> None:
        super().__init__([rules], latency_ms=latency_ms)
        self.bill: list[float] = []

    @property
    def calls(self) -> int:
        return self.counts.get("answers", 0) + self.counts.get("judge", 0)

    async def _send(self, http: web.Request, outgoing: Outgoing) -> web.StreamResponse:
        if http.path == "/v1/messages" and outgoing.response.status == HTTPStatus.OK:
            message = json.loads(outgoing.response.body)
            written = message["usage"]
            usage = Usage(
                input_tokens=written["input_tokens"], output_tokens=written["output_tokens"]
            )
            self.bill.append(PriceTable().cost_usd(message["model"], usage) or 0.0)
        return await super()._send(http, outgoing)


@contextmanager
def simulated_claude(*, latency_ms: float = 0.0, rules: str = RULES) -> Iterator[Claude]:
    """Serve a simulated Claude from a thread of its own."""
    server = Claude(shop_rules(rules), latency_ms=latency_ms)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def shop_rules(text: str) -> Rules:
    return read_rules(read_yaml("rules.yaml", text.encode()))


def environment(server: SimulatorServer | None = None) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_"))}
    if server is None:
        return clean
    return {**clean, "ANTHROPIC_BASE_URL": server.base_url, "ANTHROPIC_API_KEY": KEY}


FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        *sorted(verb.module for verb in chain(VERBS.values(), PARTS.values())),
        "evalgate.adapters.claude",
        "evalgate.cli.progress",
        "evalgate.reporting.html",
        "tests.e2e.shop",
    ]
)


class Started:
    """An evalgate in a process of its own, forked from one that has its modules loaded already."""

    def __init__(
        self, folder: Path, words: tuple[str, ...], variables: dict[str, str], *, says: str = ""
    ) -> None:
        self._said = TemporaryDirectory()
        out = Path(self._said.name)
        (out / "in").write_text(says)
        self._process = FORKS.Process(target=_evalgate, args=(folder, words, variables, out))
        self._process.start()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    def interrupt(self) -> None:
        os.kill(self._process.pid or 0, signal.SIGINT)

    def wait(self) -> "subprocess.CompletedProcess[str]":
        """Return how the process ended and what it said."""
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        with self._said as folder:
            files = [Path(folder, name) for name in ("out", "err")]
            out, err = (path.read_text() if path.exists() else "" for path in files)
        return subprocess.CompletedProcess([], 0 if code is None else code, out, err)


def _evalgate(folder: Path, words: tuple[str, ...], variables: dict[str, str], said: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    os.dup2(os.open(said / "in", os.O_RDONLY), 0)
    sys.stdin = os.fdopen(0)
    # Real files under the real numbers: what the interpreter prints at its end counts too.
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(said / name, os.O_CREAT | os.O_WRONLY), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    sys.exit(main(words))


def start(
    folder: Path,
    *words: str,
    server: SimulatorServer | None = None,
    variables: dict[str, str] | None = None,
    says: str = "",
) -> Started:
    """Start a command; `says` is what is typed into it."""
    known = environment(server) if variables is None else variables
    return Started(folder, words, known, says=says)


def run(
    folder: Path, *words: str, server: SimulatorServer | None = None
) -> "subprocess.CompletedProcess[str]":
    return inside(folder, *words, variables=environment(server))


def inside(
    folder: Path, *words: str, variables: Mapping[str, str], says: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run one command in the process of the test, which spares loading all of it anew.

    The library that draws alone takes 0.9 s to start. What a process does at its end, or when it is
    killed, is seen by those that `start` one.

    Args:
        folder: where it runs.
        words: of the command line.
        variables: all of its environment.
        says: what is typed into it.
    """
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr("sys.stdin", StringIO(says))
        for name in os.environ.keys() - variables.keys():
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        try:
            code = int(main(words))
        except SystemExit as end:  # of argparse, for words that are no options
            code = end.code if isinstance(end.code, int) else 1
    texts = (each.buffer.getvalue().decode() for each in (out, err))
    return subprocess.CompletedProcess(words, code, *texts)


def trials(folder: Path) -> list[dict[str, object]]:
    """Return the trials of a run folder."""
    return [json.loads(line) for line in (folder / "trials.jsonl").read_text().splitlines()]


def counted(folder: Path) -> Counter[tuple[object, ...]]:
    """Return how often each trial of a run folder is there."""
    keys = ("prompt", "version", "evalset", "arm", "case", "trial")
    return Counter(tuple(trial[key] for key in keys) for trial in trials(folder))


def spent(folder: Path) -> float:
    """Return what the trials of a run folder have cost."""
    return sum(float(str(trial["cost_usd"])) for trial in trials(folder))


def verdict(folder: Path) -> dict[str, object]:
    """Return the verdict of a run folder."""
    found: dict[str, object] = json.loads((folder / "verdict.json").read_text())
    return found


def decided(folder: Path) -> dict[str, object]:
    """Return what a verdict says besides which run it is of, how long it took and what it cost."""
    found = verdict(folder)
    prompts = found["prompts"]
    assert isinstance(prompts, list)
    notes = found["notes"]
    assert isinstance(notes, list)
    found["notes"] = [note for note in notes if note != BROKEN_OFF]
    for part in (found, *prompts):
        for key in ("run_id", "cost_usd", "calls", "latency_ms", "spending"):
            part.pop(key, None)
    return found
