"""Facts about which runs are the shards of one, and whether their trials are all there."""

from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.merging import check_shards, problems
from evalgate.gate.resuming import BegunRun
from evalgate.gate.scope import Scope, planned_key, trial_key, trials_in_scope
from evalgate.model.trial import TrialStatus
from evalgate.running.shards import Shard
from tests.unit.gate.planned import plan, trials

QUESTION = Question(base="b", head="h", run_id="r")


def part(index: int, of: int, *, name: str = "") -> BegunRun:
    return BegunRun(
        path=f"{name or index}/plan.json",
        question=QUESTION,
        hash="abc",
        shard=Shard(index=index, of=of),
    )


WHOLE = BegunRun(path="run/plan.json", question=QUESTION, hash="abc")


@pytest.mark.parametrize(
    "runs", [[WHOLE], [part(1, 1)], [part(1, 2), part(2, 2)], [part(2, 3), part(3, 3), part(1, 3)]]
)
def test_all_shards_once_are_one_run_in_any_order(runs: list[BegunRun]) -> None:
    check_shards(runs)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([part(1, 2)], "shards are missing: 2/2: name"),
        ([part(2, 4), part(3, 4)], "shards are missing: 1/4, 4/4"),
        (
            [part(1, 2), part(2, 2), part(2, 2, name="again")],
            "shard 2/2 is given twice: 2/plan.json and again/plan.json",
        ),
        ([WHOLE, WHOLE], "shard 1/1 is given twice"),
        ([part(1, 2), part(2, 3)], "1/plan.json is shard 1/2, and 2/plan.json is 2/3"),
        ([part(1, 2), replace(part(2, 2), hash="x")], "belong to different runs"),
        ([part(1, 2), replace(part(2, 2), simulated=True)], "one holds simulated answers"),
    ],
)
def test_runs_that_are_not_all_shards_of_one_are_refused(runs: list[BegunRun], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_shards(runs)


@pytest.mark.parametrize("status", TrialStatus)
def test_every_planned_trial_once_is_no_problem_whatever_became_of_it(status: TrialStatus) -> None:
    planned = plan()
    assert list(problems(planned, WHOLE, trials(planned, status), most=planned)) == []


def test_a_shard_needs_its_own_trials_and_no_others() -> None:
    planned = plan()
    first, second = part(1, 2), part(2, 2)
    keys = {planned_key(each) for each in trials_in_scope(planned, Scope(shard=first.shard))}
    own = [each for each in trials(planned) if trial_key(each) in keys]
    assert 0 < len(own) < len(trials(planned))
    assert list(problems(planned, first, own, most=planned)) == []
    assert [each.partition(":")[0] for each in problems(planned, second, own, most=planned)] == [
        "4 trials missing",
        "4 trials of other runs or shards",
    ]


def test_what_is_missing_doubled_or_foreign_is_said() -> None:
    planned = plan()
    first, second, *rest = trials(planned)
    foreign = replace(first, case="z")
    assert list(problems(planned, WHOLE, [first, first, foreign, *rest], most=planned)) == [
        "trial a/0 of p is there 2 times",
        "1 trial missing: go on with it by --resume",
        "1 trial of other runs or shards",
    ]
    assert second not in rest
