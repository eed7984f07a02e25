"""One case on the terminal."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.comparison import NONE, CaseKind, PlannedCase
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus
from evalgate.reporting.case_run import CaseRun, case_run
from evalgate.reporting.terminal_case import show_case
from tests.unit.reporting.conftest import HOSTILE, NEW, OLD

SAME = PlannedCase(
    case="late", kind=CaseKind.SAME, baseline=range(2), candidate=range(2), critical=True
)


def shown(run: CaseRun, *, terminal: bool = False) -> str:
    console = Console(
        file=StringIO(),
        width=80,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
    )
    show_case(run, console)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


def told(
    case: Case,
    *trials: Trial,
    planned: PlannedCase = SAME,
) -> CaseRun:
    return case_run(
        case,
        planned,
        subject=("support", "letters"),
        versions={Arm.BASELINE: OLD, Arm.CANDIDATE: NEW},
        trials=trials,
    )


def test_a_case_with_both_answers_their_grades_and_what_differs(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    lost = TrialError(kind="timeout", message="no answer within 60 s")
    case = a_case(expected={"days": 30}, tags=("refund", "vip"))
    old = a_trial(arm=Arm.BASELINE, text="You have 30 days.\nRegards")
    optional = Grade(grader="tone", passed=None, score=None, cause="no reply", required=False)
    new = a_trial(passed=False, text="You have some days.\nRegards")
    new = replace(new, grades=(*new.grades, optional), reused="cache")
    trials = (
        old,
        replace(old, trial=1, passed=False, score=0.0),
        new,
        replace(new, trial=1, status=TrialStatus.ERRORED, error=lost, reused=""),
    )
    assert shown(told(case, *trials)) == snapshot("""\
late  critical  [refund, vip]  support on letters
  message
    Where is it?
  expected
    {
      "days": 30
    }

baseline v3  1 of 2 passed
  trial 1  ✓ passed
  trial 2  ✗ failed
  answer of trial 1
    You have 30 days.
    Regards
  ✓ rubric  It says so.

candidate v4  0 of 1 passed
  trial 1  ✗ failed (from cache)
  trial 2  ! errored: timeout: no answer within 60 s
  answer of trial 1
    You have some days.
    Regards
  ✗ rubric  It does not say so.
  ? tone (optional)  no reply

From baseline to candidate
    You have [-30-]{+some+} days.
    Regards
""")


def test_what_is_gone_and_what_is_added_have_colours_and_marks(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    trials = a_trial(arm=Arm.BASELINE, text="30 days"), a_trial(text="14 days")
    text = shown(told(a_case(), *trials), terminal=True)
    assert "\x1b[9;31m[-30-]\x1b[0m\x1b[32m{+14+}\x1b[0m days" in text


def test_answers_that_are_the_same_are_said_to_be(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    trials = a_trial(arm=Arm.BASELINE, text="30 days"), a_trial(text="30 days")
    text = shown(told(a_case(), *trials))
    assert text.endswith("Both answers are the same.\n")


def test_a_new_case_says_why_it_has_no_baseline(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    new = replace(SAME, kind=CaseKind.NEW, baseline=NONE)
    text = shown(told(a_case(), a_trial(), planned=new))
    assert "baseline: not run, because the case is new\n" in text
    assert "From baseline" not in text


def test_an_answer_that_was_not_kept_and_an_arm_without_trials_are_told(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    purged = replace(a_trial(), completion=None)
    text = shown(told(a_case(), purged))
    assert "the answer was not kept" in text
    assert "baseline v3  no trial\n" in text


def test_a_long_answer_is_cut_and_says_so(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    text = shown(told(a_case(), a_trial(text="word " * 200_000)))
    assert "… 994,000 more characters not shown\n" in text
    assert len(text) < 20_000


def test_hostile_texts_do_not_act(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    case = a_case(vars={HOSTILE: HOSTILE}, expected=HOSTILE, tags=(HOSTILE,))
    trials = [
        a_trial(arm=arm, text=f"{HOSTILE}{arm}\n#{arm}#[error]", passed=False, reason=HOSTILE)
        for arm in Arm
    ]
    lines = shown(told(case, *trials)).split("\n")
    assert not any(line.strip().startswith("::") or "##[" in line for line in lines)
    assert not any(character in line for line in lines for character in "\x00\x1b\u202e")


def test_marks_complete_no_workflow_command(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> None:
    trials = a_trial(arm=Arm.BASELINE, text="x ## y"), a_trial(text="x ##")
    text = shown(told(a_case(), *trials))
    assert "##[" not in text
