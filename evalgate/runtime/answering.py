"""One call while it is answered: it is written down also when nobody waits for it any more."""

from typing import Protocol

from evalgate.runtime.call import CANCELLED, Call, Outcome
from evalgate.runtime.listening import Hear
from evalgate.runtime.service import unheard


class Clerk(Protocol):
    """Who answers calls, and writes each down once."""

    async def answer(self, call: Call, *, hear: Hear) -> Outcome:
        """Answer a call; one that is cancelled is written down with its attempts."""
        ...

    def write(self, call: Call, outcome: Outcome) -> object:
        """Write a call down, unless that was done."""
        ...


class Answering:
    """The answering of one call, in an event loop that may be another thread's."""

    def __init__(self, desk: Clerk, call: Call) -> None:
        self._desk = desk
        self._call = call
        self._has_begun = self._is_left = False
        self._outcome: Outcome | None = None

    async def outcome(self, hear: Hear = unheard) -> Outcome:
        """Return what `Desk.answer` does, to be passed to `Desk.reply` or else left."""
        self._has_begun = True
        self._outcome = await self._desk.answer(self._call, hear=hear)
        if self._is_left:
            self.leave()
        return self._outcome

    def leave(self) -> None:
        """Take no outcome any more: what there is of one is written down.

        A call that is cancelled on its way writes that itself, with its attempts.
        """
        self._is_left = True
        if self._outcome is not None:
            self._desk.write(self._call, self._outcome)
        elif not self._has_begun:
            self._desk.write(self._call, Outcome(error=CANCELLED))
