"""Builders for the verdicts, trials and reports that these tests are about."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from evalgate.errors import ExitCode
from evalgate.model.chat import Completion, Usage
from evalgate.model.comparison import ArmLedger
from evalgate.model.evalset import Case
from evalgate.model.policy import OnInconclusive
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus
from evalgate.model.verdict import (
    CaseCounts,
    Estimate,
    Flips,
    PromptVerdict,
    Reason,
    RunVerdict,
    Slice,
    Verdict,
    VersionRef,
)
from evalgate.model.waiver import Waiver
from evalgate.reporting.story import Report
from evalgate.reporting.telling import tell

OLD, NEW = VersionRef(version="v3", hash="a" * 64), VersionRef(version="v4", hash="b" * 64)


def build_trial(
    case: str = "late", arm: Arm = Arm.CANDIDATE, *, passed: bool = True, **changes: Any
) -> Trial:
    """A graded trial whose answer names its version."""
    ref = OLD if arm is Arm.BASELINE else NEW
    text = changes.pop("text", f"answer of {ref.version}")
    reason = changes.pop("reason", "It says so." if passed else "It does not say so.")
    trial = Trial(
        prompt="support",
        version=ref.version,
        version_hash=ref.hash,
        evalset="letters",
        arm=arm,
        case=case,
        trial=0,
        status=TrialStatus.GRADED,
        passed=passed,
        score=float(passed),
        grades=(Grade(grader="rubric", passed=passed, score=float(passed), reason=reason),),
        completion=Completion(
            text=text,
            model="claude-sonnet-5-5",
            stop_reason="end_turn",
            usage=Usage(input_tokens=1, output_tokens=1),
            latency_ms=5,
        ),
    )
    return replace(trial, **changes)


def build_case(case: str = "late", **changes: Any) -> Case:
    """A case with one variable and no grader of its own."""
    plain = Case(id=case, vars={"message": "Where is it?"}, expected=None, graders=(), hash="h")
    return replace(plain, **changes)


def build_verdict(**changes: Any) -> PromptVerdict:
    """A regression on 120 cases, between 4 and 11 points."""
    blocked = PromptVerdict(
        name="support",
        evalset="letters",
        candidate=NEW,
        baseline=OLD,
        verdict=Verdict.FAIL,
        reasons=(Reason(code="regression", message="The drop is between 4 and 11 points."),),
        max_drop=0.05,
        alpha=0.05,
        ledger={arm: ArmLedger(planned=360, graded=360) for arm in Arm},
        cases=CaseCounts(compared=120),
        pass_rate={Arm.BASELINE: 0.95, Arm.CANDIDATE: 0.875},
        delta=Estimate(estimate=-0.075, low=-0.11, high=-0.04),
        flips=Flips(regressed=("late",)),
        cost_usd=0.0132,
    )
    return replace(blocked, **changes)


def build_waiver(case: str = "late", **changes: Any) -> Waiver:
    """A waiver of Ann's."""
    plain = Waiver(
        case=case,
        evalset="letters",
        owner="Ann",
        reason="the tool is replaced",
        expires="2027-01-31",
        candidate="b" * 12,
    )
    return replace(plain, **changes)


def build_run(*prompts: PromptVerdict, **changes: Any) -> RunVerdict:
    """The run of some prompts, with the worst of their verdicts."""
    verdicts = [prompt.verdict for prompt in prompts]
    worst = max(verdicts, key=lambda each: each.severity, default=Verdict.NOT_APPLICABLE)
    run = RunVerdict(
        run_id="run-1",
        verdict=worst,
        reasons=tuple(reason for prompt in prompts for reason in prompt.reasons),
        exit_code=worst.exit_code(OnInconclusive.BLOCK),
        base="1" * 40,
        head="2" * 40,
        policy_hash="3" * 64,
        prompts=prompts,
        cost_usd=0.0132,
        calls=1443,
    )
    return replace(run, **changes)


def build_report(
    run: RunVerdict | None = None, *, trials: Iterable[Trial] = (), cases: Iterable[Case] = ()
) -> Report:
    """The report of a run, by default of one blocked prompt with one broken case."""
    kept = list(trials) or [
        build_trial(arm=Arm.BASELINE, text="You get your money back."),
        build_trial(passed=False, text="We cannot help."),
    ]
    by_id = {case.id: case for case in cases or [build_case()]}
    return tell(
        build_run(build_verdict()) if run is None else run,
        trials=lambda: iter(kept),
        cases={"letters": by_id},
    )


def build_nothing() -> RunVerdict:
    """A run in which no prompt changed."""
    reason = Reason(code="nothing_changed", message="No prompt changed between main and the head.")
    return build_run(reasons=(reason,), exit_code=ExitCode.OK, calls=0, cost_usd=0.0)


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\n"
    "::error::stop\n  ::set-output name=verdict::pass\n##[error]no\n"
    "````\n</details></summary> @everyone #12 GH-7 https://evil.example www.evil.example\n"
    "| a | b |\n<!-- evalgate:comment/1 -->\n]]> \x00 "
    "\x1b[31mred \u202eright to left\u2066 \ud800 \ufffe"
)


def build_hostile() -> Report:
    """A report in which every text that comes from outside tries to act."""
    trials = [
        replace(
            build_trial(HOSTILE, arm, passed=False, text=HOSTILE, reason=HOSTILE), prompt=HOSTILE
        )
        for arm in Arm
    ]
    lost = TrialError(kind=HOSTILE, message=HOSTILE)
    verdict = build_verdict(
        name=HOSTILE,
        flips=Flips(regressed=(HOSTILE,)),
        reasons=(Reason(code="regression", message=HOSTILE),),
        why=(HOSTILE,),
        slices=(
            Slice(tag=HOSTILE, cases=1, baseline=1.0, candidate=0.0, delta=-1.0, protected=True),
        ),
        waived=(build_waiver(HOSTILE + "waived", owner=HOSTILE, reason=HOSTILE),),
    )
    errored = replace(trials[0], trial=1, status=TrialStatus.ERRORED, passed=None, error=lost)
    case = build_case(HOSTILE, vars={HOSTILE: HOSTILE}, expected=HOSTILE, tags=(HOSTILE,))
    run = build_run(verdict, notes=(HOSTILE,), run_id=HOSTILE)
    return build_report(run, trials=[*trials, errored], cases=[case])


@pytest.fixture(scope="session")
def a_trial() -> Callable[..., Trial]:
    return build_trial


@pytest.fixture(scope="session")
def a_case() -> Callable[..., Case]:
    return build_case


@pytest.fixture(scope="session")
def a_verdict() -> Callable[..., PromptVerdict]:
    return build_verdict


@pytest.fixture(scope="session")
def a_waiver() -> Callable[..., Waiver]:
    return build_waiver


@pytest.fixture(scope="session")
def a_run() -> Callable[..., RunVerdict]:
    return build_run


@pytest.fixture(scope="session")
def a_report() -> Callable[..., Report]:
    return build_report


@pytest.fixture(scope="session")
def nothing_changed() -> RunVerdict:
    return build_nothing()


@pytest.fixture(scope="session")
def hostile_report() -> Report:
    return build_hostile()
