"""Holds a run to its limits of cost: money is set aside before each call, never after it."""

import asyncio

from evalgate.model.ports import SpendBook

ROUNDING = 1e-9
"""Dollars that sums of floats may be off by."""


class Budget:
    """What a run may still spend.

    The most that a call can cost is reserved before it starts and settled once its cost is known.
    A cost that is not known is booked as the most that it can be. So what was spent, and what is
    in flight at its worst, never exceeds a limit.

    Args:
        most: the limit of the run in US dollars; None sets none.
        most_per_day: the limit of all runs of a day; needs `book`.
        book: what all runs of the day have set aside.
        purse: what all processes of this run have set aside, those that were killed included.
        spent: what earlier parts of the same run have spent.
    """

    def __init__(
        self,
        *,
        most: float | None = None,
        most_per_day: float | None = None,
        book: SpendBook | None = None,
        purse: SpendBook | None = None,
        spent: float = 0.0,
    ) -> None:
        self._most = most
        self._most_per_day = most_per_day
        self._book = book
        self._purse = purse
        self._spent = spent
        self._reserved = 0.0
        self._calls = 0
        self._settled = asyncio.Event()

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit to keep."""
        return self._most is not None or self._most_per_day is not None

    @property
    def spent_usd(self) -> float:
        """What the calls that ended have cost, at most."""
        return self._spent

    async def reserve(self, worst: float | None) -> str | None:
        """Set the cost of a call aside, or return why it may not start, as a sentence.

        Near a limit it waits until calls in flight are settled: most cost less than their worst.

        Args:
            worst: the most that the call can cost in US dollars; None when that is not known.
        """
        if not self.is_limited:
            return None
        if worst is None:
            return "the model has no known price, so no cost limit can be kept"
        while (limit := self._set_aside(worst)) is not None:
            if self._calls == 0:
                return f"the next call may cost ${worst:.4f}, {limit}"
            self._settled.clear()
            await self._settled.wait()
        self._reserved += worst
        self._calls += 1
        return None

    def settle(self, worst: float | None, cost: float | None) -> float:
        """Book what a call cost in place of what was reserved for it, and return what was booked.

        Args:
            worst: the most that the call can have cost, as it was reserved.
            cost: what it did cost; None when that is not known.
        """
        booked = (worst or 0.0) if cost is None else cost
        self._spent += booked
        if not self.is_limited or worst is None:
            return booked
        self._reserved -= worst
        self._calls -= 1
        if self._book is not None and self._most_per_day is not None:
            self._book.release(worst - booked)
        if self._purse is not None and self._most is not None:
            self._purse.release(worst - booked)
        self._settled.set()
        return booked

    def _set_aside(self, worst: float) -> str | None:
        """Take so much out of the day's book and the run's purse, or return what is in the way."""
        if self._most is not None:
            left = self._most - self._spent - self._reserved
            if worst > left + ROUNDING:
                return f"and ${self._spent:.4f} of the run's limit of ${self._most:g} are spent"
        if self._most_per_day is not None and not _sets_aside(
            self._book, worst, self._most_per_day
        ):
            return f"and the day's limit of ${self._most_per_day:g} leaves less than that"
        if self._most is None or _sets_aside(self._purse, worst, self._most):
            return None
        if self._most_per_day is not None and self._book is not None:
            self._book.release(worst)
        limit = f"the run's limit of ${self._most:g}"
        return f"and {limit} leaves less: broken calls and other roots count"


def _sets_aside(book: SpendBook | None, usd: float, most: float) -> bool:
    return book is None or book.reserve(usd, most=most)
