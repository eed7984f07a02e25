"""The lane of the calls to one model over one route: lets them start at its pace, in order."""

import asyncio
from math import inf

from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.ports import Clock
from evalgate.running.pacing import Pace, Ticket
from evalgate.running.size import expected_input

LONGEST_NAP = 1.0
"""Seconds after which a waiting call looks again whether the run goes on."""


class Lane:
    """Admits calls at a pace that is learnt from those that ended."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock
        self._turn = asyncio.Lock()
        self._left = asyncio.Event()
        self._closed = False

    async def enter(self, request: ChatRequest) -> Ticket | None:
        """Return once a call may start, with what `leave` needs; None when the lane has closed."""
        purpose, tokens = request.purpose.value, expected_input(request)
        async with self._turn:
            while not self._closed:
                now = self._clock.monotonic()
                seconds = self._pace.wait(now, purpose=purpose, input_tokens=tokens)
                if seconds <= 0:
                    return self._pace.start(now, purpose=purpose, input_tokens=tokens)
                await self._nap(seconds)
        return None

    def leave(self, ticket: Ticket, result: Completion | CallFailure | None) -> None:
        """Tell how an admitted call ended; None when it was cancelled."""
        self._pace.end(self._clock.monotonic(), ticket, result)
        self._left.set()

    def held(self) -> float:
        """Return the seconds for which the server wants no call at all."""
        return self._pace.held(self._clock.monotonic())

    def join(self, pace: Pace) -> None:
        """Share the limits of this lane with the pace of another one, where they are the same."""
        self._pace.join(pace)

    def close(self) -> None:
        """Admit nobody any more."""
        self._closed = True
        self._left.set()

    async def _nap(self, seconds: float) -> None:
        if seconds == inf:
            self._left.clear()
            await self._left.wait()
        else:
            await self._clock.sleep(min(seconds, LONGEST_NAP))
