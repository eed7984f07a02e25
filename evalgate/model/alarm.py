"""What the monitor raises when quality or service falls, until that is over."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.observation import Stream


class Signal(StrEnum):
    """What was seen.

    `fall` is a mean below the frozen baseline by the limit, `floor` one below the floor. `drift` is
    a small and lasting fall, told by a cumulative sum. `burn` is an error budget that is spent too
    fast. `judge` is a judge that scores the same answers otherwise than before. `silence` is an
    observed prompt without scores, `sink` a place for alerts that does not take them.
    """

    FALL = "fall"
    FLOOR = "floor"
    DRIFT = "drift"
    BURN = "burn"
    JUDGE = "judge"
    SILENCE = "silence"
    SINK = "sink"


class Urgency(StrEnum):
    """Whether somebody is woken, or finds it in the morning."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One cause, from its beginning to its end.

    Times are in seconds since 1970: `began` is where the change seems to lie, `raised` when it was
    told, `resolved` when it was over, None while it lasts. `stream` is what is affected; of a
    `burn` its criterion is the service level's name. `also` are further streams of the same cause.
    `observed` and `limit` are fractions (of a `burn` multiples of the rate that spends the budget
    just so), `low` and `high` the bounds of what was observed, `n` the scores or calls of the
    window, and `window` says how long that is, such as `100 scores` or `1 h and 5 min`. `message`
    is one sentence.
    """

    signal: Signal
    urgency: Urgency
    stream: Stream
    fingerprint: str
    began: float
    raised: float
    resolved: float | None = None
    observed: float
    baseline: float | None = None
    limit: float
    low: float | None = None
    high: float | None = None
    n: int
    window: str
    message: str
    also: tuple[Stream, ...] = ()
