"""Prints the memory that the gate of a large eval set takes: run, compare and report, one process.

Both versions run every case. Answers come from a stand-in for the model inside the process: over
HTTP the calls would take an hour, and the client's memory does not grow with the cases. Everything
else is what `evalgate gate` does.

Usage: python -m benchmarks.memory [--cases N] [--trials K] [--one-arm] [--trace STAGE]
"""

import asyncio
import gc
import json
import os
import resource
import sys
import tempfile
import time
import tracemalloc
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path

from benchmarks.server import ANSWER
from benchmarks.work import write_repository
from evalgate.adapters.git import GitRepository
from evalgate.cli.environment import read_environment
from evalgate.cli.publication import Publication, prepare, publish
from evalgate.cli.session import Terms, session
from evalgate.cli.world import outside
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.model.chat import ChatRequest, Completion, Usage
from evalgate.model.ports import ChatModel

VERDICT = json.dumps({"c1": {"reason": "The answer states it.", "verdict": "pass"}})
STAGES = ("plan", "run", "report")


class Answering:
    """Gives every request the same answer, and every judge's request a pass."""

    async def send(self, request: ChatRequest, *, within: float) -> Completion:  # noqa: ARG002
        """Return the answer at the next turn of the loop, as a server's would come."""
        await asyncio.sleep(0)
        return Completion(
            text=ANSWER if request.output_schema is None else VERDICT,
            model=request.model,
            stop_reason="end_turn",
            usage=Usage(input_tokens=400, output_tokens=40),
            latency_ms=200,
            request_id=f"req_{request.trial}",
        )


@asynccontextmanager
async def answering() -> AsyncIterator[ChatModel]:
    """Open the stand-in."""
    yield Answering()


class Marks:
    """Prints how far memory and time have come at each stage, and what holds it when traced."""

    def __init__(self, traced: str) -> None:
        self._traced = traced
        self._started = time.monotonic()
        if traced:
            tracemalloc.start(4)

    def stage(self, name: str) -> None:
        """Print the peak so far; of the traced stage also the largest holders, by line."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        megabytes = peak / (1e6 if sys.platform == "darwin" else 1e3)
        seconds = time.monotonic() - self._started
        print(f"{name:<8} peak {megabytes:6.0f} MB   after {seconds:6.1f} s", flush=True)
        if name == self._traced:
            gc.collect()
            for each in tracemalloc.take_snapshot().statistics("lineno")[:40]:
                frame = each.traceback[0]
                place = f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}"
                print(f"  {each.size / 1e6:7.1f} MB {each.count:>9,}  {place}:{frame.lineno}")


def gate(folder: Path, marks: Marks) -> None:
    """Do what `evalgate gate` does in a folder, with a mark after each stage."""
    publication = Publication(folder=folder / "run", as_json=True, in_workflow=False)
    prepare(publication)
    marks.stage("start")
    world = _world(folder)
    plan = plan_gate(Question(base="main", head=None, run_id="memory"), world)
    marks.stage("plan")
    with session(plan, world, folder=publication.folder, terms=Terms(again=("gate",))) as own:
        verdict = asyncio.run(
            run_gate(plan, own.world, log=own.log, on_trial=own.on_trial, mode=own.mode)
        )
    marks.stage("run")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        publish(publication, verdict, plan=plan, log=own.log)
    marks.stage("report")


def _world(folder: Path) -> Outside:
    real = outside(GitRepository(folder), read_environment(os.environ), ())
    return replace(real, open_model=lambda _routes: answering())


def main() -> None:
    """Read the arguments, make a repository and gate it."""
    parser = ArgumentParser(description="The memory that the gate of a large eval set takes.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--one-arm", action="store_true", help="a new prompt without a baseline")
    parser.add_argument("--trace", choices=STAGES, default="", help="show what holds memory then")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_repository(
            folder,
            cases=options.cases,
            concurrency=64,
            trials=options.trials,
            baseline=not options.one_arm,
        )
        print(f"{options.cases:,} cases, {options.trials} trials in each arm", file=sys.stderr)
        gate(folder, Marks(options.trace))


if __name__ == "__main__":
    main()
