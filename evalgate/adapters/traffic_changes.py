"""What the calls of a log show to have changed: versions, models, providers, and who called.

A log of several hosts has old and new side by side for a while, so a change is told where a value
comes up that was not there for an hour, while another one was.
"""

from collections.abc import Iterator, Mapping
from operator import attrgetter

from evalgate.model.traffic import Change

SLOT = 600.0
"""Seconds of the stretches in which something was there or not."""

GAP = 6
"""Stretches after which a value that comes back is a change."""

MOST_VALUES = 200
"""Values of one subject that are told apart."""

FEWEST, MOST_OF = 20, 2 / 3
"""Calls of a stretch, and the share of them, that show where calls go by now."""

SOURCE = "calls"
PROVIDER = "provider"

_Slots = dict[int, list[float]]
"""By stretch: when it was first seen in it, and in how many calls."""


class Served:
    """Remembers what was there in which stretch of time."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._seen: dict[tuple[str, str], dict[str, _Slots]] = {}

    def note(self, subject: tuple[str, str], value: str, *, ts: float, calls: int = 1) -> None:
        """Note that something was there.

        Args:
            subject: the kind of change that it would be, and whose.
            value: such as a version.
            ts: when, in seconds since 1970.
            calls: of how many calls.
        """
        values = self._seen.setdefault(subject, {})
        if value not in values and len(values) >= MOST_VALUES:
            return
        slots = values.setdefault(value, {})
        seen = slots.setdefault(int(ts // SLOT), [ts, 0])
        seen[0] = min(seen[0], ts)
        seen[1] += calls

    def forget(self, before: float) -> None:
        """Forget what was there before an instant."""
        first = int(before // SLOT)
        for values in self._seen.values():
            for slots in values.values():
                for slot in [each for each in slots if each < first]:
                    del slots[slot]

    def changes(self) -> tuple[Change, ...]:
        """Return what has changed, in the order of time."""
        found = [
            change
            for (kind, subject), values in self._seen.items()
            for change in _changes(kind, subject, _leading(values) if kind == PROVIDER else values)
        ]
        return tuple(sorted(found, key=attrgetter("ts", "kind", "subject", "after")))


def _leading(values: Mapping[str, _Slots]) -> dict[str, _Slots]:
    """Return of each stretch the value of most calls alone: single calls go anywhere."""
    totals: dict[int, float] = {}
    for slots in values.values():
        for slot, (_, calls) in slots.items():
            totals[slot] = totals.get(slot, 0) + calls
    return {
        value: {
            slot: seen
            for slot, seen in slots.items()
            if totals[slot] >= FEWEST and seen[1] > MOST_OF * totals[slot]
        }
        for value, slots in values.items()
    }


def _changes(kind: str, subject: str, values: Mapping[str, _Slots]) -> Iterator[Change]:
    for value, slots in values.items():
        others = {other: seen for other, seen in values.items() if other != value}
        last: int | None = None
        for slot in sorted(slots):
            before = _before(others, slot) if last is None or slot - last > GAP else None
            if before is not None and (last is None or before[0] > last):
                yield Change(
                    ts=slots[slot][0],
                    kind=kind,
                    subject=subject,
                    before=before[1],
                    after=value,
                    source=SOURCE,
                )
            last = slot


def _before(others: Mapping[str, _Slots], slot: int) -> tuple[int, str] | None:
    """Return which other value was there last before a stretch, and in which one."""
    seen = [
        (max(earlier), value)
        for value, slots in others.items()
        if (earlier := [each for each in slots if each < slot])
    ]
    return max(seen, default=None)
