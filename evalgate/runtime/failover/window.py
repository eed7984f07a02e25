"""Counts what happened in the last seconds, in constant memory and time."""

from collections.abc import Sequence


class Window:
    """Counts by column over the last `seconds`, kept in buckets that leave one after the other.

    What is older than `seconds` is never counted; what is younger by less than one bucket may be
    missing. A time before the last one counts as the last one.
    """

    __slots__ = ("_at", "_rows", "_width", "sums")

    def __init__(self, *, seconds: float, buckets: int, columns: int) -> None:
        """Start with nothing counted; `buckets` says how finely the seconds are told apart."""
        self._width = seconds / buckets
        self._rows = [[0] * columns for _ in range(buckets)]
        self._at: int | None = None
        self.sums: Sequence[int] = [0] * columns

    def move(self, now: float) -> None:
        """Forget what is too old at the time `now`; afterwards `sums` holds the counts."""
        step = int(now // self._width)
        if self._at is None:
            self._at = step
        if step <= self._at:
            return
        size = len(self._rows)
        for passed in range(self._at + 1, self._at + 1 + min(step - self._at, size)):
            row = self._rows[passed % size]
            self.sums = [total - gone for total, gone in zip(self.sums, row, strict=True)]
            row[:] = [0] * len(row)
        self._at = step

    def add(self, now: float, counts: Sequence[int]) -> None:
        """Count something at the time `now`, with one number for each column."""
        self.move(now)
        row = self._rows[(self._at or 0) % len(self._rows)]
        row[:] = [before + more for before, more in zip(row, counts, strict=True)]
        self.sums = [before + more for before, more in zip(self.sums, counts, strict=True)]
