"""Facts about the words of a rollout's move on GitHub."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.github import NewDeployment
from evalgate.model.milestone import Phase
from evalgate.model.prompt import LivePointer, Move
from evalgate.prompts.library import Prompt
from evalgate.rollout.announcement import MOST_DESCRIPTION
from evalgate.rollout.hand_move import HandMove
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.starting import started
from evalgate.rollout.stepping import advanced, held
from evalgate.rollout.stride import branch_name, commit_message, deployment_of, stride_of
from tests.unit.rollout.by_hand import shop
from tests.unit.rollout.rollouts import RULES, advance, at, begin, proven, stages

HALF = stages(50, 100)


def first() -> HandMove:
    prompt = shop()
    return started(prompt, "v4", offline=proven(prompt), rules=RULES, signature=at(0))


def onward(prompt: Prompt) -> HandMove:
    return advanced(prompt, rules=RULES, signature=at(90))


@pytest.mark.parametrize(
    ("move", "start", "end", "phase"),
    [
        (first(), 0.0, 5.0, Phase.SERVING),
        (onward(begin()), 5.0, 25.0, Phase.SERVING),
        (onward(advance(advance(begin()))), 50.0, 100.0, Phase.SERVING),
        (onward(advance(begin(rules=HALF), rules=HALF)), 100.0, 100.0, Phase.PROMOTED),
        (held(begin(), signature=at(90)), 5.0, 5.0, Phase.HELD),
        (rolled_back(advance(begin()), signature=at(90)), 25.0, 0.0, Phase.ROLLED_BACK),
    ],
    ids=["start", "advance", "full", "promoted", "held", "rolled back"],
)
def test_a_move_goes_from_one_share_to_another(
    move: HandMove, start: float, end: float, phase: Phase
) -> None:
    stride = stride_of(move)
    assert (stride.start, stride.end, stride.phase) == (start, end, phase)
    assert (stride.version, stride.stable, stride.hash) == ("v4", "v3", shop().identity("v4"))


def test_a_promotion_that_is_taken_back_begins_at_all_of_the_traffic() -> None:
    prompt = advance(advance(begin(rules=HALF), rules=HALF), rules=HALF)
    stride = stride_of(rolled_back(prompt, signature=at(90)))
    assert (stride.start, stride.end, stride.stable) == (100.0, 0.0, "v4")


def test_a_move_of_no_rollout_is_none() -> None:
    pointer = LivePointer(prompt="p", path="l", stable="v1", history=(Move(stable="v1"),))
    move = HandMove(before=pointer, pointer=pointer, said=("nothing",), subject="Nothing")
    with pytest.raises(ValueError, match="of no rollout"):
        stride_of(move)


def test_a_commit_names_the_run_that_made_it() -> None:
    assert commit_message(first(), run_url="") == "Begin the rollout of p v4\n"
    url = "https://github.com/team/shop/actions/runs/7"
    assert commit_message(first(), run_url=url) == (
        f"Begin the rollout of p v4\n\nMoved by the run {url}\n"
    )


def test_the_branch_of_a_proposal_belongs_to_one_state_and_one_move() -> None:
    stride = stride_of(onward(begin()))
    name = branch_name(stride, before="stable: v3\n")
    assert name.startswith("evalgate/rollout-p-v4-25-")
    assert name == branch_name(replace(stride, reason="else", run="r"), before="stable: v3\n")
    others = {
        branch_name(stride, before="stable: v2\n"),
        branch_name(replace(stride, end=50.0), before="stable: v3\n"),
        branch_name(replace(stride, phase=Phase.PROMOTED), before="stable: v3\n"),
    }
    assert len(others | {name}) == 4


@given(st.text(min_size=1), st.floats(0.01, 100))
def test_any_prompt_gives_the_name_of_a_branch(prompt: str, share: float) -> None:
    stride = replace(stride_of(first()), prompt=prompt, end=share)
    name = branch_name(stride, before="")
    assert name.removeprefix("evalgate/").replace("-", "").replace("_", "").isalnum()
    assert name.isascii()
    assert len(name) < 120


def recorded(said: str = "v4 gets more") -> NewDeployment:
    stride = stride_of(onward(begin()), outcome="advance", reason="go")
    return deployment_of(replace(stride, said=said), ref="a" * 40, environment="live")


def test_a_deployment_has_texts_alone() -> None:
    deployment = recorded()
    assert (deployment.ref, deployment.environment) == ("a" * 40, "live")
    assert deployment.payload["percent_before"] == "5"
    assert deployment.payload["percent"] == "25"
    assert deployment.payload["outcome"] == "advance"
    assert all(isinstance(value, str) for value in deployment.payload.values())


@given(st.text())
def test_a_description_is_one_short_line_whatever_is_said(said: str) -> None:
    description = recorded(said).description
    assert len(description) <= MOST_DESCRIPTION
    assert len(description.splitlines()) <= 1
