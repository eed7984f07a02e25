"""What people do with an incident stands in its history, and nothing else can be changed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalgate.errors import UsageError
from evalgate.model.incident import Incident, Severity, Status
from evalgate.monitoring.incidents.following import (
    DONE,
    FAILED,
    LONGEST_NOTE,
    UNDONE,
    action_of,
    with_alarm_over,
    with_drafted,
    with_note,
    with_owner,
    with_provider_status,
    with_result,
    with_sent,
    with_severity,
    with_status,
)
from tests.unit.monitoring.incidents.records import ANN, an_incident
from tests.unit.monitoring.incidents.streams import alarm

OPEN = an_incident()


def said(incident: Incident) -> str:
    return incident.history[-1].what


def test_a_status_is_noted_with_who_and_why() -> None:
    made = with_status(OPEN, Status.TRIAGED, ANN, why="it is v2")
    last = made.history[-1]
    assert (made.status, last.what, last.by, last.why) == (
        Status.TRIAGED,
        "detected → triaged",
        "Ann",
        "it is v2",
    )
    assert made.history[:-1] == OPEN.history


def test_the_same_status_again_changes_nothing() -> None:
    assert with_status(OPEN, Status.DETECTED, ANN) == OPEN


def test_the_end_of_an_alarm_is_noted_once_and_solves_nothing() -> None:
    lasting = alarm()
    assert with_alarm_over(OPEN, lasting, ANN) is OPEN
    over = replace(lasting, resolved=lasting.raised + 3600)
    made = with_alarm_over(OPEN, over, ANN)
    assert made.status is OPEN.status
    assert said(made).startswith("the alarm was over at 20")
    assert with_alarm_over(made, over, ANN) is made


def test_only_closing_closes_and_nothing_closed_is_changed() -> None:
    with pytest.raises(UsageError, match="evalgate incident close"):
        with_status(OPEN, Status.CLOSED, ANN)
    closed = an_incident(status=Status.CLOSED)
    changes: tuple[Callable[[], Incident], ...] = (
        lambda: with_status(closed, Status.DETECTED, ANN),
        lambda: with_owner(closed, "Bo", ANN),
        lambda: with_severity(closed, Severity.SEV1, ANN, why="x"),
        lambda: with_provider_status(closed, "x", ANN),
    )
    for change in changes:
        with pytest.raises(UsageError, match="is closed"):
            change()


def test_another_severity_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="--note"):
        with_severity(OPEN, Severity.SEV1, ANN, why="")
    made = with_severity(OPEN, Severity.SEV1, ANN, why="all of them")
    assert (made.severity, made.severity_rule) == (Severity.SEV1, "Ann: all of them")


def test_the_first_mitigation_mitigates_and_a_failed_one_does_not() -> None:
    made = with_result(OPEN, "rollback", DONE, ANN)
    assert made.status is Status.MITIGATED
    assert action_of(made, "rollback").is_done
    assert with_result(OPEN, "rollback", FAILED, ANN).status is Status.DETECTED
    assert with_result(OPEN, "confirm", DONE, ANN).status is Status.DETECTED
    undone = with_result(made, "rollback", UNDONE, ANN)
    assert not action_of(undone, "rollback").is_done
    assert said(undone) == "rollback: undone"
    assert undone.status is Status.TRIAGED


def test_a_mitigation_that_holds_keeps_it_mitigated_when_another_one_is_taken_back() -> None:
    both = with_result(with_result(OPEN, "rollback", DONE, ANN), "disable", DONE, ANN)
    assert with_result(both, "rollback", UNDONE, ANN).status is Status.MITIGATED
    assert with_result(both, "rollback", FAILED, ANN).status is Status.MITIGATED


def test_a_mitigation_takes_nothing_back_that_is_further() -> None:
    resolved = with_status(OPEN, Status.RESOLVED, ANN)
    assert with_result(resolved, "rollback", DONE, ANN).status is Status.RESOLVED


def test_an_unknown_step_or_audience_is_told_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="rollback"):
        with_result(OPEN, "rolback", DONE, ANN)
    with pytest.raises(UsageError) as far:
        action_of(OPEN, "xyzzy")
    assert str(far.value).count("tell-team") == 1
    with pytest.raises(UsageError) as near:
        action_of(OPEN, "rollbak")
    assert str(near.value).endswith("(did you mean `rollback`?)")
    with pytest.raises(UsageError, match="it has none"):
        action_of(replace(OPEN, actions=()), "rollback")
    with pytest.raises(UsageError, match="team"):
        with_sent(OPEN, "teem", ANN)


def test_who_was_told_is_told_again_in_its_time() -> None:
    made = with_sent(OPEN, "team", ANN)
    team = next(each for each in made.communication if each.audience == "team")
    assert [each.by for each in team.sent] == ["Ann"]
    assert team.due == "2026-11-22T14:36:00Z"
    assert action_of(made, "tell-team").is_done
    others = [each for each in made.communication if each.audience != "team"]
    assert all(not each.sent for each in others)


def test_when_it_is_over_only_those_hear_of_it_who_were_told_before() -> None:
    made = with_status(with_sent(OPEN, "team", ANN), Status.RESOLVED, ANN)
    dues = {each.audience: each.due for each in made.communication}
    assert dues["team"] == "2026-11-22T14:06:00Z"
    assert dues["users"] == ""
    last = with_sent(made, "team", ANN)
    assert {each.due for each in last.communication} == {""}
    assert action_of(made, "resolve").is_done


def test_messages_follow_what_has_happened() -> None:
    before = {each.audience: each.text for each in OPEN.communication}
    made = with_result(OPEN, "rollback", DONE, ANN)
    after = {each.audience: each.text for each in made.communication}
    assert "Done: Roll back from v2 to v1." in after["team"]
    assert "measures" in after["users"]
    assert "measures" not in before["users"]


def test_notes_drafts_owners_and_the_providers_word_are_kept() -> None:
    made = with_note(OPEN, "seen it", ANN)
    assert (said(made), made.history[-1].why) == ("note", "seen it")
    made = with_drafted(with_drafted(made, "s:c", ANN), "s:c", ANN)
    assert made.drafted == ("s:c",)
    assert action_of(made, "draft").is_done
    made = with_owner(made, "Bo", ANN)
    assert (made.owner, said(made)) == ("Bo", "owner: ann → Bo")
    assert with_provider_status(made, "degraded", ANN).provider_status == "degraded"
    with pytest.raises(UsageError, match="shorten"):
        with_note(OPEN, "x" * (LONGEST_NOTE + 1), ANN)
