"""Tickets about judges."""

from dataclasses import replace

import pytest

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import AnchorScore, Observation, Stream
from evalgate.monitoring.alarms.judge_alarms import judge_alarms
from evalgate.monitoring.alarms.judges import judges_of
from evalgate.monitoring.alarms.series import gather
from tests.unit.monitoring.alarms.production import (
    DAY,
    START,
    Graded,
    anchored,
    at,
    baselines_of,
    production,
)

END = START + 30 * DAY
GOOD = production(1_000, Graded())


def alarms(
    scores: list[Observation] = GOOD, anchors: list[AnchorScore] | None = None
) -> list[Alarm]:
    baselines = baselines_of(scores[:500], until=at(500))
    return list(
        judge_alarms(
            judges_of(anchors or [], at=END, frozen={}),
            gather(scores, at=END),
            baselines,
            rules=AlarmRules(),
            at=END,
        )
    )


def test_a_judge_that_moved_is_a_ticket_from_its_first_clear_day() -> None:
    [alarm] = alarms(anchors=anchored(12, shift=lambda day: -0.06 if day >= 6 else 0.0))
    assert (alarm.signal, alarm.urgency) == (Signal.JUDGE, Urgency.TICKET)
    assert alarm.stream == Stream(prompt="", criterion="accuracy")
    assert START + 5 * DAY <= alarm.began < START + 6 * DAY <= alarm.raised < START + 7 * DAY
    assert alarm.resolved is None
    assert alarm.n == 20
    assert alarm.observed == pytest.approx(-0.06, abs=0.02)


def test_a_judge_that_became_laxer_is_a_ticket_too() -> None:
    [alarm] = alarms(anchors=anchored(12, shift=lambda day: 0.04 if day >= 6 else 0.0))
    assert alarm.observed > 0


def test_a_judge_that_is_back_ends_its_ticket() -> None:
    [alarm] = alarms(anchors=anchored(20, shift=lambda day: -0.06 if 6 <= day < 9 else 0.0))
    assert alarm.resolved is not None
    assert START + 9 * DAY <= alarm.resolved < START + 13 * DAY


def test_a_clear_move_that_is_too_small_to_matter_is_no_ticket() -> None:
    small = anchored(12, noise=0.001, shift=lambda day: -0.01 if day >= 6 else 0.0)
    assert alarms(anchors=small) == []


def test_a_stranger_is_a_ticket_after_enough_scores_and_until_anchors_know_him() -> None:
    strange = [
        replace(each, judge="other/1") if place >= 600 else each for place, each in enumerate(GOOD)
    ]
    [alarm] = alarms(strange)
    assert (alarm.began, alarm.raised) == (at(600), at(629))
    assert alarm.also == (Stream(prompt="answers", criterion="accuracy"),)
    assert "other/1" in alarm.message
    assert alarms(strange[:629]) == []
    known = anchored(5, judge=lambda day: "other/1" if day >= 2 else "claude-haiku-5-5/1f2e")
    assert alarms(strange, known) == []


def test_a_judge_who_came_back_or_who_is_not_told_is_no_stranger() -> None:
    for_a_while = [
        replace(each, judge="other/1") if 600 <= place < 700 else each
        for place, each in enumerate(GOOD)
    ]
    assert alarms(for_a_while) == []
    assert alarms([replace(each, judge="") for each in GOOD]) == []
    assert alarms() == []
