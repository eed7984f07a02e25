"""Puts what happened beside the trends of quality: alarms, changes, and why one is not watched."""

from collections.abc import Iterator, Mapping, Sequence

from evalgate.model.alarm import Alarm
from evalgate.model.alarm_report import AlarmReport, Trend, TrendPoint
from evalgate.model.board import Mark, TrendView
from evalgate.model.observation import Stream
from evalgate.model.traffic import Change

_OF_A_PROMPT = frozenset({"prompt", "weight", "model", "provider"})
"""Changes whose subject is a prompt; the others concern all of them."""


def trend_views(
    report: AlarmReport,
    changes: Sequence[Change],
    *,
    courses: Mapping[Stream, tuple[TrendPoint, ...]],
    since: float,
) -> tuple[TrendView, ...]:
    """Return the trends of whole prompts, with their slices; those with alarms first.

    Args:
        report: what was found.
        changes: in the order of time.
        courses: how the scores of whole prompts went.
        since: what happened earlier is not drawn, in seconds since 1970.
    """
    views = [
        TrendView(
            trend=trend,
            points=courses.get(trend.stream, ()),
            alarms=_alarms(report, trend.stream),
            marks=tuple(_marks(changes, trend.stream, since)),
            slices=tuple(_slices(report.trends, trend.stream)),
            why=next((each for each in report.unwatched if each.stream == trend.stream), None),
        )
        for trend in report.trends
        if is_whole(trend.stream)
    ]
    return tuple(sorted(views, key=lambda each: (_rank(each), each.trend.stream)))


def is_whole(stream: Stream) -> bool:
    """Return whether a stream is of a whole prompt."""
    return stream == Stream(prompt=stream.prompt, criterion=stream.criterion)


def _rank(view: TrendView) -> int:
    return 0 if any(each.resolved is None for each in view.alarms) else 1


def _alarms(report: AlarmReport, stream: Stream) -> tuple[Alarm, ...]:
    """Return the alarms that are about a prompt by a criterion, or a part of it."""
    own = stream.prompt, stream.criterion
    return tuple(
        each
        for each in (*report.alarms, *report.past)
        if own in {(part.prompt, part.criterion) for part in (each.stream, *each.also)}
    )


def _marks(changes: Sequence[Change], stream: Stream, since: float) -> Iterator[Mark]:
    for each in changes:
        is_own = each.kind not in _OF_A_PROMPT or each.subject == stream.prompt
        if is_own and each.ts >= since and (each.kind != "judge" or _is_judges(each, stream)):
            yield Mark(ts=each.ts, text=each.after or each.kind)


def _is_judges(change: Change, stream: Stream) -> bool:
    return change.subject in (stream.criterion, "")


def _slices(trends: Sequence[Trend], whole: Stream) -> Iterator[Trend]:
    for each in trends:
        stream = each.stream
        same = (stream.prompt, stream.criterion) == (whole.prompt, whole.criterion)
        if same and not is_whole(stream):
            yield each
