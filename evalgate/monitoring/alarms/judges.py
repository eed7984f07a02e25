"""Follows the judges by their daily anchors: who scores, since when, and whether they moved."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from evalgate.deciding.anchor_shift import Shift, shift_of
from evalgate.model.observation import AnchorScore

DAY = 86_400.0
LOOKS = (1, 3)
"""The days whose scores are taken together: a jump shows in one, a small move in three."""

FIRST_DAYS = 3
"""The days whose scores are the measure where there are none from before the baseline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the anchors of a criterion said on one day: `ts` is when the last one was scored."""

    ts: float
    judge: str
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """How the judge of one criterion was found, day after day.

    `measured` is when the last score was given that the others are held against. `identities` are
    those that scored anchors, each with the instant of its first score.
    """

    criterion: str
    measured: float
    looks: Sequence[Look]
    identities: Mapping[str, float]

    def at(self, instant: float) -> Look | None:
        """Return the latest look up to an instant."""
        place = bisect_right([each.ts for each in self.looks], instant)
        return self.looks[place - 1] if place else None

    def clear_at(self, instant: float) -> Shift | None:
        """Return by how much the judge is known to have moved then; None where it is not clear."""
        look = self.at(instant)
        return look.shift if look is not None and look.shift.is_clear else None

    def shift_at(self, instant: float) -> float:
        """Return by how much the judge is known to have moved then; 0 where it is not clear."""
        shift = self.clear_at(instant)
        return 0.0 if shift is None else shift.mean


def judges_of(
    anchors: Iterable[AnchorScore], *, at: float, frozen: Mapping[str, tuple[float, str]]
) -> Mapping[str, Judge]:
    """Return how the judge of each criterion stood.

    Args:
        anchors: in any order; those without an outcome are left out.
        at: nothing later is known, in seconds since 1970.
        frozen: for each criterion with a baseline, up to when its scores were taken, and by whom.
    """
    groups: defaultdict[str, list[AnchorScore]] = defaultdict(list)
    for each in anchors:
        if each.outcome is not None and each.ts <= at:
            groups[each.criterion].append(each)
    return {
        criterion: _judge(criterion, sorted(groups[criterion], key=_order), frozen.get(criterion))
        for criterion in sorted(groups)
    }


def _judge(
    criterion: str, scores: Sequence[AnchorScore], frozen: tuple[float, str] | None
) -> Judge:
    until, judge = frozen or (0.0, "")
    known = [each for each in scores if each.ts <= until and judge in ("", each.judge)]
    if not known:
        end = (_day(scores[0].ts) + FIRST_DAYS) * DAY
        known = [each for each in scores if each.ts < end and each.judge == scores[0].judge]
    measure = _means(known)
    last = known[-1].ts
    return Judge(
        criterion=criterion,
        measured=last,
        looks=tuple(_looks([each for each in scores if each.ts > last], measure)),
        identities={each.judge: each.ts for each in reversed(scores)},
    )


def _looks(scores: Sequence[AnchorScore], measure: Mapping[str, float]) -> list[Look]:
    days: dict[int, list[AnchorScore]] = {}
    for each in scores:
        days.setdefault(_day(each.ts), []).append(each)
    looks = []
    for day, today in days.items():
        found = [
            shift
            for back in LOOKS
            if (shift := _shift(_since(days, day - back + 1, day, today[-1].judge), measure))
        ]
        if found:
            clearest = min(found, key=lambda shift: shift.p_value)
            looks.append(Look(ts=today[-1].ts, judge=today[-1].judge, shift=clearest))
    return looks


def _since(
    days: Mapping[int, Sequence[AnchorScore]], first: int, last: int, judge: str
) -> list[AnchorScore]:
    """Return what one judge said from a day to another."""
    return [
        each for day in range(first, last + 1) for each in days.get(day, ()) if each.judge == judge
    ]


def _shift(scores: Sequence[AnchorScore], measure: Mapping[str, float]) -> Shift | None:
    now = _means(scores)
    return shift_of([now[anchor] - measure[anchor] for anchor in sorted(now) if anchor in measure])


def _means(scores: Iterable[AnchorScore]) -> dict[str, float]:
    outcomes: defaultdict[str, list[float]] = defaultdict(list)
    for each in scores:
        outcomes[each.anchor].append(each.outcome or 0.0)
    return {anchor: fmean(each) for anchor, each in outcomes.items()}


def _day(ts: float) -> int:
    return int(ts // DAY)


def _order(score: AnchorScore) -> tuple[float, str]:
    return score.ts, score.anchor
