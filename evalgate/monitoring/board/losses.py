"""Counts what was lost or left out, so that nothing looks more complete than it is."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evalgate.model.board import Loss
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.exposure import LeftOut
from evalgate.model.traffic import LineCount

_LOST = re.compile(r"^(?:lines lost: )?(\d{1,9})\b", re.ASCII)

_MEANINGS: Mapping[str, str] = {
    LeftOut.UNREADABLE_CALLS: "lines of the call log that are no JSON: cut off or damaged",
    LeftOut.INVALID_CALLS: "lines of the call log with a value that cannot be",
    LeftOut.NEWER_CALLS: "lines of the call log of a newer evalgate",
    LeftOut.UNREADABLE_SCORES: "lines of scores that are no JSON: cut off or damaged",
    LeftOut.INVALID_SCORES: "scores with a value that cannot be",
    LeftOut.NEWER_SCORES: "scores of a newer evalgate",
    LeftOut.REPEATED_SCORES: "further scores of the same answer by the same criterion",
}


def losses_of(
    lines: LineCount,
    events: Sequence[Event],
    *,
    unreadable_scores: Mapping[str, int],
    unplaced: int,
) -> tuple[Loss, ...]:
    """Return all that was lost or left out.

    Args:
        lines: the account of the call log.
        events: of the time that is shown.
        unreadable_scores: lines of scores, by `LeftOut`.
        unplaced: scores that name no prompt.
    """
    return tuple(_losses(lines, events, unreadable_scores, unplaced=unplaced))


def _losses(
    lines: LineCount, events: Sequence[Event], scores: Mapping[str, int], *, unplaced: int
) -> Iterator[Loss]:
    yield Loss(
        name="samples_dropped",
        number=_told(events, EventKind.SPOOL_FULL),
        meaning="sampled answers that found the queue full or could not be written",
    )
    yield Loss(
        name="log_lines_lost",
        number=_told(events, EventKind.LOG_FAILED),
        meaning="calls that the application could not log",
    )
    for name, number in sorted({**lines.left_out, **scores}.items()):
        yield Loss(name=name, number=number, meaning=_MEANINGS.get(name, "lines left out"))
    if unplaced:
        yield Loss(
            name="unplaced_scores", number=unplaced, meaning="scores that do not name their prompt"
        )
    if lines.unfinished:
        meaning = "files that end in half a line, which is read when it has its end"
        yield Loss(name="unfinished_files", number=lines.unfinished, meaning=meaning)


def _told(events: Iterable[Event], kind: EventKind) -> int:
    """Return how many losses events tell of: one each where they say no number."""
    return sum(_number(each.message) for each in events if each.kind is kind)


def _number(message: str) -> int:
    found = _LOST.match(message)
    return int(found[1]) if found else 1
