"""Finds for each call the step of the rollout and the arm that it speaks for; pure.

A call that the split did not place (a pinned conversation), that is of another version, or that is
told twice, speaks for none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from evalgate.model.call import Arm, Assignment
from evalgate.model.exposure import Exposure
from evalgate.model.rollout import Rollout, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """The calls of each step in order of time, and how many were left out, by why."""

    steps: tuple[tuple[Exposure, ...], ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def placed(exposures: Iterable[Exposure], rollout: Rollout, *, now: float) -> Placing:
    """Return the calls that speak for a rollout, by its steps.

    A unit stays in the arm of its first call within a step; what the other arm did for it is left
    out. A call is of the step that its line names by `pointer`, which no clock can confuse, else
    of the one in whose time it began.

    Args:
        exposures: lines of the call log about its prompt, in any order.
        rollout: whose steps they are to be sorted into.
        now: the instant from which on nothing is known, in seconds since 1970.
    """
    left_out: Counter[str] = Counter()
    steps: list[list[Exposure]] = [[] for _ in rollout.steps]
    marks = {step.pointer: index for index, step in enumerate(rollout.steps) if step.pointer}
    seen: set[str] = set()
    for each in _in_order(exposures):
        why = _why_not(each, rollout, now=now, seen=seen)
        step = None if why else _step_of(each, rollout.steps, marks)
        if step is None:
            left_out[why or "outside"] += 1
            continue
        seen.add(each.request_id)
        steps[step].append(each)
    kept = tuple(tuple(_in_one_arm(calls, left_out)) for calls in steps)
    return Placing(steps=kept, left_out=dict(left_out))


def _in_order(exposures: Iterable[Exposure]) -> Sequence[Exposure]:
    """Return lines in order of time; where two are of one instant, in that of their ids."""
    return sorted(sorted(exposures, key=attrgetter("request_id")), key=attrgetter("ts"))


def _why_not(each: Exposure, rollout: Rollout, *, now: float, seen: set[str]) -> str:
    """Return in a word why a call says nothing; nothing when it does."""
    if each.ts > now:
        return "later"
    if each.request_id in seen:
        return "repeated"
    if each.assigned_by == Assignment.PIN:
        return "pinned"
    if each.arm is Arm.CANARY:
        is_own = (each.version, each.hash) == (rollout.version, rollout.hash)
    else:
        is_own = each.version == rollout.stable
    return "" if is_own else "other_version"


def _step_of(each: Exposure, steps: Sequence[Step], marks: Mapping[str, int]) -> int | None:
    index = marks.get(each.pointer)
    return _by_time(each.ts, steps) if index is None else index


def _by_time(at: float, steps: Sequence[Step]) -> int | None:
    for index, step in enumerate(steps):
        if step.since <= at and (step.until is None or at < step.until):
            return index
    return None


def _in_one_arm(calls: list[Exposure], left_out: Counter[str]) -> Iterator[Exposure]:
    arms: dict[str, Arm] = {}
    for each in calls:
        if arms.setdefault(each.unit, each.arm) is each.arm:
            yield each
        else:
            left_out["crossed"] += 1
