"""An event loop in a thread of its own, through which code without one makes its calls."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TypeVar

from evalgate.adapters.fork_lock import call_in_children, leave_to_parent

_Result = TypeVar("_Result")

_PATIENCE = 5.0


class ClosedError(RuntimeError):
    """The event loop was ended before the coroutine."""


class Portal:
    """Runs coroutines for other threads; a forked process gets a thread of its own."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._turning = threading.Lock()
        self._pid = os.getpid()
        call_in_children(self._part)

    def start(self, coroutine: Coroutine[object, object, _Result]) -> "Future[_Result]":
        """Begin a coroutine, and return what will hold its result."""
        self._part()
        # Under the lock, so that whatever is begun is begun before the loop is told to stop.
        with self._turning:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop or self._begin())

    def run(
        self, coroutine: Coroutine[object, object, _Result], *, within: float | None = None
    ) -> _Result:
        """Return what a coroutine returns.

        Raises:
            TimeoutError: when it takes longer; it is cancelled then.
            ClosedError: when the portal is closed before it ends.
        """
        future = self.start(coroutine)
        try:
            return future.result(within)
        except CancelledError:
            raise ClosedError("the event loop was ended during the call") from None
        finally:
            future.cancel()  # of no effect on one that has ended

    def close(self, last: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run a last coroutine and end the thread; a later call starts another."""
        if self._pid != os.getpid():
            return
        with self._turning:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        ended = asyncio.run_coroutine_threadsafe(last(), loop)
        if threading.current_thread() is thread:
            # Collected as garbage in the middle of its own work: it ends after that.
            ended.add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))
            return
        try:
            ended.result(_PATIENCE)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(_PATIENCE)

    def _part(self) -> None:
        if self._pid != os.getpid():
            # The thread stayed behind in the other process, maybe with the lock in its hand.
            self._turning = threading.Lock()
            leave_to_parent((self._loop, self._thread))
            self._loop = self._thread = None
            self._pid = os.getpid()

    def _begin(self) -> asyncio.AbstractEventLoop:
        loop = _Loop() if hasattr(os, "fork") else asyncio.new_event_loop()
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="evalgate"))
        thread = threading.Thread(target=_turn, args=(loop,), name="evalgate", daemon=True)
        thread.start()
        self._thread, self._loop = thread, loop
        return loop


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that is closed in every process but its own.

    A forked process inherits it with its connections, and shares what the kernel watches for it.
    Whatever is thrown away there would take its sockets off the watch of the parent, whose calls
    then wait for ever; nobody touches the connections of a loop that is closed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._process = os.getpid()

    def is_closed(self) -> bool:
        """Whether it is closed, or another process's."""
        return super().is_closed() or self._process != os.getpid()

    def call_exception_handler(self, context: dict[str, object]) -> None:
        """Tell what went wrong; that a child has not closed its parent's connections did not."""
        if self._process == os.getpid():
            super().call_exception_handler(context)


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
