"""Listens to a stream with limited patience: for all of it, its first content, and each event."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from evalgate.adapters.claude_events import EventReader
from evalgate.adapters.claude_stream import BROKEN, Answer
from evalgate.adapters.claude_waiting import Waits

LINGER_SECONDS = 0.05
"""How long the end of a body is waited for after a whole answer: its line can then be reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds for the whole answer, until its first content, and between any two later events."""

    within: float
    first_content: float
    between: float

    def limit(self, *, began: float, since: float | None) -> tuple[float, str]:
        """Return until when to wait, and what to say when nothing has come by then.

        Args:
            began: when the request was sent.
            since: since when the next event is waited for; None before the first content.
        """
        end = began + self.within
        if since is None:
            until, told = (
                began + self.first_content,
                f"no content within {self.first_content:.3g} s",
            )
        else:
            until = since + self.between
            told = f"nothing more within {self.between:.3g} s, in the middle of the answer"
        return (until, told) if until < end else (end, f"no answer within {self.within:.3g} s")


class Hearing:
    """Hears an answer chunk by chunk. Time runs from when it is made, in the event loop.

    Args:
        patience: how long to wait for it.
        waits: those of the calls in flight.
    """

    def __init__(self, patience: Patience, waits: Waits) -> None:
        self.answer = Answer()
        self._patience = patience
        self._waits = waits
        self._began = _now()
        self._reader = EventReader()
        self._chunks: AsyncIterator[bytes] | None = None
        self._waiting_since: float | None = None

    def begin(self, chunks: AsyncIterator[bytes]) -> None:
        """Hear the bytes of a response."""
        self._chunks = chunks

    async def words(self) -> str | None:
        """Return the words that the next bytes bring, or None when nothing more belongs to it.

        Raises:
            LateError: when patience is at its end.
            ClosedError: when the waits are closed.
            Exception: what reading the bytes raises.
        """
        chunk = None if self.answer.is_over else await self._next()
        if chunk is None:
            return None
        said = []
        for name, data in self._reader.take(chunk):
            self._waiting_since = None
            said.append(self.answer.take(_read(name, data)))
            if self.answer.is_over:
                break
        return "".join(said)

    async def linger(self) -> None:
        """Wait for the end of the body for a moment when the answer is whole.

        Raises:
            Exception: what reading the bytes raises.
        """
        if self.answer.is_whole and self._chunks is not None:
            async with asyncio.timeout(LINGER_SECONDS):
                await anext(self._chunks, None)

    def patience(self) -> AbstractAsyncContextManager[None]:
        """Wait for what comes next, and no longer than patience lasts.

        Raises:
            LateError: when it has not come by then.
            ClosedError: when the waits are closed.
        """
        since = self._waiting_since if self.answer.has_content else None
        return self._waits.until(*self._patience.limit(began=self._began, since=since))

    async def _next(self) -> bytes | None:
        if self._chunks is None:
            return None
        # The time that the caller takes for words is not the server's.
        self._waiting_since = self._waiting_since or _now()
        async with self.patience():
            return await anext(self._chunks, None)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _read(name: str, data: str) -> object:
    try:
        return json.loads(data) if data else None
    except (ValueError, RecursionError):
        # An error is one, whatever it says.
        return {"type": "error"} if name == "error" else BROKEN
