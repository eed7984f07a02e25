"""Equal calls at the same time: the first one asks, and the others wait for its answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Joined(Generic[Answer]):
    """What was answered; `is_shared` is true for everybody but the one who asked."""

    answer: Answer
    is_shared: bool


class InFlight(Generic[Answer]):
    """The calls of one event loop that are being answered, by the key of what was asked.

    Every event loop has one of its own.
    """

    def __init__(self) -> None:
        # Those who wait, in the order in which they came; what they are told is the answer, or
        # None: that they are to ask themselves.
        self._waiting: dict[str, dict[asyncio.Future[Joined[Answer] | None], None]] = {}

    async def join(self, key: str, *, fetch: Callable[[], Awaitable[Answer]]) -> Joined[Answer]:
        """Return the answer to an equal call that is being asked, or ask.

        When the one who asks raises or is cancelled, that is its own affair: the next one who waits
        asks in its place. A failure that would meet everybody is better returned than raised. Those
        who wait leave when they are cancelled, such as by a timeout of their own.

        Args:
            key: of what is asked.
            fetch: asks. It is called once at most.
        """
        if key in self._waiting:
            joined = await self._told(key)
            if joined is not None:
                return joined
        else:
            self._waiting[key] = {}
        return await self._asked(key, fetch)

    async def _told(self, key: str) -> Joined[Answer] | None:
        waiting = self._waiting[key]
        mine: asyncio.Future[Joined[Answer] | None] = asyncio.get_running_loop().create_future()
        waiting[mine] = None
        try:
            return await mine
        except asyncio.CancelledError:
            waiting.pop(mine, None)
            # The turn to ask came in the moment in which the caller went away.
            if not mine.cancelled() and mine.result() is None:
                self._hand_over(key)
            raise

    async def _asked(self, key: str, fetch: Callable[[], Awaitable[Answer]]) -> Joined[Answer]:
        is_answered = False
        try:
            answer = await fetch()
            is_answered = True
        finally:
            if not is_answered:
                self._hand_over(key)
        for each in self._waiting.pop(key):
            if not each.done():
                each.set_result(Joined(answer, is_shared=True))
        return Joined(answer, is_shared=False)

    def _hand_over(self, key: str) -> None:
        waiting = self._waiting[key]
        while waiting:
            following = next(iter(waiting))
            del waiting[following]
            if not following.done():
                following.set_result(None)
                return
        del self._waiting[key]
