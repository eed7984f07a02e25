"""Draws how a policy decides over the true drop: its operating characteristic.

Places on the horizontal axis are percentages, so that the drawing grows with the page while its
letters keep their size; those on the vertical axis are pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evalgate.model.selftest import Course, Spread
from evalgate.model.verdict import Verdict
from evalgate.reporting.interval_chart import Mark
from evalgate.reporting.numbers import percent, points
from evalgate.reporting.selftest_words import SPREADS, UNDECIDED

HEIGHT = 190
_TOP, _BOTTOM = 22.0, 158.0
_LEFT, _RIGHT = 9.0, 96.0
_LINES: Mapping[str, tuple[Verdict, ...]] = {
    "pass": (Verdict.PASS,),
    "fail": (Verdict.FAIL,),
    "inconclusive": UNDECIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in the drawing: percent from the left, pixels from the top."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The share of one verdict over the true drop; `kind` is the verdict."""

    kind: str
    points: tuple[Point, ...]

    @property
    def segments(self) -> tuple[tuple[Point, Point], ...]:
        """The pieces between neighbouring points."""
        return tuple(pairwise(self.points))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseChart:
    """All that is drawn; `words` is the text for those who do not see the drawing."""

    title: str
    drops: tuple[Mark, ...]
    shares: tuple[tuple[float, str], ...]
    limit: Mark
    curves: tuple[Curve, ...]
    words: str

    @property
    def height(self) -> int:
        """In pixels."""
        return HEIGHT


def course_chart(courses: Sequence[Course], spread: Spread, *, max_drop: float) -> CourseChart:
    """Lay out the chart of the drops of one spread, with that of nothing at its beginning.

    Args:
        courses: of one set.
        spread: which of them to draw.
        max_drop: the limit, as a fraction.
    """
    shown = sorted(
        (each for each in courses if each.spread in (Spread.NONE, spread)),
        key=lambda course: course.drop,
    )
    most = max([each.drop for each in shown] + [max_drop])

    def x(drop: float) -> float:
        return round(_LEFT + drop / most * (_RIGHT - _LEFT), 2)

    return CourseChart(
        title=SPREADS[spread],
        drops=tuple(Mark(x=x(each.drop), label=points(each.drop)) for each in shown),
        shares=tuple((_height(share), percent(share)) for share in (0.0, 0.5, 1.0)),
        limit=Mark(x=x(max_drop), label="limit"),
        curves=tuple(
            Curve(
                kind=kind,
                points=tuple(
                    Point(x=x(each.drop), y=_height(each.share(*verdicts))) for each in shown
                ),
            )
            for kind, verdicts in _LINES.items()
        ),
        words=f"Over the true drop, when {SPREADS[spread]}. " + " ".join(map(_said, shown)),
    )


def _height(share: float) -> float:
    return round(_BOTTOM - share * (_BOTTOM - _TOP), 1)


def _said(course: Course) -> str:
    shares = {kind: percent(course.share(*verdicts)) for kind, verdicts in _LINES.items()}
    return (
        f"At a drop of {points(course.drop)} points {shares['pass']} pass, {shares['fail']} fail "
        f"and {shares['inconclusive']} stay undecided."
    )
