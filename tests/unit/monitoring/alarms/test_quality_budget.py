"""Error budgets of quality."""

from dataclasses import replace

import pytest

from evalgate.model.alarm import Signal, Urgency
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Observation
from evalgate.model.sample import Stratum
from evalgate.monitoring.alarms.quality_budget import (
    LONG,
    MULTIPLES,
    judged_of,
    limit_of,
    quality_budget_of,
    quality_burns,
)
from tests.unit.monitoring.alarms.production import Graded, Passing, at, production

GOOD = Objective(name="good", level=Level.QUALITY, target=0.9, threshold=0.7, criterion="accuracy")


def burns(observations: list[Observation], of: Objective = GOOD) -> list[tuple[Urgency, bool]]:
    judged = judged_of(of, observations, at=at(100_000))
    return [
        (each.urgency, each.resolved is None)
        for each in quality_burns(of, judged, false_alarms=0.01)
    ]


def falling(number: int, since: int, rate: float, *, back: int = 100_000) -> list[Observation]:
    return production(
        number,
        lambda of, draws: Passing(rate if at(since) <= of.ts < at(back) else 0.95)(of, draws),
    )


def test_scores_that_are_as_good_as_promised_alarm_nobody() -> None:
    for seed in range(4):
        found = burns(production(5_000, Passing(0.9), seed=seed))
        assert [urgency for urgency, _ in found if urgency is Urgency.PAGE] == []
        assert burns(production(5_000, Passing(0.93), seed=seed)) == []


def test_three_times_the_budget_is_a_page_and_less_is_a_ticket() -> None:
    assert burns(falling(2_000, 1_000, 0.5)) == [(Urgency.PAGE, True)]
    assert burns(falling(2_000, 1_000, 0.79)) == [(Urgency.TICKET, True)]


def test_a_burn_is_over_when_the_short_window_is_good_again() -> None:
    assert burns(falling(3_000, 1_000, 0.4, back=1_400)) == [(Urgency.PAGE, False)]


def test_a_limit_is_never_what_chance_brings_about() -> None:
    strict = replace(GOOD, target=0.99)
    for level in (GOOD, strict):
        for urgency in MULTIPLES:
            least = MULTIPLES[urgency] * (1 - level.target)
            assert limit_of(level, urgency, false_alarms=0.01) >= least - 1e-9
    # Six bad ones of 200 come by chance where two are allowed.
    assert limit_of(strict, Urgency.PAGE, false_alarms=0.01) * LONG > 9


@pytest.mark.parametrize("target", [0.5, 0.6, 0.7])
def test_low_targets_can_be_missed_too(target: float) -> None:
    low = replace(GOOD, target=target)
    assert burns(falling(2_000, 1_000, 0.0), low) == [(Urgency.PAGE, True)]


def test_only_uniform_scores_of_what_is_named_count() -> None:
    scores = production(300, Graded())
    strangers = [
        replace(scores[0], criterion="format"),
        replace(scores[1], stratum=Stratum.RAISED),
        replace(scores[2], outcome=None),
        replace(scores[3], prompt="letters"),
        replace(scores[4], feature="else"),
    ]
    level = replace(GOOD, prompt="answers", feature="chat")
    own = [each for each in scores[5:] if each.feature == "chat"]
    found = judged_of(level, [*strangers, *own], at=at(300))
    assert len(found.times) == len(own)


def test_a_score_at_the_threshold_is_good() -> None:
    scores = [replace(each, outcome=0.7) for each in production(10, Graded())]
    assert judged_of(GOOD, scores, at=at(10)).bad[-1] == 0


def test_what_is_left_is_told_with_the_pace_of_now() -> None:
    judged = judged_of(GOOD, falling(1_000, 800, 0.5), at=at(1_000))
    found = quality_budget_of(GOOD, judged, false_alarms=0.01, at=at(1_000))
    assert found.counted == 1_000
    assert found.left == pytest.approx(1 - found.bad / 100)
    page, ticket = found.burns
    assert (page.urgency, ticket.urgency) == (Urgency.PAGE, Urgency.TICKET)
    assert page.long == pytest.approx(5, abs=1)
    assert page.limit == pytest.approx(3.0)


def test_the_alarm_is_of_the_service_level() -> None:
    judged = judged_of(GOOD, falling(2_000, 1_000, 0.5), at=at(2_000))
    [alarm] = quality_burns(GOOD, judged, false_alarms=0.01)
    assert (alarm.signal, alarm.stream.criterion, alarm.n) == (Signal.BURN, "good", LONG)
    assert alarm.observed >= alarm.limit
