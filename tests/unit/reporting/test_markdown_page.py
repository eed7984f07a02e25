from collections.abc import Callable
from dataclasses import replace

import pytest

from evalgate.model.comparison import ArmLedger
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.model.verdict import Flips, PromptVerdict, Reason, RunVerdict, Slice
from evalgate.model.waiver import Waiver
from evalgate.reporting.markdown_page import Depth, fitting_page
from evalgate.reporting.story import Report

FULL = Depth(prompts=10, broken=10, fixed=10, text=500)
TABLE = Depth(prompts=10)


def written(report: Report, *depths: Depth, budget: int = 60_000) -> str:
    return fitting_page(report, budget=budget, depths=depths, location=None)


def test_the_fullest_depth_that_fits_is_written(a_report: Callable[..., Report]) -> None:
    report = a_report()
    full, table = written(report, FULL), written(report, TABLE)
    assert "<code>late</code>" in full
    assert "<code>late</code>" not in table
    assert written(report, FULL, TABLE, budget=len(full.encode())) == full
    assert written(report, FULL, TABLE, budget=len(full.encode()) - 1) == table


def test_where_nothing_fits_one_sentence_is_left(a_report: Callable[..., Report]) -> None:
    report = a_report()
    assert written(report, FULL, TABLE, budget=200) == f"## ✗ {report.headline}\n"


@pytest.mark.parametrize(
    ("depth", "left_out"),
    [(FULL, ""), (Depth(prompts=1), "1 case in the full report only.")],
)
def test_what_is_left_out_is_said(
    a_report: Callable[..., Report], depth: Depth, left_out: str
) -> None:
    page = written(a_report(), depth)
    assert ("in the full report only" in page) is bool(left_out)
    assert left_out in page


def test_prompts_that_are_left_out_are_counted(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    report = a_report(a_run(*(a_verdict(name=f"prompt-{number}") for number in range(12))))
    page = written(report, TABLE)
    assert "2 more prompts not shown here." in page
    assert page.count("✗ **Blocked**") == 10


def test_reasons_name_their_prompt_only_where_there_are_several(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    one = written(a_report(), TABLE)
    two = written(a_report(a_run(a_verdict(name="a"), a_verdict(name="b"))), TABLE)
    assert "\n- The drop is between 4 and 11 points." in one
    assert "\n- <code>b</code>: The drop is between 4 and 11 points." in two


def test_trials_without_a_grade_are_counted_by_kind(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_trial: Callable[..., Trial],
) -> None:
    ledger = {Arm.CANDIDATE: ArmLedger(planned=3, graded=1, errored=1, skipped=1)}
    lost = replace(
        a_trial(trial=1),
        status=TrialStatus.ERRORED,
        passed=None,
        error=TrialError(kind="timeout", message="no answer"),
    )
    unrun = replace(lost, trial=2, status=TrialStatus.SKIPPED)
    report = a_report(a_run(a_verdict(ledger=ledger)), trials=[a_trial(), lost, unrun])
    assert (
        "- 1 of 3 planned trials have a grade; the others do not:"
        " 1 × timeout, 1 × skipped (timeout)" in written(report, TABLE)
    )


def test_a_prompt_without_a_comparison_has_dashes_in_its_row(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    finding = a_verdict(
        candidate=None,
        baseline=None,
        delta=None,
        pass_rate={},
        flips=Flips(),
        reasons=(Reason(code="dangling_pointer", message="v9 does not exist."),),
        cost_usd=None,
    )
    page = written(a_report(a_run(finding)), TABLE)
    assert "| ✗ **Blocked** | <code>support</code> | – | – | 0 of 120 | 0 | unknown |" in page


def test_protected_slices_are_told_and_flaky_cases_labelled(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    part = Slice(tag="vip", cases=60, baseline=0.95, candidate=0.7, delta=-0.25, protected=True)
    text = written(a_report(a_run(a_verdict(slices=(part,), flaky=("late",)))), FULL)
    assert "\n- Slice <code>vip</code>: 60 cases, 95% → 70%: protected\n" in text
    assert "<code>late</code></b> · flaky · " in text


def test_waived_cases_are_listed_with_their_terms_and_shown(
    a_report: Callable[..., Report],
    a_run: Callable[..., RunVerdict],
    a_verdict: Callable[..., PromptVerdict],
    a_waiver: Callable[..., Waiver],
) -> None:
    ledger = {arm: ArmLedger(planned=2, graded=1, waived=1) for arm in Arm}
    run = a_run(a_verdict(flips=Flips(), waived=(a_waiver(),), ledger=ledger))
    text = written(a_report(run), FULL)
    assert "- <code>late</code> waived by Ann until 2027-01-31: the tool is replaced\n" in text
    assert "### Waived: 1 case" in text
    assert "We cannot help." in text
    assert "1 case waived." in text.splitlines()[0]
    assert "do not" not in text  # every trial has a grade
