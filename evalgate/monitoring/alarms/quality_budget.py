"""Error budgets of quality: by numbers of scores, since time windows hold too few of them.

With a target of 90 % no budget can burn faster than 10 times, so that the multiples of calls would
never be reached. The two windows are of 200 and of 40 scores; 3 times is a page, 1.5 times a
ticket. A multiple counts only where so many bad scores are not chance at a budget that is spent
just so.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType

from evalgate.deciding.moving_window import Promise, Spread, least_drop
from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alarm_report import Burn, ErrorBudget
from evalgate.model.monitoring import Objective
from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.monitoring.alarms import wording
from evalgate.monitoring.alarms.burning import DAY, PERIOD_DAYS, REACHABLE, budget, unpaged
from evalgate.monitoring.alarms.figures import fingerprint_of, limits
from evalgate.monitoring.alarms.watching import DRIFTS

LONG, SHORT = 200, 40
WINDOW = f"{LONG} and {SHORT} scores"
MULTIPLES: Mapping[Urgency, float] = MappingProxyType({Urgency.PAGE: 3.0, Urgency.TICKET: 1.5})

_SURE = 1e9
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Scores by the time of their answers, and how many were bad up to each."""

    times: Sequence[float]
    bad: Sequence[int]

    def share(self, end: int, n: int) -> float:
        """Return which share of the n scores before an index was bad."""
        n = min(n, end)
        return (self.bad[end] - self.bad[end - n]) / n if n else 0.0


@dataclass(frozen=True, slots=True)
class _Shape:
    """How urgent an alarm is, and the share of bad scores that raises it."""

    urgency: Urgency
    limit: float


def judged_of(objective: Objective, observations: Iterable[Observation], *, at: float) -> Judged:
    """Return the scores that a service level of quality is about, up to an instant."""
    found = sorted(
        (each.ts, each.request_id, outcome < objective.threshold - _ROUNDING)
        for each in observations
        if (outcome := each.outcome) is not None
        and each.stratum is Stratum.UNIFORM
        and each.ts <= at
        and _is_about(objective, each)
    )
    return Judged(
        times=[ts for ts, _, _ in found],
        bad=[*accumulate((int(bad) for _, _, bad in found), initial=0)],
    )


def limit_of(objective: Objective, urgency: Urgency, *, false_alarms: float) -> float:
    """Return the share of bad scores in the long window that alarms."""
    rate = 1 - objective.target
    steady = Spread(lost=rate, sd=0.0, skew=0.0, n=_SURE, is_binary=True, worth=1.0)
    chance = false_alarms if urgency is Urgency.PAGE else DRIFTS
    surely = rate + least_drop(steady, LONG, Promise(chance))
    return min(REACHABLE, max(MULTIPLES[urgency] * rate, surely))


def quality_burns(
    objective: Objective, judged: Judged, *, false_alarms: float
) -> tuple[Alarm, ...]:
    """Return the alarms about a service level of quality, the oldest first.

    Args:
        objective: of quality.
        judged: its scores.
        false_alarms: the chance of a page within 10,000 scores that are just good enough.
    """
    pages = [*_alarms(objective, judged, Urgency.PAGE, false_alarms=false_alarms)]
    tickets = _alarms(objective, judged, Urgency.TICKET, false_alarms=false_alarms)
    return tuple(sorted((*pages, *unpaged(tickets, pages)), key=lambda alarm: alarm.raised))


def quality_budget_of(
    objective: Objective, judged: Judged, *, false_alarms: float, at: float
) -> ErrorBudget:
    """Return what a service level of quality has left of its 30 days."""
    rate, end = 1 - objective.target, len(judged.times)
    burns = tuple(
        Burn(
            window=WINDOW,
            urgency=urgency,
            limit=limit_of(objective, urgency, false_alarms=false_alarms) / rate,
            long=judged.share(end, LONG) / rate,
            short=judged.share(end, SHORT) / rate,
        )
        for urgency in MULTIPLES
    )
    first = bisect_left(judged.times, at - PERIOD_DAYS * DAY)
    days = (at - judged.times[first]) / DAY if first < end else 0.0
    bad = judged.bad[end] - judged.bad[first]
    return budget(objective, total=end - first, bad=bad, days=days, burns=burns)


def _alarms(
    objective: Objective, judged: Judged, urgency: Urgency, *, false_alarms: float
) -> Iterator[Alarm]:
    limit = limit_of(objective, urgency, false_alarms=false_alarms)
    shape = _Shape(urgency, limit)
    wanted = min(limit, MULTIPLES[urgency] * (1 - objective.target))
    raised: int | None = None
    for end in range(LONG, len(judged.times) + 1):
        if raised is None:
            if (
                judged.share(end, LONG) >= limit - _ROUNDING
                and judged.share(end, SHORT) >= wanted - _ROUNDING
            ):
                raised = end
        elif judged.share(end, LONG) < wanted and judged.share(end, SHORT) < wanted / 2:
            yield _alarm(objective, judged, shape=shape, end=raised, over=end)
            raised = None
    if raised is not None:
        yield _alarm(objective, judged, shape=shape, end=raised, over=None)


def _alarm(
    objective: Objective, judged: Judged, *, shape: _Shape, end: int, over: int | None
) -> Alarm:
    urgency, limit, rate = shape.urgency, shape.limit, 1 - objective.target
    long, short = judged.share(end, LONG), judged.share(end, SHORT)
    low, high = limits(long, LONG, sd=0.0, is_binary=True)
    stream = Stream(prompt=objective.prompt, criterion=objective.name, feature=objective.feature)
    return Alarm(
        signal=Signal.BURN,
        urgency=urgency,
        stream=stream,
        fingerprint=fingerprint_of(Signal.BURN, stream),
        began=judged.times[end - LONG],
        raised=judged.times[end - 1],
        resolved=None if over is None else judged.times[over - 1],
        observed=long / rate,
        baseline=1.0,
        limit=limit / rate,
        low=low / rate,
        high=high / rate,
        n=LONG,
        window=WINDOW,
        message=wording.burns(
            objective.name,
            long=long / rate,
            short=short / rate,
            window=WINDOW,
            target=objective.target,
        ),
    )


def _is_about(objective: Objective, score: Observation) -> bool:
    return (
        objective.prompt in ("", score.prompt)
        and objective.feature in ("", score.feature)
        and objective.criterion in ("", score.criterion)
    )
