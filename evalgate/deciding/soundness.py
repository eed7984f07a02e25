"""Judges a policy by how often it was wrong about changes whose effect was known."""

from collections.abc import Sequence

from evalgate.deciding.intervals import clopper_pearson
from evalgate.model.policy import GateRules
from evalgate.model.selftest import Course, ErrorRate, Soundness, Spread
from evalgate.model.verdict import Verdict

CONFIDENCE = 0.99
"""Of the intervals of error rates; several rates of several sets are judged at once."""

_SAME = 1e-9


def false_block(courses: Sequence[Course]) -> ErrorRate | None:
    """Return how often a change of nothing failed; None when none was played."""
    return next((_rate(each, Verdict.FAIL) for each in courses if each.spread is Spread.NONE), None)


def missed_regression(courses: Sequence[Course], max_drop: float) -> ErrorRate | None:
    """Return how often a drop of just the limit passed, for the spread that hides it best."""
    at_limit = [
        _rate(each, Verdict.PASS)
        for each in courses
        if each.spread is not Spread.NONE and abs(each.drop - max_drop) < _SAME
    ]
    return max(at_limit, key=lambda found: found.rate, default=None)


def soundness(courses: Sequence[Course], rules: GateRules) -> Soundness:
    """Judge a policy: an error rate counts as too high when its lower bound exceeds alpha.

    A bound is wrong once in 200 times, and of two spreads the worse one counts: a policy whose true
    rates are just alpha is called `weak` once in 100 times at most.
    """
    blocked, missed = false_block(courses), missed_regression(courses, rules.max_drop)
    if blocked is None:
        return Soundness.UNTESTED
    if blocked.low > rules.alpha:
        return Soundness.UNSOUND
    return Soundness.WEAK if missed and missed.low > rules.alpha else Soundness.SOUND


def _rate(course: Course, verdict: Verdict) -> ErrorRate:
    low, high = clopper_pearson(course.number(verdict), course.runs, confidence=CONFIDENCE)
    return ErrorRate(rate=course.share(verdict), low=low, high=high)
