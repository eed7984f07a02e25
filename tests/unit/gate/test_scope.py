"""Facts about which trials of a plan are run in one process."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from evalgate.gate.scope import Scope, planned_key, trial_key, trials_in_scope
from evalgate.gate.trials import planned_trials
from evalgate.model.trial import Trial, TrialStatus
from evalgate.running.shards import Shard
from tests.unit.gate.planned import BASE, CHANGE, plan, trials

CASES = "".join(f"{{id: c{number}, vars: {{question: x}}}}, " for number in range(30))
LARGE = {"evalsets/a.yaml": f"prompts: [p]\ngraders: [{{contains: x}}]\ncases: [{CASES}]\n"}


class Slow:
    """Records that know only how long cases took."""

    def find(self, asked: str) -> Trial | None:
        del asked
        return None

    def seconds(self, evalset: str) -> Mapping[str, float]:
        known = {f"c{number}": 1.0 for number in range(30)}
        return known | {"c0": 1000.0, "gone": 9e9} if evalset == "a" else {}


def test_by_default_everything_is_run_in_the_order_of_the_plan() -> None:
    planned = plan()
    assert list(trials_in_scope(planned, Scope())) == list(planned_trials(planned))


def test_a_trial_and_its_plan_have_one_key() -> None:
    for planned in planned_trials(plan()):
        assert trial_key(planned.trial(TrialStatus.GRADED)) == planned_key(planned)


def test_no_two_trials_of_a_plan_have_the_same_key() -> None:
    counts = Counter(map(trial_key, trials(plan())))
    assert set(counts.values()) == {1}


def test_what_is_done_is_left_out() -> None:
    planned = plan()
    done = frozenset(trial_key(each) for each in trials(planned)[1:])
    assert [planned_key(each) for each in trials_in_scope(planned, Scope(done=done))] == [
        trial_key(trials(planned)[0])
    ]


def shards(number: int, *, slow: bool = False) -> Iterator[list[str]]:
    planned = plan(CHANGE | LARGE, base=BASE | LARGE)
    planned = replace(planned, records=Slow()) if slow else planned
    for index in range(1, number + 1):
        scope = Scope(shard=Shard(index=index, of=number))
        yield [each.case.id for each in trials_in_scope(planned, scope)]


@pytest.mark.parametrize("number", [1, 2, 3, 10])
def test_every_trial_is_in_exactly_one_shard_and_cases_stay_whole(number: int) -> None:
    counts = Counter(case for part in shards(number) for case in part)
    assert counts == {f"c{case}": 4 for case in range(30)}
    assert sum(len(set(part)) for part in shards(number)) == 30


def test_a_case_that_took_long_stands_for_many() -> None:
    with_slow = next(part for part in shards(2, slow=True) if "c0" in part)
    without = next(part for part in shards(2) if "c0" in part)
    assert len(with_slow) < len(without)


def test_more_shards_than_cases_leave_some_with_nothing() -> None:
    parts = list(shards(60))
    assert sum(map(len, parts)) == 120
    assert [] in parts
