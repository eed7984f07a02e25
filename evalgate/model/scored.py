"""What a worker that scores samples remembers: which of them are due, and what scoring cost."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Samples that were found together: the bytes of a spool's file from `start` up to `end`.

    Those whose draw lies below `below` are due to be judged; the others are passed over for good.
    That is settled before the first of them is judged. `usd` is what judging them was expected to
    cost, and `ts` when they were found, in seconds since 1970.
    """

    ts: float
    file: str
    start: int
    end: int
    below: float
    samples: int
    due: int
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass over the spool came to: how many samples were judged, and at what cost."""

    ts: float
    samples: int
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All blocks and passes that are written down, oldest first."""

    blocks: tuple[Block, ...] = ()
    passes: tuple[Pass, ...] = ()


ScoreKey = tuple[str, str]
"""The request and the criterion: what is scored once, whoever the judge is.

Of two scores of an answer readers take the first one, so that a second one would be paid in vain.
"""

AnchorKey = tuple[str, str, str]
"""The anchor, the criterion and the judge: what is scored once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownScores:
    """What stands in the folder of scores already.

    `failed` counts the lines that only say that the judge gave no reply. `anchors` are those of
    the day on which it was read.
    """

    done: Collection[ScoreKey] = frozenset()
    failed: Mapping[ScoreKey, int] = field(default_factory=dict)
    anchors: Collection[AnchorKey] = frozenset()
