"""One timeline of what has changed, for the board and for incidents, whoever tells of it; pure.

The same change may be told more than once: by several hosts, by a file and by those who follow it,
and by the calls that show it soon after.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from operator import attrgetter

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.traffic import Change

NEAR = 900.0
"""Seconds within which the same change, told again, is one: hosts follow, deploys take minutes."""

_ENDED = "the override ended"
_KINDS: Mapping[EventKind, str] = {
    EventKind.POINTER_MOVED: "prompt",
    EventKind.OVERRIDE_BEGAN: "configuration",
    EventKind.OVERRIDE_ENDED: "configuration",
    EventKind.BREAKER_OPENED: "provider",
    EventKind.BREAKER_CLOSED: "provider",
    EventKind.ROUTE_REFUSED: "provider",
}
"""Events that tell of a change; what the log or the spool could not take changes no answer."""

_OF_ROUTES = "route "
"""What the subject of an event about the override of a route begins with."""


def timeline(*told: Iterable[Change]) -> tuple[Change, ...]:
    """Return all changes in the order of time, each once: of two alike the first one stays."""
    every = [each for some in told for each in some]
    kept: list[Change] = []
    for each in sorted(every, key=attrgetter("ts", "kind", "subject", "after", "source")):
        if not any(_is_again(each, known) for known in _near(kept, each.ts)):
            kept.append(each)
    return tuple(kept)


def _near(kept: Sequence[Change], ts: float) -> Iterator[Change]:
    return takewhile(lambda known: ts - known.ts <= NEAR, reversed(kept))


def _is_again(change: Change, known: Change) -> bool:
    """Whether a change was told already: calls show a version alone, a pointer tells its canary."""
    if (change.kind, change.subject) != (known.kind, known.subject):
        return False
    if change.after == known.after:
        return True
    return change.source != known.source and change.after in known.after.split(", ")


def changes_of_events(events: Iterable[Event], *, source: str = "call log") -> Iterator[Change]:
    """Yield what running processes have told between their calls.

    Args:
        events: of the call log.
        source: what the timeline calls them.
    """
    for event in events:
        kind = _KINDS.get(event.kind)
        if kind is None:
            continue
        is_end = event.kind is EventKind.OVERRIDE_ENDED
        yield Change(
            ts=event.ts,
            kind="provider" if event.subject.startswith(_OF_ROUTES) else kind,
            subject=event.subject,
            before=event.before,
            after=event.after or (_ENDED if is_end else event.kind.value.replace("_", " ")),
            source=source,
        )


def changes_of_judges(
    observations: Iterable[Observation], anchors: Iterable[AnchorScore] = ()
) -> Iterator[Change]:
    """Yield where a criterion began to be scored by another judge."""
    told: dict[str, list[tuple[float, str]]] = {}
    scored = ((each.criterion, each.ts, each.judge) for each in observations)
    anchored = ((each.criterion, each.ts, each.judge) for each in anchors)
    for some in (scored, anchored):
        for criterion, ts, judge in some:
            if judge:
                told.setdefault(criterion, []).append((ts, judge))
    for criterion, scores in told.items():
        for (_, before), (ts, after) in pairwise(sorted(scores)):
            if before != after:
                yield Change(
                    ts=ts,
                    kind="judge",
                    subject=criterion,
                    before=before,
                    after=after,
                    source="scores",
                )
