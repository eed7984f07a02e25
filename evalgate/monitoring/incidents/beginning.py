"""When what a person reports began: as they say, as scores show, or as nobody knows; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from evalgate.deciding.level_shift import Level, change_point, gain_of
from evalgate.model.incident import Scope
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.incidents.comparing import FEWEST, Lost
from evalgate.monitoring.incidents.losing import names_of, scores_lost
from evalgate.rollout.overriding import instant

LOOK_BACK = 86_400.0
"""Seconds before a report that are looked at where nobody says when it began."""

CLEAR = 10.0
"""The logarithm of how much likelier a fall must make the scores. The best one is taken of all
places and criteria, and chance alone often reaches 5.
"""

_STEADY = 0.1
"""The least spread that is supposed of scores: where they hardly vary, a hair is no fall."""


class ToldBy(StrEnum):
    """Who tells when it began: an alarm's `figures`, a `person`, the `scores`, or `nobody`."""

    FIGURES = "figures"
    PERSON = "person"
    SCORES = "scores"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """When it began, in seconds since 1970.

    Where nobody tells, it is from when on calls are looked at.
    """

    ts: float
    told_by: ToldBy

    @property
    def first_bad(self) -> str:
        """The instant of the first bad answers; empty where nobody knows."""
        return "" if self.told_by is ToldBy.NOBODY else instant(self.ts)


def beginning_of(observations: Sequence[Observation], scope: Scope, *, at: float) -> Beginning:
    """Return when what is reported seems to have begun.

    That is the change of the criterion that fell the most, if one fell clearly in the last day.

    Args:
        observations: scores of production.
        scope: what is affected.
        at: when it was reported, in seconds since 1970.
    """
    recent = [each for each in observations if at - LOOK_BACK <= each.ts <= at]
    # What came new has no time before: its fall shows in the scores of all.
    for part in (scope, Scope(prompt=scope.prompt, feature=scope.feature)):
        falls = list(_falls(recent, replace(part, criterion=scope.criterion)))
        if falls:
            return Beginning(ts=max(falls)[1], told_by=ToldBy.SCORES)
    return Beginning(ts=at - LOOK_BACK, told_by=ToldBy.NOBODY)


def _falls(scores: Sequence[Observation], scope: Scope) -> Iterable[tuple[float, float]]:
    """Yield how far each criterion fell, and when, where it fell clearly."""
    names = names_of(
        Stream(
            prompt=scope.prompt,
            criterion=scope.criterion,
            version=scope.version,
            feature=scope.feature,
            route=scope.route,
            provider=scope.provider,
            model=scope.model,
        )
    )
    criteria = {each.criterion for each in scores if each.prompt == scope.prompt}
    for criterion in sorted(criteria & {scope.criterion} if scope.criterion else criteria):
        lost = [
            each
            for each in scores_lost(scores, prompt=scope.prompt, criterion=criterion)
            if names.items() <= each.names.items()
        ]
        lost.sort(key=lambda each: each.ts)
        first = change_point([1.0 - each.loss for each in lost])
        if min(first, len(lost) - first) >= FEWEST and _is_clear(lost[:first], lost[first:]):
            yield _level(lost[:first]).mean - _level(lost[first:]).mean, lost[first].ts


def _is_clear(before: Sequence[Lost], after: Sequence[Lost]) -> bool:
    was, now = _level(before), _level(after)
    squares = sum((1.0 - each.loss - was.mean) ** 2 for each in before)
    squares += sum((1.0 - each.loss - now.mean) ** 2 for each in after)
    sd = max(_STEADY, sqrt(squares / (was.n + now.n)))
    return gain_of(was, now, sd) >= CLEAR


def _level(lost: Sequence[Lost]) -> Level:
    return Level(len(lost), sum(1.0 - each.loss for each in lost) / len(lost))
