"""Facts about gathering the trials that a file tells."""

from typing import Any

import pytest
from inline_snapshot import snapshot

from evalgate.errors import ConfigurationError
from evalgate.gate.told_arm import ToldArm, gather_arm
from evalgate.model.comparison import ArmLedger
from evalgate.model.told import Origin, ToldTrial
from evalgate.model.trial import Arm, TrialStatus

ERRORED, SKIPPED = TrialStatus.ERRORED, TrialStatus.SKIPPED


def told(line: int, case: str = "a", trial: int = 0, **changes: Any) -> ToldTrial:
    status = changes.pop("status", TrialStatus.GRADED)
    outcome = changes.pop("outcome", 1.0 if status is TrialStatus.GRADED else None)
    return ToldTrial(line=line, case=case, trial=trial, status=status, outcome=outcome, **changes)


def gathered(*trials: ToldTrial, arm: Arm = Arm.BASELINE) -> ToldArm:
    return gather_arm("f", trials, arm=arm)


def refused(*trials: ToldTrial) -> str:
    with pytest.raises(ConfigurationError) as caught:
        gathered(*trials)
    return str(caught.value)


def test_trials_are_gathered_by_case_and_index() -> None:
    arm = gathered(told(1), told(2, "b", outcome=0.5), told(3, trial=4, outcome=0.0))
    assert {name: case.outcomes for name, case in arm.cases.items()} == {
        "a": {0: 1.0, 4: 0.0},
        "b": {0: 0.5},
    }
    assert arm.ledger == ArmLedger(planned=3, graded=3)


def test_trials_without_a_grade_are_counted_with_their_cause() -> None:
    arm = gathered(
        told(1),
        told(2, trial=1, status=ERRORED, error_kind="timeout"),
        told(3, trial=2, status=ERRORED),
        told(4, trial=3, status=SKIPPED),
    )
    assert arm.ledger == ArmLedger(planned=4, graded=1, errored=2, skipped=1)
    assert arm.error_kinds == {"timeout": 1, "errored": 1, "skipped": 1}
    assert arm.cases["a"].graded == (1.0,)


def test_confirmations_are_kept_apart_and_accounted_for() -> None:
    arm = gathered(
        told(1),
        told(2, trial=1, outcome=0.0, confirmation=True),
        told(3, trial=2, status=ERRORED, confirmation=True),
    )
    assert (arm.cases["a"].graded, arm.confirming["a"].graded) == ((1.0,), (0.0,))
    assert arm.confirmations == 2
    assert arm.ledger == ArmLedger(planned=3, graded=2, errored=1)


def test_what_one_line_says_of_a_case_holds_for_all() -> None:
    arm = gathered(
        told(1), told(2, trial=1, tags=("x",), cluster="c", weight=2.0), told(3, trial=2)
    )
    case = arm.cases["a"]
    assert (case.tags, case.cluster, case.weight) == (("x",), "c", 2.0)
    assert case.says_more


def test_of_a_file_with_both_arms_the_asked_one_is_taken() -> None:
    trials = [
        told(1, arm=Arm.BASELINE, origin=Origin(version="v1")),
        told(2, arm=Arm.CANDIDATE, origin=Origin(version="v2"), outcome=0.0),
    ]
    before, after = (gathered(*trials, arm=arm) for arm in Arm)
    assert (before.cases["a"].graded, before.other_arm) == ((1.0,), True)
    assert (after.cases["a"].graded, after.other_arm) == ((0.0,), True)
    assert after.origin == Origin(version="v2")


def test_a_file_with_one_arm_is_taken_whole_whichever_is_asked_for() -> None:
    for arm in Arm:
        taken = gathered(told(1, arm=Arm.CANDIDATE), told(2, trial=1, arm=Arm.CANDIDATE), arm=arm)
        assert (taken.ledger.planned, taken.other_arm) == (2, False)


def test_lines_that_name_no_arm_belong_to_the_one_that_is_asked_for() -> None:
    trials = (told(1), told(2, arm=Arm.CANDIDATE, outcome=0.0))
    assert gathered(*trials, arm=Arm.BASELINE).cases["a"].graded == (1.0,)


def test_what_contradicts_an_earlier_line_is_refused_with_its_own() -> None:
    first = told(1, cluster="c", weight=2.0)
    assert refused(first, told(2)) == snapshot(
        "f:2: trial: case `a` has a trial 0 already: expected each one once"
    )
    assert refused(first, told(2, confirmation=True)) == refused(first, told(2))
    assert refused(first, told(3, trial=1, cluster="d", weight=1.0)) == snapshot("""\
f:3: cluster: expected `c`, as earlier for case `a`, got `d`
f:3: weight: expected 2, as earlier for case `a`, got 1\
""")
    of_p = told(1, origin=Origin(prompt="p", version="v2", version_hash="a" * 64, evalset="s"))
    assert refused(of_p, told(2, trial=1, origin=Origin(prompt="q"))) == snapshot(
        "f:2: expected the trials of p v2 (aaaaaaaaaaaa) on s, as before, got one of q: give each a file of its own; `evalgate report` decides about whole runs"
    )
    assert refused(told(1), told(2, "b" * 100), told(3, "b" * 100)) == snapshot(
        "f:3: trial: case `bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…` has a trial 0 already: expected each one once"
    )


def test_a_file_without_a_trial_that_counts_is_refused() -> None:
    assert refused() == snapshot("f: expected at least one trial, got none")
    assert refused(told(1, confirmation=True)) == refused()


def test_a_weight_of_nothing_stands_where_later_lines_name_none() -> None:
    assert gathered(told(1, weight=0.0), told(2, trial=1)).cases["a"].weight == 0
    assert gathered(told(1), told(2, trial=1, weight=0.0)).cases["a"].weight == 0
