"""Puts all that was changed onto one timeline, whoever tells of it; pure.

The same change may be told twice, by a file's history and by the log of the hosts that followed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.override import Override
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.model.revision import Revision
from evalgate.model.traffic import Change
from evalgate.rollout.instants import seconds_of

SAME_SECONDS = 600.0
"""Within which two tellers of the same change may differ: hosts follow, deploys take minutes."""

OWN = "its own"
"""What a prompt's model is called when the switch names none."""

_KINDS: Mapping[EventKind, str] = {
    EventKind.POINTER_MOVED: "prompt",
    EventKind.OVERRIDE_BEGAN: "configuration",
    EventKind.OVERRIDE_ENDED: "configuration",
    EventKind.BREAKER_OPENED: "provider",
    EventKind.BREAKER_CLOSED: "provider",
    EventKind.ROUTE_REFUSED: "provider",
}
"""Events that tell of a change; what the log or the spool could not take changes no answer."""


def timeline(*told: Iterable[Change]) -> tuple[Change, ...]:
    """Return all changes in the order of time, each once.

    Of two that tell the same within `SAME_SECONDS` the first one stays.
    """
    kept: list[Change] = []
    for change in sorted((each for some in told for each in some), key=_order):
        if not any(_is_same(change, other) for other in reversed(kept)):
            kept.append(change)
    return tuple(kept)


def changes_of_pointer(pointer: LivePointer) -> Iterator[Change]:
    """Yield what a live pointer's history tells: versions, shares of a canary, models, switches."""
    stable, switch, share = "", Switch(), ""
    for move in pointer.history:
        ts = seconds_of(move.at)
        if ts is not None:
            source = f"{pointer.path}{f' by {move.by}' if move.by else ''}"
            for kind, before, after in _moved(move, stable, switch, share=share):
                yield Change(
                    ts=ts,
                    kind=kind,
                    subject=pointer.prompt,
                    before=before,
                    after=after,
                    source=source,
                )
        stable, switch = move.stable, move.switch or switch
        share = _share(move)


def _moved(
    move: Move, stable: str, switch: Switch, *, share: str
) -> Iterator[tuple[str, str, str]]:
    if move.stable != stable and stable:
        yield "prompt", stable, move.stable
    now = _share(move)
    if now != share and (now or move.stable == stable):
        yield "weight", share or "no canary", now or "no canary"
    after = move.switch or switch
    if after.model != switch.model:
        yield "model", switch.model or OWN, after.model or OWN
    if after.disabled != switch.disabled:
        yield "configuration", *(("on", "off") if after.disabled else ("off", "on"))


def _share(move: Move) -> str:
    rollout = move.rollout
    if rollout is None or rollout.phase.is_over or not rollout.percent:
        return ""
    return f"{rollout.version} at {rollout.percent:g} %"


def changes_of_events(events: Iterable[Event]) -> Iterator[Change]:
    """Yield what running processes have told between their calls."""
    for event in events:
        kind = _KINDS.get(event.kind)
        if kind is not None:
            yield Change(
                ts=event.ts,
                kind=kind,
                subject=event.subject,
                before=event.before,
                after=event.after or event.kind.value.replace("_", " "),
                source="call log",
            )


def changes_of_override(override: Override, *, since: float) -> Iterator[Change]:
    """Yield what a host does otherwise now; `since` is when its file was written."""
    for name, entry in override.prompts.items():
        what = (
            entry.version,
            entry.switch.model,
            "off" if entry.switch.disabled else None,
        )
        after = ", ".join(each for each in what if each)
        yield Change(
            ts=since,
            kind="configuration",
            subject=name,
            before="as deployed",
            after=after,
            source=override.path,
        )
    for name, route in override.routes.items():
        yield Change(
            ts=since,
            kind="provider",
            subject=name,
            before="its breaker",
            after=f"held {route.state.value}",
            source=override.path,
        )


def changes_of_judges(
    observations: Iterable[Observation], anchors: Iterable[AnchorScore] = ()
) -> Iterator[Change]:
    """Yield where a criterion began to be scored by another judge."""
    told: dict[str, list[tuple[float, str]]] = {}
    scored = ((each.criterion, each.ts, each.judge) for each in observations)
    anchored = ((each.criterion, each.ts, each.judge) for each in anchors)
    for criterion, ts, judge in (*scored, *anchored):
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


def changes_of_commits(revisions: Sequence[Revision]) -> Iterator[Change]:
    """Yield the commits that changed files of the configuration, after the first one."""
    for before, after in pairwise(revisions):
        ts = seconds_of(after.at)
        if ts is None:
            continue
        for path in sorted(before.files.keys() | after.files.keys()):
            old, new = before.files.get(path), after.files.get(path)
            if old != new:
                yield Change(
                    ts=ts,
                    kind="configuration",
                    subject=path,
                    before=old.id[:12] if old else "no file",
                    after=new.id[:12] if new else "no file",
                    source=f"commit {after.commit[:12]}",
                )


def _is_same(one: Change, other: Change) -> bool:
    alike = replace(one, ts=other.ts, source=other.source) == other
    return alike and abs(one.ts - other.ts) <= SAME_SECONDS


def _order(change: Change) -> tuple[float, str, str]:
    return change.ts, change.kind, change.subject
