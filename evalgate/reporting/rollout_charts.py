"""Draws how the evidence of a rollout grew: the rise of failures, and what it is worth as proof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.model.rollout import CriterionEvidence, RolloutReport, Snapshot
from evalgate.reporting.drawing import HATCH, Drawing, framed, inline_svg
from evalgate.reporting.instants import utc
from evalgate.reporting.marks import (
    SIGNED,
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
from evalgate.reporting.numbers import points, signed_points
from evalgate.reporting.rollout_criteria import (
    NAMES,
    e_value,
    harm_limit,
    needed_proof,
    of,
    weighted_harm,
)
from evalgate.reporting.rollout_scales import (
    Span,
    TimeScale,
    evidence_scale,
    power,
    rise_scale,
    time_scale,
)
from evalgate.reporting.rollout_words import share

MOST_DRAWN = 240
"""How many snapshots are drawn; of more than that, some at even distances and the last one."""

_WIDTH, _HEIGHT = 228, 136
_LINE, _LETTER = 15, 6.8
"""The height of a line of text and the width of a letter, in pixels."""

_FULL = 100.0
_POWERS = "format(pow(10, datum.value), datum.value < 0 ? '.2~f' : '~s')"
"""How an axis of powers of ten writes a number: `0.01`, `100`, `10k`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Label:
    """A text at the right of the plane, and the height in pixels at which it is wanted."""

    text: str
    colour: str
    y: float


def rise_chart(each: CriterionEvidence, report: RolloutReport, *, key: str) -> Drawing | None:
    """Draw by how much more of the canary fails, with the bounds that hold at all times at once.

    Args:
        each: what is drawn; without a course there is nothing to draw.
        report: what it belongs to.
        key: begins the ids in the drawing; a page uses each key once.
    """
    course = thinned(each.course)
    if not course:
        return None
    time, scale = time_scale(report, course), rise_scale(course, each.max_rise)
    words = _rise_words(each, course, report)
    plane = _plane(time, scale, label=SIGNED)
    picture = plane.picture(
        [
            *_limit(each.max_rise, time, scale),
            *_shares(report, time, scale),
            *_bounds(course, time, scale),
            *_line(course, time, [scale.within(100 * point.rise) for point in course]),
            *_labels(_rise_labels(each, course, scale)),
        ]
    )
    svg = inline_svg(picture, words, key=key, kind="middle")
    return Drawing(svg=framed(svg), words=words)


def evidence_chart(each: CriterionEvidence, report: RolloutReport, *, key: str) -> Drawing | None:
    """Draw proof and harm over time, in powers of ten, beside what each is held against.

    The arguments are those of `rise_chart`.
    """
    course = thinned(each.course)
    if not course:
        return None
    needs, limit = list(_needs(report)), harm_limit(report.rules)
    needed = needs[-1][2] if needs else needed_proof(report)
    proofs = [snapshot.proof for snapshot in course]
    harms = [each.weight * snapshot.harm for snapshot in course]
    scale = evidence_scale([*proofs, *harms], [limit, needed, *(each for _, _, each in needs)])
    time = time_scale(report, course)
    words = _evidence_words(each, report)
    plane = _plane(time, scale, label=_POWERS)
    picture = plane.picture(
        [
            *_shares(report, time, scale),
            *_needed(needs, time),
            *_harm_line(limit, time),
            *_line(course, time, list(map(scale.within, map(power, harms))), harm=True),
            *_line(course, time, list(map(scale.within, map(power, proofs)))),
            *_labels(_evidence_labels((proofs[-1], harms[-1]), (needed, limit), scale)),
        ]
    )
    svg = inline_svg(picture, words, key=key, kind="middle")
    return Drawing(svg=framed(svg), words=words)


