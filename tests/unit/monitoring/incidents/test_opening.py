"""An incident holds all that is known when it opens, and nothing that anybody said."""

import json
from pathlib import Path

import pytest
from jsonschema_rs import validator_for

from evalgate.adapters.incidents import incident_text, parse_incident
from evalgate.model.alarm import Signal, Urgency
from evalgate.model.incident import (
    ActionPhase,
    Incident,
    IncidentClass,
    Scope,
    Severity,
    Status,
)
from evalgate.model.observation import Stream
from evalgate.monitoring.incidents.beginning import Beginning, ToldBy
from evalgate.monitoring.incidents.opening import (
    Known,
    incident_id,
    opened_by_hand,
    opened_from,
    title_of,
)
from evalgate.rollout.overriding import instant
from tests.unit.monitoring.incidents.records import AT, an_incident, known
from tests.unit.monitoring.incidents.streams import NOON, PROMPT, alarm

ROOT = Path(__file__).parents[4]
SAID = Beginning(ts=NOON, told_by=ToldBy.PERSON)
SCHEMA = json.loads((ROOT / "evalgate/schemas/incident.schema.json").read_text("utf-8"))


def test_an_alarm_opens_an_incident_with_everything_in_it() -> None:
    made = an_incident()
    assert made.id == "2026-11-22T140100Z-support-reply-quality"
    assert (made.status, made.severity) == (Status.DETECTED, Severity.SEV2)
    assert (made.kind, made.fingerprint) == (IncidentClass.QUALITY, alarm().fingerprint)
    assert made.detection.first_bad == "2026-11-22T12:00:00Z"
    assert (made.detection.observed, made.detection.baseline) == (0.8, 0.9)
    assert (made.detection.threshold, made.detection.p_false) == (0.85, 0.01)
    assert (made.impact.users, made.impact.error_budget_spent) == (31, 0.25)
    assert made.impact.features == ("chat", "mail")
    assert (made.suspects[0].kind, made.suspects[0].after) == ("prompt", "v2")
    assert made.evidence.calls[0].startswith("req-")
    assert made.evidence.vendor_calls == ("req_011CS",)
    assert made.evidence.rerun == "evalgate promote support-reply v2 --percent 5 --dry-run"
    assert [each.phase for each in made.actions] == sorted(
        (each.phase for each in made.actions), key=list(ActionPhase).index
    )
    assert made.owner == "ann"
    assert [entry.what for entry in made.history] == ["opened as sev2"]


def test_calls_under_evidence_are_the_worst_of_what_is_affected_and_then_failing_ones() -> None:
    made = an_incident()
    scores = {
        each.request_id: each.outcome
        for each in known().seen.observations
        if each.prompt == PROMPT and each.ts >= NOON
    }
    named = [scores[each] for each in made.evidence.calls if each in scores]
    lowest = sorted(outcome for outcome in scores.values() if outcome is not None)[: len(named)]
    assert named == lowest
    alone = opened_from(alarm(), Known(affected=known().affected), at=AT)
    assert alone.evidence.calls == ("req-x",)


@pytest.mark.parametrize(
    "made",
    [
        an_incident(),
        opened_from(alarm(), Known(), at=AT),
        opened_from(alarm(Signal.SINK, urgency=Urgency.TICKET), Known(), at=AT, drill=True),
    ],
)
def test_every_document_fits_the_schema_and_is_read_back_as_it_was(made: object) -> None:
    text = incident_text(made)  # type: ignore[arg-type]  # an incident
    assert list(validator_for(SCHEMA).iter_errors(json.loads(text))) == []
    assert parse_incident(text.encode(), path=Path("x.json")) == made


def test_the_schema_refuses_what_no_reader_knows() -> None:
    data = json.loads(incident_text(an_incident()))
    for place, key in ((data, "extra"), (data["detection"], "text"), (data["actions"][0], "done")):
        place[key] = 1
        assert not validator_for(SCHEMA).is_valid(data)
        del place[key]
    assert validator_for(SCHEMA).is_valid(data)


def test_an_id_is_safe_in_a_path_and_sorts_by_time() -> None:
    assert incident_id(0.0, "a/../b c", "quality") == "1970-01-01T000000Z-a----b-c-quality"
    assert incident_id(0.0, "", "outage") == "1970-01-01T000000Z-outage"
    assert len(incident_id(0.0, "p" * 500, "x")) < 100


