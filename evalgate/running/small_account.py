"""Warns, once, when the rate limits that a server states make a run longer than its job."""

from dataclasses import replace

from evalgate.model.chat import RateLimits
from evalgate.running.duration import Duration, time_by_limits
from evalgate.running.estimate import Estimate, Lane
from evalgate.running.time_words import passes, too_long


def time_left(
    estimate: Estimate, lane: Lane, limits: RateLimits, *, left: float
) -> Duration | None:
    """Return how long the rest takes by the limits of one route and model; None when it has none.

    Args:
        estimate: of the whole run.
        lane: the route and the model.
        limits: what the server states for them.
        left: the part of the run's trials that is still to be done, from 0 to 1.
    """
    load = estimate.lanes.get(lane)
    return None if load is None else time_by_limits({lane: load.share(left)}, {lane: limits})


class SmallAccount:
    """Looks at the first limits that each route and model states, and complains at most once."""

    def __init__(self, estimate: Estimate, *, job_minutes: float) -> None:
        """Watch a run that was estimated so."""
        self._estimate = estimate
        self._job_minutes = job_minutes
        self._seen: set[Lane] = set()
        self._complained = False

    def warning(
        self, lane: Lane, limits: RateLimits | None, *, left: float, passed: float
    ) -> str | None:
        """Return the warning, or None when there is nothing to say, or it was said before.

        Args:
            lane: the route and the model that answered.
            limits: what the response states.
            left: the part of the run's trials that is still to be done, from 0 to 1.
            passed: the seconds that the run has taken so far.
        """
        if self._complained or limits is None or lane in self._seen:
            return None
        duration = time_left(self._estimate, lane, limits, left=left)
        if duration is None:
            return None
        self._seen.add(lane)
        whole = replace(duration, seconds=duration.seconds + passed)
        if not passes(whole, self._job_minutes):
            return None
        self._complained = True
        return f"the server's rate limits make this run long: {too_long(whole, self._job_minutes)}"
