"""Facts about which trials are planned, and in which order."""

from evalgate.model.comparison import CaseKind
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import RunSettings
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.running.plan import TrialCounts, count_trials, plan_trials

SETTINGS = RunSettings(trials=2, critical_trials=5)


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
        system="",
        turns=(),
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


def test_only_a_case_that_stayed_the_same_has_a_baseline() -> None:
    cases = evalset(case("same"), case("new"), case("edited"))
    kinds = {"same": CaseKind.SAME, "new": CaseKind.NEW, "edited": CaseKind.EDITED}
    assert count_trials(cases, kinds=kinds, settings=SETTINGS) == {
        "same": TrialCounts(baseline=2, candidate=2),
        "new": TrialCounts(baseline=0, candidate=2),
        "edited": TrialCounts(baseline=0, candidate=2),
    }


def test_without_a_baseline_version_only_the_candidate_runs() -> None:
    counts = count_trials(evalset(case("a")), kinds=None, settings=SETTINGS)
    assert counts == {"a": TrialCounts(baseline=0, candidate=2)}


def test_a_critical_case_gets_enough_trials_to_confirm_that_it_broke() -> None:
    cases = evalset(case("a", critical=True), case("b"))
    counts = count_trials(cases, kinds={"a": CaseKind.SAME}, settings=SETTINGS)
    assert counts["a"] == TrialCounts(baseline=5, candidate=5)
    assert counts["b"] == TrialCounts(baseline=0, candidate=2)


def test_the_set_s_own_number_of_trials_goes_before_the_policy_s() -> None:
    cases = evalset(case("a", critical=True), case("b"), trials=7)
    counts = count_trials(cases, kinds=None, settings=SETTINGS)
    assert [count.candidate for count in counts.values()] == [7, 7]


def test_the_arms_alternate_case_by_case() -> None:
    cases = evalset(case("a"), case("b"))
    counts = {
        "a": TrialCounts(baseline=2, candidate=2),
        "b": TrialCounts(baseline=0, candidate=2),
    }
    planned = plan_trials(cases, counts, candidate=version("v2"), baseline=version("v1"))
    assert [(each.version.version, each.arm, each.key) for each in planned] == [
        ("v1", Arm.BASELINE, "a/0"),
        ("v2", Arm.CANDIDATE, "a/0"),
        ("v1", Arm.BASELINE, "a/1"),
        ("v2", Arm.CANDIDATE, "a/1"),
        ("v2", Arm.CANDIDATE, "b/0"),
        ("v2", Arm.CANDIDATE, "b/1"),
    ]


def test_without_a_baseline_version_no_baseline_trial_is_planned() -> None:
    counts = {"a": TrialCounts(baseline=2, candidate=1)}
    planned = plan_trials(evalset(case("a")), counts, candidate=version("v1"), baseline=None)
    assert [each.arm for each in planned] == [Arm.CANDIDATE]


def test_a_planned_trial_knows_how_it_is_written_down() -> None:
    counts = {"a": TrialCounts(baseline=0, candidate=1)}
    [planned] = plan_trials(evalset(case("a")), counts, candidate=version("v2"), baseline=None)
    error = TrialError(kind="billing", message="not started")
    assert planned.trial(TrialStatus.SKIPPED, error) == Trial(
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
