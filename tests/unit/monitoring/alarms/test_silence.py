"""Prompts that nobody scores any more."""

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.alarms.silence import PATIENCE, silences
from tests.unit.monitoring.alarms.production import START

MINUTES = [
    Minute(start=START + 60 * each, place=Place(prompt="answers"), tally=Tally(sampled=1))
    for each in range(1, 101)
]


def told(*, last: float = START, later: float = 7_000.0, fewest: int = 30) -> list[Alarm]:
    return list(silences({"answers": last}, MINUTES, fewest=fewest, at=START + PATIENCE + later))


def test_samples_that_wait_longer_than_a_day_are_a_ticket() -> None:
    [alarm] = told()
    assert (alarm.signal, alarm.urgency, alarm.n) == (Signal.SILENCE, Urgency.TICKET, 100)
    assert alarm.raised == START + 60 * 30 + PATIENCE
    assert alarm.began == START
    assert "100 calls were sampled" in alarm.message


def test_a_nightly_job_has_its_time() -> None:
    assert told(later=60 * 29) == []
    assert len(told(later=60 * 30)) == 1


def test_what_was_scored_since_does_not_wait() -> None:
    assert told(last=START + 60 * 80) == []


def test_a_few_samples_and_those_of_others_say_nothing() -> None:
    assert told(fewest=101) == []
    assert list(silences({"letters": START}, MINUTES, fewest=1, at=START + 2 * PATIENCE)) == []
