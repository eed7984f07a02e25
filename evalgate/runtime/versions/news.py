"""What a look at the files tells those on call: events, from what was known and what is known."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from evalgate.errors import Problem
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.override import Override, PromptOverride, RouteOverride
from evalgate.model.reading import shortened
from evalgate.runtime.versions.live_prompt import Pointed, switch_words, words

Notice = tuple[str, str]
"""What is wrong with a file, and the state of the file that it is wrong in."""

DIRECT = "direct"
NO_EFFECT = "it has no effect: nothing has this name here; "
MOST_TOLD = 500
"""Characters of a message."""


def notice(problems: Iterable[Problem], state: str) -> Notice:
    """Return what is wrong with a file, on one line."""
    text = " ".join("; ".join(map(str, problems)).split())
    return (text if len(text) <= MOST_TOLD else f"{text[: MOST_TOLD - 1]}…"), state


def of_files(
    before: Mapping[str, Notice], after: Mapping[str, Notice], *, ts: float
) -> Iterator[Event]:
    """Yield what broke and what is whole again; what is as broken as before is not news."""
    for name, (message, state) in after.items():
        if before.get(name) != (message, state):
            yield Event(ts=ts, kind=EventKind.FILE_BROKEN, subject=name, message=message)
    for name in before.keys() - after.keys():
        yield Event(ts=ts, kind=EventKind.FILE_MENDED, subject=name)


def of_pointer(
    before: Pointed | None, after: Pointed | None, *, ts: float, is_overridden: bool
) -> Iterator[Event]:
    """Yield the move of a live pointer; the first sight of one is no move."""
    if before is None or after is None or before == after:
        return
    said = [words(pointed) for pointed in (before, after)]
    message = "another split" if said[0] == said[1] else ""
    if is_overridden:
        message = "an override on this host outranks it"
    yield Event(
        ts=ts,
        kind=EventKind.POINTER_MOVED,
        subject=after.prompt,
        before=said[0],
        after=said[1],
        message=message,
    )


def of_overrides(
    before: Override, after: Override, *, ts: float, strangers: Collection[str] = ()
) -> Iterator[Event]:
    """Yield which overrides began, changed or ended, expiry counted.

    `strangers` are the subjects that there are no prompts or routes of.
    """
    old, new = subjects(before), subjects(after)
    for subject, entry in new.items():
        if old.get(subject) != entry:
            yield Event(
                ts=ts,
                kind=EventKind.OVERRIDE_BEGAN,
                subject=subject,
                before=_said(old.get(subject)),
                after=_said(entry),
                message=f"{NO_EFFECT if subject in strangers else ''}{_until(entry)}",
            )
    for subject in sorted(old.keys() - new.keys()):
        before_words = _said(old[subject])
        yield Event(ts=ts, kind=EventKind.OVERRIDE_ENDED, subject=subject, before=before_words)


def subjects(override: Override) -> dict[str, PromptOverride | RouteOverride]:
    """Return the entries of an override by what events call them."""
    routes = {route_subject(name): entry for name, entry in override.routes.items()}
    return {**override.prompts, **routes}


def route_subject(name: str) -> str:
    """Return what events call a route; that of the Claude API itself has no name."""
    return f"route {name or DIRECT}"


def _said(entry: PromptOverride | RouteOverride | None) -> str:
    match entry:
        case PromptOverride():
            return f"{entry.version or ''}{switch_words(entry.switch)}".strip()
        case RouteOverride():
            return entry.state.value
        case None:
            return ""


def _until(entry: PromptOverride | RouteOverride) -> str:
    try:
        text = datetime.fromtimestamp(int(entry.until), UTC).strftime("until %Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):  # further off than the calendar goes
        text = "until far from now"
    by = f" by {shortened(entry.by)}" if entry.by else ""
    why = f": {entry.why[:MOST_TOLD]}" if entry.why else ""
    return " ".join(f"{text}{by}{why}".split())
