"""Facts about the rollout that a live pointer tells of."""

from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import UsageError
from evalgate.model.milestone import Phase
from evalgate.model.prompt import Canary, Move
from evalgate.model.rollout import Rollout, Step
from evalgate.prompts.library import Prompt
from evalgate.rollout.course import moves_of, rollout_of, rollout_salt
from evalgate.rollout.rolling_back import Rollback
from evalgate.rollout.rolling_back import rolled_back as rolled_back_by_hand
from evalgate.rollout.stepping import advanced
from evalgate.rollout.switching import Switching, switched
from evalgate.runtime.versions.live_prompt import Pointed, outranked
from evalgate.runtime.versions.split import arm_of
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
    promoted,
    second,
    stages,
    take_back,
)


def mark(prompt: Prompt) -> str:
    """Return what an application writes into the column `pointer`."""
    assert prompt.live is not None
    canary = prompt.live.canary
    pointed = Pointed(
        prompt=prompt.name,
        stable=prompt.read(prompt.live.stable or "", FORMATS),
        canary=prompt.read(canary.version, FORMATS) if canary else None,
        split=canary,
        switch=prompt.live.switch,
    )
    return outranked(pointed, None, None).pointer


def test_a_prompt_without_milestones_and_canary_has_no_rollout() -> None:
    assert rollout_of(shop()) is None
    assert rollout_of(replace(shop(), live=None)) is None
    assert moves_of(shop()) == ()


def test_a_rollout_that_has_begun_is_told_whole() -> None:
    prompt = begin()
    assert course(prompt) == Rollout(
        prompt="p",
        stable="v3",
        version="v4",
        hash=prompt.identity("v4") or "",
        phase=Phase.SERVING,
        percent=5.0,
        started=second(0),
        since=second(0),
        steps=(Step(percent=5.0, since=second(0), pointer=mark(prompt)),),
        verdict="20261120-090000-1f3a",
    )


def test_a_step_lasts_until_the_share_changes_and_a_hold_is_part_of_it() -> None:
    prompt = advance(hold(begin(), minute=30), minute=60)
    found = course(prompt)
    assert [(step.percent, step.since, step.until) for step in found.steps] == [
        (5.0, second(0), second(60)),
        (25.0, second(60), None),
    ]
    assert (found.phase, found.percent, found.since) == (Phase.SERVING, 25.0, second(60))
    stopped = course(hold(prompt, minute=90))
    assert (stopped.phase, stopped.since) == (Phase.HELD, second(90))
    assert stopped.steps == found.steps


def test_each_step_has_the_mark_that_applications_log_under_it() -> None:
    prompt, marks = begin(), []
    for minute in (60, 120, 180):
        marks.append(mark(prompt))
        prompt = advance(prompt, minute=minute)
    assert [step.pointer for step in course(prompt).steps] == marks
    assert [step.pointer for step in course(take_back(prompt, minute=240)).steps] == marks


def test_all_of_the_traffic_is_no_step_and_has_an_instant() -> None:
    prompt = begin()
    for minute in (60, 120, 180):
        assert course(prompt).at_full is None
        prompt = advance(prompt, minute=minute)
    found = course(prompt)
    assert (found.phase, found.percent, found.at_full) == (Phase.SERVING, 100.0, second(180))
    assert (found.stable, found.steps[-1].until) == ("v3", second(180))
    over = course(advance(prompt, minute=240))
    assert (over.phase, over.percent, over.at_full) == (Phase.PROMOTED, 100.0, second(180))
    assert (over.stable, over.since) == ("v3", second(240))


def test_a_rollout_that_is_over_is_told_until_the_next_one_begins() -> None:
    back = take_back(begin(), minute=9)
    found = course(back)
    assert (found.phase, found.percent, found.since) == (Phase.ROLLED_BACK, 0.0, second(9))
    assert found.steps[-1].until == second(9)
    again = begin(back, version="v2", minute=20)
    assert (course(again).version, course(again).started) == ("v2", second(20))
    assert [move.rollout.phase.value for move in moves_of(again) if move.rollout] == [
        "preflight",
        "serving",
    ]


def test_the_mark_is_that_of_the_switch_that_is_in_force() -> None:
    prompt = begin()
    by_model = after(switched(prompt, Switching(model="claude-haiku-5-5"), at(5, ANN)), prompt)
    assert course(by_model).steps[0].pointer == mark(by_model) != mark(prompt)
    assert course(by_model).since == second(0)


def test_a_switch_after_the_end_changes_no_mark() -> None:
    over = take_back(begin(), minute=9)
    later = after(switched(over, Switching(model="claude-haiku-5-5"), at(20, ANN)), over)
    assert course(later) == course(over)
    by_model = after(switched(shop(), Switching(model="claude-haiku-5-5"), at(0, ANN)))
    taken = take_back(begin(by_model, minute=1), minute=9)
    off = after(switched(taken, Switching(model=""), at(20, ANN)), taken)
    assert course(off) == course(taken)


def test_where_the_stable_file_is_gone_no_mark_is_known() -> None:
    prompt = begin()
    files = {name: content for name, content in prompt.versions.items() if name != "v3"}
    assert course(replace(prompt, versions=files)).steps[0].pointer == ""


