"""Facts about how a rollout is taken back."""

from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, Move
from evalgate.prompts.library import Prompt
from evalgate.prompts.past import UNGATED
from evalgate.rollout.hand_move import HandMove
from evalgate.rollout.reverting import rolled_back
from tests.unit.rollout.by_hand import ANN, shop
from tests.unit.rollout.rollouts import (
    advance,
    after,
    at,
    begin,
    course,
    edited,
    hold,
    milestones,
    promoted,
    take_back,
)


def back(prompt: Prompt, *, minute: int = 600, because: str = "") -> HandMove:
    return rolled_back(prompt, signature=at(minute), because=because)


@pytest.mark.parametrize("prompt", [begin(), hold(begin()), advance(begin())])
def test_before_the_promotion_the_canary_is_ended(prompt: Prompt) -> None:
    move = back(prompt)
    assert (move.pointer.stable, move.pointer.canary) == ("v3", None)
    assert move.pointer.history[:-1] == prompt.history
    found = course(after(move, prompt))
    assert (found.phase, found.percent) == (Phase.ROLLED_BACK, 0.0)
    assert not after(move, prompt).was_stable("v4")


def test_a_rollback_is_written_with_evidence_reason_name_and_proof() -> None:
    prompt = begin()
    move = rolled_back(prompt, signature=at(60, ANN), because="harm 23 of 20")
    assert move.pointer.history[-1] == Move(
        stable="v3",
        at="2026-11-21T11:00:00Z",
        by="Ann",
        why="ends the canary v4 (5 %): harm 23 of 20: replies are wrong",
        verdict="20261120-090000-1f3a",
        rollout=Milestone(version="v4", phase=Phase.ROLLED_BACK, hash=prompt.identity("v4") or ""),
    )


def test_after_the_promotion_the_version_before_is_stable_again() -> None:
    move = back(promoted(), because="harm 23 of 20")
    assert (move.pointer.stable, move.pointer.canary) == ("v3", None)
    last = move.pointer.history[-1]
    assert (last.stable, last.why, last.verdict) == (
        "v3",
        "rollback from v4: harm 23 of 20",
        "",
    )
    assert milestones(after(move, promoted()))[-1] == ("rolled_back", 0.0)


def test_a_version_without_a_gate_is_passed_over() -> None:
    prompt = edited(promoted(), history=())
    ungated = replace(shop().history[2], why=f"{UNGATED}x")
    history = (*shop().history[:2], ungated, *promoted().history[3:])
    assert back(edited(prompt, history=history)).pointer.stable == "v2"


def test_a_version_that_was_stable_before_is_gone_back_from_all_the_same() -> None:
    prompt = begin(version="v1")
    for hour in range(1, 5):
        prompt = advance(prompt, minute=60 * hour)
    assert prompt.stable == "v1"
    assert back(prompt).pointer.stable == "v3"


def test_a_canary_that_came_after_the_promotion_is_ended_too() -> None:
    prompt = edited(promoted(), canary=Canary(version="v2", percent=5.0))
    move = back(prompt)
    assert (move.pointer.stable, move.pointer.canary) == ("v3", None)


@pytest.mark.parametrize("prompt", [begin(), promoted()])
def test_what_was_taken_back_is_nothing_to_do(prompt: Prompt) -> None:
    once = after(back(prompt), prompt)
    again = back(once, minute=700)
    assert again.is_done
    assert again.said == ("v4 of p is rolled back",)


def test_what_is_gone_without_a_word_is_nothing_to_do() -> None:
    assert back(edited(begin(), canary=None)).is_done


def test_what_became_stable_without_a_word_is_taken_back() -> None:
    move = back(edited(begin(), canary=None, stable="v4"))
    assert (move.pointer.stable, milestones(after(move))[-1]) == ("v3", ("rolled_back", 0.0))


def test_a_canary_of_no_rollout_stays_and_is_told() -> None:
    prompt = edited(take_back(begin()), canary=Canary(version="v2", percent=5.0))
    move = back(prompt)
    assert move.is_done
    assert move.remarks == ("The canary v2 is of no rollout: `evalgate rollback p` ends it.",)


def test_a_rollout_without_traffic_is_written_down_as_rolled_back() -> None:
    prompt = begin()
    bare = edited(prompt, canary=None, history=prompt.history[:-1])
    move = back(bare)
    assert (move.pointer.stable, milestones(after(move))[-1]) == ("v3", ("rolled_back", 0.0))
    assert move.pointer.history[-1].why == "takes back the rollout of v4"
    assert back(after(move), minute=700).is_done


def test_where_nothing_was_rolled_out_the_commands_by_hand_are_named() -> None:
    with pytest.raises(UsageError, match=r"no rollout of it is known; .*`evalgate rollback p`"):
        back(shop())


def test_what_is_no_longer_stable_is_not_taken_back() -> None:
    with pytest.raises(UsageError, match="v4 was promoted, and v2 is stable now"):
        back(edited(promoted(), stable="v2"))


def test_where_no_good_version_is_left_that_is_said() -> None:
    prompt = promoted()
    alone = edited(prompt, history=prompt.history[-1:])
    with pytest.raises(UsageError, match=r"names no good version before v4; .*--disable"):
        back(alone)


def test_a_version_whose_file_is_gone_is_not_gone_back_to() -> None:
    prompt = promoted()
    files = {name: content for name, content in prompt.versions.items() if name != "v3"}
    with pytest.raises(UsageError, match=r"p/v3\.md is gone"):
        back(replace(prompt, versions=files))


def test_a_clock_that_is_behind_keeps_nobody_from_going_back() -> None:
    move = back(begin(minute=30), minute=2)
    assert move.pointer.history[-1].at == "2026-11-21T10:30:00Z"
    assert course(after(move)).phase is Phase.ROLLED_BACK


def test_a_pointer_that_somebody_edited_is_taken_back_all_the_same() -> None:
    prompt = begin()
    assert prompt.canary is not None
    wider = edited(prompt, canary=replace(prompt.canary, percent=70.0, salt="x"))
    unread = edited(prompt, history=(*prompt.history[:-1], replace(prompt.history[-1], at="x")))
    for each in (wider, unread, edited(prompt, stable="v2")):
        move = back(each)
        assert move.pointer.canary is None
        assert milestones(after(move))[-1] == ("rolled_back", 0.0)
