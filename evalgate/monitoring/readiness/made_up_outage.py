"""An outage that never was, for the service levels to notice: pure, minute by minute."""

from collections.abc import Iterator

from evalgate.model.monitoring import Level, Objective
from evalgate.model.traffic import Minute, Place, Tally

CALLS = 100
"""In each minute."""

GOOD_MINUTES = 180
BAD_MINUTES = 70
"""More than the longer one of the two windows that page first."""

_MINUTE = 60.0


def made_up_outage(objective: Objective, *, at: float) -> Iterator[Minute]:
    """Yield hours of good traffic, and then one in which every call misses the objective.

    Args:
        objective: a service level that is counted by calls.
        at: when the outage ends, in seconds since 1970.
    """
    begun = at - (GOOD_MINUTES + BAD_MINUTES) * _MINUTE
    place = Place(prompt=objective.prompt or "made-up", feature=objective.feature)
    for number in range(GOOD_MINUTES + BAD_MINUTES):
        tally = _bad(objective) if number >= GOOD_MINUTES else _good(objective)
        yield Minute(start=begun + number * _MINUTE, place=place, tally=tally)


def _good(objective: Objective) -> Tally:
    return Tally(calls=CALLS, latencies={0: CALLS}, late={int(objective.threshold): 0})


def _bad(objective: Objective) -> Tally:
    tally = _good(objective)
    if objective.level is Level.AVAILABILITY:
        tally.failed = CALLS
    elif objective.level is Level.LATENCY:
        tally.late = {int(objective.threshold): CALLS}
    elif objective.level is Level.FORMAT:
        tally.malformed = CALLS
    return tally
