"""Worlds that a selftest plays in: how often each case really passes, and what a change does to it.

Nobody knows these rates. They are drawn from what the record leaves possible: for each case a beta
distribution, which begins as that of the ordinary world and learns from the case's trials (Gelman
et al., Bayesian Data Analysis, 3rd edition, section 2.4). So a case that always passed may yet
fail, and a case without a record is an ordinary one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from evalgate.deciding.harmless import ORDINARY_CORRELATION, ORDINARY_RATE
from evalgate.model.comparison import PlannedCase
from evalgate.model.selftest import Spread

_WORTH = 1 / ORDINARY_CORRELATION - 1
"""How many trials that knowledge is worth."""

Rates = Mapping[str, float]
"""The chance of a pass, in 0..1, by case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """What a change does: by how much the mean falls, as a fraction, and where.

    A diffuse drop takes the same share of every rate. Broken cases never pass any more, whole
    clusters at a time. Each breaks by a chance of its own, so that the drop is that of the traffic
    which the cases were drawn from, and that of the set varies about it; `of_the_set` makes it just
    that of the set.
    """

    size: float
    spread: Spread
    of_the_set: bool = False


def drawn_rates(
    cases: Sequence[PlannedCase], outcomes: Mapping[str, Sequence[float]], luck: Random
) -> dict[str, float]:
    """Draw the chance of a pass of each case.

    Args:
        cases: the cases of the world.
        outcomes: those on record, in 0..1, by case. A score counts as so much of a pass.
        luck: what to draw from.
    """
    rates = {}
    for case in cases:
        known = outcomes.get(case.case, ())
        passed = sum(known)
        rates[case.case] = luck.betavariate(
            _WORTH * ORDINARY_RATE + passed,
            _WORTH * (1 - ORDINARY_RATE) + len(known) - passed,
        )
    return rates


def drawn_record(
    rates: Rates, outcomes: Mapping[str, Sequence[float]], luck: Random
) -> dict[str, tuple[float, ...]]:
    """Draw a record as deep as another one."""
    return {
        case: tuple(outcome(rates[case], luck) for _ in known) for case, known in outcomes.items()
    }


def outcome(rate: float, luck: Random) -> float:
    """Draw one trial: 1 or 0."""
    return float(luck.random() < rate)


def after_change(
    rates: Rates, cases: Sequence[PlannedCase], luck: Random, *, drop: Drop
) -> dict[str, float]:
    """Return the rates after a change that takes something of the mean.

    Args:
        rates: before the change.
        cases: those that have the rates.
        luck: what to draw from.
        drop: what the change does.
    """
    mean = sum(rates.values()) / len(rates)
    share = min(1.0, drop.size / mean) if mean else 0.0
    if drop.spread is Spread.DIFFUSE:
        return {case: (1 - share) * rate for case, rate in rates.items()}
    if drop.spread is Spread.NONE:
        return dict(rates)
    units: dict[tuple[str, str], list[str]] = {}
    for case in cases:
        units.setdefault(case.unit, []).append(case.case)
    if not drop.of_the_set:
        broken = {case for unit in units.values() if luck.random() < share for case in unit}
        return {case: 0.0 if case in broken else rate for case, rate in rates.items()}
    order = [*units.values()]
    luck.shuffle(order)
    return _broken(rates, order, loss=share * mean * len(rates))


def _broken(rates: Rates, order: Sequence[Sequence[str]], *, loss: float) -> dict[str, float]:
    """Break unit after unit until just so much is lost; the last case breaks in part."""
    after = dict(rates)
    for case in chain.from_iterable(order):
        taken = min(after[case], loss)
        after[case] -= taken
        loss -= taken
    return after
