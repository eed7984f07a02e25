"""Facts about the checklist as a document."""

import json

from evalgate.reporting.readiness_file import readiness_document
from tests.unit.reporting.findings import FAILED, READINESS


def test_machines_get_every_item() -> None:
    document = readiness_document(READINESS)
    assert document["schema"] == "doctor/1"
    assert document["counts"] == {
        "ok": 1,
        "warning": 0,
        "failed": 1,
        "by_hand": 0,
        "not_applicable": 0,
    }
    assert json.loads(json.dumps(document)) == document
    items = document["items"]
    assert isinstance(items, list)
    assert items[0] == {
        "id": "two-targets",
        "topic": "calls",
        "title": "Two targets",
        "demand": "Each live model has another route.",
        "standing": "failed",
        "seen": FAILED.seen,
        "steps": [*FAILED.steps],
    }
