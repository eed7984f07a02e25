"""What a worker knows from pass to pass: what is scored, what is due, how far it has read."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evalgate.model.scored import AnchorKey, Block, Pass, ScoreKey
from evalgate.model.spooled import Glance, SpoolPlace
from evalgate.monitoring.scoring.yardstick import Yardstick

MOST_TRIES = 3
"""Passes in which the judge is asked about an answer that it gives no reply to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A sample that is to be judged, and the bound of its block."""

    glance: Glance
    below: float


@dataclass(slots=True, kw_only=True)
class Memory:
    """The state of a worker.

    `anchors` are those that are scored on the day `today`. `ends` is how far each file of the spool
    has been read, and `waiting` what is due and not done.
    """

    done: set[ScoreKey]
    failed: Counter[ScoreKey]
    blocks: list[Block]
    passes: list[Pass]
    today: str
    anchors: set[AnchorKey]
    waiting: list[Task] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)

    def open_of(self, glance: Glance, sticks: Iterable[Yardstick]) -> list[Yardstick]:
        """Return by which of the criteria an answer is not scored yet."""

        def is_open(stick: Yardstick) -> bool:
            key = (glance.request_id, stick.name)
            return key not in self.done and self.failed[key] < MOST_TRIES

        return [each for each in sticks if is_open(each)]

    def anchors_of(self, today: str) -> set[AnchorKey]:
        """Return the anchors that are scored on a day; those of the day before are forgotten."""
        if today != self.today:
            self.today, self.anchors = today, set()
        return self.anchors


class BlocksByFile:
    """Finds the block that a place belongs to."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks: dict[str, list[Block]] = {}
        for block in sorted(blocks, key=lambda each: each.start):
            self._blocks.setdefault(block.file, []).append(block)

    def of(self, place: SpoolPlace) -> Block | None:
        """Return the block with a place, if there is one."""
        own = self._blocks.get(place.file, [])
        number = bisect_right(own, place.start, key=lambda each: each.start) - 1
        return own[number] if number >= 0 and place.start < own[number].end else None
