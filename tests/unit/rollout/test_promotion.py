"""Facts about what a promotion does to a live pointer, and when it may not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.files import read_yaml
from evalgate.errors import UsageError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.prompts.library import Prompt
from evalgate.prompts.live import read_live
from evalgate.prompts.past import FIRST
from evalgate.prompts.pointer_text import pointer_text
from evalgate.prompts.view import View
from evalgate.rollout.promotion import Promotion, Step, promotion_of
from evalgate.rollout.request import Request
from tests.unit.rollout.asked import VERSION, asked, promotion, prompt
from tests.unit.rollout.by_hand import shop
from tests.unit.rollout.rollouts import (
    begin,
    course,
    edited,
    promoted,
    reread,
    second,
    stages,
    take_back,
)

CANARY = "stable: v1\ncanary: {version: v2, percent: 25, salt: autumn}\n"
PAST = "stable: v2\nhistory:\n  - {stable: v1}\n  - {stable: v2}\n"
NEW = Move(stable="v2", at="2026-11-21", by="Ann", verdict="20261121-120000-abcd")


def test_a_share_makes_a_version_the_canary() -> None:
    made = promotion("stable: v1\nswitch: {disabled: true}\n", "v2", "5")
    assert made.step is Step.FORWARD
    assert (made.pointer.stable, made.pointer.switch.disabled) == ("v1", True)
    assert made.pointer.canary is not None
    assert (made.pointer.canary.version, made.pointer.canary.percent) == ("v2", 5.0)
    assert made.pointer.history == ()


def test_a_new_canary_gets_the_same_salt_for_the_same_content_and_another_for_another() -> None:
    def salt(text: str, version: str = "v2") -> str:
        versions = {each: VERSION.format(text).encode() for each in ("v1", "v2", "v3")}
        live = LivePointer(prompt="p", path="prompts/p/live.yaml", stable="v1")
        one = Prompt(name="p", folder="prompts/p", versions=versions, live=live)
        canary = promotion_of(asked(version, "5"), one, at="HEAD").pointer.canary
        return canary.salt if canary else ""

    assert len(salt("a")) == 12
    assert salt("a") == salt("a")
    assert len({salt("a"), salt("b"), salt("a", "v3")}) == 3


def test_a_wider_canary_keeps_its_salt() -> None:
    made = promotion(CANARY, "v2", "50")
    assert made.step is Step.FORWARD
    assert made.pointer.canary == Canary(version="v2", percent=50.0, salt="autumn")


def test_a_narrower_canary_is_a_step_back() -> None:
    made = promotion(CANARY, "v2", "5")
    assert made.step is Step.BACK
    assert made.pointer.canary == Canary(version="v2", percent=5.0, salt="autumn")


def test_all_of_the_traffic_makes_a_version_stable_and_ends_its_canary() -> None:
    made = promotion(CANARY, "v2", "100")
    assert made.step is Step.FORWARD
    assert (made.pointer.stable, made.pointer.canary) == ("v2", None)
    assert made.pointer.history == (Move(stable="v1", why=FIRST), NEW)


def test_a_history_that_names_the_old_version_grows_by_the_new_one_alone() -> None:
    made = promotion("stable: v1\nhistory: [{stable: v1, by: Bob}]\n", "v2", "100")
    assert made.pointer.history == (Move(stable="v1", by="Bob"), NEW)


def test_a_version_that_was_stable_before_is_rolled_back_to_and_ends_any_canary() -> None:
    made = promotion(f"{PAST}canary: {{version: v3, percent: 5}}\n", "v1", "100", "v1", "v2", "v3")
    assert made.step is Step.ROLLBACK
    assert (made.pointer.stable, made.pointer.canary) == ("v1", None)
    assert [move.stable for move in made.pointer.history] == ["v1", "v2", "v1"]


def test_a_version_that_was_stable_before_is_judged_as_a_canary() -> None:
    assert promotion(PAST, "v1", "50").step is Step.FORWARD


def test_the_stable_version_at_all_of_the_traffic_ends_the_canary() -> None:
    made = promotion(CANARY, "v1", "100")
    assert made.step is Step.BACK
    assert (made.pointer.stable, made.pointer.canary, made.pointer.history) == ("v1", None, ())


@pytest.mark.parametrize(
    ("live", "version", "percent"), [("stable: v1\n", "v1", "100"), (CANARY, "v2", "25.00")]
)
def test_what_holds_already_is_nothing_to_do(live: str, version: str, percent: str) -> None:
    made = promotion(live, version, percent)
    assert made.step is Step.NOTHING
    assert made.pointer == made.before


@pytest.mark.parametrize("live", ["", "stable: null\n", "{}\n"])
def test_the_first_stable_version_takes_all_of_the_traffic(live: str) -> None:
    made = promotion(live, "v1", "100")
    assert (made.step, made.pointer.path) == (Step.FORWARD, "prompts/p/live.yaml")
    assert [move.stable for move in made.pointer.history] == ["v1"]
    with pytest.raises(UsageError, match=r"^percent: `p` has no stable version yet.*write 100$"):
        promotion(live, "v1", "50")


@pytest.mark.parametrize("percent", ["5", "100"])
def test_there_is_one_canary_at_a_time(percent: str) -> None:
    with pytest.raises(UsageError, match=r"^version: v2 is the canary of `p` with 25 %"):
        promotion(CANARY, "v3", percent, "v1", "v2", "v3")


def test_the_stable_version_is_no_canary() -> None:
    with pytest.raises(UsageError, match=r"^version: v1 is the stable version of `p`"):
        promotion("stable: v1\n", "v1", "50")


def test_an_unknown_version_is_told_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match=r"^version: `p` has no version `v22` at HEAD .*`v2`"):
        promotion("stable: v1\n", "v22", "5", "v1", "v2", "v10")
    with pytest.raises(UsageError, match=r"no version `../x`.*known: v1, v2"):
        promotion("stable: v1\n", "../x", "5")
    with pytest.raises(UsageError) as caught:
        promotion("stable: v1\n", "v" * 10_000_000, "5")
    assert len(str(caught.value)) < 200


def test_a_version_knows_the_files_that_it_is_made_of() -> None:
    text = VERSION.replace("max_tokens: 50\n", "max_tokens: 50\ntemplate: jinja\n").format(
        '{% include "tone.v1.md" %}'
    )
    live = LivePointer(prompt="p", path="prompts/p/live.yaml", stable=None)
    shared = {"tone.v1.md": b"Be kind.", "other.v1.md": b"x"}
    one = Prompt(
        name="p", folder="prompts/p", versions={"v1": text.encode()}, live=live, shared=shared
    )
    made = promotion_of(asked("v1", "100"), one, at="HEAD")
    assert made.sources == ("prompts/p/v1.md", "prompts/_shared/tone.v1.md")


def test_a_switch_that_outdoes_the_promotion_is_warned_of() -> None:
    live = "stable: v1\nswitch: {disabled: true, model: claude-x}\n"
    said = promotion(live, "v2", "5").warnings
    assert [sentence.split(":")[0] for sentence in said] == [
        "The switch turns the prompt p off",
        "The switch sends all traffic to the model claude-x, which the gate does not test.",
    ]
    assert promotion("stable: v1\n", "v2", "5").warnings == ()


# While a rollout is under way


def asked_while(prompt: Prompt, version: str, percent: str) -> Promotion:
    return promotion_of(asked(version, percent), prompt, at="HEAD")


@pytest.mark.parametrize("percent", ["1", "7.5", "100"])
def test_a_canary_that_a_rollout_moves_is_its_alone(percent: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked_while(begin(), "v4", percent)
    assert str(caught.value) == (
        "version: a rollout of v4 of `p` is under way, with 5 % of the traffic: `evalgate rollout "
        "advance p` takes it on, and `evalgate rollout rollback p` ends it"
    )


def test_with_all_of_the_traffic_a_canary_is_its_rollouts_still() -> None:
    with pytest.raises(UsageError, match="with 100 % of the traffic: `evalgate rollout advance p`"):
        asked_while(begin(rules=stages(100)), "v4", "100")


@pytest.mark.parametrize("percent", ["5", "100"])
def test_no_other_version_is_promoted_beside_a_rollout(percent: str) -> None:
    prompt = begin(edited(shop(), history=shop().history[1:]))
    with pytest.raises(UsageError, match="a rollout of v4 of `p` is under way"):
        asked_while(prompt, "v1", percent)
    with pytest.raises(UsageError, match="a rollout of v4 of `p` is under way"):
        asked_while(begin(), "v1", "5")


def test_a_version_that_was_stable_before_is_no_way_back_from_its_own_rollout() -> None:
    with pytest.raises(UsageError, match="a rollout of v1 of `p` is under way"):
        asked_while(begin(version="v1"), "v1", "100")


def test_what_a_rollout_serves_already_is_nothing_to_do() -> None:
    assert asked_while(begin(), "v4", "5.00").step is Step.NOTHING


@pytest.mark.parametrize(("version", "step"), [("v3", Step.BACK), ("v2", Step.ROLLBACK)])
def test_a_step_back_ends_a_rollout_and_says_so(version: str, step: Step) -> None:
    prompt = begin()
    made = asked_while(prompt, version, "100")
    assert (made.step, made.pointer.stable, made.pointer.canary) == (step, version, None)
    assert made.pointer.history[:-1] == prompt.history
    last = made.pointer.history[-1]
    assert (last.stable, last.at, last.by, last.verdict) == (
        version,
        "2026-11-21",
        "Ann",
        "20261121-120000-abcd",
    )
    found = course(replace(prompt, live=reread(made.pointer)))
    assert (found.phase, found.since) == (Phase.ROLLED_BACK, second(0))


def test_a_step_back_from_what_a_rollout_promoted_rolls_it_back() -> None:
    made = asked_while(promoted(), "v3", "100")
    assert made.step is Step.ROLLBACK
    assert course(replace(shop(), live=made.pointer)).phase is Phase.ROLLED_BACK


def test_when_a_rollout_is_over_versions_are_promoted_as_ever() -> None:
    over = take_back(begin())
    made = asked_while(over, "v4", "5")
    assert (made.step, made.pointer.history) == (Step.FORWARD, over.history)
    made = asked_while(over, "v4", "100")
    assert (made.step, made.pointer.history[-1].rollout) == (Step.FORWARD, None)
    assert asked_while(promoted(), "v2", "5").pointer.history == promoted().history


VERSIONS = ("v1", "v2", "v3")
MILESTONES = st.builds(
    Milestone,
    version=st.sampled_from(VERSIONS),
    phase=st.sampled_from(Phase),
    hash=st.just("ab" * 32),
    percent=st.sampled_from([0.0, 5.0]),
)
LIVES = st.builds(
    LivePointer,
    prompt=st.just("p"),
    path=st.just("prompts/p/live.yaml"),
    stable=st.none() | st.sampled_from(VERSIONS),
    canary=st.none()
    | st.builds(Canary, version=st.sampled_from(VERSIONS), percent=st.floats(0, 100)),
    switch=st.builds(Switch, disabled=st.booleans()),
    history=st.lists(
        st.builds(Move, stable=st.sampled_from(VERSIONS), rollout=st.none() | MILESTONES),
        max_size=3,
    ).map(tuple),
)
REQUESTS = st.builds(
    Request,
    prompt=st.just("p"),
    version=st.sampled_from(VERSIONS),
    share=st.integers(1, 10_000) | st.just(10_000),
    at=st.just("2026-11-21"),
    verdict=st.just("r"),
    reason=st.text(max_size=20),
)


def made_of(request: Request, live: LivePointer) -> Promotion | None:
    versions = {each: VERSION.format(each).encode() for each in VERSIONS}
    one = Prompt(name="p", folder="prompts/p", versions=versions, live=live)
    try:
        return promotion_of(request, one, at="HEAD")
    except UsageError:
        return None


@given(REQUESTS, LIVES)
def test_a_promotion_gives_exactly_the_share_and_its_history_passes_the_gate(
    request: Request, live: LivePointer
) -> None:
    made = made_of(request, live)
    if made is None:
        return
    after = read_live("p", read_yaml(live.path, pointer_text(made.pointer).encode()))
    assert after == made.pointer
    if request.is_full:
        assert (after.stable, after.canary) == (request.version, None)
    else:
        assert after.canary is not None
        assert (after.stable, after.canary.version) == (live.stable, request.version)
        assert after.canary.percent == request.share / 100
    assert (made.step is Step.NOTHING) == (after == live)
    versions = {each: VERSION.format(each).encode() for each in VERSIONS}
    old = Prompt(name="p", folder="prompts/p", versions=versions, live=live)
    new = Prompt(name="p", folder="prompts/p", versions=versions, live=after)
    view = View(base=old, fork=old, head=new)
    assert not view.rewrites_history()
    assert view.is_rollback() == (made.step is Step.ROLLBACK)
    run = {view.canary_moved_to(), None if view.is_rollback() else view.moved_to()} - {None}
    assert run == ({request.version} if made.step is Step.FORWARD else set())


@given(REQUESTS, LIVES)
def test_a_promotion_that_is_made_is_nothing_to_do_any_more(
    request: Request, live: LivePointer
) -> None:
    made = made_of(request, live)
    if made is not None:
        again = made_of(request, made.pointer)
        assert again is not None
        assert again.step is Step.NOTHING


def test_the_identity_of_the_version_is_told() -> None:
    assert promotion("stable: v1\n", "v2", "5").hash == prompt("stable: v1\n").identity("v2")


def test_a_canary_that_is_the_stable_version_is_none_and_keeps_no_other_out() -> None:
    live = "stable: v1\ncanary: {version: v1, percent: 25, salt: autumn}\n"
    moved = promotion(live, "v2", "5")
    assert moved.step is Step.FORWARD
    canary = moved.pointer.canary
    assert canary is not None
    assert (canary.version, canary.salt != "autumn") == ("v2", True)
