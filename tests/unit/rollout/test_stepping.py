"""Facts about how a rollout goes on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.policy import RolloutRules
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.prompts.library import Prompt
from evalgate.rollout.hand_move import HandMove
from evalgate.rollout.stepping import advanced, held, next_share, shared
from tests.unit.rollout.by_hand import ANN, shop
from tests.unit.rollout.rollouts import (
    RULES,
    advance,
    after,
    at,
    begin,
    course,
    edited,
    hold,
    milestones,
    promoted,
    stages,
    take_back,
)


def last(move: HandMove) -> Move:
    return move.pointer.history[-1]


def go_on(prompt: Prompt, *, minute: int = 60, rules: RolloutRules = RULES) -> HandMove:
    return advanced(prompt, rules=rules, signature=at(minute))


# The next share


@pytest.mark.parametrize(
    ("percent", "share"),
    [(0.0, 5.0), (5.0, 25.0), (7.0, 25.0), (25.0, 50.0), (50.0, 100.0), (99.0, 100.0)],
)
def test_the_next_share_is_that_of_the_stage_above(percent: float, share: float) -> None:
    assert next_share(RULES, percent) == share


def test_after_the_last_stage_comes_all_of_the_traffic() -> None:
    assert next_share(stages(5, 25), 25.0) == 100.0
    assert next_share(stages(), 0.0) == 100.0


@given(st.lists(st.floats(allow_nan=True)), st.floats(0, 99.99))
def test_whatever_the_stages_say_a_share_grows_and_is_one(
    shares: list[float], percent: float
) -> None:
    share = next_share(stages(*shares), percent)
    assert percent < share <= 100.0
    assert not any(percent < each < share for each in shares)


# Advancing


def test_a_rollout_passes_through_all_stages_and_skips_none() -> None:
    assert milestones(promoted()) == [
        ("preflight", 0.0),
        ("serving", 5.0),
        ("serving", 25.0),
        ("serving", 50.0),
        ("serving", 100.0),
        ("promoted", 100.0),
    ]


def test_a_step_is_written_with_evidence_reason_name_and_proof() -> None:
    prompt = begin()
    signature = at(60, ANN)
    move = advanced(prompt, rules=RULES, signature=signature, because="evidence 3.1 of 3")
    assert last(move) == Move(
        stable="v3",
        at="2026-11-21T11:00:00Z",
        by="Ann",
        why="v4 gets 25 %: evidence 3.1 of 3: replies are wrong",
        verdict="20261120-090000-1f3a",
        rollout=Milestone(
            version="v4", phase=Phase.SERVING, hash=prompt.identity("v4") or "", percent=25.0
        ),
    )
    assert move.pointer.history[:-1] == prompt.history
    assert move.said == ("v4 of p gets 25 % of the traffic, beside v3",)
    assert move.subject == "Roll out p v4 to 25 %"
    assert last(go_on(prompt)).why == "v4 gets 25 %"


def test_a_wider_canary_keeps_its_salt_and_the_switch_stays() -> None:
    prompt = edited(begin(), switch=Switch(disabled=True))
    move = go_on(prompt)
    assert prompt.canary is not None
    assert move.pointer.canary == replace(prompt.canary, percent=25.0)
    assert (move.pointer.stable, move.pointer.switch) == ("v3", Switch(disabled=True))
    assert last(move).switch is None
    assert move.remarks == ("The switch turns the prompt p off: no version is served.",)


def test_with_all_of_the_traffic_the_old_version_is_kept_until_the_promotion() -> None:
    prompt = begin(rules=stages(100))
    assert (prompt.stable, prompt.canary and prompt.canary.percent) == ("v3", 100.0)
    move = go_on(prompt)
    assert (move.pointer.stable, move.pointer.canary) == ("v4", None)
    assert last(move).rollout == Milestone(
        version="v4", phase=Phase.PROMOTED, hash=prompt.identity("v4") or "", percent=100.0
    )
    told = (last(move).stable, last(move).why, last(move).verdict)
    assert told == ("v4", "v4 is stable", "20261120-090000-1f3a")
    assert move.said == ("v4 of p is stable, and gets all of the traffic",)
    assert move.subject == "Make p v4 stable"
    assert after(move, prompt).was_stable("v4")


def test_what_is_held_goes_on_to_the_next_share() -> None:
    assert milestones(advance(hold(begin()), minute=90))[-1] == ("serving", 25.0)


def test_the_stages_may_change_while_a_rollout_goes_on() -> None:
    prompt = begin(rules=stages(10, 100))
    assert milestones(advance(prompt, rules=stages(5, 25)))[-1] == ("serving", 25.0)
    assert milestones(advance(prompt, rules=stages(1, 5)))[-1] == ("serving", 100.0)


def test_who_goes_on_against_the_evidence_is_named_with_a_reason() -> None:
    prompt = begin()
    move = advanced(prompt, rules=RULES, signature=at(60, ANN), overridden=True)
    assert last(move).rollout == replace(
        last(go_on(prompt)).rollout or Milestone(version="", phase=Phase.HELD, hash=""),
        overridden=True,
    )
    for lacking in ({"is_named": False}, {"why": ""}, {"by": ""}):
        signature = replace(at(60, ANN), **lacking)
        with pytest.raises(UsageError, match=r"override: say who .*--by and --reason"):
            advanced(prompt, rules=RULES, signature=signature, overridden=True)


def test_evidence_makes_up_for_no_reason_of_an_override() -> None:
    signature = replace(at(60, ANN), why="")
    with pytest.raises(UsageError, match="override"):
        advanced(begin(), rules=RULES, signature=signature, because="2 of 3", overridden=True)


@pytest.mark.parametrize("rules", [RULES, stages(100)], ids=["wider", "promoted"])
def test_an_edited_version_does_not_go_on(rules: RolloutRules) -> None:
    prompt = begin(rules=rules)
    edit = replace(prompt, versions={**prompt.versions, "v4": prompt.versions["v4"] + b"\nMore."})
    with pytest.raises(UsageError, match=r"p/v4\.md, or what it includes, has changed since"):
        go_on(edit, rules=rules)


def test_a_version_whose_file_is_gone_does_not_go_on() -> None:
    prompt = begin()
    files = {name: content for name, content in prompt.versions.items() if name != "v4"}
    with pytest.raises(UsageError, match="has no version `v4`"):
        go_on(replace(prompt, versions=files))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        (shop(), "no rollout of `p` is under way; begin one with `evalgate rollout start p vN`"),
        (promoted(), "under way: that of v4 is over; begin one"),
        (take_back(begin()), "under way: that of v4 is over; begin one"),
        (edited(begin(), canary=None), "under way: that of v4 is over; begin one"),
    ],
    ids=["none", "promoted", "rolled back", "ended without a word"],
)
def test_what_is_not_under_way_neither_goes_on_nor_is_held(prompt: Prompt, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        go_on(prompt, minute=600)
    assert said in str(caught.value)
    with pytest.raises(UsageError) as caught:
        held(prompt, signature=at(600))
    assert said in str(caught.value)


def test_a_history_that_cannot_be_read_goes_on_nowhere() -> None:
    prompt = begin()
    *rest, last_move = prompt.history
    unread = edited(prompt, history=(*rest, replace(last_move, at="today")))
    with pytest.raises(ConfigurationError, match=r"history\[4\]\.at: expected an instant"):
        go_on(unread)


def test_a_clock_that_is_far_behind_moves_nothing_on() -> None:
    prompt = begin(minute=30)
    with pytest.raises(UsageError, match="the clock of this host says"):
        go_on(prompt, minute=29)
    with pytest.raises(UsageError, match="the clock of this host says"):
        held(prompt, signature=at(29))
    little = replace(at(29), at="2026-11-21T10:29:55Z")
    assert last(advanced(prompt, rules=RULES, signature=little)).at == "2026-11-21T10:30:00Z"


# Holding


def test_a_hold_changes_nothing_but_the_state() -> None:
    prompt = begin()
    move = held(prompt, signature=at(60, ANN), because="no answer in 24 hours")
    assert replace(move.pointer, history=()) == replace(move.before, history=())
    assert last(move) == replace(
        prompt.history[-1],
        at="2026-11-21T11:00:00Z",
        by="Ann",
        why="holds v4 at 5 %: no answer in 24 hours: replies are wrong",
        rollout=replace(
            prompt.history[-1].rollout or Milestone(version="", phase=Phase.HELD, hash=""),
            phase=Phase.HELD,
        ),
    )
    assert move.said == ("v4 of p stays at 5 % until somebody moves it on",)


def test_what_is_held_is_held() -> None:
    prompt = hold(begin())
    move = held(prompt, signature=at(90, ANN))
    assert move.is_done
    assert move.said == ("v4 of p stays at 5 % until somebody moves it on",)


def preflight() -> Prompt:
    """Return a prompt whose rollout has no traffic yet, as no command leaves it."""
    prompt = begin()
    return edited(prompt, canary=None, history=prompt.history[:-1])


def test_a_rollout_without_traffic_gets_its_first_share_and_cannot_be_held() -> None:
    assert course(preflight()).phase is Phase.PREFLIGHT
    assert advance(preflight()).canary == begin().canary
    with pytest.raises(UsageError, match="no traffic yet"):
        held(preflight(), signature=at(60))


# Words


def test_the_words_of_a_share() -> None:
    plain = LivePointer(prompt="p", path="live.yaml", stable="v3")
    assert shared(plain) == "v3 of p is stable, and gets all of the traffic"
    prompt = begin(rules=stages(100))
    assert prompt.live is not None
    assert shared(prompt.live) == "v4 of p gets all of the traffic, and v3 is kept to go back to"
