"""The questions of the triage, each answered from figures; pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from evalgate.model.alarm import Alarm, Signal
from evalgate.model.incident import Answer, IncidentClass
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.traffic import Change, Minute
from evalgate.monitoring.incidents.comparing import (
    FEWEST,
    Alone,
    Lost,
    Rise,
    Split,
    Sum,
    alone,
    is_mix,
    rise,
)
from evalgate.monitoring.incidents.losing import (
    calls_lost,
    class_of,
    errors_lost,
    level_of,
    objective_of,
    refusals_lost,
)
from evalgate.monitoring.incidents.suspecting import Findings

FEWEST_ANCHORS = 3

_STEADY = 0.01
"""The least spread that is supposed of what anchors do by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of production around an alarm, the time before it included."""

    observations: Sequence[Observation] = ()
    anchors: Sequence[AnchorScore] = ()
    minutes: Sequence[Minute] = ()
    changes: Sequence[Change] = ()
    objectives: Sequence[Objective] = ()


@dataclass(slots=True, kw_only=True)
class Walk:
    """One walk: what is looked at, and what was found so far."""

    alarm: Alarm
    seen: Seen
    splits: Mapping[str, Split]
    found: Findings = field(default_factory=Findings)
    kind: IncidentClass | None = None


def judge_moved(walk: Walk) -> tuple[Answer, str]:
    """Ask whether the judge scores answers that never change otherwise than before."""
    if walk.alarm.signal is Signal.JUDGE:
        _blame_judge(walk)
        return Answer.YES, walk.alarm.message
    if walk.alarm.signal is Signal.BURN:
        return Answer.NO, "No judge is asked: calls are counted."
    moved = _anchored(walk)
    swapped = _swapped(walk)
    if moved is None:
        if swapped:
            walk.found.judge = swapped
            return Answer.UNKNOWN, f"There are no anchors, and {swapped}."
        return Answer.UNKNOWN, "There are no anchors on both sides of the change."
    told = f"{moved.n} anchors are scored {moved.by * 100:+.1f} points against before"
    if moved.by <= -0.02 and moved.certainty <= -2.5:
        walk.found.judge = swapped or "the judge scores the same answers lower"
        _blame_judge(walk)
        return Answer.YES, f"{told}."
    return Answer.NO, f"{told}."


def _blame_judge(walk: Walk) -> None:
    walk.kind = IncidentClass.JUDGE_DRIFT
    walk.found.judge = walk.found.judge or "the judge scores the same answers otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchored:
    n: int
    by: float
    certainty: float


def _anchored(walk: Walk) -> _Anchored | None:
    """Return how much the anchors moved, each held against itself."""
    alarm = walk.alarm
    before: dict[tuple[str, str], Sum] = {}
    after: dict[tuple[str, str], Sum] = {}
    for each in walk.seen.anchors:
        if each.outcome is not None and each.criterion in (alarm.stream.criterion, ""):
            side = before if each.ts < alarm.began else after
            side.setdefault((each.anchor, each.criterion), Sum()).add(each.outcome)
    both = sorted(before.keys() & after.keys())
    if len(both) < FEWEST_ANCHORS:
        return None
    moves = Sum()
    for key in both:
        moves.add(after[key].mean - before[key].mean)
    variance = max(moves.squares / moves.n - moves.mean**2, _STEADY**2)
    return _Anchored(n=len(both), by=moves.mean, certainty=moves.mean / sqrt(variance / moves.n))


def _swapped(walk: Walk) -> str:
    """Say that another judge scores since about the change, if so."""
    alarm = walk.alarm
    sides: dict[bool, set[str]] = {False: set(), True: set()}
    for each in walk.seen.observations:
        if each.criterion == alarm.stream.criterion and each.judge:
            sides[each.ts >= alarm.began].add(each.judge)
    fresh = sides[True] - sides[False]
    return f"another judge scores since then: {sorted(fresh)[0]}" if sides[False] and fresh else ""


def others_fell(walk: Walk) -> tuple[Answer, str]:
    """Ask whether what happened is common to all prompts."""
    alarm, level = walk.alarm, level_of(walk.alarm, walk.seen.objectives)
    if not alarm.stream.prompt:
        walk.found.is_common = True
        return Answer.YES, "The alarm is about all prompts together."
    rises = dict(_rises_of_prompts(walk, level))
    others = {name: each for name, each in rises.items() if name != alarm.stream.prompt}
    if not others:
        return Answer.UNKNOWN, "No other prompt has enough calls or scores on both sides."
    fell = sorted(name for name, each in others.items() if each.is_one)
    if len(fell) * 2 > len(others):
        walk.found.is_common = True
        return Answer.YES, f"{len(fell)} of {len(others)} other prompts fell too: {_some(fell)}."
    walk.found.is_common = False
    return Answer.NO, f"{len(fell)} of {len(others)} other prompts fell with it."


def _rises_of_prompts(walk: Walk, level: Level | None) -> Iterator[tuple[str, Rise]]:
    alarm, seen = walk.alarm, walk.seen
    sums: dict[str, tuple[Sum, Sum]] = {}
    if level is None or level is Level.QUALITY:
        for each in seen.observations:
            if each.outcome is not None and each.criterion == alarm.stream.criterion:
                pair = sums.setdefault(each.prompt, (Sum(), Sum()))
                pair[each.ts >= alarm.began].add(1.0 - each.outcome)
    else:
        objective = objective_of(alarm, seen.objectives)
        threshold = objective.threshold if objective else 0.0
        for minute in seen.minutes:
            for lost in calls_lost((minute,), level, threshold=threshold):
                pair = sums.setdefault(minute.place.prompt, (Sum(), Sum()))
                pair[lost.ts >= alarm.began].add(lost.loss, times=lost.times)
    for name, (before, after) in sums.items():
        if before.n >= FEWEST and after.n >= FEWEST:
            yield name, rise(before, after)


def one_of(dimension: str) -> Callable[[Walk], tuple[Answer, str]]:
    """Return the question whether one part by a dimension fell by itself."""

    def ask(walk: Walk) -> tuple[Answer, str]:
        split = walk.splits[dimension]
        return _concentrated(walk, split)

    return ask


def _concentrated(walk: Walk, split: Split) -> tuple[Answer, str]:
    seen = [part for part in split.parts if part.after.n]
    if not seen:
        return Answer.UNKNOWN, f"Nothing tells the {split.dimension} of what is affected."
    found = alone(split)
    if found is None:
        return Answer.NO, _spread(split)
    part = found.part
    if found.others is None and not part.is_new:
        told = f"is {split.dimension} {part.name}"
        if len(seen) > 1:
            return Answer.UNKNOWN, f"Nearly all of it {told}: too little else to compare."
        return Answer.UNKNOWN, f"All of it {told}: nothing to compare."
    walk.found.alone[split.dimension] = part.name
    return Answer.YES, _told_alone(split, found)


def _told_alone(split: Split, found: Alone) -> str:
    rest = (
        "there is nothing beside it"
        if found.others is None
        else f"the rest {found.others.by * 100:+.1f}"
    )
    new = ", which is new" if found.part.is_new else ""
    return (
        f"{split.dimension} {found.part.name}{new}: losses {found.rise.by * 100:+.1f} points over "
        f"{found.part.after.n:,.0f}; {rest}."
    )


def _spread(split: Split) -> str:
    told = [
        f"{part.name} {rise(part.before, part.after).by * 100:+.1f}"
        for part in split.parts[:3]
        if part.before.n >= FEWEST and part.after.n >= FEWEST
    ]
    points = f": {', '.join(told)} points" if told else ""
    return f"No single {split.dimension} explains it{points}."


def asked_otherwise(walk: Walk) -> tuple[Answer, str]:
    """Ask whether the parts are as good as before, and only their shares have changed."""
    for dimension in ("feature", "route"):
        split = walk.splits[dimension]
        if is_mix(split):
            walk.found.mix = dimension
            moved = [part for part in split.parts if part.after.n][:3]
            shares = ", ".join(f"{part.name} {_share(part.after, split):.0%}" for part in moved)
            return Answer.YES, (
                f"Within each {dimension} all is as before; {split.mix * 100:.1f} of "
                f"{split.rise.by * 100:.1f} points come from other shares: now {shares}."
            )
    split = walk.splits["feature"]
    if not any(part.after.n for part in split.parts):
        return Answer.UNKNOWN, "Nothing tells the features of what is affected."
    return Answer.NO, f"{max(split.mix, 0) * 100:.1f} points come from other shares of features."


def _share(part: Sum, split: Split) -> float:
    total = sum(each.after.n for each in split.parts)
    return part.n / total if total else 0.0


def format_broken(walk: Walk) -> tuple[Answer, str]:
    """Ask whether answers of a broken format became more."""
    alarm = walk.alarm
    if class_of(alarm, walk.seen.objectives) is IncidentClass.FORMAT:
        return Answer.YES, "The alarm is about the format."
    before, after = _sums(
        calls_lost(walk.seen.minutes, Level.FORMAT, prompt=alarm.stream.prompt), alarm.began
    )
    if min(before.n, after.n) < FEWEST:
        return Answer.UNKNOWN, "There are too few calls on both sides of the change."
    found = rise(before, after)
    told = f"Answers of a broken format: {before.mean:.1%} before, {after.mean:.1%} since."
    if found.is_one and class_of(alarm, walk.seen.objectives) is IncidentClass.QUALITY:
        walk.kind = IncidentClass.FORMAT
    return (Answer.YES if found.is_one else Answer.NO), told


def errors_rose(walk: Walk) -> tuple[Answer, str]:
    """Ask whether calls without an answer, with less than was asked for, or refused became more."""
    alarm, minutes, prompt = walk.alarm, walk.seen.minutes, walk.alarm.stream.prompt
    before, after = _sums(errors_lost(minutes, prompt=prompt), alarm.began)
    if min(before.n, after.n) < FEWEST:
        return Answer.UNKNOWN, "There are too few calls on both sides of the change."
    failed = rise(before, after)
    told = f"Failed or degraded: {before.mean:.1%} before, {after.mean:.1%} since."
    was, now = _sums(refusals_lost(minutes, prompt=prompt), alarm.began)
    refused = rise(was, now)
    is_quality = class_of(alarm, walk.seen.objectives) is IncidentClass.QUALITY
    if refused.is_one and is_quality:
        walk.kind = IncidentClass.REFUSAL_SPIKE
        return Answer.YES, f"{told} Refused: {was.mean:.1%} before, {now.mean:.1%} since."
    walk.found.errors = failed.is_one
    return (Answer.YES if failed.is_one else Answer.NO), told


def _sums(lost: Iterable[Lost], began: float) -> tuple[Sum, Sum]:
    pair = (Sum(), Sum())
    for each in lost:
        pair[each.ts >= began].add(each.loss, times=each.times)
    return pair


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
