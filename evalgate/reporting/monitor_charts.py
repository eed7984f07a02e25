"""Draws production over time: scores beside what they are held against, calls, and latencies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.model.alarm_report import TrendPoint
from evalgate.model.board import Beat, Board, TrendView
from evalgate.reporting.drawing import HATCH, Drawing, framed, inline_svg
from evalgate.reporting.instants import utc
from evalgate.reporting.marks import (
    Axis,
    Plane,
    Row,
    band,
    layer,
    letters,
    path,
    point,
    region,
    rule,
)
from evalgate.reporting.monitor_scales import Clock, clock, count_axis, score_axis, score_ends
from evalgate.reporting.monitor_words import latency, name_of
from evalgate.reporting.numbers import count, percent
from evalgate.reporting.visible import on_one_line

_WIDTH, _HEIGHT = 258, 96
_LINE, _LETTER = 15.0, 6.8
"""The height of a line of text and the width of a letter, in pixels."""

_MARK = 18
_LABELS_RIGHT = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    """A text at the right of the plane, and the value beside which it is wanted."""

    text: str
    colour: str
    value: float


def trend_chart(view: TrendView, board: Board, *, key: str) -> Drawing | None:
    """Draw the scores of one prompt by one criterion; None where none is of the time shown.

    Args:
        view: what is drawn.
        board: what it belongs to.
        key: begins the ids in the drawing; a page uses each key once.
    """
    trend = view.trend
    points = [each for each in view.points if each.end > board.since and each.start < board.at]
    if not points:
        return None
    time = clock(board.since, board.at)
    given = [each for each in (trend.baseline, trend.limit, trend.floor) if each is not None]
    means = [each.mean for each in points]
    reach = [max(each.low, min(means) - 0.15) for each in points]
    ends = score_ends([*means, *given, *reach, *(min(each.high, 1.0) for each in points)])
    plane = _plane(time, score_axis(ends))
    picture = plane.picture(
        [
            *_alarmed(view, time, ends),
            *_limits(view, time, ends),
            *_marks(view, time, ends),
            *_scores(points, time, ends),
            *_labels(_score_labels(view, points[-1]), ends),
        ]
    )
    words = _trend_words(view, points)
    svg = inline_svg(picture, words, key=key, kind="middle")
    return Drawing(svg=framed(svg), words=words)


def calls_chart(board: Board, *, key: str) -> Drawing | None:
    """Draw how many calls there were, and how many of them got no answer."""
    beats = board.beats
    if not beats:
        return None
    time = clock(board.since, board.at)
    most = max(each.figures.calls for each in beats)
    axis = count_axis(float(most))
    answered = _bars(beats, time, [each.figures.calls for each in beats])
    failed = _bars(beats, time, [each.figures.failed for each in beats])
    total = sum(each.figures.failed for each in beats)
    picture = _plane(time, axis).picture(
        [
            *layer(region("var(--accent)"), answered),
            *layer(region("var(--bad)"), failed),
            *_labels(_call_labels(beats), axis.ends),
        ]
    )
    words = (
        f"{count(board.whole.calls, 'call')} over time, at most {most:,} in one stretch; "
        f"{total:,} without an answer."
    )
    return Drawing(svg=framed(inline_svg(picture, words, key=key, kind="middle")), words=words)


def latency_chart(board: Board, *, key: str) -> Drawing | None:
    """Draw the median and the 95th percentile of the latency."""
    beats = [each for each in board.beats if each.figures.p95 is not None]
    if not beats:
        return None
    time = clock(board.since, board.at)
    median, slow = ([_seconds(value) for value in values] for values in _percentiles(beats))
    axis = count_axis(max(slow), label="format(datum.value, '~g') + ' s'")
    picture = _plane(time, axis).picture(
        [
            *_course(beats, time, slow, dash=(6, 3)),
            *_course(beats, time, median),
            *_labels(_latency_labels(median[-1], slow[-1]), axis.ends),
        ]
    )
    whole = board.whole
    words = (
        f"Latency over time. The median is {latency(whole.p50)}, the 95th percentile "
        f"{latency(whole.p95)}."
    )
    return Drawing(svg=framed(inline_svg(picture, words, key=key, kind="middle")), words=words)


def _plane(time: Clock, y: Axis) -> Plane:
    return Plane(
        width=_WIDTH,
        height=_HEIGHT,
        left=46,
        right=_LABELS_RIGHT,
        top=26,
        bottom=30,
        x=time.axis(),
        y=y,
    )


def _alarmed(view: TrendView, time: Clock, ends: tuple[float, float]) -> Iterator[Row]:
    """Yield the times of alarms, from where the change seems to lie."""
    spans: list[Row] = [
        {
            "x": time.place(each.began),
            "x2": time.place(time.at if each.resolved is None else each.resolved),
            "y": ends[0],
            "y2": ends[1],
        }
        for each in view.alarms
        if each.resolved is None or each.resolved > time.since
    ]
    yield from layer(region("var(--bad-wash)"), spans)


def _limits(view: TrendView, time: Clock, ends: tuple[float, float]) -> Iterator[Row]:
    trend = view.trend
    whole: Row = {"x": 0.0, "x2": time.at - time.since}
    limit = _limit(view)
    if limit is not None:
        under = whole | {"y": ends[0], "y2": 100 * limit}
        yield from layer(region(HATCH), [under])
        line = rule("var(--bad)", width=1.5, dash=(5, 4))
        yield from layer(line, [whole | {"y": 100 * limit}])
    if trend.baseline is not None:
        line = rule("var(--good)", width=1.5, dash=(2, 3))
        yield from layer(line, [whole | {"y": 100 * trend.baseline}])


def _limit(view: TrendView) -> float | None:
    given = [each for each in (view.trend.limit, view.trend.floor) if each is not None]
    return max(given, default=None)


def _marks(view: TrendView, time: Clock, ends: tuple[float, float]) -> Iterator[Row]:
    """Yield a line where something changed, and what, where there is room to say it."""
    drawn = sorted((time.place(each.ts), on_one_line(each.text, _MARK)) for each in view.marks)
    lines: list[Row] = [{"x": x, "y": ends[0], "y2": ends[1]} for x, _ in drawn]
    yield from layer(rule("var(--quiet)", dash=(2, 3)), lines)
    names: list[Row] = []
    free = _WIDTH + _LABELS_RIGHT * 1.0
    for x, text in reversed(drawn):
        left = _WIDTH * x / (time.at - time.since)
        if left + len(text) * _LETTER <= free:
            names.append({"x": x, "text": text})
            free = left - _LETTER
    yield from layer(letters("var(--quiet)", align="left", dx=-2), names, y=-12.0)


def _scores(points: Sequence[TrendPoint], time: Clock, ends: tuple[float, float]) -> Iterator[Row]:
    places = [time.place((each.start + each.end) / 2) for each in points]
    areas: list[Row] = [
        {"x": x, "y": _within(100 * each.low, ends), "y2": _within(100 * each.high, ends)}
        for x, each in zip(places, points, strict=True)
    ]
    yield from layer(band("var(--accent)", opacity=0.16), areas)
    means: list[Row] = [
        {"x": x, "y": 100 * each.mean} for x, each in zip(places, points, strict=True)
    ]
    yield from layer(path("var(--accent)", width=2), means)
    last = means[-1] | {"shape": "circle"}
    yield from layer(point("var(--accent)", fill="var(--accent)", size=56, width=1), [last])


def _within(value: float, ends: tuple[float, float]) -> float:
    return min(max(value, ends[0]), ends[1])


def _score_labels(view: TrendView, last: TrendPoint) -> Iterator[_Label]:
    yield _Label(text=f"● {percent(last.mean)}", colour="var(--accent)", value=100 * last.mean)
    baseline, limit = view.trend.baseline, _limit(view)
    if baseline is not None:
        said = f"frozen {percent(baseline)}"
        yield _Label(text=said, colour="var(--good)", value=100 * baseline)
    if limit is not None:
        yield _Label(text=f"limit {percent(limit)}", colour="var(--bad)", value=100 * limit)


def _call_labels(beats: Sequence[Beat]) -> Iterator[_Label]:
    last = beats[-1].figures
    yield _Label(text="■ calls", colour="var(--accent)", value=float(last.calls))
    if any(each.figures.failed for each in beats):
        yield _Label(text="■ no answer", colour="var(--bad)", value=0.0)


def _latency_labels(median: float, slow: float) -> Iterator[_Label]:
    yield _Label(text=f"95th {latency(1000 * slow)}", colour="var(--accent)", value=slow)
    yield _Label(text=f"median {latency(1000 * median)}", colour="var(--accent)", value=median)


def _bars(beats: Sequence[Beat], time: Clock, values: Sequence[float]) -> list[Row]:
    return [
        {"x": time.place(each.start), "x2": time.place(each.end), "y": 0.0, "y2": value}
        for each, value in zip(beats, values, strict=True)
        if value
    ]


def _percentiles(beats: Sequence[Beat]) -> tuple[list[float], list[float]]:
    median = [each.figures.p50 or 0.0 for each in beats]
    return median, [each.figures.p95 or 0.0 for each in beats]


def _seconds(milliseconds: float) -> float:
    return milliseconds / 1000


def _course(
    beats: Sequence[Beat], time: Clock, values: Sequence[float], *, dash: Sequence[float] = ()
) -> Iterator[Row]:
    places: list[Row] = [
        {"x": time.place((each.start + each.end) / 2), "y": value}
        for each, value in zip(beats, values, strict=True)
    ]
    yield from layer(path("var(--accent)", width=2, dash=dash), places)
    last = places[-1] | {"shape": "circle"}
    yield from layer(point("var(--accent)", fill="var(--accent)", size=40, width=1), [last])


def _labels(labels: Iterator[_Label], ends: tuple[float, float]) -> Iterator[Row]:
    """Yield texts at the right of the plane, apart from each other and inside of its height."""
    ranked = sorted(labels, key=lambda label: (-label.value, label.text))
    lowest = _HEIGHT - _LINE * (len(ranked) - 1.0)
    free = 0.0
    for label in ranked:
        wanted = _HEIGHT * (ends[1] - label.value) / (ends[1] - ends[0])
        y = max(free, min(wanted, lowest))
        free, lowest = y + _LINE, lowest + _LINE
        mark = letters(label.colour, align="left", bold=True)
        yield from layer(mark, [{"text": label.text}], x=_WIDTH + 8, y=y)


def _trend_words(view: TrendView, points: Sequence[TrendPoint]) -> str:
    stream, last = view.trend.stream, points[-1]
    now = f"{percent(last.mean)}, between {percent(last.low)} and {percent(last.high)}"
    said = [
        f"Scores of {name_of(stream.prompt)} by {name_of(stream.criterion)} over time.",
        f"Until {utc(last.end)}: {now}.",
    ]
    if view.trend.baseline is not None:
        said.append(f"Frozen: {percent(view.trend.baseline)}.")
    limit = _limit(view)
    if limit is not None:
        said.append(f"Limit: {percent(limit)}.")
    if view.marks:
        changes = ", ".join(
            f"{on_one_line(each.text, 60)} at {utc(each.ts)}" for each in view.marks
        )
        said.append(f"Changes: {changes}.")
    return " ".join(said)
