"""Each alarm has its own measure of what was lost."""

import pytest

from evalgate.model.alarm import Signal
from evalgate.model.incident import IncidentClass
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.incidents.losing import (
    calls_lost,
    class_of,
    fallen_most,
    level_of,
    lost_by,
    names_of,
    refusals_lost,
    scores_lost,
)
from tests.unit.monitoring.incidents.streams import PROMPT, alarm

MINUTE = Minute(
    start=60.0,
    place=Place(prompt=PROMPT, feature="chat", version="v2"),
    tally=Tally(
        calls=10, failed=2, degraded=1, refused=3, malformed=4, cached=2, late={800: 5, 100: 7}
    ),
)


def counted(level: Level, threshold: float = 0.0) -> tuple[float, float]:
    lost = list(calls_lost([MINUTE], level, threshold=threshold, prompt=PROMPT))
    return sum(each.times * each.loss for each in lost), sum(each.times for each in lost)


def test_calls_are_lost_by_the_promise_that_they_break() -> None:
    assert counted(Level.AVAILABILITY) == (3, 10)
    assert counted(Level.FORMAT) == (4, 8)
    assert counted(Level.LATENCY, 800.0) == (5, 8)
    assert counted(Level.LATENCY, 500.0) == (0, 8)
    lost = list(refusals_lost([MINUTE], prompt=PROMPT))
    assert [(each.loss, each.times) for each in lost] == [(1.0, 3), (0.0, 7)]
    assert not list(calls_lost([MINUTE], Level.FORMAT, prompt="other"))


def test_more_late_calls_than_counted_ones_make_no_negative_rest() -> None:
    odd = Minute(start=0.0, place=Place(), tally=Tally(calls=3, cached=2, late={1: 3}))
    assert [each.times for each in calls_lost([odd], Level.LATENCY, threshold=1.0)] == [1]


def score(**changes: object) -> Observation:
    made: dict[str, object] = {
        "ts": 1.0,
        "request_id": "r",
        "criterion": "accuracy",
        "outcome": 0.75,
        "prompt": PROMPT,
        "version": "v2",
    }
    return Observation(**{**made, **changes})  # type: ignore[arg-type]  # its fields


def test_scores_of_the_uniform_sample_speak_and_no_others() -> None:
    every = [
        score(),
        score(stratum=Stratum.RAISED),
        score(stratum=Stratum.CACHED),
        score(outcome=None, cause="refused"),
        score(criterion="tone"),
        score(prompt="other"),
    ]
    [lost] = scores_lost(every, prompt=PROMPT, criterion="accuracy")
    assert lost.loss == 0.25
    assert lost.names["version"] == "v2"


def test_an_alarm_is_measured_by_scores_or_by_calls() -> None:
    up = Objective(name="up", level=Level.AVAILABILITY, target=0.99)
    good = Objective(
        name="good", level=Level.QUALITY, target=0.9, threshold=0.5, criterion="accuracy"
    )
    burn = alarm(Signal.BURN, stream=Stream(prompt=PROMPT, criterion="up"))
    quality = alarm(Signal.BURN, stream=Stream(prompt=PROMPT, criterion="good"))

    def lost(which: object) -> float:
        found = lost_by(
            which,  # type: ignore[arg-type]  # an alarm
            [score()],
            minutes=[MINUTE],
            objectives=(up, good),
        )
        return sum(each.loss * each.times for each in found)

    assert lost(burn) == 3.0
    assert lost(quality) == 0.25
    assert lost(alarm()) == 0.25
    assert level_of(alarm(), (up,)) is None
    assert level_of(alarm(Signal.BURN), ()) is Level.AVAILABILITY


@pytest.mark.parametrize(
    ("signal", "criterion", "kind"),
    [
        (Signal.FALL, "accuracy", IncidentClass.QUALITY),
        (Signal.FALL, "format", IncidentClass.FORMAT),
        (Signal.FLOOR, "safety", IncidentClass.SAFETY),
        (Signal.DRIFT, "privacy", IncidentClass.PRIVACY),
        (Signal.JUDGE, "accuracy", IncidentClass.JUDGE_DRIFT),
        (Signal.SILENCE, "", IncidentClass.OUTAGE),
        (Signal.BURN, "slow", IncidentClass.LATENCY),
    ],
)
def test_the_class_follows_from_the_alarm(
    signal: Signal, criterion: str, kind: IncidentClass
) -> None:
    slow = Objective(name="slow", level=Level.LATENCY, target=0.9, threshold=800)
    assert class_of(alarm(signal, stream=Stream(prompt="p", criterion=criterion)), (slow,)) is kind


def test_a_stream_is_narrowed_by_the_names_that_it_has() -> None:
    assert names_of(Stream(prompt="p", criterion="c")) == {}
    assert names_of(Stream(prompt="p", criterion="c", route="r")) == {"route": "r"}


def test_the_criterion_that_fell_most_is_found_and_none_where_none_fell() -> None:
    def scores(name: str, before: float, since: float) -> list[Observation]:
        early = [score(criterion=name, ts=1.0 + each, outcome=before) for each in range(10)]
        return early + [score(criterion=name, ts=50.0 + each, outcome=since) for each in range(10)]

    fell = [*scores("accuracy", 0.9, 0.8), *scores("relevance", 0.9, 0.5)]
    assert fallen_most(fell, prompt=PROMPT, began=50.0) == "relevance"
    assert fallen_most(fell, prompt="other", began=50.0) == ""
    assert fallen_most(fell[:-1], prompt=PROMPT, began=50.0) == "accuracy"
    assert fallen_most(scores("accuracy", 0.5, 0.9), prompt=PROMPT, began=50.0) == ""
