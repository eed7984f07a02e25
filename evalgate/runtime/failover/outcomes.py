"""What follows from each way in which an attempt can fail, as one table.

It says whether the same target is asked again, whether another one may be, what the breaker of the
target makes of it, and whether a person has to know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.chat import CallFailure, Completion, FailureKind


class Again(StrEnum):
    """Whether the same target may be asked once more.

    `last` means only when no other target is left, `told` at once when the server names no time,
    and otherwise when the time that it names fits into what is left.
    """

    NEVER = "never"
    ONCE = "once"
    LAST = "last"
    TOLD = "told"


class Effect(StrEnum):
    """What the breaker of a target makes of an attempt.

    `hold` keeps it closed to calls for the time that the server named, and is a failure where none
    is named. `long` and `route` open it for long, the latter for all models of the route. `none`
    says nothing about the target.
    """

    SUCCESS = "success"
    FAILURE = "failure"
    SLOW = "slow"
    HOLD = "hold"
    LONG = "long"
    ROUTE = "route"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """A row of the table; `alarms` marks what does not mend itself: event `ROUTE_REFUSED`."""

    again: Again = Again.NEVER
    hops: bool = False
    effect: Effect = Effect.NONE
    alarms: bool = False


_BROKEN = Consequence(again=Again.ONCE, hops=True, effect=Effect.FAILURE)
_REFUSED = Consequence(hops=True, effect=Effect.ROUTE, alarms=True)
_FINAL = Consequence()

OUTCOMES: Mapping[FailureKind, Consequence] = {
    FailureKind.CONNECTION: _BROKEN,
    FailureKind.CUT: _BROKEN,
    FailureKind.SERVER: _BROKEN,
    FailureKind.MALFORMED: _BROKEN,
    # What took too long once does so again, and has used up the time for it.
    FailureKind.TIMEOUT: Consequence(hops=True, effect=Effect.SLOW),
    # The whole provider lacks capacity: to ask again makes it worse.
    FailureKind.OVERLOADED: Consequence(again=Again.LAST, hops=True, effect=Effect.FAILURE),
    FailureKind.RATE_LIMIT: Consequence(again=Again.TOLD, hops=True, effect=Effect.HOLD),
    # The route maps the model to another one, and will the next time.
    FailureKind.WRONG_MODEL: Consequence(hops=True, effect=Effect.FAILURE),
    FailureKind.SPEND_LIMIT: _REFUSED,
    FailureKind.BILLING: _REFUSED,
    FailureKind.AUTHENTICATION: _REFUSED,
    FailureKind.PERMISSION: _REFUSED,
    FailureKind.MODEL_NOT_FOUND: Consequence(hops=True, effect=Effect.LONG, alarms=True),
    # What is wrong with the request is wrong everywhere.
    FailureKind.REQUEST: _FINAL,
    FailureKind.TOO_LARGE: _FINAL,
    # The time of the call is over.
    FailureKind.DEADLINE: _FINAL,
    # These four come of runs of the gate and of batches; no call of an application meets them.
    FailureKind.COST_LIMIT: _FINAL,
    FailureKind.EXPIRED: _FINAL,
    FailureKind.WORKER_LOST: _FINAL,
    FailureKind.CALL_NEEDED: _FINAL,
}
"""By kind; every kind has a row."""


def effect_of(result: Completion | CallFailure) -> Effect:
    """Return what the breaker makes of how an attempt ended; any answer is a success of it."""
    return Effect.SUCCESS if isinstance(result, Completion) else OUTCOMES[result.kind].effect
