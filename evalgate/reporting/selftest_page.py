"""Draws a selftest as one HTML page that needs nothing else: no script, no network, no font."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.selftest import Selftest, SetTest, Soundness, Spread
from evalgate.reporting.course_chart import course_chart
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.pages import written
from evalgate.reporting.selftest_words import (
    SIMULATED,
    SPREADS,
    WORDS,
    Row,
    basis,
    details,
    headline,
    table_row,
)

_TONES: Mapping[Soundness, tuple[str, str]] = {
    Soundness.SOUND: ("pass", "✓"),
    Soundness.WEAK: ("inconclusive", "?"),
    Soundness.UNSOUND: ("fail", "✗"),
    Soundness.UNTESTED: ("error", "!"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The chart of one spread, and what it shows."""

    title: str
    drawing: Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One set as the page shows it; `tone` names its colours."""

    test: SetTest
    tone: str
    icon: str
    word: str
    headline: str
    basis: str
    details: tuple[str, ...]
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]


def selftest_page(selftest: Selftest) -> str:
    """Return the page; the same selftest gives the same bytes."""
    tone, icon = _TONES[selftest.soundness]
    return written(
        "selftest.html.j2",
        styles=("report.css", "charts.css", "selftest.css"),
        selftest=selftest,
        tone=tone,
        icon=icon,
        word=WORDS[selftest.soundness],
        simulated=SIMULATED,
        sets=tuple(
            _told(each, selftest, number) for number, each in enumerate(selftest.sets, start=1)
        ),
    )


def _told(test: SetTest, selftest: Selftest, number: int) -> Told:
    tone, icon = _TONES[test.soundness]
    spreads = dict.fromkeys(each.spread for each in test.courses if each.spread is not Spread.NONE)
    return Told(
        test=test,
        tone=tone,
        icon=icon,
        word=WORDS[test.soundness],
        headline=headline(test),
        basis=basis(test, selftest.source),
        details=tuple(details(test)),
        rows=tuple(map(table_row, test.courses)),
        charts=tuple(_chart(test, spread, key=f"chart-{number}-{spread}") for spread in spreads),
    )


def _chart(test: SetTest, spread: Spread, *, key: str) -> Chart:
    drawing = course_chart(test.courses, spread, max_drop=test.max_drop, key=key)
    return Chart(title=SPREADS[spread], drawing=drawing)
