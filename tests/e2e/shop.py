"""A small repository with a change to gate, and a simulated Claude that counts its calls."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evalgate.adapters.files import read_yaml
from evalgate.adapters.git import commit_all, create_repository
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
POLICY = "gate: {max_drop: 20}\nrun: {trials: 2, concurrency: 8, attempts: 3}\n"


def version(text: str) -> str:
    return (
        "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n"
        f"## system\n{text}\n## user\n{{{{question}}}}\n"
    )


def make_shop(folder: Path, *, cases: int = 20, policy: str = POLICY) -> Path:
    """Make a repository whose work tree has a harmless second version."""
    create_repository(folder, "main")
    listed = "".join(f"  - {{id: c{n}, vars: {{question: 'number {n}'}}}}\n" for n in range(cases))
    files = {
        ".github/evalgate.yml": policy,
        ".gitignore": "reports/*\n!reports/baselines\nrun*/\n",
        "prompts/p/v1.md": version("Name the 30 days."),
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


@contextmanager
def simulated_claude(*, latency_ms: float = 0.0, rules: str = RULES) -> Iterator[SimulatorServer]:
    """Serve a simulated Claude from a thread of its own."""
    server = SimulatorServer([shop_rules(rules)], latency_ms=latency_ms)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield server
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
    return {**clean, "ANTHROPIC_BASE_URL": server.base_url, "ANTHROPIC_API_KEY": "key"}


def start(
    folder: Path, *arguments: str, server: SimulatorServer | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "evalgate", *arguments],
        cwd=folder,
        env=environment(server),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    folder: Path, *arguments: str, server: SimulatorServer | None = None
) -> subprocess.CompletedProcess[str]:
    with start(folder, *arguments, server=server) as process:
        out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def trials(folder: Path) -> list[dict[str, object]]:
    """Return the trials of a run folder."""
    return [json.loads(line) for line in (folder / "trials.jsonl").read_text().splitlines()]


def counted(folder: Path) -> Counter[tuple[object, ...]]:
    """Return how often each trial of a run folder is there."""
    keys = ("prompt", "version", "evalset", "arm", "case", "trial")
    return Counter(tuple(trial[key] for key in keys) for trial in trials(folder))


def verdict(folder: Path) -> dict[str, object]:
    """Return the verdict of a run folder."""
    found: dict[str, object] = json.loads((folder / "verdict.json").read_text())
    return found
