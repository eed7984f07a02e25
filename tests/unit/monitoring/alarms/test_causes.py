"""One alarm per cause."""

from dataclasses import replace

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.causes import joined
from evalgate.monitoring.alarms.figures import fingerprint_of
from evalgate.monitoring.alarms.quality import Candidate

WHOLE = Stream(prompt="answers", criterion="accuracy")
CHAT = replace(WHOLE, feature="chat")
OTHER = replace(WHOLE, criterion="format")


def candidate(
    stream: Stream = WHOLE,
    *,
    raised: float = 100.0,
    resolved: float | None = None,
    began: float = 50.0,
    signal: Signal = Signal.FALL,
) -> Candidate:
    urgency = Urgency.TICKET if signal is Signal.DRIFT else Urgency.PAGE
    alarm = Alarm(
        signal=signal,
        urgency=urgency,
        stream=stream,
        fingerprint=fingerprint_of(signal, stream),
        began=began,
        raised=raised,
        resolved=resolved,
        observed=0.7,
        limit=0.8,
        n=100,
        window="100 scores",
        message="",
    )
    return Candidate(alarm=alarm, span=60.0)


def told(*candidates: Candidate, cooldown: float = 0.0, at: float = 1_000.0) -> list[Alarm]:
    return list(joined(candidates, cooldown=cooldown, at=at))


def test_a_part_of_what_is_told_already_is_not_told_again() -> None:
    [alarm] = told(candidate(), candidate(CHAT, raised=120.0))
    assert alarm.stream == WHOLE
    assert alarm.also == ()


def test_another_criterion_that_fell_at_the_same_time_stands_beside() -> None:
    [alarm] = told(candidate(), candidate(OTHER, raised=120.0, began=70.0))
    assert alarm.also == (OTHER,)


def test_another_criterion_that_fell_later_is_another_cause() -> None:
    assert len(told(candidate(), candidate(OTHER, raised=300.0, began=250.0))) == 2


def test_parts_that_contradict_are_two_causes() -> None:
    search = replace(WHOLE, feature="search")
    assert len(told(candidate(CHAT), candidate(search))) == 2
    assert len(told(candidate(CHAT), candidate(replace(OTHER, route="east")))) == 2


def test_another_prompt_is_another_cause() -> None:
    assert len(told(candidate(), candidate(replace(WHOLE, prompt="letters")))) == 2


def test_what_is_over_takes_nothing_in() -> None:
    assert len(told(candidate(resolved=200.0), candidate(CHAT, raised=200.0))) == 2


def test_an_alarm_lasts_until_all_of_its_streams_are_back() -> None:
    [alarm] = told(candidate(resolved=200.0), candidate(CHAT, raised=150.0, resolved=300.0))
    assert alarm.resolved == 300.0
    [alarm] = told(candidate(resolved=200.0), candidate(CHAT, raised=150.0))
    assert alarm.resolved is None


def test_a_ticket_that_gets_worse_is_one_page_with_its_fingerprint() -> None:
    ticket = candidate(signal=Signal.DRIFT)
    page = candidate(replace(WHOLE, version="v4"), raised=150.0)
    [alarm] = told(ticket, page)
    assert (alarm.urgency, alarm.raised, alarm.stream) == (Urgency.PAGE, 150.0, page.alarm.stream)
    assert alarm.fingerprint == ticket.alarm.fingerprint
    assert alarm.also == (WHOLE,)


def test_a_ticket_that_outlasts_its_page_is_told_after_it() -> None:
    page, ticket = told(
        candidate(signal=Signal.DRIFT, resolved=500.0), candidate(raised=150.0, resolved=300.0)
    )
    assert (page.urgency, page.resolved) == (Urgency.PAGE, 300.0)
    assert (ticket.urgency, ticket.raised, ticket.resolved) == (Urgency.TICKET, 300.0, 500.0)
    page, ticket = told(
        candidate(resolved=300.0), candidate(signal=Signal.DRIFT, raised=150.0, resolved=500.0)
    )
    assert (ticket.raised, ticket.resolved) == (300.0, 500.0)


def test_a_cause_is_told_again_after_its_cooldown_and_only_if_it_lasts() -> None:
    first = candidate(resolved=110.0)
    short = candidate(raised=120.0, resolved=150.0)
    long = candidate(raised=160.0, resolved=400.0)
    once, again = told(first, short, long, cooldown=100.0)
    assert (once.raised, again.raised) == (100.0, 200.0)
    assert told(first, long, cooldown=100.0, at=190.0) == [first.alarm]


def test_alarms_come_in_the_order_in_which_they_were_raised() -> None:
    letters = replace(WHOLE, prompt="letters")
    assert [each.raised for each in told(candidate(raised=300.0), candidate(letters))] == [100, 300]
