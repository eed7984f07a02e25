"""Each audience is told what concerns it, from facts alone."""

from dataclasses import replace

import pytest

from evalgate.model.incident import Detection, Impact, IncidentClass, Status
from evalgate.model.monitoring import Answering
from evalgate.monitoring.incidents.messages import (
    first_communications,
    message,
    with_texts,
)
from tests.unit.monitoring.incidents.records import AT, an_incident

INCIDENT = an_incident()


def test_the_team_hears_what_is_suspected_and_the_next_command() -> None:
    told = message(INCIDENT, "team")
    assert "[SEV2]" in told
    assert "Suspected first: prompt support-reply old → v2." in told
    assert "Next: Roll back from v2 to v1: evalgate rollback support-reply" in told
    assert "2,400 calls" in told
    assert "31 users" in told


def test_users_hear_no_cause_no_version_and_no_word_of_ours() -> None:
    for status in Status:
        for kind in IncidentClass:
            told = message(replace(INCIDENT, status=status, kind=kind), "users")
            for word in ("v2", "support-reply", "prompt", "evalgate", "SEV", "judge", "rollback"):
                assert word not in told
    assert "within 120 minutes" in message(INCIDENT, "users")
    assert message(replace(INCIDENT, status=Status.RESOLVED), "users").startswith("Resolved")


def test_executives_hear_numbers_and_no_command() -> None:
    told = message(INCIDENT, "executives")
    assert "31 users" in told
    assert "Error budget of 30 days spent: 25%." in told
    assert "evalgate" not in told
    bare = replace(INCIDENT, impact=Impact())
    assert "not known yet" in message(bare, "executives")


def test_the_vendor_hears_ids_of_its_own_and_nothing_of_us() -> None:
    told = message(INCIDENT, "vendor")
    assert "req_011CS" in told
    for call in INCIDENT.evidence.calls:
        assert call not in told
    assert "support-reply" not in told


def test_where_nobody_knows_when_it_began_no_message_says_since_when() -> None:
    unknown = replace(INCIDENT, detection=Detection(signal="person", message="x"))
    for status in (Status.DETECTED, Status.RESOLVED):
        for audience in ("team", "users", "executives", "vendor"):
            assert "since" not in message(replace(unknown, status=status), audience).casefold()
    assert message(unknown, "users").startswith("At present, ")
    assert f"Noticed: {INCIDENT.opened_at}." in message(unknown, "vendor")
    in_the_day = "When it began is not known; in the day before it was reported: 2,400 calls"
    assert in_the_day in message(unknown, "team")


def test_the_vendor_is_told_that_there_are_no_ids_only_where_they_were_looked_for() -> None:
    without = replace(INCIDENT, evidence=replace(INCIDENT.evidence, vendor_calls=()))
    assert "We have no request ids of yours." in message(without, "vendor")
    assert "request ids" not in message(replace(without, impact=Impact()), "vendor")


@pytest.mark.parametrize("audience", ["team", "users", "executives", "vendor", "auditors"])
def test_every_audience_gets_a_text(audience: str) -> None:
    assert message(INCIDENT, audience).strip()


def test_whom_the_policy_names_is_told_at_once_and_the_vendor_when_somebody_decides() -> None:
    answering = Answering(vendor="support@x.invalid", updates={"team": 10.0, "auditors": 60.0})
    told = first_communications(answering, opened=AT)
    assert [(each.audience, each.every_minutes) for each in told] == [
        ("team", 10.0),
        ("auditors", 60.0),
        ("vendor", 0.0),
    ]
    assert [bool(each.due) for each in told] == [True, True, False]
    assert told[-1].channel == "support@x.invalid"
    assert not [each for each in first_communications(Answering(), opened=AT) if not each.due]


def test_texts_are_those_of_the_moment() -> None:
    stale = replace(INCIDENT, status=Status.RESOLVED)
    assert with_texts(stale) != stale
    assert with_texts(INCIDENT) == INCIDENT
