"""Facts about which trials become a record."""

from dataclasses import replace

import pytest

from evalgate.gate.recording import recorded
from evalgate.model.trial import Arm, TrialStatus
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
