"""Facts about `evalgate incident`: from a fall to a golden case, with the command line alone."""

from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.model.incident import IncidentClass, Status
from evalgate.prompts.live import read_live
from tests.e2e.incident_shop import (
    SAMPLED,
    evalgate,
    incidents,
    make_shop,
    opened,
    the_incident,
)

CASE = f"incident-{SAMPLED[-8:]}"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def stable(folder: Path) -> str | None:
    path = "prompts/support-reply/live.yaml"
    return read_live("support-reply", read_yaml(path, (folder / path).read_bytes())).stable


def test_from_the_fall_to_the_golden_case(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    incident = opened(shop)
    assert (incident.suspects[0].kind, incident.suspects[0].after) == ("prompt", "v2")
    assert incident.impact.users == 50
    assert incident.evidence.calls
    assert incident.owner == "ann"

    act = ("incident", "act", incident.id, "rollback")
    assert evalgate(*act) == 0
    assert stable(shop) == "v2"
    assert "Nothing was changed." in capsys.readouterr().out
    assert evalgate(*act, "--yes", "--by", "Ann") == 0
    assert stable(shop) == "v1"
    assert the_incident(shop).status is Status.MITIGATED

    assert evalgate("incident", "update", incident.id, "--sent", "team") == 0
    assert "team: next update in 15 min" in capsys.readouterr().out

    draft = ("incident", "case", incident.id, "--from", SAMPLED, "--evalset", "support")
    assert evalgate(*draft, "--name", CASE) == 0
    text = (shop / "evalsets/support.yaml").read_text()
    assert text.startswith("# what customers ask\n")
    assert "How long may I return it?" in text
    assert the_incident(shop).drafted == (f"support:{CASE}",)

    close = ("incident", "close", incident.id, "--root-cause", "v2 lost the window")
    prove = ("--prove", "--rules", "rules.yaml")
    assert evalgate(*close, "--case", f"support:{CASE}", *prove) == 0
    closure = the_incident(shop).closure
    assert closure is not None
    assert closure.cases[0].note == "v2 passes 0 of 3, v1 3 of 3 trials"
    assert closure.minutes_to_mitigate is not None
    assert "How long" not in (shop / f"reports/incidents/{incident.id}.json").read_text()


def test_a_drill_is_marked_and_wakes_nobody(shop: Path) -> None:
    words = ("--title", "Drill", "--class", "outage", "--drill", "--json")
    assert evalgate("incident", "open", *words) == 0
    [incident] = incidents(shop)
    assert (incident.drill, incident.kind, incident.severity.value) == (
        True,
        IncidentClass.OUTAGE,
        "sev4",
    )
    assert evalgate("incident", "close", incident.id, "--root-cause", "a drill") == 0
    assert the_incident(shop).closure is not None
