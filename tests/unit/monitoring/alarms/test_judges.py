"""Judges, by their daily anchors."""

from dataclasses import replace
from random import Random

import pytest

from evalgate.model.observation import AnchorScore
from evalgate.monitoring.alarms.judges import DAY, Judge, judges_of
from tests.unit.monitoring.alarms.production import JUDGE, START, anchored

END = START + 30 * DAY


def judge(scores: list[AnchorScore], *, at: float = END, frozen: float | None = None) -> Judge:
    told = {} if frozen is None else {"accuracy": (frozen, JUDGE)}
    return judges_of(scores, at=at, frozen=told)["accuracy"]


def test_a_judge_that_stands_still_is_never_found_to_have_moved() -> None:
    found = judge(anchored(30))
    assert len(found.looks) == 27
    assert not any(look.shift.is_clear for look in found.looks)
    assert found.shift_at(END) == 0.0


def test_a_jump_is_found_on_its_first_day() -> None:
    found = judge(anchored(10, shift=lambda day: -0.06 if day >= 6 else 0.0))
    clear = [look for look in found.looks if look.shift.is_clear]
    assert clear[0].ts == pytest.approx(START + 6 * DAY, abs=60)
    assert found.shift_at(START + 6 * DAY + 60) == pytest.approx(-0.06, abs=0.02)
    assert found.shift_at(START + 6 * DAY - 60) == 0.0


def test_three_days_together_show_what_one_does_not() -> None:
    found = judge(
        anchored(12, anchors=40, noise=0.05, shift=lambda day: -0.03 if day >= 6 else 0.0)
    )
    clear = [look.ts for look in found.looks if look.shift.is_clear]
    assert clear
    assert clear[0] > START + 6 * DAY + 60


def test_the_measure_is_what_the_baselines_judge_said_before_it_was_frozen() -> None:
    scores = anchored(10, shift=lambda day: -0.06 if day >= 5 else 0.0)
    assert judge(scores, frozen=START + 4.5 * DAY).shift_at(END) < 0
    assert judge(scores, frozen=START + 9.5 * DAY).looks == ()
    early = judge(scores, frozen=START + 4.5 * DAY)
    assert early.measured < START + 4.5 * DAY
    assert early.looks[0].ts > START + 4.5 * DAY


def test_scores_without_an_outcome_and_later_ones_do_not_count() -> None:
    scores = anchored(10, shift=lambda day: -0.06 if day >= 5 else 0.0)
    assert judge(scores, at=START + 4.5 * DAY).shift_at(END) == 0.0
    unscored = [replace(each, outcome=None) for each in scores]
    assert judges_of(unscored, at=END, frozen={}) == {}


def test_the_order_of_the_scores_changes_nothing() -> None:
    scores = anchored(10, shift=lambda day: -0.06 if day >= 5 else 0.0)
    mixed = list(scores)
    Random(1).shuffle(mixed)  # noqa: S311 - draws of a test
    assert judge(mixed) == judge(scores)


def test_another_judge_is_looked_at_by_itself_and_remembered() -> None:
    found = judge(anchored(10, judge=lambda day: "other" if day >= 5 else JUDGE))
    assert [look.judge for look in found.looks] == [JUDGE, JUDGE, *["other"] * 5]
    assert set(found.identities) == {JUDGE, "other"}
    assert found.identities["other"] == START + 5 * DAY


def test_what_another_judge_said_before_is_no_measure_for_this_one() -> None:
    scores = anchored(
        12,
        shift=lambda day: -0.1 if day < 2 else 0.0,
        judge=lambda day: "older" if day < 2 else JUDGE,
    )
    assert judge(scores, frozen=START + 4.5 * DAY).shift_at(END) == 0.0
