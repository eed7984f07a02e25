"""Shows how judging gets on: a bar in a terminal, a plain line now and then elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress

from evalgate.cli.complaint import say

FIRST, EVERY = 2.0, 10.0
"""Seconds until something is shown, and between two plain lines."""


class ScoreProgress:
    """Is told how many samples are judged; what is over in two seconds shows nothing."""

    def __init__(self, *, first: float = FIRST) -> None:
        """Show nothing before so many seconds are over."""
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._next = time.monotonic() + first

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of so many are done."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
            return
        if time.monotonic() < self._next:
            return
        if self._console.is_terminal:
            self._bar = Progress(console=self._console, transient=True)
            self._bar.add_task("judging", total=total, completed=done)
            self._bar.start()
        else:
            say(f"evalgate: {done:,} of {total:,} samples judged")
            self._next = time.monotonic() + EVERY