@pytest.mark.parametrize(
    ("signal", "stream", "title"),
    [
        (Signal.FALL, Stream(prompt="p", criterion="accuracy"), "Accuracy has fallen: p"),
        (
            Signal.DRIFT,
            Stream(prompt="p", criterion="tone", feature="chat", version="v2"),
            "Tone has fallen: p (version v2, feature chat)",
        ),
        (
            Signal.BURN,
            Stream(prompt="", criterion="up"),
            "The error budget of up burns: all prompts",
        ),
        (Signal.JUDGE, Stream(prompt="", criterion="tone"), "The judge of tone has moved"),
        (Signal.SILENCE, Stream(prompt="p", criterion=""), "No scores come in: p"),
        (Signal.SINK, Stream(prompt="", criterion="chat"), "Alerts are not taken by chat"),
    ],
)
def test_the_title_says_what_and_where(signal: Signal, stream: Stream, title: str) -> None:
    assert title_of(alarm(signal, stream=stream)) == title


def test_what_a_person_opens_is_triaged_too_and_has_no_figures_of_an_alarm() -> None:
    made = opened_by_hand(
        "Replies are rude",
        IncidentClass.SAFETY,
        Scope(prompt=PROMPT, criterion="accuracy"),
        severity=None,
        known=known(),
        at=AT,
        by="Ann",
        beginning=SAID,
    )
    assert (made.kind, made.severity) == (IncidentClass.SAFETY, Severity.SEV1)
    assert (made.detection.signal, made.detection.observed) == ("person", None)
    assert made.suspects[0].after == "v2"
    assert made.id.endswith("support-reply-safety")
    assert made.title == "Replies are rude"
    assert len({each.id for each in made.actions}) == len(made.actions)
    assert all(made.id in each.command for each in made.actions if "--reason" in each.command)


def test_where_a_person_names_no_criterion_the_one_that_fell_most_is_looked_at() -> None:
    made = opened_by_hand(
        "Replies are odd",
        IncidentClass.QUALITY,
        Scope(prompt=PROMPT),
        severity=None,
        known=known(),
        at=AT,
        by="Ann",
        beginning=SAID,
    )
    assert made.scope.criterion == "accuracy"
    assert made.suspects[0].after == "v2"
    assert any("YES" in each.answer.value.upper() for each in made.triage)


def by_hand(ts: float, told_by: ToldBy) -> Incident:
    return opened_by_hand(
        "Replies are odd",
        IncidentClass.QUALITY,
        Scope(prompt=PROMPT, criterion="accuracy"),
        severity=None,
        known=known(),
        at=AT,
        by="Ann",
        beginning=Beginning(ts=ts, told_by=told_by),
    )


def test_a_person_who_names_a_time_too_early_still_gets_the_change_after_it() -> None:
    early = NOON - 6 * 3600.0
    suspect = by_hand(early, ToldBy.PERSON).suspects[0]
    assert (suspect.kind, suspect.after) == ("prompt", "v2")
    assert "after it is said to have begun" in suspect.why
    computed = opened_from(alarm(began=early, raised=early + 600), known(), at=AT)
    assert all(each.after != "v2" for each in computed.suspects)


def test_where_a_person_names_no_time_nothing_is_said_to_have_begun() -> None:
    made = by_hand(AT - 86_400.0, ToldBy.NOBODY)
    assert made.suspects[0].why.endswith("before it was reported")
    assert made.detection.first_bad == ""
    assert not any("Since" in each.text for each in made.communication)


def test_where_a_person_names_no_time_logs_are_asked_from_the_look_back_on() -> None:
    made = by_hand(AT - 86_400.0, ToldBy.NOBODY)
    asked = list(made.evidence.queries[:2])
    asked += [each.command for each in made.actions if "--since" in each.command]
    assert len(asked) > 2
    assert all(f"--since {instant(AT - 86_400.0)}" in each for each in asked)


def test_a_person_may_set_the_severity_and_mark_a_drill() -> None:
    made = opened_by_hand(
        "x",
        IncidentClass.OUTAGE,
        Scope(),
        severity=Severity.SEV1,
        known=Known(),
        at=AT,
        by="Ann",
        beginning=SAID,
        drill=True,
    )
    assert (made.severity, made.severity_rule, made.drill) == (Severity.SEV1, "Ann said so", True)
