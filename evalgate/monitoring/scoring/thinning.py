"""Which samples the judge is paid for, when the budget does not do for all.

Every call has one draw, and was sampled because it lies below the call's probability p. Of what is
found together, a block, those are due whose draw lies below one bound T too. So a call is due with
the probability min(p, T) exactly, and what is weighted by one over that still speaks for all calls
(Poisson sampling). T follows from the probabilities and the budget alone: neither from what users
or the model said, nor from any score, nor from the draws. Since the plain share of all calls has
the lowest draws, it comes first, and what was chosen for a mark alone gives way.
"""

from collections.abc import Iterable, Sequence
from math import inf

from evalgate.model.scored import Block, Pass
from evalgate.model.spooled import Glance
from evalgate.runtime.smelling.sampling import drawn

DAY = 86_400.0

REMEMBERED_PASSES = 20
"""The passes that say what judging a sample costs."""


def bound(probabilities: Iterable[float], affordable: float) -> float:
    """Return the bound below which as many samples are due, on average, as can be afforded.

    Args:
        probabilities: with which each of the samples was chosen.
        affordable: a number of samples, not only a whole one.
    """
    known = sorted(probabilities)
    if affordable >= len(known):
        return 1.0
    # A sample is due with the probability min(1, T / p), given that it is one.
    rest = sum(1 / each for each in known)
    for number, least in enumerate(known):
        found = (affordable - number) / rest
        if found <= least:
            return max(0.0, found)
        rest -= 1 / least
    return 1.0


def is_due(glance: Glance, below: float) -> bool:
    """Return whether a sample of a block with this bound is to be judged."""
    return below >= 1.0 or drawn(glance.request_id) < below


def chance(probability: float, below: float) -> float:
    """Return the chance with which a call is due, sampling and budget taken together."""
    return min(probability, below)


def in_order(glances: Iterable[Glance]) -> list[Glance]:
    """Return samples in the order of their draws: who comes late depends on nothing else."""
    return sorted(glances, key=lambda each: (drawn(each.request_id), each.place))


def purse(blocks: Sequence[Block], *, per_day: float | None, now: float) -> float:
    """Return what may be spent on samples that are found now, in US dollars.

    The money of a day comes in evenly, and what is not spent is kept up to that of one day. So the
    evening is judged as closely as the morning, however often the worker looks.

    Args:
        blocks: what was found so far, oldest first.
        per_day: the budget of a day; None for no limit.
        now: seconds since 1970.
    """
    if per_day is None:
        return inf
    level, at = per_day, blocks[0].ts if blocks else now
    for block in blocks:
        level = min(per_day, level + per_day * max(0.0, block.ts - at) / DAY) - block.usd
        at = max(at, block.ts)
    return max(0.0, min(per_day, level + per_day * max(0.0, now - at) / DAY))


def usual_usd(passes: Sequence[Pass], *, supposed: float | None) -> float | None:
    """Return what judging one sample costs, as the latest passes tell.

    Args:
        passes: those so far.
        supposed: what is taken where no pass tells; None where that is not known either.
    """
    told = [each for each in passes if each.samples][-REMEMBERED_PASSES:]
    samples = sum(each.samples for each in told)
    return sum(each.usd for each in told) / samples if samples else supposed
