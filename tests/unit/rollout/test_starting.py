"""Facts about how a rollout begins."""

from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, Move, Switch
from evalgate.prompts.library import Prompt
from evalgate.rollout.announcement import SIMULATED
from evalgate.rollout.hand_move import HandMove
from evalgate.rollout.starting import started
from tests.unit.rollout.by_hand import ANN, shop
from tests.unit.rollout.rollouts import (
    ROBOT,
    RULES,
    at,
    begin,
    edited,
    milestones,
    promoted,
    proven,
    stages,
    take_back,
)

RUN = "20261120-090000-1f3a"


def start(prompt: Prompt, version: str = "v4", *, minute: int = 600) -> HandMove:
    offline = proven(prompt, version)
    return started(prompt, version, offline=offline, rules=RULES, signature=at(minute))


def refused(prompt: Prompt, version: str = "v4", *, minute: int = 600) -> str:
    with pytest.raises(UsageError) as caught:
        start(prompt, version, minute=minute)
    return str(caught.value)


def test_a_rollout_begins_with_its_proof_and_its_first_share_at_one_instant() -> None:
    move = started(shop(), "v4", offline=proven(shop()), rules=RULES, signature=at(0, ANN))
    preflight = Milestone(version="v4", phase=Phase.PREFLIGHT, hash=proven(shop()).hash)
    first, second = move.pointer.history[3:]
    assert first == Move(
        stable="v3",
        at="2026-11-21T10:00:00Z",
        by="Ann",
        why="begins the rollout of v4: replies are wrong",
        verdict=RUN,
        rollout=preflight,
    )
    assert second == replace(
        first, why="v4 gets 5 %", rollout=replace(preflight, phase=Phase.SERVING, percent=5.0)
    )
    assert move.pointer.history[:3] == move.before.history
    assert (move.pointer.stable, move.pointer.switch) == ("v3", Switch())
    canary = move.pointer.canary
    assert canary is not None
    assert (canary.version, canary.percent, len(canary.salt)) == ("v4", 5.0, 12)
    assert move.said == ("v4 of p gets 5 % of the traffic, beside v3",)
    assert (move.subject, move.remarks) == ("Begin the rollout of p v4", ())


def test_the_first_share_is_that_of_the_lowest_stage() -> None:
    assert milestones(begin(rules=stages(50, 2.5, 100)))[-1] == ("serving", 2.5)
    assert milestones(begin(rules=stages(100)))[-1] == ("serving", 100.0)
    assert milestones(begin(rules=stages()))[-1] == ("serving", 100.0)


def test_each_rollout_has_a_new_salt() -> None:
    first = begin()
    again = begin(take_back(first, minute=9), minute=10, by=ANN)
    assert first.canary is not None
    assert again.canary is not None
    assert first.canary.salt != again.canary.salt


def test_a_version_that_was_not_told_stable_is_written_down_before() -> None:
    prompt = edited(shop(), history=())
    assert [move.stable for move in start(prompt).pointer.history] == ["v3", "v3", "v3"]
    assert start(prompt).pointer.history[0].rollout is None


def test_there_is_one_canary_at_a_time() -> None:
    assert refused(begin(), "v2") == (
        "version: v4 is the canary of `p` with 5 % of the traffic, and there is one canary at a "
        "time: finish it, or end it with `evalgate rollout rollback p`"
    )
    by_promote = edited(shop(), canary=Canary(version="v2", percent=0.0))
    assert "end it with `evalgate rollback p`" in refused(by_promote)
    assert "end it with `evalgate rollback p`" in refused(by_promote, "v2")


def test_a_canary_that_is_the_stable_version_is_none() -> None:
    prompt = edited(shop(), canary=Canary(version="v3", percent=5.0))
    canary = start(prompt).pointer.canary
    assert canary is not None
    assert canary.version == "v4"


def test_what_cannot_be_compared_is_not_rolled_out() -> None:
    assert "has no stable version yet" in refused(edited(shop(), stable=None))
    assert "evalgate promote p v4 --percent 100" in refused(edited(shop(), stable=None))
    assert refused(shop(), "v3") == "version: v3 is the stable version of `p` already"
    assert "has no version `v44` in prompts/p (did you mean `v4`?)" in refused(shop(), "v44")


@pytest.mark.parametrize("changes", [{"hash": "0" * 64}, {"version": "v2"}])
def test_a_proof_of_something_else_is_none(changes: dict[str, str]) -> None:
    offline = replace(proven(shop()), **changes)  # type: ignore[arg-type] # its fields
    with pytest.raises(UsageError, match=r"is about another content than v4.*--dry-run"):
        started(shop(), "v4", offline=offline, rules=RULES, signature=at(0))


def test_what_was_rolled_back_begins_again_on_somebodys_word_alone() -> None:
    back = take_back(begin(), minute=9)
    assert refused(back) == (
        "v4 of `p` was rolled out before, and rolled back (2026-11-21T10:09:00Z, ends the canary "
        "v4 (5 %)): write a version that mends it, or say who begins again and why: --by and "
        "--reason"
    )
    for lacking in ({"is_named": False}, {"why": ""}, {"by": ""}):
        signature = replace(at(20, ANN), **lacking)
        with pytest.raises(UsageError, match="rolled back"):
            started(back, "v4", offline=proven(back), rules=RULES, signature=signature)
    assert milestones(begin(back, minute=20, by=ANN))[-1] == ("serving", 5.0)


def test_the_same_content_under_another_name_was_rolled_back_too() -> None:
    back = take_back(begin(), minute=9)
    same = replace(back, versions={**back.versions, "v5": back.versions["v4"]})
    assert "v5 of `p` was rolled out before" in refused(same, "v5")


def test_an_end_without_a_word_counts_as_a_rollback() -> None:
    assert "before, and rolled back: write" in refused(edited(begin(), canary=None))


def test_another_version_or_one_that_was_promoted_begins_freely() -> None:
    back = take_back(begin(), minute=9)
    assert milestones(begin(back, "v2", minute=20))[-1] == ("serving", 5.0)
    elsewhere = edited(promoted(), stable="v2")
    assert milestones(begin(elsewhere, minute=600))[-1] == ("serving", 5.0)


def test_what_was_taken_back_after_its_promotion_needs_a_word_too() -> None:
    assert "was rolled out before" in refused(take_back(promoted(), minute=300))


def test_a_clock_that_is_far_behind_begins_nothing() -> None:
    back = take_back(begin(minute=30), minute=40)
    assert "the clock of this host says 2026-11-21T10:39:00Z" in refused(back, "v2", minute=39)


def test_a_clock_that_is_a_little_behind_writes_the_last_instant() -> None:
    back = take_back(begin(minute=30), minute=40)
    signature = replace(ROBOT, at="2026-11-21T10:39:57Z")
    move = started(back, "v2", offline=proven(back, "v2"), rules=RULES, signature=signature)
    assert [each.at for each in move.pointer.history[-2:]] == ["2026-11-21T10:40:00Z"] * 2


def test_simulated_proof_and_a_switch_that_outdoes_the_rollout_are_told() -> None:
    off = edited(shop(), switch=Switch(disabled=True))
    offline = replace(proven(shop()), simulated=True)
    move = started(off, "v4", offline=offline, rules=RULES, signature=at(0))
    assert move.remarks == (
        SIMULATED,
        "The switch turns the prompt p off: no version is served.",
    )
