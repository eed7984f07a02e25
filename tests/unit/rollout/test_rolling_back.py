"""Facts about rollbacks by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import UsageError
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.prompts.past import UNGATED
from evalgate.rollout.rolling_back import Rollback, rolled_back
from evalgate.rollout.switching import Switching, switched
from tests.unit.rollout.asked import prompt
from tests.unit.rollout.by_hand import ANN, HISTORY, THREE, back, shop

CANARY = f"stable: v3\ncanary: {{version: v4, percent: 5}}\n{HISTORY}"
VERSIONS = st.lists(st.integers(1, 4).map(lambda number: f"v{number}"), min_size=1, max_size=8)


def test_a_rollback_goes_to_the_version_that_was_stable_before() -> None:
    made = back()
    assert made.pointer.stable == "v2"
    assert made.pointer.history[-1] == Move(
        stable="v2",
        at="2026-11-21T10:00:00Z",
        by="Ann",
        why="rollback from v3: replies are wrong",
    )


def test_a_rollback_after_a_rollback_goes_further_back_and_then_says_that_it_cannot() -> None:
    once = back()
    twice = rolled_back(replace(shop(), live=once.pointer), Rollback(), ANN)
    assert twice.pointer.stable == "v1"
    with pytest.raises(UsageError, match=r"nothing to roll back to.*switch p --disable"):
        rolled_back(replace(shop(), live=twice.pointer), Rollback(), ANN)


def test_with_a_canary_on_the_canary_is_ended_first() -> None:
    made = back(CANARY)
    assert (made.pointer.stable, made.pointer.canary) == ("v3", None)
    assert made.pointer.history[-1].why == "ends the canary v4 (5 %): replies are wrong"
    assert made.remarks == ("To go further back, to v2, run `evalgate rollback p` once more.",)


def test_a_named_version_is_gone_to_at_once_and_the_canary_is_ended() -> None:
    made = back(CANARY, to="v1")
    assert (made.pointer.stable, made.pointer.canary) == ("v1", None)
    assert made.said == ("v1 of p gets all of the traffic again, and the canary is ended",)


def test_a_version_that_was_not_stable_is_no_rollback() -> None:
    with pytest.raises(UsageError, match=r"in the history: v1, v2, v3.*switch p v4 --ungated"):
        back(to="v4")
    with pytest.raises(UsageError, match=r"did you mean `v4`|known: "):
        back(to="v44")


def test_the_version_that_is_stable_is_nothing_to_do() -> None:
    assert back(to="v3").is_done


def test_a_version_whose_file_is_gone_is_not_gone_back_to() -> None:
    with pytest.raises(UsageError, match=r"p/v2\.md is gone.*rollback p --to v1"):
        rolled_back(prompt(THREE, "v1", "v3"), Rollback(), ANN)


def test_where_nothing_is_stable_there_is_nothing_to_go_back_from() -> None:
    with pytest.raises(UsageError, match="names no stable version"):
        back("stable: null\n")


def test_a_model_goes_back_as_a_version_does() -> None:
    prompts, models = shop(), list[str | None]()
    for model in ("claude-haiku-5-5", "claude-opus-5-5"):
        made = switched(prompts, Switching(model=model), ANN)
        prompts = replace(prompts, live=made.pointer)
    for _ in range(2):
        made = rolled_back(prompts, Rollback(model=True), ANN)
        prompts = replace(prompts, live=made.pointer)
        models.append(made.pointer.switch.model)
    assert models == ["claude-haiku-5-5", None]
    assert made.pointer.stable == "v3"
    with pytest.raises(UsageError, match="there is no model to roll back to"):
        rolled_back(prompts, Rollback(model=True), ANN)


def test_a_model_that_was_set_by_hand_and_not_told_is_taken_away() -> None:
    live = f"stable: v3\nswitch: {{disabled: true, model: claude-opus-5-5}}\n{HISTORY}"
    made = back(live, model=True)
    assert made.pointer.switch == Switch(disabled=True)
    assert made.said == ("p is answered by the own model of each version again",)


@given(VERSIONS)
def test_rollbacks_end_and_serve_no_version_twice(versions: list[str]) -> None:
    live = LivePointer(
        prompt="p",
        path="prompts/p/live.yaml",
        stable=versions[-1],
        history=tuple(Move(stable=version) for version in versions),
    )
    served = [live.stable]
    while True:
        try:
            made = rolled_back(replace(shop(), live=live), Rollback(), ANN)
        except UsageError:
            break
        assert made.pointer.history[:-1] == live.history
        live = made.pointer
        served.append(live.stable)
    assert len(set(served)) == len(served)


@given(VERSIONS)
def test_a_rollback_never_goes_to_a_version_without_a_gate(versions: list[str]) -> None:
    moves = tuple(Move(stable=version, why=f"{UNGATED}x") for version in versions)
    live = LivePointer(prompt="p", path="live.yaml", stable=versions[-1], history=moves)
    with pytest.raises(UsageError, match="nothing to roll back to"):
        rolled_back(replace(shop(), live=live), Rollback(), ANN)
