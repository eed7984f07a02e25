"""Facts about finding the last incident drill."""

import json
from pathlib import Path

from evalgate.adapters.drill_record import last_drill
from evalgate.model.document import Data

CLOSED: dict[str, Data] = {
    "schema": "incident/2",
    "drill": True,
    "status": "closed",
    "opened_at": "2026-09-01T08:00:00Z",
    "closure": {"at": "2026-09-02T08:00:00Z"},
}
AT = 1_788_336_000.0


def put(folder: Path, name: str, **changes: Data) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**CLOSED, **changes}), "utf-8")


def test_the_last_drill_that_was_closed_counts(tmp_path: Path) -> None:
    put(tmp_path, "one/incident.json")
    put(tmp_path, "two.json", closure={"at": "2026-08-02T08:00:00Z"})
    assert last_drill(tmp_path) == AT
    put(tmp_path, "three.json", closure=None, opened_at="2026-09-02T08:00:01Z")
    assert last_drill(tmp_path) == AT + 1


def test_what_was_no_drill_or_is_open_does_not_count(tmp_path: Path) -> None:
    put(tmp_path, "real.json", drill=False)
    put(tmp_path, "open.json", status="mitigated")
    put(tmp_path, "undated.json", closure={"at": "later"})
    (tmp_path / "broken.json").write_text("{", "utf-8")
    (tmp_path / "list.json").write_text("[1]", "utf-8")
    assert last_drill(tmp_path) is None
    assert last_drill(tmp_path / "gone") is None
