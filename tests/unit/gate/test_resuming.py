"""Facts about going on with a run that was broken off."""

from dataclasses import replace

import pytest

from evalgate.errors import ConfigurationError, UsageError
from evalgate.gate.planning import plan_document
from evalgate.gate.resuming import BegunRun, check_same, is_done, left_over, read_begun
from evalgate.gate.scope import trial_key
from evalgate.model.document import Data, Document
from evalgate.model.revision import WORK_TREE
from evalgate.model.trial import Trial, TrialStatus
from evalgate.running.shards import Shard
from tests.unit.gate.planned import BASE, CHANGE, VERSION, plan, trial

WRITTEN: dict[str, Data] = {
    "schema": "plan/1",
    "run_id": "20261121-074903-d8a6",
    "plan_hash": "abc",
    "policy": ".github/evalgate.yml",
    "shard": "2/3",
    "simulated": True,
    "base": "b" * 40,
    "head": WORK_TREE,
}


def read(**changes: Data) -> BegunRun:
    return read_begun(Document(path="run/plan.json", data=WRITTEN | changes, lines={}))


def test_what_a_plan_says_is_read_back() -> None:
    begun = read()
    assert (begun.shard, begun.simulated, begun.hash) == (Shard(index=2, of=3), True, "abc")
    assert (begun.question.base, begun.question.head) == ("b" * 40, None)
    assert read(head="h" * 40).question.head == "h" * 40
    assert read(shard=None).shard is None
    assert (read().question.today, read(as_of="2027-01-31").question.today) == ("", "2027-01-31")


def test_the_document_of_a_plan_is_the_plan_of_a_begun_run() -> None:
    planned = plan(today="2026-11-21")
    document = plan_document(planned, shard=Shard(index=1, of=2), simulated=True)
    begun = read_begun(Document(path="run/plan.json", data=document, lines={}))
    assert (begun.question.run_id, begun.shard) == ("r", Shard(index=1, of=2))
    assert (begun.question.base, begun.question.head, begun.simulated) == ("b", "h", True)
    assert begun.question.today == "2026-11-21"
    check_same(begun, planned)
    check_same(begun, plan(today="2026-11-22"))


@pytest.mark.parametrize("at", [None, "", "c" * 40])
def test_a_run_goes_on_with_the_records_that_its_plan_notes(at: str | None) -> None:
    document = plan_document(replace(plan(), records_at=at))
    assert read_begun(Document(path="p", data=document, lines={})).question.records == at


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "plan/2"}, "schema: expected `plan/1`"),
        ({"shard": "4/3"}, "shard: expected a shard such as `2/4`"),
        ({"shard": 2}, "shard: "),
        ({"as_of": "tomorrow"}, "as_of: expected a day such as `2027-01-31`"),
        ({"plan_hash": None}, "plan_hash"),
        ({"records": "main"}, "records: expected the full id of a commit"),
        ({"simulated": "yes"}, "simulated: "),
        ({"run_id": "../../etc"}, "run_id: expected letters"),
        ({"run_id": ".."}, "run_id: expected letters"),
        ({"run_id": "a/b"}, "run_id: expected letters"),
        ({"run_id": "a\n"}, "run_id: expected letters"),
        ({"run_id": "x" * 101}, "run_id: expected letters"),
        ({"base": ["b"]}, "base: "),
    ],
)
def test_what_is_no_plan_of_ours_is_refused(changes: dict[str, Data], said: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"plan\.json: .*{said}"):
        read(**changes)


def begun(head: dict[str, str] = CHANGE) -> BegunRun:
    document = plan_document(plan(head))
    return read_begun(Document(path="run/plan.json", data=document, lines={}))


@pytest.mark.parametrize(
    "head",
    [
        BASE | {"prompts/p/v2.md": VERSION + "other\n"},
        CHANGE | {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("contains: x", "contains: y")},
        CHANGE | {"evalsets/a.yaml": BASE["evalsets/a.yaml"].replace("id: a", "id: b")},
    ],
    ids=["version", "grader", "case"],
)
def test_a_run_is_not_gone_on_with_as_another_one(head: dict[str, str]) -> None:
    check_same(begun(), plan(CHANGE))
    with pytest.raises(UsageError, match=r"run/plan\.json: .* begin a new run"):
        check_same(begun(), plan(head))


def costing(each: Trial, usd: float, *, calls: int = 1) -> Trial:
    return replace(each, booked_usd=usd, calls=calls)


GRADED = costing(trial("a"), 1.0)
ERRORED = costing(trial("b", status=TrialStatus.ERRORED), 2.0)
SKIPPED = trial("c", status=TrialStatus.SKIPPED)


def test_only_graded_trials_are_done() -> None:
    assert [is_done(each) for each in (GRADED, ERRORED, SKIPPED)] == [True, False, False]
    rest = left_over([GRADED, ERRORED, SKIPPED])
    assert rest.done == {trial_key(GRADED)}


def test_what_ungraded_trials_have_cost_is_carried_on() -> None:
    rest = left_over([GRADED, ERRORED, SKIPPED])
    assert rest.earlier == {trial_key(ERRORED): ERRORED}
    assert rest.spent_usd == pytest.approx(3.0)


def test_an_attempt_that_was_set_aside_counts_while_the_log_has_no_later_one() -> None:
    rest = left_over([GRADED], [ERRORED])
    assert rest.earlier == {trial_key(ERRORED): ERRORED}
    assert rest.spent_usd == pytest.approx(3.0)


@pytest.mark.parametrize("status", [TrialStatus.GRADED, TrialStatus.ERRORED])
def test_a_later_attempt_in_the_log_holds_what_the_earlier_ones_cost(status: TrialStatus) -> None:
    later = costing(replace(ERRORED, status=status), 5.0)
    assert left_over([later], [ERRORED]).spent_usd == pytest.approx(5.0)


def test_a_line_that_never_got_so_far_as_a_call_does_not_hide_an_earlier_attempt() -> None:
    skipped = replace(SKIPPED, case=ERRORED.case)
    rest = left_over([skipped], [ERRORED])
    assert rest.earlier == {trial_key(ERRORED): ERRORED}
    assert rest.spent_usd == pytest.approx(2.0)


def test_nothing_is_left_over_of_nothing() -> None:
    rest = left_over([])
    assert (rest.done, rest.earlier, rest.spent_usd) == (frozenset(), {}, 0.0)
