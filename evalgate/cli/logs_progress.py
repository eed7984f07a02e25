"""Shows on a terminal how far a log has been read, where that takes more than two seconds."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

AFTER = 2.0


class ReadingProgress:
    """A bar on standard error, which goes away at the end; elsewhere nothing is shown."""

    def __init__(self, console: Console | None = None, *, after: float = AFTER) -> None:
        """Prepare to show; nothing is shown before so many seconds."""
        self._console = console or Console(stderr=True)
        self._begin = time.monotonic() + after
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def tell(self, share: float) -> None:
        """Show which share has been read, 0..1."""
        if not self._console.is_terminal or time.monotonic() < self._begin:
            return
        if self._progress is None:
            self._progress = Progress(
                TextColumn("reading"),
                BarColumn(bar_width=30),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._progress.add_task("", total=1.0)
            self._progress.start()
        self._progress.update(self._progress.task_ids[0], completed=min(1.0, max(0.0, share)))
