"""Tells whether fresh trials of the baseline disagree with its record: a model that has changed.

Without a change the trials of a case are alike, recorded or fresh, so that given how many of them
passed in all, the passes fall on the fresh ones by chance alone (a hypergeometric draw), whatever
the pass rate of the case. A change is taken to multiply the odds of the fresh ones by a factor,
which makes the draw a noncentral one (Fisher, J. R. Stat. Soc. 98 (1935) 39). The evidence is the
likelihood ratio of the two, multiplied over cases and averaged over four factors. Its expectation
without a change is 1 (an e-value: Vovk and Wang, Annals of Statistics 49 (2021) 1736), so that by
Markov's inequality it reaches 100 at most once in 100 times.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from evalgate.deciding.logarithms import log_of_sum, log_ways, number_of
from evalgate.deciding.rates import passes

DRIFTED = 100.0
"""The evidence from which on a record no longer counts; without a change at most 1 % reach it."""

_LOG_ODDS = tuple(math.log(factor) for factor in (1 / 16, 1 / 4, 4, 16))
_Split = tuple[int, int, int, int]
"""Recorded and fresh trials of a case, and the passes among either."""


def drift_evidence(cases: Iterable[tuple[Sequence[float], Sequence[float]]]) -> float:
    """Return the evidence against fresh and recorded trials being alike, from 0 up.

    1 says nothing; from `DRIFTED` on the record is invalid. Which cases have fresh trials, and how
    many, must not depend on the recorded outcomes: of cases that pass 97 times in 100, 200 that are
    picked because their record of ten is mixed seem to drift in four runs of five. A case without
    trials of both kinds says nothing.

    Args:
        cases: for each case its recorded and its fresh outcomes, in 0..1; half or more is a pass.
    """
    splits = Counter(_split(recorded, fresh) for recorded, fresh in cases)
    logs = [
        math.fsum(times * _log_ratio(split, log_odds) for split, times in splits.items())
        for log_odds in _LOG_ODDS
    ]
    return number_of(log_of_sum(logs) - math.log(len(logs)))


def _split(recorded: Sequence[float], fresh: Sequence[float]) -> _Split:
    return len(recorded), len(fresh), sum(map(passes, recorded)), sum(map(passes, fresh))


def _log_ratio(split: _Split, log_odds: float) -> float:
    """Return the logarithm of how much likelier the fresh passes are under changed odds."""
    recorded, fresh, recorded_passes, fresh_passes = split
    passed = recorded_passes + fresh_passes
    possible = range(max(0, passed - recorded), min(fresh, passed) + 1)
    ways = [log_ways(fresh, hits) + log_ways(recorded, passed - hits) for hits in possible]
    tilted = [way + hits * log_odds for way, hits in zip(ways, possible, strict=True)]
    return fresh_passes * log_odds - (log_of_sum(tilted) - log_of_sum(ways))
