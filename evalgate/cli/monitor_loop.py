"""Looks at production again and again: draws what it finds, and keeps page and metrics up to date.

What cannot be read now may be read later: it is told once, and the last board stays.
"""

import signal
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from rich.live import Live

from evalgate.adapters.metrics_server import MetricsServer
from evalgate.cli.complaint import notify
from evalgate.cli.console import PipeConsole
from evalgate.cli.monitor_look import Looked, Lookout
from evalgate.cli.monitor_round import Rounds, looked_and_followed, rounds_of
from evalgate.cli.monitor_telling import is_terminal, write_page
from evalgate.cli.printing import print_lines
from evalgate.errors import EvalgateError, ExitCode
from evalgate.model.board import Board
from evalgate.reporting.instants import utc
from evalgate.reporting.monitor_metrics import CONTENT_TYPE, metrics_text
from evalgate.reporting.monitor_terminal import board_view
from evalgate.reporting.monitor_words import WORDS, headline
from evalgate.reporting.visible import safe_line

EVERY = 10.0
"""Seconds between two looks."""

_ROWS = 5
"""Rows of each table of a display, which has the height of the screen."""

Show = Callable[[Board], None]


class _Stopped(Exception):  # noqa: N818 - no error: the process was asked to end
    """Ends the loop, and what it waits for."""


def watch(lookout: Lookout, options: Namespace) -> ExitCode:
    """Look until Ctrl-C or SIGTERM.

    Raises:
        UsageError: the port of the metrics cannot be had, or the page cannot be written.
    """
    every = options.every or EVERY
    latest = _Latest()
    with ExitStack() as stack:
        if options.prometheus is not None:
            server = stack.enter_context(
                MetricsServer(latest.text, port=options.prometheus, content_type=CONTENT_TYPE)
            )
            notify(f"metrics at {server.address}")
        show = stack.enter_context(_display())
        try:
            with _stopping():
                _go_round(lookout, options, (latest, show), every=every)
        except (_Stopped, KeyboardInterrupt):
            pass
    if latest.board is not None:
        print_lines([_line(latest.board)])
    return ExitCode.OK


def _go_round(
    lookout: Lookout, options: Namespace, telling: "tuple[_Latest, Show]", *, every: float
) -> None:
    latest, show = telling
    rounds = rounds_of(options, lookout.place)
    told = ""
    while True:
        began = time.monotonic()
        looked, told = _glance(lookout, rounds, told)
        if looked is not None:
            latest.take(looked.board)
            write_page(looked.board, options.html)
            show(looked.board)
        time.sleep(max(0.0, every - (time.monotonic() - began)))


def _glance(lookout: Lookout, rounds: Rounds | None, told: str) -> tuple[Looked | None, str]:
    try:
        return looked_and_followed(lookout, rounds, at=time.time()), ""
    except EvalgateError as error:
        said = str(error)
        if said != told:
            notify(said)
        return None, said


class _Latest:
    """The last board, for those who ask between two looks."""

    def __init__(self) -> None:
        self.board: Board | None = None
        self._text = ""

    def take(self, board: Board) -> None:
        self.board = board
        self._text = metrics_text(board)

    def text(self) -> str:
        return self._text


@contextmanager
def _display() -> Iterator[Show]:
    """Give something that shows boards: the whole screen, or a line where the standing changes."""
    if not is_terminal():
        yield _Lines().show
        return
    console = PipeConsole(highlight=False, markup=False)
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:

        def draw(board: Board) -> None:
            view = board_view(board, is_ascii=console.options.ascii_only, most=_ROWS)
            live.update(view, refresh=True)

        yield draw


class _Lines:
    """Prints a line whenever there is something new to say."""

    def __init__(self) -> None:
        self._told = ""

    def show(self, board: Board) -> None:
        said = f"{WORDS[board.standing]}: {headline(board)}"
        if said != self._told:
            print_lines([_line(board)])
            self._told = said


def _line(board: Board) -> str:
    return safe_line(f"{utc(board.at)}  {WORDS[board.standing]}: {headline(board)}")


@contextmanager
def _stopping() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped
