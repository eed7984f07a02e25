"""How sure a verdict is, in words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.model.verdict import Estimate, JudgeScale, PromptVerdict, Reason, Verdict
from evalgate.reporting.certainty_words import certainty

Builder = Callable[..., PromptVerdict]


def test_a_range_is_told_with_the_limit_and_its_confidence(a_verdict: Builder) -> None:
    assert certainty(a_verdict()) == snapshot(
        "worse, perhaps by more than the limit: over 120 cases the pass rate is between 4 and 11 points lower; the limit is a drop of 5 points. Each end of that range holds with 95% confidence; it is about the traffic that the cases were drawn from."
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.04, "better for sure"),
        (-0.2, -0.1, "worse, and by more than the limit"),
        (-0.04, -0.01, "worse, but by less than the limit"),
        (-0.11, -0.04, "worse, perhaps by more than the limit"),
        (-0.04, 0.02, "not worse by more than the limit"),
        (0.0, 0.02, "not worse by more than the limit"),
        (-0.11, -0.05, "worse, perhaps by more than the limit"),
        (
            -0.05,
            0.02,
            "it may be worse by more than the limit, and it may be no worse at all",
        ),
        (
            -0.11,
            0.02,
            "it may be worse by more than the limit, and it may be no worse at all",
        ),
    ],
)
def test_where_the_range_lies_is_said_first(
    a_verdict: Builder, low: float, high: float, said: str
) -> None:
    delta = Estimate(estimate=(low + high) / 2, low=low, high=high)
    assert certainty(a_verdict(delta=delta, reasons=())).partition(": over")[0].endswith(said)


@pytest.mark.parametrize("code", ["regression", "cannot_tell", "too_few_cases"])
def test_an_average_within_the_limit_says_why_it_does_not_pass(
    a_verdict: Builder, code: str
) -> None:
    delta = Estimate(estimate=-0.02, low=-0.04, high=-0.01)
    verdict = a_verdict(delta=delta, reasons=(Reason(code=code, message="Why."),))
    assert certainty(verdict).startswith(
        "within the limit on average, but more cases than that may have broken outright: over"
    )


def test_a_suite_is_about_its_cases(a_verdict: Builder) -> None:
    assert certainty(a_verdict(estimand="suite")).endswith("it is about exactly these cases.")


def test_a_limit_on_the_judges_scale_is_called_so(a_verdict: Builder) -> None:
    scale = JudgeScale(
        evalset="letters",
        labels=200,
        youden=0.9,
        low=0.8,
        least=0.4,
        share=1.0,
        max_drop=0.05,
        limit=0.04,
    )
    judged = a_verdict(max_drop=0.04, judge=scale)
    assert "a drop of 4 points on the judge's scale." in certainty(judged)
    unproven = replace(judged, judge=replace(scale, low=0.1))
    assert "on the judge's scale" not in certainty(unproven)


def test_without_a_comparison_there_is_nothing_to_be_sure_of(a_verdict: Builder) -> None:
    assert certainty(a_verdict(delta=None)) == ""


def test_a_whole_that_stays_within_the_limit_does_not_seem_to_contradict_a_failure(
    a_verdict: Builder,
) -> None:
    critical = Reason(code="critical_case", message="It broke.")
    delta = Estimate(estimate=-0.02, low=-0.04, high=-0.01)
    within = a_verdict(delta=delta, reasons=(critical,))
    blocked = replace(within, verdict=Verdict.FAIL)
    assert certainty(blocked).startswith("as a whole worse, but by less than the limit: ")
    assert certainty(replace(within, verdict=Verdict.PASS)).startswith("worse, but by less")
