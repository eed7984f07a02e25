"""Facts about what past runs say of cases."""

from collections.abc import Iterator

from evalgate.checking.record import FEWEST_TRIALS, FEWEST_VERSIONS, indifferent
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.trial import Arm, Trial, TrialStatus

SETS = {
    "s": EvalSet(
        name="s",
        path="evalsets/s.yaml",
        prompts=("p",),
        cases=tuple(
            Case(id=name, vars={}, expected=None, graders=(), hash="") for name in ("a", "b")
        ),
    )
}


def trials(
    case: str, *, passed: bool, versions: int = FEWEST_VERSIONS, each: int = 3
) -> Iterator[Trial]:
    for version in range(versions):
        for index in range(each):
            yield Trial(
                prompt="p",
                version=f"v{version}",
                version_hash=str(version),
                evalset="s",
                arm=Arm.CANDIDATE,
                case=case,
                trial=index,
                status=TrialStatus.GRADED,
                passed=passed,
                score=float(passed),
            )


def codes(*recorded: Trial) -> list[str]:
    return [each.code for each in indifferent(SETS, recorded)]


def test_a_case_that_always_passes_tells_no_versions_apart() -> None:
    assert codes(*trials("a", passed=True)) == ["always_passes"]


def test_a_case_that_always_fails_is_suspicious() -> None:
    assert codes(*trials("a", passed=False)) == ["always_fails"]


def test_one_different_trial_is_enough_to_be_useful() -> None:
    assert codes(*trials("a", passed=True), *trials("a", passed=False, versions=1, each=1)) == []


def test_few_versions_or_trials_say_nothing() -> None:
    assert codes(*trials("a", passed=True, versions=FEWEST_VERSIONS - 1, each=9)) == []
    assert codes(*trials("a", passed=True, each=FEWEST_TRIALS // FEWEST_VERSIONS - 1)) == []


def test_trials_of_other_sets_and_cases_are_passed_over() -> None:
    assert codes(*trials("gone", passed=True)) == []


def test_the_cases_are_named_and_counted() -> None:
    found = list(indifferent(SETS, [*trials("a", passed=True), *trials("b", passed=True)]))
    assert "2 cases passed" in found[0].message
    assert "a and b" in found[0].message
