"""Error budgets of calls: how fast they are spent, when that is an alarm, and what is left.

A pair of windows alarms when both burn at its multiple: the long one tells that it matters, the
short one that it goes on (Google, The Site Reliability Workbook, 2018, chapter 5). No multiple can
be larger than 1 / (1 − target), where all calls are bad; a pair that asks for more than four fifths
of that is content with four fifths, so that an outage pages whatever the target.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alarm_report import Burn, ErrorBudget
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Stream
from evalgate.model.traffic import Minute, Tally
from evalgate.monitoring.alarms import wording
from evalgate.monitoring.alarms.figures import fingerprint_of, limits

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
PERIOD_DAYS = 30
FEWEST_BAD = 5
"""Bad calls in the long window below which nothing is an alarm."""

REACHABLE = 0.8
"""The share of all calls that must be bad at most for an alarm."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two windows in seconds, and the multiple that both must reach."""

    name: str
    long: float
    short: float
    multiple: float
    urgency: Urgency


PAIRS: Sequence[Pair] = (
    Pair(name="1 h and 5 min", long=HOUR, short=5 * MINUTE, multiple=14.4, urgency=Urgency.PAGE),
    Pair(
        name="6 h and 30 min", long=6 * HOUR, short=30 * MINUTE, multiple=6.0, urgency=Urgency.PAGE
    ),
    Pair(name="3 d and 6 h", long=3 * DAY, short=6 * HOUR, multiple=1.0, urgency=Urgency.TICKET),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Calls by the end of their minute, and how many were counted and were bad up to each."""

    ends: Sequence[float]
    total: Sequence[int]
    bad: Sequence[int]

    def between(self, after: float, until: float) -> tuple[int, int]:
        """Return how many were counted, and how many were bad, in a stretch of time."""
        first, last = bisect_right(self.ends, after), bisect_right(self.ends, until)
        return self.total[last] - self.total[first], self.bad[last] - self.bad[first]


def counted_of(objective: Objective, minutes: Iterable[Minute], *, at: float) -> Counted:
    """Return the calls that a service level is about, up to an instant."""
    sums: dict[float, tuple[int, int]] = {}
    for each in minutes:
        if each.start > at or not _is_about(objective, each):
            continue
        end = min(at, each.start + MINUTE)
        total, bad = sums.get(end, (0, 0))
        more, worse = _judged(objective, each.tally)
        sums[end] = (total + more, bad + worse)
    ends = sorted(sums)
    return Counted(
        ends=ends,
        total=[*accumulate((sums[end][0] for end in ends), initial=0)],
        bad=[*accumulate((sums[end][1] for end in ends), initial=0)],
    )


def multiple_of(pair: Pair, objective: Objective) -> float:
    """Return the multiple that a pair asks for at a target."""
    return min(pair.multiple, REACHABLE / (1 - objective.target))


def burn_alarms(
    objective: Objective, minutes: Iterable[Minute], *, fewest: int, at: float
) -> tuple[Alarm, ...]:
    """Return the alarms about a service level of calls, the oldest first.

    Args:
        objective: of availability, latency or format.
        minutes: in any order.
        fewest: calls that the long window has at least.
        at: nothing later is known, in seconds since 1970.
    """
    counted = counted_of(objective, minutes, at=at)
    pages: list[Alarm] = []
    tickets: list[Alarm] = []
    for pair in PAIRS:
        found = pages if pair.urgency is Urgency.PAGE else tickets
        found.extend(_alarms(objective, counted, pair, fewest=fewest, at=at))
    paged = _merged(pages)
    left = unpaged(_merged(tickets), paged)
    return tuple(sorted((*paged, *left), key=lambda alarm: alarm.raised))


def unpaged(tickets: Iterable[Alarm], pages: Sequence[Alarm]) -> Iterator[Alarm]:
    """Yield the tickets that no page tells of, before, while, or after they would be told."""
    for ticket in tickets:
        if not any(_overlap(ticket, page) for page in pages):
            yield ticket


def budget_of(objective: Objective, minutes: Iterable[Minute], *, at: float) -> ErrorBudget:
    """Return what a service level of calls has left of its 30 days."""
    counted = counted_of(objective, minutes, at=at)
    burns = []
    for pair in PAIRS:
        long, short = _burn(objective, counted, pair, at=at)
        multiple = multiple_of(pair, objective)
        burns.append(
            Burn(window=pair.name, urgency=pair.urgency, limit=multiple, long=long, short=short)
        )
    total, bad = counted.between(at - PERIOD_DAYS * DAY, at)
    first = next((end for end in counted.ends if end > at - PERIOD_DAYS * DAY), at)
    return budget(objective, total=total, bad=bad, days=(at - first) / DAY, burns=tuple(burns))


def budget(
    objective: Objective, *, total: int, bad: int, days: float, burns: tuple[Burn, ...]
) -> ErrorBudget:
    """Return an error budget from what was counted."""
    allowed = (1 - objective.target) * total
    return ErrorBudget(
        objective=objective,
        counted=total,
        bad=bad,
        allowed=allowed,
        left=1 - bad / allowed if allowed else 1.0,
        days=max(0.0, days),
        burns=burns,
    )


def _is_about(objective: Objective, minute: Minute) -> bool:
    place = minute.place
    return objective.prompt in ("", place.prompt) and objective.feature in ("", place.feature)


def _judged(objective: Objective, tally: Tally) -> tuple[int, int]:
    """Return how many calls count, and how many of them are bad."""
    if objective.level is Level.AVAILABILITY:
        return tally.calls, tally.failed + tally.degraded
    if objective.level is Level.LATENCY:
        return tally.calls - tally.cached, tally.late.get(int(objective.threshold), 0)
    return tally.calls - tally.failed, tally.malformed


def _burn(objective: Objective, counted: Counted, pair: Pair, *, at: float) -> tuple[float, float]:
    """Return how fast the budget was spent in the long and in the short window up to an instant."""
    rates = []
    for window in (pair.long, pair.short):
        total, bad = counted.between(at - window, at)
        rates.append(bad / total / (1 - objective.target) if total else 0.0)
    return rates[0], rates[1]


def _alarms(
    objective: Objective, counted: Counted, pair: Pair, *, fewest: int, at: float
) -> Iterator[Alarm]:
    """Yield the alarms of one pair of windows."""
    multiple = multiple_of(pair, objective)
    raised: float | None = None
    for moment, is_bad in _moments(counted, pair, at=at):
        if raised is None and not is_bad:
            continue
        long, short = _burn(objective, counted, pair, at=moment)
        if raised is None:
            total, bad = counted.between(moment - pair.long, moment)
            enough = total >= fewest and bad >= FEWEST_BAD
            if enough and min(long, short) >= multiple - _ROUNDING:
                raised = moment
        elif short < multiple / 2:
            yield _alarm(objective, counted, pair, raised=raised, resolved=moment)
            raised = None
    if raised is not None:
        yield _alarm(objective, counted, pair, raised=raised, resolved=None)


def _moments(counted: Counted, pair: Pair, *, at: float) -> Iterator[tuple[float, bool]]:
    """Yield when to look: at the end of each minute, and when its calls leave the short window.

    With each comes whether there were bad calls in that minute: a budget is spent only then.
    """
    bad = {
        end: counted.bad[place + 1] > counted.bad[place] for place, end in enumerate(counted.ends)
    }
    leaving = (end + pair.short for end in counted.ends if bad[end])
    for moment in sorted({*counted.ends, *leaving}):
        if moment <= at:
            yield moment, bad.get(moment, False)


def _alarm(
    objective: Objective, counted: Counted, pair: Pair, *, raised: float, resolved: float | None
) -> Alarm:
    long, short = _burn(objective, counted, pair, at=raised)
    total, bad = counted.between(raised - pair.long, raised)
    budgeted = 1 - objective.target
    low, high = limits(bad / total, total, sd=0.0, is_binary=True)
    stream = Stream(prompt=objective.prompt, criterion=objective.name, feature=objective.feature)
    return Alarm(
        signal=Signal.BURN,
        urgency=pair.urgency,
        stream=stream,
        fingerprint=fingerprint_of(Signal.BURN, stream),
        began=_began(counted, raised - pair.long, raised),
        raised=raised,
        resolved=resolved,
        observed=long,
        baseline=1.0,
        limit=multiple_of(pair, objective),
        low=low / budgeted,
        high=high / budgeted,
        n=total,
        window=pair.name,
        message=wording.burns(
            objective.name, long=long, short=short, window=pair.name, target=objective.target
        ),
    )


def _began(counted: Counted, after: float, until: float) -> float:
    """Return since when the bad calls came: where their share rose most (least squares)."""
    first, last = bisect_right(counted.ends, after), bisect_right(counted.ends, until)
    total, bad = counted.between(after, until)
    best, place = 0.0, first
    for index in range(first, last):
        calls, worse = (
            counted.total[last] - counted.total[index],
            counted.bad[last] - counted.bad[index],
        )
        rise = worse - calls * bad / total
        gain = rise * rise / calls / max(1, total - calls) if calls and rise > 0 else 0.0
        if gain > best:
            best, place = gain, index
    return max(after, counted.ends[place] - MINUTE)


def _merged(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Return alarms of one urgency as one where they overlap: the first one told stays."""
    kept: list[Alarm] = []
    for each in sorted(alarms, key=lambda alarm: alarm.raised):
        last = kept[-1] if kept else None
        if last is None or (last.resolved is not None and last.resolved < each.raised):
            kept.append(each)
        elif last.resolved is not None and (each.resolved is None or each.resolved > last.resolved):
            kept[-1] = replace(last, resolved=each.resolved)
    return kept


def _overlap(one: Alarm, other: Alarm) -> bool:
    return (one.resolved is None or one.resolved > other.raised) and (
        other.resolved is None or other.resolved > one.raised
    )
