"""Says what a selftest found out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.model.selftest import Course, ErrorRate, SetTest, Soundness, Source, Spread
from evalgate.model.verdict import Verdict
from evalgate.reporting.numbers import count, percent, points

WORDS: Mapping[Soundness, str] = {
    Soundness.SOUND: "Sound",
    Soundness.WEAK: "Weak",
    Soundness.UNSOUND: "Unsound",
    Soundness.UNTESTED: "Untested",
}

SPREADS: Mapping[Spread, str] = {
    Spread.NONE: "nothing changed",
    Spread.BROKEN: "some cases break",
    Spread.DIFFUSE: "all cases get worse",
}

SIMULATED = "Answers are simulated; no call was made to Claude."

UNDECIDED = (Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_APPLICABLE)
"""What neither passes nor fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: a course, and how its runs ended."""

    name: str
    runs: int
    passed: str
    failed: str
    undecided: str
    calls: str


def headline(test: SetTest) -> str:
    """Say in a sentence whether the policy keeps its word on a set."""
    blocked, missed = test.false_block, test.missed_regression
    word = WORDS[test.soundness]
    if blocked is None:
        return f"{word}: there are no trials to tell from."
    if test.soundness is Soundness.WEAK and missed is not None:
        drop = points(test.max_drop)
        return f"{word}: {_rate(missed)} of the drops of {drop} points pass, {_more_than(test)}."
    said = f"{word}: {_rate(blocked)} of the runs without a change are blocked"
    if test.soundness is Soundness.UNSOUND:
        return f"{said}, {_more_than(test)}."
    return f"{said}; alpha allows {percent(test.alpha)}."


def details(test: SetTest) -> Iterator[str]:
    """Yield what else there is to know of a set, in sentences."""
    unchanged = next((each for each in test.courses if each.spread is Spread.NONE), None)
    if unchanged is not None:
        open_part = unchanged.share(*UNDECIDED)
        yield f"Without a change {percent(open_part)} of the runs stay undecided."
    missed = test.missed_regression
    if missed is not None and test.soundness is not Soundness.WEAK:
        yield f"A drop of {points(test.max_drop)} points passes in {_rate(missed)} of the runs."
    if test.verdict is not None:
        yield f"The gate held {test.version} against itself and says: {test.verdict.value}."
    for remark in test.remarks:
        yield f"{remark[0].upper()}{remark[1:]}."


def basis(test: SetTest, source: Source) -> str:
    """Say what the trials of a set were made from."""
    cases = count(test.cases, "case")
    recorded = f"{count(test.recorded_trials, 'trial')} on record of {count(test.recorded, 'case')}"
    if source is Source.CACHED:
        return f"{cases} with both halves of {recorded}"
    if source is Source.PAID:
        return f"{cases} with fresh trials, and {recorded}"
    if not test.recorded:
        return f"{cases}; no record, so the ordinary world: 9 of 10 trials pass"
    return f"{cases}; rates drawn from {recorded}"


def table_row(course: Course) -> Row:
    """Return what a table shows of a course."""
    return Row(
        name=course_name(course),
        runs=course.runs,
        passed=percent(course.share(Verdict.PASS)),
        failed=percent(course.share(Verdict.FAIL)),
        undecided=percent(course.share(*UNDECIDED)),
        calls=f"{course.calls:.2f}" if course.calls else "–",
    )


def course_name(course: Course) -> str:
    """Name a course: the drop in points, and where it falls."""
    if course.spread is Spread.NONE:
        return SPREADS[course.spread]
    return f"{points(course.drop)} points, {SPREADS[course.spread]}"


def _rate(found: ErrorRate) -> str:
    return f"{percent(found.rate)} ({percent(found.low)} to {percent(found.high)})"


def _more_than(test: SetTest) -> str:
    return f"more than the {percent(test.alpha)} of alpha"