def test_the_instant_of_the_last_override_is_told() -> None:
    prompt = begin()
    move = advanced(prompt, rules=RULES, signature=at(60, ANN), overridden=True)
    once = after(move, prompt)
    assert course(advance(once, minute=90)).answered == second(60)
    again = advanced(once, rules=RULES, signature=at(90, ANN), overridden=True)
    assert course(after(again, once)).answered == second(90)
    assert course(advance(prompt)).answered is None


# Moves by other means


def test_a_rollout_that_was_ended_by_hand_is_rolled_back() -> None:
    prompt = begin()
    for move in (
        rolled_back_by_hand(prompt, Rollback(), at(9, ANN)),
        rolled_back_by_hand(prompt, Rollback(to="v1"), at(9, ANN)),
        switched(prompt, Switching(version="v2"), at(9, ANN)),
    ):
        found = course(after(move, prompt))
        assert (found.phase, found.since, found.stable) == (Phase.ROLLED_BACK, second(9), "v3")


def test_a_canary_that_was_switched_to_is_promoted_against_the_evidence() -> None:
    prompt = begin()
    move = switched(prompt, Switching(version="v4", ungated=True), at(9, ANN))
    found = course(after(move, prompt))
    assert (found.phase, found.at_full, found.answered) == (Phase.PROMOTED, second(9), second(9))
    assert not after(move, prompt).was_stable("v4")


def test_a_canary_that_is_gone_without_a_word_is_rolled_back_then() -> None:
    prompt = edited(begin(), canary=None)
    found = course(prompt)
    assert (found.phase, found.percent, found.since) == (Phase.ROLLED_BACK, 0.0, second(0))
    told = Move(stable="v3", at="2026-11-21T10:07:00Z", why="ends the canary v4 (5 %)")
    found = course(edited(prompt, history=(*prompt.history, Move(stable="v3"), told)))
    assert (found.since, found.steps[0].until) == (second(7), second(7))
    early = replace(told, at="2026-11-21")
    assert course(edited(prompt, history=(*prompt.history, early))).since == second(0)


def test_a_canary_that_became_stable_without_a_word_is_promoted() -> None:
    prompt = edited(begin(), canary=None, stable="v4")
    found = course(prompt)
    assert (found.phase, found.percent, found.at_full) == (Phase.PROMOTED, 100.0, second(0))


@pytest.mark.parametrize(
    ("canary", "why"),
    [
        ({"version": "v2"}, "v2 is the canary of prompts/p/live.yaml with 5 % of the traffic, but"),
        ({"percent": 7.0}, "with 7 % of the traffic, but the history tells of 5 %"),
        ({"salt": "autumn"}, "its salt is not that of the rollout"),
    ],
)
def test_a_canary_that_somebody_edited_is_of_no_rollout(
    canary: dict[str, str | float], why: str
) -> None:
    prompt = begin()
    assert prompt.canary is not None
    other = replace(prompt.canary, **canary)  # type: ignore[arg-type] # its fields
    with pytest.raises(UsageError, match="evalgate rollback p`, and begin with") as caught:
        rollout_of(edited(prompt, canary=other))
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("prompt", "version"),
    [(shop(), "v4"), (promoted(), "v2"), (take_back(begin()), "v2"), (take_back(begin()), "v4")],
)
def test_a_canary_of_no_rollout_is_told_with_what_to_do(prompt: Prompt, version: str) -> None:
    widened = edited(prompt, canary=Canary(version=version, percent=5.0))
    said = rf"no rollout gave it that.*evalgate rollout start p {version}`$"
    with pytest.raises(UsageError, match=said):
        rollout_of(widened)


def test_a_canary_that_is_the_stable_version_is_none() -> None:
    assert rollout_of(edited(shop(), canary=Canary(version="v3", percent=5.0))) is None


def test_a_stable_version_that_somebody_edited_is_not_compared_with() -> None:
    with pytest.raises(UsageError, match=r"v2 is the stable version .* v4 is rolled out in place"):
        rollout_of(edited(begin(), stable="v2"))


# The salt


def test_a_rollout_has_a_salt_of_its_own_and_keeps_it() -> None:
    prompt = begin(rules=stages(5, 25))
    assert prompt.canary is not None
    salt = prompt.canary.salt
    assert salt == rollout_salt(
        "p", "v4", hash=prompt.identity("v4") or "", at="2026-11-21T10:00:00Z"
    )
    assert len(salt) == 12
    later = advance(prompt, rules=stages(5, 25)).canary
    assert later is not None
    assert later.salt == salt
    units = [f"user-{number}" for number in range(400)]
    met = {unit for unit in units if arm_of(unit, prompt.canary) == "canary"}
    assert met
    assert met <= {unit for unit in units if arm_of(unit, later) == "canary"}


def test_salts_differ_by_prompt_version_content_and_instant() -> None:
    salts = [
        rollout_salt("p", "v4", hash="a", at="1"),
        rollout_salt("q", "v4", hash="a", at="1"),
        rollout_salt("p", "v5", hash="a", at="1"),
        rollout_salt("p", "v4", hash="b", at="1"),
        rollout_salt("p", "v4", hash="a", at="2"),
    ]
    assert len(set(salts)) == len(salts)
