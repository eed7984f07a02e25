"""Shows how a run gets on: a bar in a terminal, a plain line now and then elsewhere."""

import time
from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evalgate.model.trial import Trial, TrialStatus

PLAIN_EVERY = 10.0
"""Seconds between two plain lines."""


class TrialProgress:
    """Counts finished trials and shows them on standard error."""

    def __init__(self, trials: int, *, every: float = PLAIN_EVERY) -> None:
        self._total = trials
        self._every = every
        self._console = Console(stderr=True)
        self._counts: Counter[TrialStatus] = Counter()
        self._last_line = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[errors]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("trials", total=trials, errors="")

    def __enter__(self) -> Self:
        self._bar.start()
        if not self._console.is_terminal:
            self._console.print(f"running {self._total} trials")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def count(self, trial: Trial) -> None:
        """Count one finished trial."""
        self._counts[trial.status] += 1
        errors = self._counts[TrialStatus.ERRORED]
        self._bar.update(self._task, advance=1, errors=f"{errors} errored" if errors else "")
        if not self._console.is_terminal and time.monotonic() - self._last_line >= self._every:
            self._last_line = time.monotonic()
            done = self._counts.total()
            self._console.print(f"{done} of {self._total} trials, {errors} errored")
