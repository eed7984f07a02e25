"""Measures how soon all processes of a host serve the old version again once a rollout does harm.

Several processes serve one folder of prompts, each in a loop, half of the calls by the new version.
Their own call log and scores that say "every answer of the new version is wrong" are the evidence;
`evalgate rollout watch --once` finds it and rolls back. What counts is the last reply of the new
version that any process gave.

Usage: python -m benchmarks.rollback_drill [--processes N] [--times K] [--by-hand]

`--by-hand` goes back by `evalgate rollback`, which asks for no evidence.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Thread

from benchmarks.measuring import ROOT, BenchmarkError, running_server
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.prompts.library import read_prompts
from evalgate.runtime.runtime import Runtime

NAME, OLD, NEW = "shop", "v1", "v2"
PERCENT = 50
PAUSE = 0.02
"""Seconds between two calls of a process."""

QUIET = 2.0
"""Seconds without a reply of the new version after which it is taken to be gone."""

PATIENCE, STARTING = 30.0, 180.0
"""Seconds after which something that does not come is given up; and the start of processes."""

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 300\n---\n## user\n\n{}: {{{{question}}}}\n"
POLICY = f"schema: policy/1\nrollout: {{stages: [{PERCENT}, 100]}}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One rollback, in seconds.

    `command` is what the command took, and `followed` how long after the pointer had moved some
    process still gave a reply of the new version; `altogether` begins when the command does.
    """

    command: float
    followed: float
    altogether: float


class Fleet:
    """Processes that serve, and when each last replied by which version, in seconds since 1970."""

    def __init__(self, processes: Sequence["subprocess.Popen[str]"]) -> None:
        """Listen to processes that have begun."""
        self._last: list[dict[str, float]] = [{} for _ in processes]
        self._processes = processes
        told = zip(processes, self._last, strict=True)
        self._listeners = [Thread(target=_listen, args=each, daemon=True) for each in told]
        for listener in self._listeners:
            listener.start()

    def end(self) -> None:
        """End the processes, and hear what they still say."""
        for process in self._processes:
            process.terminate()
        for process, listener in zip(self._processes, self._listeners, strict=True):
            process.wait()
            listener.join()

    def last(self, version: str) -> float:
        """Return when any process last replied by a version; 0 for never."""
        return max(each.get(version, 0.0) for each in self._last)

    def have_served(self, version: str, *, since: float) -> bool:
        """Whether every process has replied by a version after an instant."""
        if any(process.poll() is not None for process in self._processes):
            raise BenchmarkError("a serving process has ended")
        return all(each.get(version, 0.0) > since for each in self._last)


def _listen(process: "subprocess.Popen[str]", last: dict[str, float]) -> None:
    assert process.stdout is not None  # noqa: S101 - as asked for by who began it
    with process.stdout as lines:
        for line in lines:
            at, version = line.split()
            last[version] = float(at)


