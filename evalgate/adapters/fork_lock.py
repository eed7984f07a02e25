"""Locks and forks: what a child finds free, what a fork waits for, what is left to the parent."""

import ctypes
import os
import threading
from collections.abc import Callable
from types import TracebackType
from weakref import WeakMethod


def call_in_children(method: Callable[[], None]) -> None:
    """Let every process that is forked from now on call a method, as long as its object lives."""
    found = WeakMethod(method)

    def in_child() -> None:
        alive = found()
        if alive is not None:
            alive()

    os.register_at_fork(after_in_child=in_child)


def leave_to_parent(thing: object) -> None:
    """Keep an inherited object alive until the process is gone, whatever else lets go of it.

    Connections tidy up after themselves when they are collected. In a child they would do it to
    sockets and to watches of sockets that the parent uses: it would wait for ever for an answer,
    or find that somebody has said goodbye in its name.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


class ForkLock:
    """A lock for threads, to be used in a `with` statement, never twice by one thread.

    A child has one thread, so nobody in it is inside. What the lock guards must be whole at every
    moment all the same: the parent may have been in the middle of a change.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        call_in_children(self._renew)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def _renew(self) -> None:
        self._lock = threading.Lock()


def awaited_at_fork() -> threading.Lock:
    """Return a lock that a fork waits for, so that a child inherits what it guards as a whole.

    For what may not be copied in the middle of a change. It is held for microseconds at a time, and
    lives as long as the process.
    """
    lock = threading.Lock()
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )
    return lock
