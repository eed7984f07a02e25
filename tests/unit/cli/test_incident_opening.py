"""An alarm opens one incident, and is read for only then."""

from pathlib import Path

import pytest

from evalgate.adapters.incidents import IncidentFolder
from evalgate.cli.incident_known import Sources
from evalgate.cli.incident_opening import open_incident_for
from evalgate.model.incident import Status
from evalgate.model.monitoring import Answering, MonitorRules
from evalgate.model.policy import Policy
from evalgate.monitoring.incidents.closing import Ending, closed
from evalgate.monitoring.incidents.questions import Seen
from tests.e2e.incident_shop import NOON, make_shop
from tests.unit.monitoring.incidents.records import ANN
from tests.unit.monitoring.incidents.streams import alarm


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return Sources(
        prompts=Path("prompts"),
        policy=Policy(monitor=MonitorRules(incidents=Answering(owner="ann"))),
        logs=(Path("logs"),),
        scores=(Path("scores"),),
    )


FALL = alarm(began=NOON, raised=NOON + 3600)
PLACE = IncidentFolder(path=Path("reports/incidents"))


def test_one_cause_has_one_incident_while_it_is_open(sources: Sources) -> None:
    first = open_incident_for(FALL, PLACE, sources, at=NOON + 3600, budget_spent=0.2)
    again = open_incident_for(FALL, PLACE, sources, at=NOON + 3660)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.incident == first.incident
    assert first.incident.suspects[0].after == "v2"
    assert first.incident.impact.error_budget_spent == 0.2
    assert first.incident.owner == "ann"
    assert first.stored.path.is_file()


def test_what_came_back_is_another_incident(sources: Sources) -> None:
    first = open_incident_for(FALL, PLACE, sources, at=NOON + 3600, drill=True)
    PLACE.change(first.incident.id, lambda now: closed(now, Ending(root_cause="a drill"), (), ANN))
    again = open_incident_for(FALL, PLACE, sources, at=NOON + 7200)
    assert again.is_new
    assert [each.incident.status for each in PLACE.stored()] == [Status.CLOSED, Status.DETECTED]


def test_what_the_caller_has_seen_is_what_counts(sources: Sources) -> None:
    made = open_incident_for(FALL, PLACE, sources, at=NOON + 3600, seen=Seen())
    assert made.incident.suspects[0].kind == "provider"
    assert made.incident.impact.users == 50
