"""What the trials of one case amount to."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalgate.model.comparison import NONE, CaseKind, PlannedCase
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.reporting.case_run import CaseRun, case_run
from tests.unit.reporting.conftest import NEW, OLD

SAME = PlannedCase(case="late", kind=CaseKind.SAME, baseline=range(3), candidate=range(3))


@pytest.fixture
def told(
    a_case: Callable[..., Case],
    a_trial: Callable[..., Trial],
) -> Callable[..., CaseRun]:
    def build(baseline: str, candidate: str, planned: PlannedCase = SAME) -> CaseRun:
        """Tell trials by their ends, `p` for passed, `f` for failed, `e` for errored."""
        trials = [
            replace(
                a_trial(arm=arm, passed=end == "p", text=f"{arm} {index}"),
                trial=index,
                status=TrialStatus.ERRORED if end == "e" else TrialStatus.GRADED,
            )
            for arm, ends in ((Arm.BASELINE, baseline), (Arm.CANDIDATE, candidate))
            for index, end in enumerate(ends)
        ]
        others = [a_trial("other"), replace(a_trial(), version_hash="x"), replace(a_trial(), evalset="x")]  # fmt: skip
        return case_run(
            a_case(),
            planned,
            subject=("support", "letters"),
            versions={Arm.BASELINE: OLD, Arm.CANDIDATE: NEW},
            trials=[*others, *reversed(trials)],
        )

    return build


@pytest.mark.parametrize(
    ("baseline", "candidate", "shown"),
    [
        ("pfp", "pff", (0, 1)),
        ("fpp", "ppf", (1, 2)),
        ("fff", "fpp", (0, 1)),
        ("ppf", "ppp", (2, 0)),
        ("eep", "efp", (2, 1)),
        ("ppp", "eee", (0, None)),
    ],
)
def test_side_by_side_stand_the_trials_that_show_the_difference(
    told: Callable[..., CaseRun], baseline: str, candidate: str, shown: tuple[int | None, ...]
) -> None:
    run = told(baseline, candidate)
    telling = tuple(arm.telling.trial if arm.telling else None for arm in run.arms.values())
    assert telling == shown


def test_every_trial_is_there_in_its_order_and_no_other(told: Callable[..., CaseRun]) -> None:
    run = told("ppf", "pe")
    assert [each.trial for each in run.arms[Arm.BASELINE].trials] == [0, 1, 2]
    assert [each.trial for each in run.arms[Arm.CANDIDATE].trials] == [0, 1]
    assert run.arms[Arm.BASELINE].outcomes == (1, 1, 0)
    assert run.arms[Arm.CANDIDATE].outcomes == (1,)


def test_an_arm_that_does_not_run_the_case_has_no_part(told: Callable[..., CaseRun]) -> None:
    new = replace(SAME, kind=CaseKind.NEW, baseline=NONE)
    run = told("", "pf", new)
    assert list(run.arms) == [Arm.CANDIDATE]
    telling = run.arms[Arm.CANDIDATE].telling
    assert telling is not None
    assert telling.trial == 1
