"""The log of calls: every entry becomes a line, and no line that is lost goes unnoticed."""

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from evalgate.adapters.day_file import DayFile
from evalgate.adapters.fork_lock import ForkLock
from evalgate.model.call import CallRecord
from evalgate.model.call_ports import Event, EventKind

Entry = CallRecord | Event
Sink = Callable[[bytes], None]
"""Takes one line, its line break included; any exception says that it is lost."""

Alarm = Callable[[Event], None]
"""Is told in the place of the log, which cannot tell anything while it fails."""


def unheard(event: Event) -> None:
    """Tell nobody."""


class LineLog:
    """A log as `evalgate.model.call_ports.CallLog` asks for it, over anything that takes lines.

    It never raises, whatever the sink does. Once lines can be written again, an event says in the
    log how many were lost, and why the last one was. An alarm hears of the first one at once.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        line_of: Callable[[Entry], bytes],
        now: Callable[[], float],
        alarm: Alarm = unheard,
    ) -> None:
        """Name where lines go.

        Args:
            sink: takes a line, in the thread of whoever writes; several threads call it at once.
            line_of: writes an entry as a line.
            now: seconds since 1970, UTC.
            alarm: told when lines begin to be lost, and how many were once that is over; what it
                raises is passed over.
        """
        self._sink = sink
        self._line_of = line_of
        self._now = now
        self._alarm = alarm
        self._lock = ForkLock()
        self._process = os.getpid()
        self._failures = 0
        self._untold = 0
        self._trouble = ""

    @property
    def failures(self) -> int:
        """How many lines could not be written."""
        return self._failures

    @property
    def trouble(self) -> str:
        """Why the last line was lost, in one word such as `ENOSPC`; empty when none was."""
        return self._trouble

    def write(self, entry: Entry) -> None:
        """Append one line."""
        trouble = self._attempt(entry)
        if trouble:
            self._lose(1, trouble)
        elif self._untold:
            self._tell()

    def close(self) -> None:
        """Close the file that it writes to; another line opens it again."""
        if isinstance(self._sink, DayFile):
            self._sink.close()

    def _attempt(self, entry: Entry) -> str:
        """Write a line, and return why it could not be written, or nothing."""
        caught = _Caught()
        with caught:
            self._sink(self._line_of(entry))
        return caught.trouble

    def _lose(self, lines: int, trouble: str) -> None:
        with self._lock:
            self._start_anew_in_child()
            is_first = self._untold == 0
            self._failures += lines
            self._untold += lines
            self._trouble = trouble
        if is_first:
            self._sound(self._failed(f"lines are being lost, the first one by {trouble}"))

    def _tell(self) -> None:
        with self._lock:
            self._start_anew_in_child()
            lost, self._untold = self._untold, 0
        if not lost:
            return
        event = self._failed(f"lines lost: {lost}, the last one by {self._trouble}")
        if self._attempt(event):
            with self._lock:
                self._untold += lost
        else:
            self._sound(event)

    def _failed(self, message: str) -> Event:
        return Event(ts=self._now(), kind=EventKind.LOG_FAILED, subject="log", message=message)

    def _sound(self, event: Event) -> None:
        with _Caught():
            self._alarm(event)

    def _start_anew_in_child(self) -> None:
        # What the parent lost, the parent tells.
        if self._process != os.getpid():
            self._process, self._failures, self._untold = os.getpid(), 0, 0


def file_call_log(
    folder: Path,
    *,
    line_of: Callable[[Entry], bytes],
    now: Callable[[], float],
    alarm: Alarm = unheard,
) -> LineLog:
    """Return a log in files `calls-YYYY-MM-DD.jsonl` of a folder; see `DayFile`.

    Raises:
        UsageError: the folder is a link, or cannot be made or opened.
    """
    return LineLog(DayFile(folder, now=now), line_of=line_of, now=now, alarm=alarm)


def logger_sink(logger: logging.Logger, level: int = logging.INFO) -> Sink:
    """Return a sink that hands each line, without its line break, to a logger as its message."""

    def write(line: bytes) -> None:
        logger.log(level, "%s", line.decode().rstrip("\n"))

    return write


class _Caught:
    """Keeps what a `with` statement raises from escaping, and says in one word what it was.

    The message is never read: it may repeat what was to be written.
    """

    def __init__(self) -> None:
        self.trouble = ""

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        number = error.errno if isinstance(error, OSError) else None
        self.trouble = errno.errorcode.get(number or 0, type(error).__name__)
        return True
