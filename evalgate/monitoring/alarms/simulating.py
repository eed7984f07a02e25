"""Plays the rules over made-up scores: how often they are wrong, and how late they are.

The scores are drawn anew from those that the baseline is made of (Efron's bootstrap), and so is the
baseline's mean, so that nothing of the formulas is taken for granted. All draws come from outside.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import sub
from random import Random
from statistics import fmean

from evalgate.monitoring.alarms.watching import Watch

FALLS: Sequence[float] = (0.03, 0.05, 0.1)
"""The falls whose delay is told."""

MOST_WINDOWS = 12
"""Windows after which a fall that was not noticed counts as missed."""

_TRIES = 8
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """After how many scores a fall is noticed: half of the time, and nine times in ten.

    None where it takes longer than the simulation lasts; `missed` is the share of those.
    """

    fall: float
    median: int | None
    ninth: int | None
    missed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a simulation of a watch found, in so many `runs` of each kind."""

    runs: int
    false_pages: int
    false_tickets: int
    pages: tuple[Delay, ...]
    tickets: tuple[Delay, ...]


def simulate(
    watch: Watch,
    scores: Sequence[float],
    draws: Random,
    *,
    runs: int,
    tell: Callable[[], None] = lambda: None,
) -> Simulated:
    """Return how often a watch is wrong within 10,000 scores, and how late it is.

    Args:
        watch: how a stream is watched.
        scores: some that its baseline may be made of.
        draws: where chance comes from; the same draws give the same result.
        runs: simulations of each kind.
        tell: is called after each.
    """
    truth = fmean(scores)
    pages = tickets = 0
    for _ in range(runs):
        baseline = truth + _error(watch, draws)
        stream = draws.choices(scores, k=watch.promise.scores)
        pages += _page(watch, stream, baseline) is not None
        tickets += _ticket(watch, stream, baseline) is not None
        tell()
    late = {
        fall: _delays(watch, scores, draws, fall=fall, runs=max(20, runs // 4)) for fall in FALLS
    }
    tell()
    return Simulated(
        runs=runs,
        false_pages=pages,
        false_tickets=tickets,
        pages=tuple(_delay(fall, found[0]) for fall, found in late.items()),
        tickets=tuple(_delay(fall, found[1]) for fall, found in late.items())
        if watch.tuning
        else (),
    )


def lowered(scores: Sequence[float], fall: float, draws: Random) -> list[float]:
    """Return scores whose mean is lower by a fall: passes fail, grades go down.

    What cannot fall far enough is made up for by the others, as far as they can.
    """
    if all(each in (0.0, 1.0) for each in scores):
        passed = [place for place, each in enumerate(scores) if each]
        many = min(len(passed), round(fall * len(scores)))
        failing = frozenset(draws.sample(passed, many))
        return [0.0 if place in failing else each for place, each in enumerate(scores)]
    down, found = fall, [*scores]
    for _ in range(_TRIES):
        found = [max(0.0, each - down) for each in scores]
        down += fall - (sum(scores) - sum(found)) / max(1, len(scores))
    return found


def _error(watch: Watch, draws: Random) -> float:
    """Return by how much a baseline of so many scores may differ from the truth."""
    return draws.gauss(0.0, watch.spread.sd / math.sqrt(watch.spread.n))


def _page(watch: Watch, stream: Sequence[float], baseline: float) -> int | None:
    """Return the index of the score with which the window alarms first."""
    line = (baseline + watch.line - watch.baseline.mean) * watch.window + _ROUNDING
    sums = list(accumulate(stream, initial=0.0))
    totals = list(map(sub, sums[watch.window :], sums))
    if not totals or min(totals) > line:
        return None
    return next(place for place, total in enumerate(totals) if total <= line) + watch.window - 1


def _ticket(watch: Watch, stream: Sequence[float], baseline: float) -> int | None:
    """Return the index of the score with which the cumulative sum alarms first."""
    if watch.tuning is None:
        return None
    tuning = replace(watch.tuning, mean=baseline)
    limit = tuning.limit
    return next((place for place, level in enumerate(tuning.sums(stream)) if level >= limit), None)


def _delays(
    watch: Watch, scores: Sequence[float], draws: Random, *, fall: float, runs: int
) -> tuple[list[int | None], list[int | None]]:
    """Return after how many scores of a fall either rule noticed it, None where it did not."""
    low, truth = lowered(scores, fall, draws), fmean(scores)
    pages: list[int | None] = []
    tickets: list[int | None] = []
    most = MOST_WINDOWS * watch.window
    for _ in range(runs):
        baseline = truth + _error(watch, draws)
        before = draws.choices(scores, k=watch.window)
        stream = [*before, *draws.choices(low, k=most)]
        page, ticket = _page(watch, stream, baseline), _ticket(watch, stream, baseline)
        pages.append(None if page is None else max(0, page + 1 - watch.window))
        tickets.append(None if ticket is None else max(0, ticket + 1 - watch.window))
    return pages, tickets


def _delay(fall: float, found: Sequence[int | None]) -> Delay:
    late = sorted(each for each in found if each is not None)
    missed = len(found) - len(late)
    return Delay(
        fall=fall,
        median=_at(late, len(found) // 2),
        ninth=_at(late, (9 * len(found)) // 10),
        missed=missed / len(found) if found else 0.0,
    )


def _at(late: Sequence[int], place: int) -> int | None:
    return late[place] if place < len(late) else None
