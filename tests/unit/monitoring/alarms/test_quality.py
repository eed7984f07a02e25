"""What one stream tells by itself."""

from collections.abc import Mapping

from evalgate.model.alarm import Signal, Urgency
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.alarms.judges import Judge, judges_of
from evalgate.monitoring.alarms.quality import Scene, Told, told_of
from evalgate.monitoring.alarms.series import series_of
from evalgate.monitoring.alarms.watching import Terms, watches_of
from tests.unit.monitoring.alarms.production import (
    DAY,
    JUDGE,
    START,
    Graded,
    anchored,
    at,
    baselines_of,
    production,
)

WHOLE = Stream(prompt="answers", criterion="accuracy")


def told(scores: list[Observation], judges: Mapping[str, Judge] | None = None) -> Told:
    rules = AlarmRules()
    series = series_of(WHOLE, scores)
    watches = watches_of(WHOLE, baselines_of(scores, until=at(1_000)), Terms(rules=rules))
    return told_of(watches, series, Scene(whole=series, judges=judges or {}, rules=rules))


def low(by: float, since: int) -> list[Observation]:
    return production(
        5_000, lambda of, draws: Graded()(of, draws) - (by if of.ts >= at(since) else 0.0)
    )


def test_a_stream_tells_the_drift_and_the_fall_of_one_change() -> None:
    found = told(low(0.08, 2_000))
    assert {(each.alarm.signal, each.alarm.urgency) for each in found.candidates} == {
        (Signal.FALL, Urgency.PAGE),
        (Signal.DRIFT, Urgency.TICKET),
    }
    assert found.withheld == ()
    assert all(each.span > 0 for each in found.candidates)
    # Eight points are more than what pages, so nobody shall take them for little.
    messages = {each.alarm.signal: each.alarm.message for each in found.candidates}
    assert messages[Signal.DRIFT].endswith(": a fall that lasts")


def test_a_page_ends_when_the_anchors_tell_that_the_judge_moved() -> None:
    # The scores fall at noon, and the anchors are scored the next midnight.
    anchors = anchored(6, shift=lambda day: -0.08 if day >= 2 else 0.0)
    frozen = {"accuracy": (at(1_000), JUDGE)}
    found = told(low(0.08, 2_200), judges_of(anchors, at=at(5_000), frozen=frozen))
    assert all(each.alarm.resolved is not None for each in found.candidates)
    pages = [each.alarm for each in found.candidates if each.alarm.urgency is Urgency.PAGE]
    assert [each.raised < START + 2 * DAY < (each.resolved or 0) for each in pages] == [True]
    assert len(found.withheld) == 2


def test_quality_as_it_was_tells_nothing() -> None:
    assert told(production(2_000, Graded())) == Told()
