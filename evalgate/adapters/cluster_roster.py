"""Which workers of a cluster there are, and which of them gets the next call."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from evalgate.model.chat import CallFailure, Completion

Arrival = asyncio.Future[Completion | CallFailure]
"""What becomes of a call."""


@dataclass(slots=True, kw_only=True)
class Seat:
    """One worker process.

    `gone` is done when the process has left the cluster; its result is what becomes of the calls
    that it has. `rests` is true of one that let a call run out of time: it gets no more until it
    says that it is there.
    """

    address: str
    process: str
    gone: Arrival = field(repr=False)
    in_flight: int = 0
    served: int = 0
    rests: bool = False


class Roster:
    """The workers that take calls, by their address."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}

    def __len__(self) -> int:
        return sum(not seat.rests for seat in self._seats.values())

    def join(self, seat: Seat, *, instead: CallFailure) -> None:
        """Add a worker, or wake it.

        Args:
            seat: the worker.
            instead: what becomes of the calls of another process at the same address.
        """
        known = self._seats.get(seat.address)
        if known is not None and known.process == seat.process:
            known.rests = False
            return
        self.leave(seat.address, instead)
        self._seats[seat.address] = seat

    def leave(self, address: str, failure: CallFailure) -> None:
        """Remove a worker; the calls that wait for it end with a failure."""
        seat = self._seats.pop(address, None)
        if seat is not None:
            seat.gone.set_result(failure)

    def leave_all(self, failure: CallFailure) -> None:
        """Remove every worker."""
        for address in tuple(self._seats):
            self.leave(address, failure)

    @contextmanager
    def occupied(self) -> Iterator[Seat | None]:
        """Give the worker with the fewest calls in flight, and count one more as long as it lasts.

        Among equals it is the one that has served least, so that they take turns.
        """
        awake = (seat for seat in self._seats.values() if not seat.rests)
        seat = min(awake, key=lambda each: (each.in_flight, each.served), default=None)
        if seat is None:
            yield None
            return
        seat.in_flight += 1
        seat.served += 1
        try:
            yield seat
        finally:
            seat.in_flight -= 1
