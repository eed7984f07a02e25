"""Facts about which trials are planned, and in which order."""

from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.running.plan import plan_trials


def version(name: str) -> PromptVersion:
    return PromptVersion(
        prompt="support",
        version=name,
        path=f"prompts/support/{name}.md",
        hash=f"hash of {name}",
        model="claude-sonnet-5-5",
        max_tokens=64,
        effort=None,
        description="",
        inputs=(),
        output_schema=None,
        metadata={},
        system=None,
        parts=(),
    )


def case(id_: str, *, critical: bool = False) -> Case:
    return Case(
        id=id_,
        vars={},
        expected=None,
        graders=(),
        hash=f"hash of {id_}",
        tags=("returns",),
        cluster="c1",
        critical=critical,
    )


def evalset(*cases: Case, trials: int | None = None) -> EvalSet:
    return EvalSet(
        name="support",
        path="evalsets/support.yaml",
        prompts=("support",),
        cases=cases,
        trials=trials,
    )


def planned(case_id: str, baseline: int, candidate: int) -> PlannedCase:
    return PlannedCase(
        case=case_id,
        kind=CaseKind.SAME if baseline else CaseKind.NEW,
        baseline=range(baseline),
        candidate=range(candidate),
    )


def test_the_arms_alternate_case_by_case() -> None:
    cases = evalset(case("a"), case("b"))
    counts = [planned("a", 2, 2), planned("b", 0, 2)]
    trials = plan_trials(cases, counts, candidate=version("v2"), baseline=version("v1"))
    assert [(each.version.version, each.arm, each.key) for each in trials] == [
        ("v1", Arm.BASELINE, "a/0"),
        ("v2", Arm.CANDIDATE, "a/0"),
        ("v1", Arm.BASELINE, "a/1"),
        ("v2", Arm.CANDIDATE, "a/1"),
        ("v2", Arm.CANDIDATE, "b/0"),
        ("v2", Arm.CANDIDATE, "b/1"),
    ]


def test_without_a_baseline_version_no_baseline_trial_is_planned() -> None:
    counts = [planned("a", 2, 1)]
    trials = plan_trials(evalset(case("a")), counts, candidate=version("v1"), baseline=None)
    assert [each.arm for each in trials] == [Arm.CANDIDATE]


def test_a_planned_trial_knows_how_it_is_written_down() -> None:
    counts = [planned("a", 0, 1)]
    [trial] = plan_trials(evalset(case("a")), counts, candidate=version("v2"), baseline=None)
    error = TrialError(kind="billing", message="not started")
    assert trial.trial(TrialStatus.SKIPPED, error) == Trial(
        prompt="support",
        version="v2",
        version_hash="hash of v2",
        evalset="support",
        arm=Arm.CANDIDATE,
        case="a",
        trial=0,
        status=TrialStatus.SKIPPED,
        error=error,
        tags=("returns",),
        cluster="c1",
    )
