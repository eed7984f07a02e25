"""The waits of the calls in flight: each has its time, and all end when the model is closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from evalgate.adapters.claude_telling import ClosedError, LateError


class Waits:
    """Limits what is waited for, in one event loop."""

    def __init__(self) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._is_closed = False

    @asynccontextmanager
    async def until(self, moment: float, told: str) -> AsyncIterator[None]:
        """Leave off what is being waited for at a moment of the event loop's clock.

        Raises:
            LateError: with what is told of it, when it has not come by then.
            ClosedError: when the waits are closed.
        """
        if self._is_closed:
            raise ClosedError
        if asyncio.get_running_loop().time() >= moment:
            raise LateError(told)
        try:
            async with asyncio.timeout_at(moment) as limit:
                self._open.add(limit)
                try:
                    yield
                finally:
                    self._open.discard(limit)
        except TimeoutError as error:
            raise self._reason(told) from error

    def close(self) -> None:
        """End all waits: connections that are closed leave their readers waiting."""
        self._is_closed = True
        now = asyncio.get_running_loop().time()
        for limit in self._open:
            if not limit.expired():
                limit.reschedule(now)

    def _reason(self, told: str) -> OSError:
        return ClosedError() if self._is_closed else LateError(told)
