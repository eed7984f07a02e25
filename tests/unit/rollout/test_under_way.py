"""Facts about what a move by other means makes of a rollout."""

from dataclasses import replace

import pytest

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.rollout.under_way import ending, under_way

SERVING = Milestone(version="v4", phase=Phase.SERVING, hash="ab" * 32, percent=5.0)
CANARY = Canary(version="v4", percent=5.0)


def pointer(*states: Phase, stable: str = "v3", canary: Canary | None = None) -> LivePointer:
    told = (Move(stable="v3", rollout=replace(SERVING, phase=phase)) for phase in states)
    history = (Move(stable="v2"), Move(stable="v3"), *told)
    return LivePointer(prompt="p", path="live.yaml", stable=stable, canary=canary, history=history)


RUNNING = pointer(Phase.PREFLIGHT, Phase.SERVING, canary=CANARY)
PROMOTED = pointer(Phase.PREFLIGHT, Phase.SERVING, Phase.PROMOTED, stable="v4")


@pytest.mark.parametrize("phase", [Phase.SERVING, Phase.HELD])
def test_a_rollout_is_under_way_while_its_canary_is_on(phase: Phase) -> None:
    running = pointer(Phase.PREFLIGHT, phase, canary=CANARY)
    assert under_way(running) == replace(SERVING, phase=phase)
    assert under_way(replace(running, canary=None)) is None
    assert under_way(replace(running, canary=replace(CANARY, version="v5"))) is None


@pytest.mark.parametrize("phase", [Phase.PROMOTED, Phase.ROLLED_BACK])
def test_no_rollout_is_under_way_that_is_over(phase: Phase) -> None:
    assert under_way(pointer(phase, canary=CANARY)) is None
    assert under_way(pointer(canary=CANARY)) is None


def test_who_ends_the_canary_rolls_the_rollout_back() -> None:
    ended = Milestone(version="v4", phase=Phase.ROLLED_BACK, hash=SERVING.hash)
    assert ending(RUNNING, replace(RUNNING, canary=None)) == ended
    assert ending(RUNNING, replace(RUNNING, canary=None, stable="v2")) == ended
    assert ending(RUNNING, replace(RUNNING, canary=replace(CANARY, version="v5"))) == ended


def test_who_makes_the_canary_stable_promotes_it_against_the_evidence() -> None:
    assert ending(RUNNING, replace(RUNNING, canary=None, stable="v4")) == Milestone(
        version="v4", phase=Phase.PROMOTED, hash=SERVING.hash, percent=100.0, overridden=True
    )


def test_a_move_that_leaves_the_canary_on_says_nothing_of_the_rollout() -> None:
    assert ending(RUNNING, RUNNING) is None
    assert ending(RUNNING, replace(RUNNING, switch=Switch(disabled=True))) is None
    assert ending(RUNNING, replace(RUNNING, canary=replace(CANARY, percent=1.0))) is None


def test_who_goes_back_from_what_was_promoted_rolls_it_back() -> None:
    back = Milestone(version="v4", phase=Phase.ROLLED_BACK, hash=SERVING.hash)
    assert ending(PROMOTED, replace(PROMOTED, stable="v3")) == back
    assert ending(PROMOTED, replace(PROMOTED, stable="v2")) == back


def test_who_goes_forth_from_what_was_promoted_says_nothing_of_the_rollout() -> None:
    assert ending(PROMOTED, replace(PROMOTED, stable="v5")) is None
    assert ending(PROMOTED, replace(PROMOTED, canary=replace(CANARY, version="v5"))) is None
    elsewhere = replace(PROMOTED, stable="v5")
    assert ending(elsewhere, replace(elsewhere, stable="v3")) is None


def test_what_was_taken_back_is_not_taken_back_again() -> None:
    over = pointer(Phase.PREFLIGHT, Phase.SERVING, Phase.ROLLED_BACK, stable="v4")
    assert ending(over, replace(over, stable="v3")) is None
    assert ending(pointer(), replace(pointer(), stable="v2")) is None
