"""What files tell of changes: live pointers, a host's override, commits of settings; pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from evalgate.model.override import Override
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.model.revision import Revision
from evalgate.model.traffic import Change
from evalgate.rollout.instants import seconds_of

OWN = "its own"
"""What a prompt's model is called when the switch names none."""


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
