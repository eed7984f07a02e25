"""How many calls there are, and when it is noticed that they break a service level."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from evalgate.model.alarm import Urgency
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Observation
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.alarms.burning import PAIRS, burn_alarms
from evalgate.monitoring.alarms.noticing import calls_per_hour, flows_of, notice_delay, planned
from tests.unit.monitoring.alarms.production import DAY, START, Graded, at, production

HOUR = 3_600.0
SERVED = Objective(name="served", level=Level.AVAILABILITY, target=0.999)
NOW = START + 10 * DAY


def minutes(
    hours: float, *, until: float = NOW, calls: int = 100, bad: float = 0.0, prompt: str = "answers"
) -> Iterator[Minute]:
    """Yield the calls of some hours, so many a minute, of which a share is bad."""
    number = round(hours * 60)
    for each in range(number):
        failed = round((each + 1) * calls * bad) - round(each * calls * bad)
        tally = Tally(calls=calls, failed=failed)
        start = until - (number - each) * 60
        yield Minute(start=start, place=Place(prompt=prompt), tally=tally)


@pytest.mark.parametrize(
    ("bad", "urgency"),
    [
        (1.0, Urgency.PAGE),
        (0.1, Urgency.PAGE),
        (0.01, Urgency.PAGE),  # by six hours: too few for one
        (0.005, Urgency.TICKET),
    ],
)
def test_the_delay_is_that_of_the_rule_itself(bad: float, urgency: Urgency) -> None:
    delays = {
        pair.urgency: delay
        for pair in reversed(PAIRS)
        if (delay := notice_delay(pair, SERVED, hourly=6_000, bad=bad, fewest=30)) is not None
    }
    hours = delays[urgency] / HOUR + 1
    begin = NOW - hours * HOUR
    flow = [*minutes(80, until=begin), *minutes(hours, bad=bad)]
    [first, *_] = burn_alarms(SERVED, flow, fewest=30, at=NOW)
    assert first.urgency is urgency
    assert first.raised - begin == pytest.approx(delays[urgency], abs=60)


def test_a_share_below_what_the_pair_asks_for_is_never_noticed_by_it() -> None:
    first, second, _ = PAIRS
    assert notice_delay(first, SERVED, hourly=6_000, bad=0.0145, fewest=30) is not None
    assert notice_delay(first, SERVED, hourly=6_000, bad=0.0143, fewest=30) is None
    assert notice_delay(second, SERVED, hourly=6_000, bad=0.0143, fewest=30) is not None


def test_at_little_traffic_five_bad_calls_must_come_and_thirty_calls_be_there() -> None:
    first, second, _ = PAIRS
    assert notice_delay(first, SERVED, hourly=60, bad=1.0, fewest=30) == 5 * 60
    assert notice_delay(first, SERVED, hourly=60, bad=0.05, fewest=30) is None
    assert notice_delay(first, SERVED, hourly=29, bad=1.0, fewest=30) is None
    assert notice_delay(second, SERVED, hourly=5, bad=1.0, fewest=30) == HOUR


def test_a_low_target_takes_four_fifths_of_the_window() -> None:
    half = replace(SERVED, target=0.9)
    assert notice_delay(PAIRS[0], half, hourly=6_000, bad=1.0, fewest=30) == 48 * 60


def test_calls_are_counted_over_the_last_days_or_since_the_first_one() -> None:
    assert calls_per_hour(SERVED, [*minutes(48)], at=NOW) == pytest.approx(6_000, rel=0.01)
    old = minutes(48, until=NOW - 8 * DAY, calls=9_999)
    assert calls_per_hour(SERVED, [*old, *minutes(48)], at=NOW) == pytest.approx(6_000, rel=0.01)
    # A log of ten minutes tells nothing of an hour.
    assert calls_per_hour(SERVED, [*minutes(1 / 6)], at=NOW) == pytest.approx(1_000)
    assert calls_per_hour(SERVED, [*minutes(48, until=NOW - 2 * DAY)], at=NOW) == pytest.approx(
        3_000, rel=0.01
    )
    assert calls_per_hour(SERVED, [], at=NOW) == 0.0


def test_a_service_level_has_the_calls_that_it_is_about() -> None:
    flow = [*minutes(48), *minutes(48, calls=50, prompt="letters")]
    quality = replace(SERVED, name="good", level=Level.QUALITY)
    letters = replace(SERVED, name="letters", prompt="letters")
    found = flows_of(flow, (), (SERVED, letters, quality), at=NOW)
    assert found.levels.keys() == {"served", "letters"}
    assert found.levels["served"] == pytest.approx(9_000, rel=0.01)
    assert found.levels["letters"] == pytest.approx(3_000, rel=0.01)


def scores(number: int, criterion: str = "accuracy") -> list[Observation]:
    found = production(number, Graded(), criterion=criterion)
    return [replace(each, ts=each.ts - at(number) + NOW) for each in found]


def test_the_share_that_is_scored_is_that_of_the_calls_since_the_first_score() -> None:
    # Scores came one a minute for ten hours, of a hundred calls each; the log is of two days.
    both = [*scores(600), *scores(300, "tone")]
    [flow] = flows_of([*minutes(48)], both, (), at=NOW).prompts
    assert flow.prompt == "answers"
    assert flow.per_hour == pytest.approx(6_000, rel=0.01)
    assert flow.scored == pytest.approx(0.01, rel=0.02)


def test_calls_without_scores_have_none() -> None:
    [answers, letters] = flows_of(
        [*minutes(2), *minutes(2, prompt="letters")], scores(60), (), at=NOW
    ).prompts
    assert (letters.prompt, letters.scored) == ("letters", 0.0)
    assert answers.scored > 0


def test_the_traffic_of_some_prompts_leaves_service_levels_alone() -> None:
    flow = [*minutes(2), *minutes(2, prompt="letters")]
    found = flows_of(flow, (), (SERVED,), at=NOW).of({"letters"})
    assert [each.prompt for each in found.prompts] == ["letters"]
    assert found.levels["served"] == pytest.approx(12_000, rel=0.01)


def test_calls_that_are_planned_are_those_of_a_prompt_and_not_of_its_features() -> None:
    levels = (
        SERVED,
        replace(SERVED, name="letters", prompt="letters"),
        replace(SERVED, name="part", prompt="letters", feature="chat"),
        replace(SERVED, name="good", prompt="letters", level=Level.QUALITY),
    )
    assert planned(500.0, levels).levels == {"letters": 500.0}
