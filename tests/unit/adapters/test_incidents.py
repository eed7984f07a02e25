"""Incidents are files that several people change at once, and none of it is lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.incidents import IncidentFolder, incident_text, parse_incident
from evalgate.errors import ConfigurationError, EvalgateError, UsageError
from evalgate.model.incident import (
    Action,
    ActionPhase,
    Detection,
    HistoryEntry,
    Incident,
    IncidentClass,
    Severity,
    Status,
)

MADE = Incident(
    id="2026-11-22T140100Z-p-quality",
    fingerprint="f1",
    title="Quality has fallen: p",
    status=Status.DETECTED,
    severity=Severity.SEV2,
    severity_rule="a page",
    kind=IncidentClass.QUALITY,
    opened_at="2026-11-22T14:01:00Z",
    detected_by="monitor",
    detection=Detection(signal="fall"),
)


def noted(incident: Incident, what: str) -> Incident:
    entry = HistoryEntry(at="2026-11-22T15:00:00Z", by="Ann", what=what)
    return replace(incident, history=(*incident.history, entry))


def folder(path: Path, *incidents: Incident) -> IncidentFolder:
    made = IncidentFolder(path=path / "incidents")
    for each in incidents:
        made.open(each.fingerprint, lambda each=each: each)  # type: ignore[misc]  # bound at once
    return made


def test_an_open_incident_is_found_again_by_its_fingerprint(tmp_path: Path) -> None:
    place = folder(tmp_path)
    stored, is_new = place.open("f1", lambda: MADE)
    again, is_newer = place.open("f1", lambda: replace(MADE, id="other"))
    assert (is_new, is_newer) == (True, False)
    assert again == stored
    assert [each.incident for each in place.stored()] == [MADE]


def test_a_closed_one_makes_room_for_another_of_the_same_cause(tmp_path: Path) -> None:
    place = folder(tmp_path, replace(MADE, status=Status.CLOSED))
    _, is_new = place.open("f1", lambda: replace(MADE, id="later"))
    assert is_new
    assert len(list(place.stored())) == 2


def test_of_many_who_open_at_once_one_does(tmp_path: Path) -> None:
    place = IncidentFolder(path=tmp_path)

    def open_one(number: int) -> bool:
        return place.open("f1", lambda: replace(MADE, id=f"i-{number}"))[1]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(open_one, range(8))) == [False] * 7 + [True]
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_several_causes_in_one_second_have_files_and_commands_of_their_own(tmp_path: Path) -> None:
    action = Action(
        id="tell",
        phase=ActionPhase.COMMUNICATE,
        title="x",
        command=f"evalgate incident show {MADE.id}",
    )
    made = replace(MADE, actions=(action,))
    place = folder(tmp_path, made, replace(made, fingerprint="f2"), replace(made, fingerprint="f3"))
    every = [each.incident for each in place.stored()]
    assert {each.id for each in every} == {MADE.id, f"{MADE.id}-2", f"{MADE.id}-3"}
    assert all(each.actions[0].command.endswith(each.id) for each in every)
    assert place.find(MADE.id).incident.fingerprint == "f1"


def test_a_broken_file_keeps_nobody_from_opening_an_incident(tmp_path: Path) -> None:
    place = folder(tmp_path, MADE)
    (place.path / "0-broken.json").write_text("{")
    assert place.open("f1", lambda: MADE)[1] is False
    assert place.open("f2", lambda: replace(MADE, fingerprint="f2"))[1] is True
    with pytest.raises(ConfigurationError, match=r"0-broken\.json"):
        list(place.stored())


def test_a_broken_file_hides_no_other_incident(tmp_path: Path) -> None:
    place = folder(tmp_path, MADE)
    (place.path / "0-broken.json").write_text("<<<<<<< HEAD")
    broken: list[EvalgateError] = []
    assert [each.incident for each in place.stored(broken=broken.append)] == [MADE]
    assert ["0-broken.json" in str(each) for each in broken] == [True]
    assert place.find(MADE.id[:17]).incident == MADE
    with pytest.raises(UsageError, match=f"no incident is called `other`.*{MADE.id}"):
        place.find("other")
    with pytest.raises(ConfigurationError, match="is no JSON"):
        place.find("0-bro")


def test_a_file_that_cannot_be_opened_hides_no_other_incident(tmp_path: Path) -> None:
    place = folder(tmp_path, MADE)
    (place.path / "0-closed.json").mkdir()
    broken: list[EvalgateError] = []
    assert [each.incident for each in place.stored(broken=broken.append)] == [MADE]
    assert ["0-closed.json: Is a directory" in str(each) for each in broken] == [True]
    with pytest.raises(UsageError, match=r"0-closed\.json"):
        list(place.stored())


def test_what_takes_long_to_make_holds_up_nobody(tmp_path: Path) -> None:
    place = IncidentFolder(path=tmp_path)

    def make() -> Incident:
        _, is_new = place.open("f2", lambda: replace(MADE, id="other", fingerprint="f2"))
        assert is_new
        return MADE

    assert place.open("f1", make)[1]


def test_changes_of_several_people_are_all_kept(tmp_path: Path) -> None:
    place = folder(tmp_path, MADE)

    def note(number: int) -> None:
        place.change(MADE.id, lambda incident: noted(incident, f"note {number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(note, range(4)))
    history = place.find(MADE.id).incident.history
    assert {each.what for each in history} == {f"note {number}" for number in range(4)}


def test_a_change_that_is_refused_leaves_the_file(tmp_path: Path) -> None:
    place = folder(tmp_path, MADE)

    def refuse(_: Incident) -> Incident:
        raise UsageError("no")

    with pytest.raises(UsageError, match="no"):
        place.change(MADE.id, refuse)
    assert place.find(MADE.id).incident == MADE


def test_an_incident_is_found_by_the_beginning_or_the_end_of_its_id(tmp_path: Path) -> None:
    other = replace(MADE, id="2026-11-22T150000Z-q-outage", fingerprint="f2")
    place = folder(tmp_path, MADE, other)
    assert place.find(MADE.id).incident == MADE
    assert place.find("q-outage").incident == other
    assert place.find("2026-11-22T14").incident == MADE
    for name, told in (("2026", "2 incidents"), ("zzz", "no incident"), ("../x", "is no id")):
        with pytest.raises(UsageError, match=told):
            place.find(name)
    with pytest.raises(UsageError, match="there are none yet"):
        IncidentFolder(path=tmp_path / "empty").find("x")


def test_a_text_is_read_back_and_begins_with_its_schema() -> None:
    text = incident_text(MADE)
    assert list(json.loads(text))[:3] == ["schema", "id", "class"]
    assert parse_incident(text.encode(), path=Path("x")) == MADE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "incident/3"}, "expected incident/2 or incident/1"),
        ({"class": "sadness"}, r"\$\.class"),
        ({"opened_at": None}, r"\$\.opened_at"),
        ({"remark": "x"}, r"\$\.remark"),
        ({"detection": {"signal": "fall", "text": "x"}}, r"\$\.detection\.text"),
        ({"history": [{"at": "", "by": "", "what": "", "who": ""}]}, r"\$\.history\[0\]\.who"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change: dict[str, object], told: str) -> None:
    data = json.loads(incident_text(MADE)) | change
    with pytest.raises(ConfigurationError, match=f"x.json: .*{told}"):
        parse_incident(json.dumps(data).encode(), path=Path("x.json"))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
def test_what_is_no_document_is_told(content: bytes) -> None:
    with pytest.raises(ConfigurationError):
        parse_incident(content, path=Path("x.json"))


def test_what_a_person_left_out_has_its_default() -> None:
    data = json.loads(incident_text(MADE))
    for key in ("impact", "triage", "communication", "closure", "drill"):
        del data[key]
    assert parse_incident(json.dumps(data).encode(), path=Path("x")) == MADE


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"schema": "incident/2", "\\ud800": 1}'])
def test_what_no_reader_can_hold_is_wrong_and_hinders_no_other_incident(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "broken.json").write_bytes(content)
    (tmp_path / "closed-to-us.json").mkdir()  # reading it fails, whoever asks
    with pytest.raises(ConfigurationError, match="is no JSON"):
        parse_incident(content, path=tmp_path / "broken.json")
    _, is_new = IncidentFolder(path=tmp_path).open("f1", lambda: MADE)
    assert is_new
