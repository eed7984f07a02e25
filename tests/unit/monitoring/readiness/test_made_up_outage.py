"""Facts about the outage that never was."""

import pytest

from evalgate.model.monitoring import Level, Objective
from evalgate.model.traffic import Tally
from evalgate.monitoring.readiness.made_up_outage import (
    BAD_MINUTES,
    CALLS,
    GOOD_MINUTES,
    made_up_outage,
)
from tests.unit.alerts import NOW


def bad_in(tally: Tally, level: Level) -> int:
    return {
        Level.AVAILABILITY: tally.failed,
        Level.LATENCY: tally.late.get(800, 0),
        Level.FORMAT: tally.malformed,
        Level.QUALITY: 0,
    }[level]


@pytest.mark.parametrize("level", [Level.AVAILABILITY, Level.LATENCY, Level.FORMAT])
def test_every_call_of_the_last_hour_misses_the_objective_and_none_before(level: Level) -> None:
    objective = Objective(name="x", level=level, target=0.99, threshold=800.0, feature="chat")
    minutes = [*made_up_outage(objective, at=NOW)]
    assert len(minutes) == GOOD_MINUTES + BAD_MINUTES
    assert {each.tally.calls for each in minutes} == {CALLS}
    bad = [bad_in(each.tally, level) for each in minutes]
    assert bad == [0] * GOOD_MINUTES + [CALLS] * BAD_MINUTES
    assert minutes[-1].start + 60 == NOW
    assert {each.place.feature for each in minutes} == {"chat"}
