"""Severities follow rules that can be read."""

import pytest

from evalgate.model.alarm import Signal, Urgency
from evalgate.model.incident import IncidentClass, Severity
from evalgate.monitoring.incidents.severity import TAXONOMY, severity_of
from tests.unit.monitoring.incidents.streams import alarm

PAGE, TICKET = Urgency.PAGE, Urgency.TICKET
QUALITY = IncidentClass.QUALITY


@pytest.mark.parametrize(
    ("signal", "urgency", "kind", "observed", "severity"),
    [
        (Signal.FALL, PAGE, QUALITY, 0.8, Severity.SEV2),
        (Signal.FALL, PAGE, QUALITY, 0.65, Severity.SEV1),
        (Signal.DRIFT, TICKET, QUALITY, 0.6, Severity.SEV3),
        (Signal.FALL, PAGE, IncidentClass.SAFETY, 0.89, Severity.SEV1),
        (Signal.FALL, PAGE, IncidentClass.PRIVACY, 0.89, Severity.SEV1),
        (Signal.BURN, PAGE, IncidentClass.OUTAGE, 14.4, Severity.SEV2),
        (Signal.JUDGE, TICKET, IncidentClass.JUDGE_DRIFT, 0.8, Severity.SEV4),
        (Signal.FALL, PAGE, IncidentClass.JUDGE_DRIFT, 0.5, Severity.SEV4),
        (Signal.SINK, PAGE, QUALITY, 0.0, Severity.SEV4),
    ],
)
def test_the_rule_sets_the_severity(
    signal: Signal, urgency: Urgency, kind: IncidentClass, observed: float, severity: Severity
) -> None:
    found, rule = severity_of(alarm(signal, urgency=urgency, observed=observed), kind)
    assert found is severity
    assert rule


def test_what_paged_is_told_and_it_may_be_a_person() -> None:
    assert severity_of(alarm(), QUALITY)[1].startswith("a page")
    assert severity_of(alarm(), IncidentClass.SAFETY, what="a call")[1] == (
        "a call, and it is about safety"
    )


def test_a_drill_wakes_nobody() -> None:
    assert severity_of(alarm(), IncidentClass.SAFETY, drill=True) == (Severity.SEV4, "a drill")


def test_every_class_has_a_name_in_the_common_lists() -> None:
    assert set(TAXONOMY) == set(IncidentClass)
    assert all(each.owasp or each.nist for each in TAXONOMY.values())
