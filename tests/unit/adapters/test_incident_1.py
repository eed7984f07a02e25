"""What rollouts wrote before is read, and becomes the present form with its first change."""

import json
from pathlib import Path

from evalgate.adapters.incidents import IncidentFolder
from evalgate.model.incident import Status
from evalgate.monitoring.incidents.following import Signed, with_note

FIRST = {
    "schema": "incident/1",
    "id": "2026-11-22T100000Z-p-v2",
    "status": "open",
    "opened_at": "2026-11-22T10:00:00Z",
    "title": "v2 of p was rolled back at 5 %",
    "prompt": "p",
    "detection": {"by": "rollout", "reasons": [{"code": "harm", "message": "It does harm."}]},
    "impact": {
        "version": "v2",
        "hash": "5" * 64,
        "percent": 5.0,
        "from": "2026-11-22T09:00:00Z",
        "until": "2026-11-22T10:00:00Z",
    },
    "suspects": ["prompt p: v1 → v2"],
    "evidence": {"report": "out", "calls": ["a", "b"], "criteria": []},
    "actions": [
        {"done": True, "at": "2026-11-22T10:00:00Z", "what": "roll back to v1", "verify": "look"},
        {"done": False, "what": "add a golden case that the version fails"},
    ],
}


def test_the_first_form_is_read_and_written_anew_in_place(tmp_path: Path) -> None:
    path = tmp_path / f"{FIRST['id']}.json"
    path.write_text(json.dumps(FIRST))
    place = IncidentFolder(path=tmp_path)
    [stored] = place.stored()
    made = stored.incident
    assert (made.title, made.status) == (FIRST["title"], Status.MITIGATED)
    assert (made.scope.prompt, made.scope.version) == ("p", "v2")
    assert (made.detection.message, made.detected_by) == ("It does harm.", "rollout")
    assert made.evidence.calls == ("a", "b")
    assert [each.is_done for each in made.actions] == [True, False]
    assert made.suspects[0].why == "prompt p: v1 → v2"
    place.change(made.id, lambda now: with_note(now, "seen", Signed(at=0.0, by="Ann")))
    assert json.loads(path.read_text())["schema"] == "incident/2"
    assert place.find(made.id).incident.evidence.calls == ("a", "b")


def test_what_is_damaged_in_the_first_form_is_empty_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(
        json.dumps({"schema": "incident/1", "id": "x", "actions": [1, {}], "detection": []})
    )
    [stored] = IncidentFolder(path=tmp_path).stored()
    assert stored.incident.title == ""
    assert stored.incident.is_open
