"""What people note stands in the history, and who is due is told each time."""

from pathlib import Path

import pytest

from evalgate.adapters.incidents import IncidentFolder
from evalgate.cli.main import main
from evalgate.model.incident import Incident, Severity, Status
from tests.unit.monitoring.incidents.records import an_incident


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    made = an_incident()
    IncidentFolder(path=tmp_path / "reports/incidents").open(made.fingerprint, lambda: made)
    return made.id


def update(name: str, *words: str) -> int:
    return main(["incident", "update", name, *words, "--by", "Ann"])


def now(name: str) -> Incident:
    return IncidentFolder(path=Path("reports/incidents")).find(name).incident


def test_several_things_are_noted_in_one_go(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--status", "triaged", "--owner", "Bo", "--sent", "team", "--sent", "users")
    assert update(name, *words, "--provider-status", "all well", "--note", "it is v2") == 0
    made = now(name)
    assert (made.status, made.owner, made.provider_status) == (Status.TRIAGED, "Bo", "all well")
    assert [each.what for each in made.history[1:]] == [
        "owner: ann → Bo",
        "provider status",
        "detected → triaged",
        "told: team",
        "told: users",
    ]
    assert made.history[3].why == "it is v2"
    told = capsys.readouterr().out
    assert "Ann: told: users" in told
    assert "team: next update in 30 min" in told


def test_a_note_alone_is_a_note_and_nothing_at_all_only_tells(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert update(name, "--note", "looked") == 0
    assert now(name).history[-1].why == "looked"
    before = now(name)
    capsys.readouterr()
    assert update(name) == 0
    assert now(name) == before
    assert "executives: next update" in capsys.readouterr().out


def test_another_severity_is_answered_for(name: str) -> None:
    assert update(name, "--severity", "sev1") == 2
    assert now(name).severity is Severity.SEV2
    assert update(name, "--severity", "sev1", "--note", "every order") == 0
    assert now(name).severity is Severity.SEV1


def test_one_thing_wrong_notes_nothing(name: str) -> None:
    before = now(name)
    assert update(name, "--status", "triaged", "--sent", "nobody") == 2
    assert now(name) == before


def test_what_is_over_is_due_to_nobody(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert update(name, "--status", "resolved") == 0
    assert "Nobody is due an update." in capsys.readouterr().out
