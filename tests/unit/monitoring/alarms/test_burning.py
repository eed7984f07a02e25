"""Error budgets of calls."""

from collections.abc import Iterator

import pytest

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Stream
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.alarms.burning import (
    DAY,
    FEWEST_BAD,
    HOUR,
    MINUTE,
    PAIRS,
    REACHABLE,
    budget_of,
    burn_alarms,
    multiple_of,
)
from tests.unit.monitoring.alarms.production import START

SERVED = Objective(name="served", level=Level.AVAILABILITY, target=0.999)
ANSWERS = Place(prompt="answers", feature="chat")


def minutes(
    number: int, *, first: int = 0, calls: int = 100, failed: int = 0, place: Place = ANSWERS
) -> Iterator[Minute]:
    for each in range(first, first + number):
        yield Minute(
            start=START + MINUTE * each, place=place, tally=Tally(calls=calls, failed=failed)
        )


def alarms(
    *told: Iterator[Minute], of: Objective = SERVED, fewest: int = 30, until: int
) -> tuple[Alarm, ...]:
    every = [each for some in told for each in some]
    return burn_alarms(of, every, fewest=fewest, at=START + MINUTE * until)


def test_calls_that_are_answered_alarm_nobody() -> None:
    assert alarms(minutes(3_000), until=3_000) == ()


def test_an_outage_pages_within_minutes_and_is_one_alarm() -> None:
    [page] = alarms(minutes(600), minutes(20, first=600, failed=100), until=620)
    assert (page.signal, page.urgency) == (Signal.BURN, Urgency.PAGE)
    assert page.stream == Stream(prompt="", criterion="served")
    assert START + 600 * MINUTE < page.raised <= START + 603 * MINUTE
    assert page.began == START + 600 * MINUTE
    assert page.resolved is None
    assert page.observed >= page.limit == pytest.approx(14.4)
    assert (page.n, page.window) == (6_000, "1 h and 5 min")


def test_an_outage_that_is_over_resolves_with_its_short_window() -> None:
    [page] = alarms(
        minutes(600), minutes(20, first=600, failed=100), minutes(600, first=620), until=1_220
    )
    assert page.resolved is not None
    assert START + 620 * MINUTE < page.resolved <= START + 651 * MINUTE


def test_an_outage_after_which_nobody_calls_is_over_too() -> None:
    [page] = alarms(minutes(600), minutes(20, first=600, failed=100), until=700)
    assert page.resolved == START + 625 * MINUTE or page.resolved == START + 650 * MINUTE


def test_errors_of_6_times_the_budget_page_after_hours_and_of_twice_it_are_a_ticket() -> None:
    [page] = alarms(minutes(600), minutes(600, first=600, calls=1_000, failed=8), until=1_200)
    assert (page.urgency, page.window) == (Urgency.PAGE, "6 h and 30 min")
    assert page.raised > START + 600 * MINUTE + HOUR / 2
    [ticket] = alarms(
        minutes(3_000, calls=1_000), minutes(3_000, first=3_000, calls=1_000, failed=3), until=6_000
    )
    assert (ticket.urgency, ticket.window) == (Urgency.TICKET, "3 d and 6 h")


def test_a_handful_of_bad_calls_is_no_alarm_however_few_there_are() -> None:
    few = minutes(1, first=60, calls=4, failed=FEWEST_BAD - 1)
    assert alarms(minutes(60, calls=1), few, until=61) == ()
    more = minutes(1, first=60, calls=5, failed=FEWEST_BAD)
    assert len(alarms(minutes(60, calls=1), more, until=61)) == 1
    more = minutes(1, first=60, calls=5, failed=FEWEST_BAD)
    assert alarms(minutes(10, first=50, calls=1), more, until=61) == ()


@pytest.mark.parametrize("target", [0.5, 0.9, 0.93])
def test_an_outage_pages_whatever_the_target(target: float) -> None:
    low = Objective(name="low", level=Level.AVAILABILITY, target=target)
    assert max(multiple_of(each, low) for each in PAIRS) * (1 - target) <= REACHABLE + 1e-9
    [page] = alarms(minutes(60), minutes(60, first=60, failed=100), of=low, until=120)
    assert page.urgency is Urgency.PAGE


def test_high_targets_have_the_multiples_of_the_workbook() -> None:
    assert [multiple_of(each, SERVED) for each in PAIRS] == [14.4, 6.0, 1.0]


def test_degraded_answers_are_not_available_and_cached_ones_have_no_latency() -> None:
    late = Objective(name="fast", level=Level.LATENCY, target=0.95, threshold=2_000.0)
    tally = Tally(calls=100, degraded=5, failed=3, cached=40, malformed=7, late={2_000: 9, 500: 50})
    told = [Minute(start=START, place=ANSWERS, tally=tally)]
    at = START + MINUTE

    def counted(of: Objective) -> tuple[int, int]:
        found = budget_of(of, told, at=at)
        return found.counted, found.bad

    assert counted(SERVED) == (100, 8)
    assert counted(late) == (60, 9)
    assert counted(Objective(name="json", level=Level.FORMAT, target=0.99)) == (97, 7)


def test_a_service_level_is_about_its_prompt_and_feature_alone() -> None:
    others = [
        *minutes(60, failed=100, place=Place(prompt="letters", feature="chat")),
        *minutes(60, failed=100, place=Place(prompt="answers", feature="search")),
        *minutes(60),
    ]
    own = Objective(
        name="own", level=Level.AVAILABILITY, target=0.99, prompt="answers", feature="chat"
    )
    assert burn_alarms(own, others, fewest=30, at=START + HOUR) == ()
    assert len(burn_alarms(SERVED, others, fewest=30, at=START + HOUR)) == 1


def test_what_is_left_of_30_days_counts_no_older_calls() -> None:
    old = minutes(10, failed=100)
    new = minutes(1_000, first=40 * 24 * 60, calls=10)
    bad = minutes(1, first=40 * 24 * 60 + 1_000, calls=10, failed=5)
    at = START + 40 * DAY + 1_001 * MINUTE
    found = budget_of(SERVED, [*old, *new, *bad], at=at)
    assert (found.counted, found.bad) == (10_010, 5)
    assert found.allowed == pytest.approx(10.01)
    assert found.left == pytest.approx(1 - 5 / 10.01)
    assert found.days == pytest.approx(1_000 / 1_440)
    assert [each.window for each in found.burns] == [each.name for each in PAIRS]


def test_a_service_level_without_calls_has_all_of_its_budget() -> None:
    found = budget_of(SERVED, (), at=START)
    assert (found.left, found.days, found.counted) == (1.0, 0.0, 0)
    assert all(each.long == each.short == 0 for each in found.burns)


def test_the_order_of_the_minutes_changes_nothing() -> None:
    told = [*minutes(600), *minutes(20, first=600, failed=100)]
    forth = burn_alarms(SERVED, told, fewest=30, at=START + 620 * MINUTE)
    assert forth == burn_alarms(SERVED, told[::-1], fewest=30, at=START + 620 * MINUTE)


def test_one_bad_call_hours_after_an_outage_does_not_page_again() -> None:
    outage, later = minutes(5, first=60, failed=100), minutes(1, first=185, failed=1)
    [page] = alarms(minutes(60), outage, minutes(120, first=65), later, until=186)
    assert page.resolved is not None
