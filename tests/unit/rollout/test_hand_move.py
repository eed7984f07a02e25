"""Facts about moves by hand: who signs them, and what they leave in the history."""

from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.rollout.hand_move import (
    MOST_BY,
    because,
    canary_ended,
    check_version,
    last_told,
    moved,
    pointer_of,
    read_model,
    read_signature,
    switch_remarks,
)
from evalgate.rollout.request import MOST_REASON
from tests.unit.rollout.asked import prompt
from tests.unit.rollout.by_hand import ANN, shop

POINTER = LivePointer(prompt="p", path="live.yaml", stable="v1", history=(Move(stable="v1"),))


def test_a_move_is_signed_with_time_name_and_reason() -> None:
    after = moved(POINTER, replace(POINTER, stable="v2"), ANN)
    assert after.history[-1] == Move(
        stable="v2", at="2026-11-21T10:00:00Z", by="Ann", why="replies are wrong"
    )


def test_only_a_move_of_the_switch_records_it() -> None:
    off = Switch(disabled=True)
    assert moved(POINTER, replace(POINTER, switch=off), ANN).history[-1].switch == off
    set_before = replace(POINTER, switch=off, history=(Move(stable="v1", switch=off),))
    assert moved(set_before, replace(set_before, stable="v2"), ANN).history[-1].switch is None


HASH = "ab" * 32
BEGUN = Move(
    stable="v1",
    at="2026-11-21T10:00:30Z",
    verdict="r1",
    rollout=Milestone(version="v2", phase=Phase.SERVING, hash=HASH, percent=5.0),
)
RUNNING = replace(
    POINTER, canary=Canary(version="v2", percent=5.0), history=(*POINTER.history, BEGUN)
)


def test_a_move_that_ends_a_rollout_says_so_with_its_proof_and_no_earlier_instant() -> None:
    ended = moved(RUNNING, replace(RUNNING, canary=None), ANN).history[-1]
    assert ended == Move(
        stable="v1",
        at="2026-11-21T10:00:30Z",
        by="Ann",
        why="replies are wrong",
        verdict="r1",
        rollout=Milestone(version="v2", phase=Phase.ROLLED_BACK, hash=HASH),
    )
    switched = moved(RUNNING, replace(RUNNING, canary=None, stable="v3"), ANN).history[-1]
    assert (switched.rollout, switched.verdict) == (ended.rollout, "")


def test_a_move_beside_a_rollout_is_what_it_ever_was() -> None:
    off = Switch(disabled=True)
    made = moved(RUNNING, replace(RUNNING, switch=off), ANN).history[-1]
    assert (made.rollout, made.at, made.verdict) == (None, ANN.at, "")


def test_a_milestone_alone_is_a_move() -> None:
    milestone = Milestone(version="v2", phase=Phase.HELD, hash=HASH, percent=5.0)
    made = moved(RUNNING, RUNNING, ANN, milestone=milestone, verdict="r2")
    assert replace(made, history=()) == replace(RUNNING, history=())
    assert (made.history[-1].rollout, made.history[-1].verdict) == (milestone, "r2")


def test_the_last_move_of_a_rollout_is_the_last_with_a_milestone() -> None:
    assert last_told(replace(RUNNING, history=(*RUNNING.history, Move(stable="v1")))) == BEGUN
    assert last_told(POINTER) == Move(stable="")


def test_who_answers_is_named_and_says_why() -> None:
    assert ANN.is_answered
    assert not any(
        replace(ANN, **lacking).is_answered
        for lacking in ({"by": ""}, {"why": ""}, {"is_named": False})
    )


def test_no_move_leaves_no_trace() -> None:
    assert moved(POINTER, POINTER, ANN) is POINTER


def test_a_prompt_without_a_pointer_has_an_empty_one() -> None:
    assert pointer_of(prompt("")) == LivePointer(
        prompt="p", path="prompts/p/live.yaml", stable=None
    )


def test_halves_of_characters_are_replaced_in_a_signature() -> None:
    signed = read_signature(at="", by=" A\ud800 ", why="\udfff", is_named=True)
    assert (signed.by, signed.why) == ("A?", "?")


@pytest.mark.parametrize(("by", "why"), [("a" * (MOST_BY + 1), ""), ("", "a" * (MOST_REASON + 1))])
def test_a_long_signature_is_refused(by: str, why: str) -> None:
    with pytest.raises(UsageError, match="expected at most"):
        read_signature(at="", by=by, why=why, is_named=True)


def test_a_model_is_an_id_of_claude_or_none() -> None:
    assert read_model("claude-haiku-5-5") == "claude-haiku-5-5"
    assert read_model("none") == ""


@pytest.mark.parametrize("text", ["", "gpt-9", "claude-", "claude-a b", "claude-x\n", "Claude-x"])
def test_what_is_no_id_of_claude_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected the id of a Claude model"):
        read_model(text)


def test_a_version_that_is_not_there_is_refused_with_the_nearest() -> None:
    check_version(shop(), "v2")
    with pytest.raises(UsageError, match=r"has no version `v22` .*did you mean `v2`"):
        check_version(shop(), "v22")


def test_the_words_of_a_move_and_its_reason() -> None:
    assert because("rollback from v3", "") == "rollback from v3"
    assert because("rollback from v3", "wrong") == "rollback from v3: wrong"
    ended = replace(POINTER, canary=Canary(version="v2", percent=2.5))
    assert (canary_ended(ended), canary_ended(POINTER)) == ("ends the canary v2 (2.5 %)", "")


def test_a_switch_that_is_on_has_no_remark() -> None:
    assert list(switch_remarks("p", Switch())) == []
    assert len(list(switch_remarks("p", Switch(disabled=True, model="claude-x")))) == 2
