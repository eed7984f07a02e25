"""The worker that scores samples, as a thread of an application."""

import asyncio
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from evalgate.cli.score_session import Scoring, ScoringPlace, scoring
from evalgate.errors import EvalgateError, UsageError
from evalgate.monitoring.scoring.tally import Tally

EVERY = 60.0
"""Seconds between two passes."""

_PATIENCE = 5.0


class ScoringWorker:
    """Scores sampled answers beside an application, as `evalgate score --watch` does.

    It has a thread, an event loop and connections of its own, and never raises into the
    application: what goes wrong is `failure`, and is tried again. A daemon thread ends with the
    process; what was scored is kept. A process that was forked starts a worker of its own, or none.
    """

    def __init__(  # noqa: PLR0913 - where everything is
        self,
        prompts: str | Path = "prompts",
        *,
        scores: str | Path = "scores",
        spool: str | Path | None = None,
        policy: str | Path | None = None,
        server: str = "",
        every: float = EVERY,
    ) -> None:
        """Name the places; nothing is read before `start`.

        Args:
            prompts: the folder of prompts, with `runtime.yml`.
            scores: where scores are written to.
            spool: the samples; by default as `runtime.yml` says.
            policy: by default that of the prompts.
            server: the address of a server in place of the Claude API.
            every: seconds between two passes.

        Raises:
            UsageError: `every` is no number of seconds.
        """
        if not every > 0:
            raise UsageError(f"ScoringWorker: expected `every` in seconds, got {every!r}")
        self._place = ScoringPlace(
            prompts=Path(prompts),
            scores=Path(scores),
            spool=None if spool is None else Path(spool),
            policy=None if policy is None else Path(policy),
        )
        self._server = server
        self._every = every
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._failure = ""
        self._tally = Tally()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the thread."""
        self.close()

    @property
    def failure(self) -> str:
        """What keeps the worker from its work at present; empty where nothing does."""
        return self._failure

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def scored(self) -> int:
        """How many scores this worker has written so far."""
        return self._tally.scores

    def start(self) -> None:
        """Begin, unless it has begun already."""
        with self._lock:
            if self.is_alive:
                return
            self._ending.clear()
            self._thread = threading.Thread(target=self._run, name="evalgate-score", daemon=True)
            self._thread.start()

    def close(self, within: float = _PATIENCE) -> None:
        """End the thread, breaking a pass off; what is left is found by the next worker.

        Args:
            within: seconds to wait for its end.
        """
        with self._lock:
            self._ending.set()
            running, thread = self._running, self._thread
        if running is not None:
            loop, task = running
            with suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(task.cancel)
        if thread is not None:
            thread.join(within)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                with scoring(self._place, self._variables()) as found:
                    self._go_on(found)
            except (EvalgateError, OSError) as error:
                self._failure = str(error) or type(error).__name__
                self._ending.wait(self._every)

    def _go_on(self, found: Scoring) -> None:
        while not self._ending.is_set():
            try:
                asyncio.run(self._look(found))
            except asyncio.CancelledError:
                return
            self._ending.wait(self._every)

    async def _look(self, found: Scoring) -> None:
        task = asyncio.current_task()
        with self._lock:
            if self._ending.is_set() or task is None:
                return
            self._running = (asyncio.get_running_loop(), task)
        try:
            tally = await found.worker.look()
        finally:
            with self._lock:
                self._running = None
        self._tally.add(tally)
        self._failure = "" if tally.stopped is None else tally.stopped.message

    def _variables(self) -> Mapping[str, str]:
        own = {"ANTHROPIC_BASE_URL": self._server} if self._server else {}
        return {**os.environ, **own}
