"""Facts about which trials become a record."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.gate.recording import joined, recorded, usual_number
from evalgate.model.policy import BaselineSettings, Policy, RunSettings
from evalgate.model.trial import Arm, Trial, TrialStatus
from tests.unit.gate.planned import trial

STABLE = {"p": "h"}
ONE = replace(trial("a"), asked="1")
TWO = replace(trial("b"), asked="2")


def test_graded_trials_of_the_stable_version_are_kept_by_prompt_and_set_in_order() -> None:
    other = replace(ONE, evalset="z", asked="3")
    kept = recorded([TWO], [other, ONE], stable=STABLE)
    assert kept == {("p", "a"): [ONE, TWO], ("p", "z"): [other]}


def test_trials_are_in_the_order_of_their_numbers() -> None:
    listed = [replace(ONE, trial=index, asked=str(index)) for index in (10, 2, 0)]
    (kept,) = recorded([], listed, stable=STABLE).values()
    assert [each.trial for each in kept] == [0, 2, 10]


@pytest.mark.parametrize("arm", Arm)
def test_either_arm_may_have_run_it(arm: Arm) -> None:
    assert recorded([], [replace(ONE, arm=arm)], stable=STABLE)


def test_the_fresh_one_of_two_that_were_asked_the_same_is_kept() -> None:
    fresh = replace(ONE, score=0.5)
    assert recorded([ONE], [fresh], stable=STABLE) == {("p", "a"): [fresh]}


def test_a_renewed_record_keeps_nothing_of_what_it_held_and_leaves_others_alone() -> None:
    other = replace(ONE, evalset="z", asked="3")
    kept = recorded([ONE, other], [TWO], stable=STABLE, instead=True)
    assert kept == {("p", "a"): [TWO], ("p", "z"): [other]}


@pytest.mark.parametrize(
    "unfit",
    [
        replace(ONE, version_hash="other"),
        replace(ONE, prompt="q"),
        replace(ONE, asked=""),
        replace(ONE, status=TrialStatus.ERRORED),
        replace(ONE, status=TrialStatus.SKIPPED),
    ],
    ids=["version", "prompt", "key", "errored", "skipped"],
)
def test_what_a_later_run_could_not_use_is_left_out(unfit: object) -> None:
    assert isinstance(unfit, type(ONE))
    assert recorded([unfit], [], stable=STABLE) == {}


def test_a_prompt_without_a_hash_keeps_nothing() -> None:
    assert recorded([], [replace(ONE, version_hash="")], stable={}) == {}


@pytest.mark.parametrize(
    ("trials", "wanted", "number"),
    [(3, None, 3), (1, None, 3), (7, None, 7), (30, None, 10), (3, 8, 8), (3, 50, 10)],
)
def test_a_push_records_what_one_arm_of_a_gate_runs_unless_the_policy_says_otherwise(
    trials: int, wanted: int | None, number: int
) -> None:
    policy = Policy(run=RunSettings(trials=trials), baseline=BaselineSettings(trials=wanted))
    assert usual_number(policy) == number


OLD = replace(ONE, version_hash="old", asked="old")


def test_what_is_on_record_already_changes_nothing() -> None:
    assert joined([ONE, TWO], [ONE], stable=STABLE, is_latest=True) is None
    assert joined([ONE], [replace(ONE, score=0.5)], stable=STABLE, is_latest=False) is None


def test_fresh_trials_join_those_of_the_file_in_order() -> None:
    assert joined([TWO], [ONE], stable=STABLE, is_latest=True) == [ONE, TWO]


def test_the_run_for_the_latest_commit_alone_drops_what_is_stable_no_more() -> None:
    assert joined([OLD, TWO], [ONE], stable=STABLE, is_latest=True) == [ONE, TWO]
    assert joined([OLD], [ONE], stable=STABLE, is_latest=False) == [ONE, OLD]


def test_the_run_for_the_latest_commit_alone_renews_a_grading() -> None:
    regraded = replace(ONE, grading="new")
    assert joined([ONE], [regraded], stable=STABLE, is_latest=True) == [regraded]
    assert joined([ONE], [regraded], stable=STABLE, is_latest=False) is None


def test_what_the_stable_versions_do_not_speak_about_stays() -> None:
    other = replace(ONE, prompt="q", version_hash="x", asked="q")
    assert joined([other], [ONE], stable=STABLE, is_latest=True) == [ONE, other]


SOME = st.lists(st.sampled_from([replace(ONE, trial=n, asked=str(n)) for n in range(6)]))


@given(SOME, SOME, SOME)
def test_runs_that_record_one_after_the_other_lose_nothing_in_either_order(
    before: list[Trial], mine: list[Trial], theirs: list[Trial]
) -> None:
    def after(past: list[Trial], fresh: list[Trial]) -> list[Trial]:
        both = joined(past, fresh, stable=STABLE, is_latest=False)
        return past if both is None else both

    one, other = after(after(before, mine), theirs), after(after(before, theirs), mine)
    assert {each.asked for each in one} == {each.asked for each in (*before, *mine, *theirs)}
    assert sorted(each.asked for each in one) == sorted(each.asked for each in other) or not mine