@contextmanager
def fleet(folder: Path, url: str, *, processes: int) -> Iterator[Fleet]:
    """Start processes that serve the prompts of a folder, and end them afterwards."""
    command = [sys.executable, "-m", "benchmarks.rollback_drill", "--serve", str(folder), url]
    begun = [
        subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    served = Fleet(begun)
    try:
        _wait("the stable version", lambda: served.have_served(OLD, since=0.0), patience=STARTING)
        yield served
    finally:
        served.end()


def serve(folder: Path, url: str) -> None:
    """Make calls until the process is ended, and tell of each reply its instant and version."""
    with Runtime(folder / "prompts", log=folder / "logs", server=url) as runtime:
        while True:
            reply = runtime.reply(NAME, {"question": "May I return it?"})
            print(f"{time.time():.4f} {reply.version}", flush=True)
            time.sleep(PAUSE)


def make_shop(folder: Path) -> None:
    """Write two versions, a policy, and the verdict that lets the new one begin."""
    files = {
        f"prompts/{NAME}/{OLD}.md": VERSION.format("Answer"),
        f"prompts/{NAME}/{NEW}.md": VERSION.format("Answer kindly"),
        f"prompts/{NAME}/live.yaml": f"stable: {OLD}\n",
        "policy.yml": POLICY,
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    (folder / "logs").mkdir()
    tree = read_prompt_folder(folder / "prompts", NAME)
    prompt = read_prompts(tree, str(folder / "prompts"), FORMATS)[NAME]
    old, new = ({"version": each, "hash": prompt.identity(each)} for each in (OLD, NEW))
    entry = {"name": NAME, "evalset": NAME, "baseline": old, "candidate": new, "verdict": "pass"}
    verdict = {"schema": "verdict/1", "run_id": "drill", "verdict": "pass", "exit_code": 0}
    told = {**verdict, "reasons": [], "prompts": [{**entry, "reasons": []}]}
    (folder / "verdict.json").write_text(json.dumps(told), "utf-8")


def drilled(folder: Path, served: Fleet, *, by_hand: bool = False) -> Drill:
    """Give the new version its share, and take it back.

    Args:
        folder: of `make_shop`.
        served: the processes that serve it.
        by_hand: whether a person goes back, without evidence.

    Raises:
        BenchmarkError: when a command or a process does not do its work.
    """
    pointer = folder / "prompts" / NAME / "live.yaml"
    began = time.time()
    if by_hand:
        _replace(pointer, f"stable: {OLD}\ncanary: {{version: {NEW}, percent: {PERCENT}}}\n")
    else:
        _replace(pointer, f"stable: {OLD}\n")
        _evalgate(folder, "rollout", "start", NAME, NEW, "--verdict=verdict.json")
    _wait("the new version", lambda: served.have_served(NEW, since=began))
    if not by_hand:
        time.sleep(1.0)
        _score(folder)
    asked = time.time()
    if by_hand:
        _evalgate(folder, "rollback", NAME)
    else:
        words = ("rollout", "watch", NAME, "--once", "--calls=logs", "--scores=scores.jsonl")
        _evalgate(folder, *words, expected=1)
    command, moved = time.time() - asked, pointer.stat().st_mtime
    _wait("the old version", lambda: served.have_served(OLD, since=served.last(NEW) + QUIET))
    last = served.last(NEW)
    return Drill(command=command, followed=last - moved, altogether=last - asked)


def _score(folder: Path) -> None:
    """Score every logged answer: those of the new version are wrong."""
    lines = [
        json.loads(line)
        for path in sorted((folder / "logs").glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")[:-1]
    ]
    scores = [
        {"schema": "score/1", "request_id": call["request_id"], "passed": call["version"] == OLD}
        for call in lines
        if call["schema"] == "call/1"
    ]
    text = "".join(f"{json.dumps(score)}\n" for score in scores)
    (folder / "scores.jsonl").write_text(text, "utf-8")


def _evalgate(folder: Path, *words: str, expected: int = 0) -> None:
    policy = ("--policy=policy.yml",) if words[0] == "rollout" else ()
    command = (sys.executable, "-m", "evalgate", *words, *policy, "--folder=prompts", "--by=drill")
    ended = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )
    if ended.returncode != expected:
        said = (ended.stderr or ended.stdout)[-1000:]
        raise BenchmarkError(f"evalgate {' '.join(words)} ended with {ended.returncode}: {said}")


def _environment() -> dict[str, str]:
    """Let a process import from this checkout, wherever it runs."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _replace(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.new")
    half.write_text(text, "utf-8")
    half.replace(path)


def _wait(what: str, is_there: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not is_there():
        if time.monotonic() > end:
            raise BenchmarkError(f"{what} is not served by every process after {patience:g} s")
        time.sleep(0.01)


def _told(what: str, seconds: Sequence[float]) -> str:
    return f"{what}: {median(seconds):.2f} s in the middle, {max(seconds):.2f} s at most"


def main() -> None:
    """Drill, and print; or serve, as one of the processes."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--by-hand", action="store_true")
    parser.add_argument("--serve", nargs=2, metavar=("FOLDER", "URL"), help="what a process does")
    options = parser.parse_args()
    if options.serve:
        serve(Path(options.serve[0]), options.serve[1])
        return
    with tempfile.TemporaryDirectory() as scratch, running_server() as server:
        folder = Path(scratch)
        make_shop(folder)
        with fleet(folder, server.url, processes=options.processes) as served:
            drills = [
                drilled(folder, served, by_hand=options.by_hand) for _ in range(options.times)
            ]
    print(f"{options.times} rollbacks of {options.processes} processes")
    print(_told("from the move of the pointer to the last reply", [d.followed for d in drills]))
    print(_told("from the start of the command to it", [d.altogether for d in drills]))
    print(_told("the command by itself", [d.command for d in drills]))


if __name__ == "__main__":
    main()
