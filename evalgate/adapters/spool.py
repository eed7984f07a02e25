"""Keeps sampled calls for scoring, beside the requests and never in their way."""

import atexit
import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from evalgate.adapters.spool_folder import SpoolFolder
from evalgate.adapters.spool_lines import line_of
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.sample import Sample

MOST_LINE_BYTES = 4_000_000
"""A longer line is dropped."""

LOOKED_EVERY = 3600.0
"""Seconds after which files are looked at that may be too old by now."""

TOLD_EVERY = 60.0
"""Seconds between two events about samples that were lost."""

_AT_EXIT = 2.0


class Spool:
    """A queue with a bound, and a thread that writes what is in it.

    `put` does no more than keep a reference: encoding and writing are the thread's. What finds the
    queue full, or cannot be written, is lost and counted. A process that was forked begins with an
    empty queue and a thread of its own; `dropped` and `failures` count for one process.
    """

    def __init__(
        self,
        folder: Path,
        *,
        days: float,
        most_waiting: int,
        tell: Callable[[Event], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        """Name the folder; nothing is opened or started yet.

        Args:
            folder: see `SpoolFolder`.
            days: how long a sample is kept at most.
            most_waiting: samples in the queue.
            tell: hears about samples that were lost, in the thread.
            now: seconds since 1970.
        """
        self._place = folder, days
        self._most_waiting = most_waiting
        self._tell = tell
        self._now = now
        self._queue = _Queue()
        me = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _begin_anew(me))
        atexit.register(_close_at_exit, me)

    @property
    def dropped(self) -> int:
        """How many samples found the queue full."""
        return self._queue.dropped

    @property
    def failures(self) -> int:
        """How many samples could not be written."""
        return self._queue.failures

    def put(self, sample: Sample) -> bool:
        """Take a sample, unless the queue is full or closed; returns whether it was taken."""
        queue = self._queue
        is_full = queue.waiting.qsize() >= self._most_waiting
        if is_full or queue.is_closing or len(sample.text) > MOST_LINE_BYTES:
            with queue.lock:
                queue.dropped += 1
            return False
        queue.waiting.put(sample)
        if queue.thread is None:
            self._start(queue)
        return True

    def flush(self, within: float = _AT_EXIT) -> bool:
        """Wait until all that was put is written or lost; returns whether it is."""
        queue, reached = self._queue, threading.Event()
        if queue.thread is None:
            return queue.waiting.empty()
        queue.waiting.put(reached)
        return reached.wait(within)

    def close(self, within: float = _AT_EXIT) -> None:
        """Write what waits, for so many seconds at most, and end the thread."""
        queue = self._queue
        queue.is_closing = True
        queue.waiting.put(None)
        if queue.thread is not None:
            queue.thread.join(within)

    def begin_anew(self) -> None:
        """Forget the queue and the thread of the process that this one was forked from."""
        self._queue = _Queue()

    def _start(self, queue: "_Queue") -> None:
        with queue.lock:
            if queue.thread is not None:
                return
            folder, days = self._place
            writer = _Writer(queue, SpoolFolder(folder, days=days), tell=self._tell, now=self._now)
            thread = threading.Thread(target=writer.run, name="evalgate-spool", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending: what waits is lost
                return
            queue.thread = thread


class _Queue:
    """What callers and the thread share, in one process.

    Beside samples, `waiting` holds an event for whoever wants to know that what came before it is
    done, and None for the end.
    """

    def __init__(self) -> None:
        self.waiting: SimpleQueue[Sample | threading.Event | None] = SimpleQueue()
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.is_closing = False
        self.dropped = 0
        self.failures = 0


class _Writer:
    """The thread's part: takes samples from the queue until the spool is closed."""

    def __init__(
        self,
        queue: _Queue,
        folder: SpoolFolder,
        *,
        tell: Callable[[Event], None],
        now: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._folder = folder
        self._tell = tell
        self._now = now
        self._told_at: float | None = None
        self._told_of = 0

    def run(self) -> None:
        """Write what comes, until the spool is closed."""
        while (come := self._next()) is not None:
            if isinstance(come, threading.Event):
                self._tell_of_losses()
                come.set()
            else:
                self._write(come)
                if self._queue.waiting.empty():
                    self._tell_of_losses()
        self._folder.close()

    def _next(self) -> Sample | threading.Event | None:
        while True:
            try:
                return self._queue.waiting.get(timeout=LOOKED_EVERY)
            except Empty:
                self._expire()

    def _write(self, sample: Sample) -> None:
        try:
            line = line_of(sample)
            if len(line) > MOST_LINE_BYTES:
                raise ValueError("the line is too long")
            self._folder.add(line, now=self._now())
        except (OSError, ValueError, TypeError, RecursionError):
            self._queue.failures += 1

    def _expire(self) -> None:
        with suppress(OSError):  # writing will meet it again, and count it
            self._folder.expire(self._now())

    def _tell_of_losses(self) -> None:
        queue, now = self._queue, self._now()
        lost = queue.dropped + queue.failures
        rests = self._told_at is not None and now - self._told_at < TOLD_EVERY
        if lost == self._told_of or rests:
            return
        message = (
            f"{lost - self._told_of} sampled calls were not kept: in this process {queue.dropped}"
            f" found the queue full, and {queue.failures} could not be written"
        )
        self._told_at, self._told_of = now, lost
        event = Event(ts=now, kind=EventKind.SPOOL_FULL, subject="spool", message=message)
        self._tell(event)


def _begin_anew(spool: "weakref.ref[Spool]") -> None:
    found = spool()
    if found is not None:
        found.begin_anew()


def _close_at_exit(spool: "weakref.ref[Spool]") -> None:
    found = spool()
    if found is not None:
        found.close()
