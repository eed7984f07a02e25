"""Facts about what the history of a live pointer tells."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.prompts.past import (
    FIRST,
    SET_BEFORE,
    UNGATED,
    arrivals,
    good_models,
    good_versions,
    grown,
    latest_milestone,
    milestones,
    standing,
    switches,
    was_stable,
)

HAIKU = Switch(model="claude-haiku-5-5")
OPUS = Switch(model="claude-opus-5-5")
NEW = Move(stable="v9", by="Ann")
STATES = (Phase.PREFLIGHT, Phase.SERVING, Phase.HELD, Phase.PROMOTED, Phase.ROLLED_BACK)


def told(stable: str, phase: Phase, version: str = "v2", *, verdict: str = "") -> Move:
    """Return a move by which a rollout of a version came to a state."""
    return Move(
        stable=stable,
        rollout=Milestone(version=version, phase=phase, hash="0" * 64),
        verdict=verdict,
    )


def pointer(*versions: str, stable: str | None = None, switch: Switch | None = None) -> LivePointer:
    return LivePointer(
        prompt="p",
        path="prompts/p/live.yaml",
        stable=stable or versions[-1],
        switch=switch or Switch(),
        history=tuple(Move(stable=version) for version in versions),
    )


def test_a_version_without_a_gate_was_not_stable_until_a_gated_move_names_it() -> None:
    ungated = Move(stable="v3", why=f"{UNGATED}the others are broken")
    assert not was_stable([ungated], "v3")
    assert was_stable([ungated, Move(stable="v3", verdict="r1")], "v3")
    assert was_stable([ungated, Move(stable="v2"), Move(stable="v3")], "v3")


@pytest.mark.parametrize(
    "repeated",
    [
        Move(stable="v3", switch=HAIKU),
        Move(stable="v3", why="ends the canary v4 (5 %)"),
        told("v3", Phase.SERVING, "v4", verdict="r1"),
        told("v3", Phase.ROLLED_BACK, "v4"),
    ],
)
def test_a_move_that_repeats_a_version_without_a_gate_does_not_make_it_good(
    repeated: Move,
) -> None:
    history = [Move(stable="v1"), Move(stable="v3", why=f"{UNGATED}x"), repeated]
    assert not was_stable(history, "v3")
    assert was_stable([*history[:1], replace(history[1], why=""), repeated], "v3")


@pytest.mark.parametrize("phase", [phase for phase in STATES if phase is not Phase.PROMOTED])
def test_what_is_rolled_out_was_not_stable_until_it_is_promoted(phase: Phase) -> None:
    running = [Move(stable="v1"), told("v1", Phase.PREFLIGHT), told("v1", phase, verdict="r1")]
    assert was_stable(running, "v1")
    assert not was_stable(running, "v2")
    assert was_stable([*running, told("v2", Phase.PROMOTED)], "v2")


def test_the_last_state_of_a_rollout_is_the_latest_that_is_told() -> None:
    moves = [told("v1", Phase.SERVING), Move(stable="v1", switch=HAIKU)]
    assert [milestone.phase for _, milestone in milestones(moves)] == [Phase.SERVING]
    assert latest_milestone(moves) == moves[0].rollout
    assert latest_milestone(moves[1:]) is None


def test_moves_of_a_rollout_are_no_arrivals_but_for_the_last() -> None:
    course = [Move(stable="v1"), *(told("v1", phase) for phase in STATES[:3])]
    assert list(arrivals([*course, told("v2", Phase.PROMOTED)])) == [
        course[0],
        told("v2", Phase.PROMOTED),
    ]


def rolled_out(*moves: Move, stable: str) -> LivePointer:
    return LivePointer(prompt="p", path="live.yaml", stable=stable, history=moves)


def test_the_last_good_version_is_the_one_before_the_promoted_one() -> None:
    course = [told("v1", phase) for phase in STATES[:3]]
    live = rolled_out(Move(stable="v1"), *course, told("v2", Phase.PROMOTED), stable="v2")
    assert good_versions(live) == ("v1",)
    back = rolled_out(*live.history, told("v1", Phase.ROLLED_BACK), stable="v1")
    assert good_versions(back) == ()


def test_a_rollout_goes_forth_to_a_version_that_was_stable_before() -> None:
    before = (Move(stable="v1"), Move(stable="v2"), Move(stable="v3"))
    again = rolled_out(*before, told("v1", Phase.PROMOTED, "v1"), stable="v1")
    assert good_versions(again) == ("v3", "v2")
    assert good_versions(rolled_out(*before, Move(stable="v1"), stable="v1")) == ()


def test_a_move_that_repeats_the_version_is_no_arrival() -> None:
    first, again, back = Move(stable="v1"), Move(stable="v1", switch=HAIKU), Move(stable="v2")
    assert list(arrivals([first, again, back, first])) == [first, back, first]


def test_the_switch_stays_in_force_until_a_move_sets_it() -> None:
    moves = [Move(stable="v1"), Move(stable="v1", switch=HAIKU), Move(stable="v2")]
    assert list(switches(moves)) == [("v1", Switch()), ("v1", HAIKU), ("v2", HAIKU)]


def test_going_back_undoes_what_came_after() -> None:
    assert standing(["v1", "v2", "v3", "v2"]) == ("v1", "v2")
    assert standing(["v1", "v2", "v1", "v2"]) == ("v1", "v2")
    assert standing(["v1", "v2", "v3", "v1"]) == ("v1",)


@given(st.lists(st.integers(1, 6)))
def test_every_state_stands_once_and_the_last_one_is_in_force(states: list[int]) -> None:
    kept = standing(states)
    assert len(set(kept)) == len(kept)
    assert kept[-1:] == tuple(states[-1:])


def test_the_last_good_version_is_the_first_to_go_back_to() -> None:
    assert good_versions(pointer("v1", "v2", "v3")) == ("v2", "v1")
    assert good_versions(pointer("v1", "v2", "v3", "v2")) == ("v1",)
    assert good_versions(pointer("v1")) == ()


def test_a_version_that_was_set_by_hand_and_not_told_counts_as_the_last() -> None:
    assert good_versions(pointer("v1", "v2", stable="v3")) == ("v2", "v1")
    assert good_versions(pointer("v1", "v2", stable="v1")) == ()


def test_a_version_without_a_gate_is_passed_over() -> None:
    told = pointer("v1", "v2", "v3")
    moves = (told.history[0], Move(stable="v2", why=f"{UNGATED}x"), told.history[2])
    live = LivePointer(prompt="p", path="live.yaml", stable="v3", history=moves)
    assert good_versions(live) == ("v1",)


def test_before_every_model_of_the_switch_is_each_versions_own() -> None:
    moves = tuple(Move(stable="v1", switch=switch) for switch in (HAIKU, OPUS))
    live = LivePointer(prompt="p", path="live.yaml", stable="v1", switch=OPUS, history=moves)
    assert good_models(live) == ("claude-haiku-5-5", None)
    assert good_models(pointer("v1", switch=HAIKU)) == (None,)
    assert good_models(pointer("v1")) == ()


def test_a_history_gains_what_it_did_not_tell_about_the_pointer_so_far() -> None:
    assert grown(pointer("v1"), NEW) == (Move(stable="v1"), NEW)
    untold = LivePointer(prompt="p", path="live.yaml", stable="v2", switch=HAIKU)
    assert grown(untold, NEW) == (
        Move(stable="v2", why=FIRST),
        Move(stable="v2", why=SET_BEFORE, switch=HAIKU),
        NEW,
    )


def test_where_nothing_was_stable_the_history_begins_with_the_move() -> None:
    assert grown(LivePointer(prompt="p", path="live.yaml", stable=None), NEW) == (NEW,)
