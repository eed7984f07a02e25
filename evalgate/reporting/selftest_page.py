"""Draws a selftest as one HTML page that needs nothing else: no script, no network, no font."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.model.selftest import Selftest, SetTest, Soundness, Spread
from evalgate.reporting.course_chart import CourseChart, course_chart
from evalgate.reporting.html import written
from evalgate.reporting.selftest_words import (
    SIMULATED,
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
    charts: tuple[CourseChart, ...]


def selftest_page(selftest: Selftest) -> str:
    """Return the page; the same selftest gives the same bytes."""
    tone, icon = _TONES[selftest.soundness]
    return written(
        "selftest.html.j2",
        styles=("report.css", "selftest.css"),
        selftest=selftest,
        tone=tone,
        icon=icon,
        word=WORDS[selftest.soundness],
        simulated=SIMULATED,
        sets=tuple(_told(each, selftest) for each in selftest.sets),
    )


def _told(test: SetTest, selftest: Selftest) -> Told:
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
        charts=tuple(
            course_chart(test.courses, spread, max_drop=test.max_drop) for spread in spreads
        ),
    )
