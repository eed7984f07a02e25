"""What is measured side by side: how each is prepared, started, and asked for its results."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.measuring import Cost
from benchmarks.work import write_repository

OUT = "run"
CACHE = "answers.sqlite"


class Prepare(Protocol):
    """Writes into a folder what a contestant needs."""

    def __call__(self, folder: Path, *, cases: int, concurrency: int) -> None:
        """Write it."""
        ...


class Command(Protocol):
    """Says which command does the work; the folder is where it runs."""

    def __call__(self, folder: Path, *, cases: int, concurrency: int) -> Sequence[str]:
        """Return the program and its arguments."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to have the work done.

    `results` counts the cases that have a verdict after a run; `caches` says whether a second run
    in the same folder may take what the first one paid for.
    """

    name: str
    prepare: Prepare
    command: Command
    results: Callable[[Path, Cost], int]
    exit_codes: tuple[int, ...] = (0,)
    caches: bool = False


def _prepare_nothing(folder: Path, *, cases: int, concurrency: int) -> None:
    """Leave the folder empty: everything is told by arguments."""


def _bare_command(retries: int) -> Command:
    def command(folder: Path, *, cases: int, concurrency: int) -> list[str]:  # noqa: ARG001
        numbers = map(str, (cases, concurrency, retries))
        return [sys.executable, "-m", "benchmarks.bare", *numbers]

    return command


def _bare_results(folder: Path, cost: Cost) -> int:  # noqa: ARG001
    return int(json.loads(cost.output)["results"])


def _gate_command(folder: Path, *, cases: int, concurrency: int) -> list[str]:  # noqa: ARG001
    return [sys.executable, "-m", "evalgate", "gate", "--json", f"--cache={CACHE}", f"--out={OUT}"]


def _gate_results(folder: Path, cost: Cost) -> int:  # noqa: ARG001
    return int(json.loads(cost.output)["prompts"][0]["ledger"]["candidate"]["graded"])


def bare(retries: int) -> Contestant:
    """Return the loop over the SDK, with so many retries of the SDK's own."""
    return Contestant(
        name=f"bare SDK loop, {retries} retries",
        prepare=_prepare_nothing,
        command=_bare_command(retries),
        results=_bare_results,
    )


EVALGATE = Contestant(
    name="evalgate",
    prepare=write_repository,
    command=_gate_command,
    results=_gate_results,
    caches=True,
)