def thinned(course: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Return the snapshots that are drawn."""
    if len(course) <= MOST_DRAWN:
        return tuple(course)
    step = (len(course) - 1) / (MOST_DRAWN - 1)
    return tuple(course[round(number * step)] for number in range(MOST_DRAWN))


def _plane(time: TimeScale, scale: Span, *, label: str) -> Plane:
    return Plane(
        width=_WIDTH,
        height=_HEIGHT,
        left=48,
        right=92,
        top=40,
        bottom=48,
        x=Axis(
            ends=(time.span.least, time.span.most),
            ticks=time.span.ticks,
            title=time.title,
            grid=False,
        ),
        y=Axis(ends=(scale.least, scale.most), ticks=scale.ticks, label=label),
    )


def _height(value: float, scale: Span) -> float:
    """Return how many pixels below the top a value stands."""
    return _HEIGHT * (scale.most - scale.within(value)) / (scale.most - scale.least)


def _limit(max_rise: float, time: TimeScale, scale: Span) -> Iterator[Row]:
    ends: Row = {"x": time.span.least, "x2": time.span.most}
    limit = 100 * max_rise
    yield from layer(region(HATCH), [ends | {"y": limit, "y2": scale.most}])
    yield from layer(rule("var(--bad)", width=2, dash=(5, 4)), [ends | {"y": limit}])
    yield from layer(rule("var(--quiet)"), [ends | {"y": 0.0}])


def _shares(report: RolloutReport, time: TimeScale, scale: Span) -> Iterator[Row]:
    """Yield a line where the share of the traffic changed, and the share beside it."""
    rollout = report.rollout
    changes = [(step.since, step.percent) for step in rollout.steps]
    changes += [] if rollout.at_full is None else [(rollout.at_full, _FULL)]
    drawn = [(time.place(since), share(percent)) for since, percent in changes]
    lines: list[Row] = [{"x": x, "y": scale.least, "y2": scale.most} for x, _ in drawn]
    yield from layer(rule("var(--quiet)", dash=(2, 3)), lines)
    rows: tuple[list[Row], list[Row]] = ([], [])
    free = [float("-inf"), float("-inf")]
    for x, text in drawn:
        left = _WIDTH * x / time.span.most
        level = next((number for number in (0, 1) if free[number] <= left), None)
        if level is None:
            continue  # a third label at one place; the words have them all
        rows[level].append({"x": x, "text": text})
        free[level] = left + (len(text) + 1) * _LETTER
    for level, texts in enumerate(rows):
        mark = letters("var(--quiet)", align="left", dx=-2)
        yield from layer(mark, texts, y=-12.0 - _LINE * level)


def _bounds(course: Sequence[Snapshot], time: TimeScale, scale: Span) -> Iterator[Row]:
    places: list[Row] = [
        {
            "x": time.place(each.at),
            "y": scale.within(100 * each.low),
            "y2": scale.within(100 * each.high),
        }
        for each in course
    ]
    yield from layer(band("var(--accent)", opacity=0.16), places)
    yield from layer(rule("var(--accent)"), places[-1:])


def _line(
    course: Sequence[Snapshot], time: TimeScale, values: Sequence[float], *, harm: bool = False
) -> Iterator[Row]:
    colour = "var(--bad)" if harm else "var(--accent)"
    places: list[Row] = [
        {"x": time.place(each.at), "y": value} for each, value in zip(course, values, strict=True)
    ]
    yield from layer(path(colour, width=2, dash=(6, 3) if harm else ()), places)
    last = places[-1] | {"shape": "diamond" if harm else "circle"}
    yield from layer(point(colour, fill=colour, size=56, width=1), [last])


def _needs(report: RolloutReport) -> Iterator[tuple[float, float | None, float]]:
    """Yield from when until when which proof was needed."""
    for step in report.rollout.steps:
        yield step.since, step.until, needed_proof(report, step.percent)


def _needed(needs: Sequence[tuple[float, float | None, float]], time: TimeScale) -> list[Row]:
    lines: list[Row] = [
        {
            "x": time.place(since),
            "x2": time.span.most if until is None else time.place(until),
            "y": power(needed),
        }
        for since, until, needed in needs
    ]
    return layer(rule("var(--good)", width=2, dash=(5, 4)), lines)


def _harm_line(limit: float, time: TimeScale) -> list[Row]:
    whole: Row = {"x": time.span.least, "x2": time.span.most, "y": power(limit)}
    return layer(rule("var(--bad)", width=1.5, dash=(2, 3)), [whole])


def _rise_labels(
    each: CriterionEvidence, course: Sequence[Snapshot], scale: Span
) -> Iterator[_Label]:
    now = course[-1].rise
    said = signed_points(now, apart_from=(each.max_rise,))
    limit = _height(100 * each.max_rise, scale)
    yield _Label(text=f"limit +{points(each.max_rise)}", colour="var(--bad)", y=limit)
    yield _Label(text=f"● {said}", colour="var(--accent)", y=_height(100 * now, scale))


def _evidence_labels(
    now: tuple[float, float], wanted: tuple[float, float], scale: Span
) -> Iterator[_Label]:
    proof, harm, needed, limit = (_height(power(value), scale) for value in (*now, *wanted))
    yield _Label(text="● proof", colour="var(--accent)", y=proof)
    yield _Label(text="◆ harm", colour="var(--bad)", y=harm)
    yield _Label(text=f"needed {e_value(wanted[0])}", colour="var(--good)", y=needed)
    yield _Label(text=f"back at {e_value(wanted[1])}", colour="var(--bad)", y=limit)


def _labels(labels: Iterator[_Label]) -> Iterator[Row]:
    """Yield texts at the right of the plane, apart from each other and inside of its height."""
    ranked = sorted(labels, key=lambda label: (label.y, label.text))
    lowest = _HEIGHT - _LINE * (len(ranked) - 1.0)
    free = 0.0
    for label in ranked:
        at = max(free, min(label.y, lowest))
        free, lowest = at + _LINE, lowest + _LINE
        mark = letters(label.colour, align="left", bold=True)
        yield from layer(mark, [{"text": label.text}], x=_WIDTH + 8, y=at)


def _rise_words(each: CriterionEvidence, course: Sequence[Snapshot], report: RolloutReport) -> str:
    last = course[-1]
    now, low, high = (
        signed_points(value, apart_from=(each.max_rise,))
        for value in (last.rise, last.low, last.high)
    )
    return (
        f"{NAMES[each.criterion]}: the rise of failures over time. At {utc(last.at)} it is {now} "
        f"points, between {low} and {high}; the limit is +{points(each.max_rise)}. "
        f"{_share_words(report)}"
    )


def _evidence_words(each: CriterionEvidence, report: RolloutReport) -> str:
    limit = harm_limit(report.rules)
    return (
        f"{NAMES[each.criterion]}: the evidence over time. Proof of no harm: "
        f"{of(each.proof, needed_proof(report))} needed. Evidence of harm, at its highest: "
        f"{of(weighted_harm(each), limit)} at which all criteria together roll back. "
        f"{_share_words(report)}"
    )


def _share_words(report: RolloutReport) -> str:
    rollout = report.rollout
    said = [f"{share(step.percent)} from {utc(step.since)}" for step in rollout.steps]
    if rollout.at_full is not None:
        said.append(f"{share(_FULL)} from {utc(rollout.at_full)}")
    return f"Share of the traffic: {', '.join(said)}." if said else ""
