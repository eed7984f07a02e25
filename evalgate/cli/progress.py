"""Shows how a run gets on: a bar in a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task
from rich.progress_bar import ProgressBar
from rich.text import Text

from evalgate.cli.complaint import say
from evalgate.cli.headway import Headway, Standing
from evalgate.cli.headway_words import last_line, plain_line, short_words
from evalgate.model.trial import Trial

FIRST_LINE, LINES_EVERY = 2.0, 10.0
"""Seconds until the first plain line, and from one to the next."""

_BAR_WIDTH, _REDRAWS_PER_SECOND = 20, 4


class TrialProgress:
    """Counts finished trials and shows on standard error how the run gets on."""

    def __init__(
        self, trials: int, *, first: float = FIRST_LINE, every: float = LINES_EVERY
    ) -> None:
        """Prepare to show so many trials; nothing is shown before the context is entered."""
        self._clock = time.monotonic
        self._headway = Headway(trials, now=self._clock())
        self._lock = Lock()
        console = Console(stderr=True)
        self._display: _Bar | _Lines = (
            _Bar(console, trials, look=self._look)
            if console.is_terminal
            else _Lines(self._look, first=first, every=every)
        )

    def __enter__(self) -> Self:
        """Begin to show."""
        self._display.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop to show, and say what the run came to."""
        self._display.stop()
        say(last_line(self._look()))

    def count(self, trial: Trial) -> None:
        """Count one finished trial."""
        with self._lock:
            self._headway.count(trial, now=self._clock())

    def _look(self) -> Standing:
        with self._lock:
            return self._headway.standing(now=self._clock())


class _Lines:
    """Plain lines, at times of their own, so that a run that stands still is seen to."""

    def __init__(self, look: Callable[[], Standing], *, first: float, every: float) -> None:
        self._look = look
        self._first = first
        self._every = every
        self._over = Event()
        self._thread = Thread(target=self._print, name="progress", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _print(self) -> None:
        pause = self._first
        while not self._over.wait(pause):
            say(plain_line(self._look()))
            pause = self._every


class _Bar:
    """A bar that is drawn again a few times per second, and goes away at the end."""

    def __init__(self, console: Console, trials: int, *, look: Callable[[], Standing]) -> None:
        self._progress = Progress(
            _LiveBar(look),
            MofNCompleteColumn(),
            _Words(look),
            console=console,
            transient=True,
            refresh_per_second=_REDRAWS_PER_SECOND,
        )
        self._progress.add_task("", total=trials)

    def start(self) -> None:
        self._progress.start()

    def stop(self) -> None:
        self._progress.stop()


class _LiveBar(BarColumn):
    """A bar that takes the standing when it is drawn; the columns after it show the same."""

    def __init__(self, look: Callable[[], Standing]) -> None:
        self._look = look
        super().__init__(bar_width=_BAR_WIDTH)

    def render(self, task: Task) -> ProgressBar:
        task.completed = self._look().done
        return super().render(task)


class _Words(ProgressColumn):
    """What a bar cannot show."""

    def __init__(self, look: Callable[[], Standing]) -> None:
        self._look = look
        super().__init__()

    def render(self, task: Task) -> Text:  # noqa: ARG002 - the standing says it all
        return Text(short_words(self._look()), no_wrap=True, overflow="ellipsis")
