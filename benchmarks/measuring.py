"""Runs whole processes beside the benchmark server and tells what they took."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import cast
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
"""The checkout, from which every process imports."""

Counts = Mapping[str, float]


class BenchmarkError(Exception):
    """A process did not do its work, so its figures would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process and all that it started took: seconds, CPU seconds, megabytes at the peak."""

    wall: float
    cpu: float
    peak: float
    output: bytes = field(default=b"", repr=False)

    def beyond(self, start: "Cost") -> "Cost":
        """Return what is left after starting up; the peak is that of the whole."""
        return Cost(
            wall=self.wall - start.wall,
            cpu=self.cpu - start.cpu,
            peak=self.peak,
            output=self.output,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running benchmark server."""

    url: str

    def counts(self) -> Counts:
        """Return what was served so far."""
        with urlopen(f"{self.url}/counts") as reply:  # noqa: S310 - a loopback address of ours
            return cast("Counts", json.load(reply))


@contextmanager
def running_server(*arguments: str) -> Iterator[Server]:
    """Start a benchmark server and end it afterwards."""
    command = [sys.executable, "-m", "benchmarks.server", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - as asked for above
            yield Server(url=process.stdout.readline().strip())
        finally:
            process.terminate()
            process.communicate()


def measured(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    expected: Sequence[int] = (0,),
) -> Cost:
    """Run a command to its end and return what it took.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: what is set beside this process's own variables.
        expected: the exit codes of a run that did its work.

    Raises:
        BenchmarkError: when it ends with another exit code; holds the end of its output.
    """
    started = time.perf_counter()
    out, err = folder / "out.log", folder / "err.log"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        said = err.read_text(errors="replace")[-2000:] or out.read_text(errors="replace")[-2000:]
        raise BenchmarkError(f"{command[0]} ended with {process.returncode}:\n{said}")
    return Cost(
        wall=wall,
        cpu=used.ru_utime + used.ru_stime,
        peak=used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3),
        output=out.read_bytes(),
    )


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the medians."""
    return Cost(
        wall=median(cost.wall for cost in costs),
        cpu=median(cost.cpu for cost in costs),
        peak=median(cost.peak for cost in costs),
    )
