"""What is said of an incident follows from it, and from the clock where it is about time."""

from dataclasses import replace

import pytest

from evalgate.model.incident import (
    Answer,
    Detection,
    Impact,
    IncidentSlice,
    Severity,
    Status,
    Suspect,
)
from evalgate.model.verdict import Verdict
from evalgate.monitoring.incidents.following import DONE, with_result, with_sent
from evalgate.reporting.incident_words import (
    PHASES,
    Due,
    answer_tone,
    communication_line,
    due,
    dues_line,
    facts,
    next_action,
    seconds,
    slice_line,
    stamp,
    steps,
    suspect_line,
    tone_of,
)
from tests.unit.monitoring.incidents.records import ANN, AT, an_incident
from tests.unit.reporting.incidents import closed

OPEN = an_incident()


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (720.0, "in 12 min"),
        (30.0, "due now"),
        (-30.0, "due now"),
        (-300.0, "overdue by 5 min"),
        (7200.0, "in 2 h"),
    ],
)
def test_when_an_update_is_due_is_said_from_now(left: float, words: str) -> None:
    assert Due(audience="team", seconds=left).words == words


def test_the_most_urgent_audience_stands_first_and_who_is_not_due_nowhere() -> None:
    told = with_sent(OPEN, "users", ANN)
    dues = due(told, now=AT + 600.0)
    assert [each.audience for each in dues] == ["executives", "team", "users"]
    assert dues[0].seconds == -600.0
    assert dues[-1].seconds == 120 * 60 - 300
    assert dues_line(dues).startswith("next update: executives overdue by 10 min, team")


def test_what_is_next_leaves_out_what_was_done_and_what_is_over() -> None:
    first = next_action(OPEN)
    assert first is not None
    assert first.id == "rollback"
    done = with_result(OPEN, "rollback", DONE, ANN)
    following = next_action(done)
    assert following is not None
    assert following.id == "verify"
    assert next_action(closed()) is None


def test_the_look_follows_severity_until_it_is_over() -> None:
    assert tone_of(OPEN) is Verdict.FAIL
    assert tone_of(replace(OPEN, severity=Severity.SEV3)) is Verdict.INCONCLUSIVE
    assert tone_of(replace(OPEN, status=Status.RESOLVED)) is Verdict.PASS
    assert answer_tone(Answer.UNKNOWN) is Verdict.INCONCLUSIVE
    assert stamp(replace(OPEN, drill=True)) == "drill, SEV2, detected"


def test_facts_that_are_not_known_are_left_out() -> None:
    whole = dict(facts(OPEN))
    assert whole["seen"] == (
        "80.0 points (from 78.0 points to 82.0 points), baseline 90.0 points, over 180 in 100 scores"
    )
    assert whole["affected"] == "2,400 calls, 31 users, 100% of the prompt's calls"
    assert whole["error budget spent"] == "25% of 30 days"
    all_of_it = replace(OPEN.detection, n=83, window="83 scores")
    assert dict(facts(replace(OPEN, detection=all_of_it)))["seen"].endswith(", over 83 scores")
    bare = replace(OPEN, impact=Impact(), detection=Detection(signal="person"), owner="")
    names = dict(facts(bare))
    assert not names.keys() & {"seen", "affected", "features", "since", "error budget spent"}
    assert names["owner"] == "nobody yet"
    burn = replace(OPEN, detection=replace(OPEN.detection, signal="burn", observed=14.4))
    assert dict(facts(burn))["seen"].startswith("14.4 times the rate")


def test_suspects_and_slices_are_one_line_each() -> None:
    assert suspect_line(Suspect(kind="provider", subject="")) == "provider"
    assert suspect_line(Suspect(kind="prompt", subject="p", before="v1", after="v2")) == (
        "prompt p v1 → v2"
    )
    new = IncidentSlice(dimension="version", name="v3", n=1200, observed=0.4, contribution=0.97)
    assert slice_line(new) == "version v3: losses new → 40.0 points over 1,200, 97% of the rise"


def test_every_step_stands_in_one_phase() -> None:
    told = [each.action.id for phase in PHASES for each in steps(OPEN, phase)]
    assert sorted(told) == sorted(each.id for each in OPEN.actions)


def test_who_was_told_how_often() -> None:
    told = with_sent(OPEN, "team", ANN).communication
    lines = {each.audience: communication_line(each) for each in told}
    assert lines["team"] == "told 1 time, last at 2026-11-22T14:06:00Z; next 2026-11-22T14:36:00Z"
    assert lines["vendor"] == "not told yet"


@pytest.mark.parametrize(
    ("text", "found"), [("1970-01-01T00:01:00Z", 60.0), ("", None), ("soon", None)]
)
def test_an_instant_is_read_or_is_none(text: str, found: float | None) -> None:
    assert seconds(text) == found
