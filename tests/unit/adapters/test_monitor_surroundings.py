"""Facts about open incidents and failing sinks, as a dashboard reads them."""

import json
from pathlib import Path

from evalgate.adapters.monitor_surroundings import failing_sinks, open_incidents
from evalgate.model.board import FailingSink, OpenIncident


def write(folder: Path, name: str, **told: object) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"id": name, **told}))


def test_incidents_that_are_not_closed_are_told_with_the_next_update(tmp_path: Path) -> None:
    write(tmp_path, "a", status="closed")
    write(
        tmp_path,
        "b",
        schema="incident/2",
        status="triaged",
        severity="sev2",
        title="quality fell",
        opened_at="2026-11-22T00:00:00Z",
        communication=[
            {"audience": "team", "due": "2026-11-22T01:00:00Z"},
            {"audience": "users", "due": "2026-11-22T00:30:00Z"},
            {"audience": "vendor", "due": ""},
        ],
        history=[{"anything": 1}],
    )
    found, useless = open_incidents(tmp_path)
    assert found == (
        OpenIncident(
            id="b",
            title="quality fell",
            status="triaged",
            severity="sev2",
            opened=1_795_305_600.0,
            due=1_795_307_400.0,
        ),
    )
    assert useless == ()


def test_an_incident_of_the_first_schema_is_read(tmp_path: Path) -> None:
    write(tmp_path, "c", schema="incident/1", status="open", title="rolled back")
    (found,), _ = open_incidents(tmp_path)
    assert (found.status, found.opened, found.due) == ("open", None, None)


def test_a_file_of_no_use_is_named_and_stops_nothing(tmp_path: Path) -> None:
    write(tmp_path, "d", status="open")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "notes.md").write_text("x")
    found, useless = open_incidents(tmp_path)
    assert [each.id for each in found] == ["d"]
    assert useless == (str(tmp_path / "broken.json"),)


def test_without_a_folder_there_is_no_incident(tmp_path: Path) -> None:
    assert open_incidents(tmp_path / "none") == ((), ())


def test_sinks_that_did_not_take_their_last_alert_are_told(tmp_path: Path) -> None:
    file = tmp_path / "alerts.json"
    sinks = {
        "pager": {"failing_since": 1.0, "failures": 3, "failure": "no answer", "urgency": "page"},
        "mail": {"failing_since": None, "failures": 0, "failure": ""},
    }
    file.write_text(json.dumps({"schema": "alerts/1", "alerts": {}, "sinks": sinks}))
    assert failing_sinks(file) == (FailingSink(name="pager", since=1.0, failure="no answer"),)


def test_without_a_file_of_alerts_no_sink_fails(tmp_path: Path) -> None:
    assert failing_sinks(tmp_path / "alerts.json") == ()
    (tmp_path / "alerts.json").write_text("nonsense")
    assert failing_sinks(tmp_path / "alerts.json") == ()
