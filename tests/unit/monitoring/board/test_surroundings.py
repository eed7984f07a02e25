"""Facts about open incidents and failing sinks, as a dashboard shows them."""

from dataclasses import replace

from evalgate.model.alerted import AlertState, SinkHealth
from evalgate.model.board import FailingSink, OpenIncident
from evalgate.model.incident import (
    Communication,
    Detection,
    Incident,
    IncidentClass,
    Severity,
    Status,
)
from evalgate.monitoring.board.surroundings import failing_sinks, open_incidents

MADE = Incident(
    id="b",
    fingerprint="f1",
    title="quality fell",
    status=Status.TRIAGED,
    severity=Severity.SEV2,
    severity_rule="a page",
    kind=IncidentClass.QUALITY,
    opened_at="2026-11-22T00:00:00Z",
    detected_by="monitor",
    detection=Detection(signal="fall"),
)


OPENED = 1_795_305_600.0


def told(audience: str, due: str) -> Communication:
    return Communication(audience=audience, channel="", template="", every_minutes=30.0, due=due)


def test_incidents_that_are_not_closed_are_told_with_the_next_update() -> None:
    communication = (
        told("team", "2026-11-22T01:00:00Z"),
        told("users", "2026-11-22T00:30:00Z"),
        told("vendor", ""),
    )
    closed = replace(MADE, id="a", status=Status.CLOSED)
    assert open_incidents([closed, replace(MADE, communication=communication)], at=OPENED) == (
        OpenIncident(
            id="b",
            title="quality fell",
            status="triaged",
            severity="sev2",
            opened=OPENED,
            due=1_795_307_400.0,
        ),
    )


def test_an_incident_without_instants_is_shown_all_the_same() -> None:
    [found] = open_incidents([replace(MADE, opened_at="")], at=OPENED)
    assert (found.opened, found.due) == (None, None)


def test_what_was_opened_later_is_not_shown_at_an_instant_before() -> None:
    assert open_incidents([MADE], at=OPENED - 1) == ()
    assert len(open_incidents([MADE], at=OPENED)) == 1


def test_sinks_that_did_not_take_their_last_alert_are_told_by_name() -> None:
    state = AlertState(
        sinks={
            "pager": SinkHealth(failing_since=1.0, failures=3, failure="no answer"),
            "mail": SinkHealth(),
            "chat": SinkHealth(failing_since=2.0, failures=1, failure="gone"),
        }
    )
    assert failing_sinks(state) == (
        FailingSink(name="chat", since=2.0, failure="gone"),
        FailingSink(name="pager", since=1.0, failure="no answer"),
    )
