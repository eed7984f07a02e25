"""Tests for evalgate.reporting.annotations."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import Problem
from evalgate.model.github import Annotation, Level
from evalgate.model.verdict import PromptVerdict, RunVerdict, Verdict
from evalgate.reporting.annotations import MOST_OF_A_LEVEL, annotations, capped
from evalgate.reporting.story import Report

LINES = {("support", "v4"): ("prompts/support/v4.md", 9)}


def test_a_blocked_version_is_an_error_at_the_line_where_it_differs(
    a_report: Callable[..., Report],
) -> None:
    report = a_report()
    (only,) = annotations(report, lines=LINES)
    assert only == Annotation(
        level=Level.ERROR,
        title="evalgate",
        message=report.prompts[0].headline,
        path="prompts/support/v4.md",
        line=9,
    )


def test_what_cannot_be_told_is_a_warning_and_what_passes_a_notice(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    doubtful = a_report(a_run(a_verdict(verdict=Verdict.INCONCLUSIVE)))
    assert [each.level for each in annotations(doubtful, lines=LINES)] == [Level.WARNING]
    passed = a_report(a_run(a_verdict(verdict=Verdict.PASS)))
    (only,) = annotations(passed, lines=LINES)
    assert (only.level, only.path, only.message) == (Level.NOTICE, "", passed.headline)


def test_simulated_answers_are_named_in_the_title(
    a_report: Callable[..., Report], a_run: Callable[..., RunVerdict]
) -> None:
    (only,) = annotations(a_report(a_run(simulated=True)), lines={})
    assert only.title == "evalgate (simulated answers)"


def test_a_problem_of_a_file_stands_at_its_line(
    a_report: Callable[..., Report], nothing_changed: RunVerdict
) -> None:
    problem = Problem(path="evalsets/a.yaml", line=12, key="cases[3].id", message="is a duplicate")
    found = annotations(a_report(nothing_changed), lines={}, problems=[problem])
    assert [(each.path, each.line, each.message) for each in found] == [
        ("evalsets/a.yaml", 12, "cases[3].id: is a duplicate")
    ]


def test_what_the_runner_would_drop_is_counted_in_the_last_remark() -> None:
    remarks = [Annotation(level=Level.ERROR, title="t", message=str(n)) for n in range(13)]
    shown = list(capped(remarks))
    assert [each.message for each in shown[:9]] == [str(n) for n in range(9)]
    assert shown[9].message.startswith("4 more remarks of this kind")


@given(st.lists(st.sampled_from(list(Level))))
def test_no_level_has_more_remarks_than_are_shown(levels: list[Level]) -> None:
    shown = list(capped(Annotation(level=level, title="", message="") for level in levels))
    for level in Level:
        kept = sum(each.level is level for each in shown)
        assert kept == min(levels.count(level), MOST_OF_A_LEVEL)
