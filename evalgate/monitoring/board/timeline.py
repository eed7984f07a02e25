"""One timeline of what has changed: what the application told, what calls show, and the judge."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from operator import attrgetter

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.traffic import Change

NEAR = 900.0
"""Seconds within which the same change, seen by several hosts or in several places, is one."""

_POINTER, _CALLS, _SCORES = "event", "calls", "scores"


def timeline(
    changes: Iterable[Change],
    events: Iterable[Event],
    observations: Sequence[Observation],
    anchors: Sequence[AnchorScore] = (),
) -> tuple[Change, ...]:
    """Return all changes in the order of time, each once.

    Args:
        changes: that the calls show.
        events: that the application told.
        observations: whose judges may have changed.
        anchors: likewise.
    """
    every = [*_told(events), *changes, *judge_changes(observations, anchors)]
    kept: list[Change] = []
    for each in sorted(every, key=attrgetter("ts", "kind", "subject", "after", "source")):
        if not any(_is_again(each, known) for known in _near(kept, each.ts)):
            kept.append(each)
    return tuple(kept)


def _near(kept: Sequence[Change], ts: float) -> Iterator[Change]:
    return takewhile(lambda known: ts - known.ts <= NEAR, reversed(kept))


def _is_again(change: Change, known: Change) -> bool:
    """Whether a change was told already: calls show a version soon after its pointer has moved."""
    if (change.kind, change.subject) != (known.kind, known.subject):
        return False
    if change.source == known.source:
        return change.after == known.after
    return change.source == _CALLS and change.after in known.after


def _told(events: Iterable[Event]) -> Iterator[Change]:
    for each in events:
        kind = "prompt" if each.kind is EventKind.POINTER_MOVED else ""
        if each.kind in (EventKind.OVERRIDE_BEGAN, EventKind.OVERRIDE_ENDED):
            kind = "provider" if each.subject.startswith("route ") else "configuration"
        if kind:
            yield Change(
                ts=each.ts,
                kind=kind,
                subject=each.subject,
                before=each.before,
                after=each.after or ("" if kind == "prompt" else "the override ended"),
                source=_POINTER,
            )


def judge_changes(
    observations: Sequence[Observation], anchors: Sequence[AnchorScore] = ()
) -> Iterator[Change]:
    """Yield when a criterion came to be scored by another judge."""
    judged = [(each.ts, each.criterion, each.judge) for each in observations]
    judged += [(each.ts, each.criterion, each.judge) for each in anchors]
    last: dict[str, str] = {}
    for ts, criterion, judge in sorted(judged):
        before = last.get(criterion)
        if judge and before is not None and judge != before:
            yield Change(
                ts=ts,
                kind="judge",
                subject=criterion,
                before=before,
                after=judge,
                source=_SCORES,
            )
        if judge:
            last[criterion] = judge
