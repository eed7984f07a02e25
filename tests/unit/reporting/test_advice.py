import pytest

from evalgate.errors import ExitCode
from evalgate.model.chat import FailureKind
from evalgate.model.verdict import Verdict
from evalgate.reporting.advice import consequence, joined, next_steps

DECIDED_BY = [
    *("regression", "critical_case", "critical_unconfirmed", "min_pass_rate", "set_changed"),
    *("all_waived", "protected_slice", "protected_slice_lost", "protected_slice_gone"),
    "protected_slice_waived",
    *("too_few_cases", "too_few_clusters", "cannot_tell", "no_baseline", "no_comparable_cases"),
    *("no_cases", "error_budget", "not_all_trials_ran", "ledger_unbalanced", "could_not_evaluate"),
    *("published_version_edited", "dangling_pointer", "pointer_deleted", "evalset_removed"),
    *("configuration", "bootstrap", "authentication", "permission", "billing", "spend_limit"),
    "model_not_found",
]


@pytest.mark.parametrize("code", DECIDED_BY)
def test_every_reason_that_holds_a_change_up_has_a_next_step(code: str) -> None:
    assert len(next_steps([code], Verdict.FAIL)) == 1


def test_a_step_that_two_reasons_share_is_said_once_and_unknown_reasons_say_nothing() -> None:
    steps = next_steps(["regression", "unheard_of", "critical_case", "no_cases"], Verdict.FAIL)
    assert len(steps) == 2
    assert "empty set" in steps[1]


@pytest.mark.parametrize("kind", [*FailureKind, "ungraded"])
def test_what_to_do_about_a_failure_is_not_buried_under_its_consequences(kind: str) -> None:
    [step] = next_steps([kind], Verdict.ERROR)
    assert next_steps(["error_budget", "not_all_trials_ran", kind], Verdict.ERROR) == (step,)
    assert joined([*next_steps(["error_budget"], Verdict.ERROR), step]) == (step,)


def test_without_a_cause_that_is_known_the_consequences_have_their_steps() -> None:
    assert len(next_steps(["error_budget", "not_all_trials_ran"], Verdict.ERROR)) == 2


def test_a_change_that_passes_needs_nothing() -> None:
    assert next_steps(["no_baseline"], Verdict.PASS) == ()


@pytest.mark.parametrize(
    ("code", "lets_through"),
    [
        (ExitCode.OK, True),
        (ExitCode.FAIL, False),
        (ExitCode.INCONCLUSIVE, False),
        (ExitCode.NOT_EVALUATED, False),
        (ExitCode.USAGE, False),
    ],
)
def test_only_exit_code_zero_lets_a_change_through(code: ExitCode, lets_through: bool) -> None:
    assert ("through" in consequence(code)) is lets_through


def test_what_mends_a_prompt_is_not_advised_for_a_judge() -> None:
    [step] = next_steps(["regression", "judge_tried"], Verdict.FAIL)
    assert "mend the rubric" in step


def test_a_rate_that_is_set_and_missed_is_not_asked_for() -> None:
    [step] = next_steps(["min_pass_rate", "no_baseline"], Verdict.FAIL)
    assert "cases that fail" in step
    [step] = next_steps(["no_baseline"], Verdict.INCONCLUSIVE)
    assert "gate.min_pass_rate" in step


def test_cases_that_broke_and_cases_that_fail_are_not_both_to_be_read() -> None:
    [step] = next_steps(["min_pass_rate", "regression"], Verdict.FAIL)
    assert "cases that broke" in step
