"""Facts about the items on alerts."""

from dataclasses import replace

import pytest

from evalgate.model.alarm import Urgency
from evalgate.model.alert import SinkKind, SinkRules
from evalgate.model.alerted import AlertState, SinkHealth
from evalgate.model.policy import Policy
from evalgate.model.readiness import Standing
from evalgate.monitoring.alarms.sink_trial import SinkTrial
from tests.unit.alerts import NOW, a_sink
from tests.unit.monitoring.readiness.known_facts import POLICY, SINKS, TAKEN, found, standing

PAGE, TICKET = Urgency.PAGE, Urgency.TICKET


def sinks(*rules: SinkRules) -> Policy:
    return replace(POLICY, monitor=replace(POLICY.monitor, alerts=rules))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), Standing.FAILED),
        ((a_sink("a", PAGE), a_sink("b", PAGE)), Standing.FAILED),
        ((a_sink("a", TICKET), a_sink("b", TICKET)), Standing.FAILED),
        ((a_sink("a"),), Standing.WARNING),
        ((a_sink("a", PAGE), a_sink("b", TICKET)), Standing.OK),
    ],
)
def test_pages_and_tickets_go_somewhere_and_not_to_one_place_alone(
    rules: tuple[SinkRules, ...], expected: Standing
) -> None:
    assert standing("sinks", policy=sinks(*rules)) is expected


def test_pages_to_a_list_of_issues_alone_are_warned_of() -> None:
    issues = a_sink("issues", kind=SinkKind.GITHUB)
    assert standing("pages", policy=sinks(issues, a_sink("b", TICKET))) is Standing.WARNING
    assert standing("pages", policy=sinks(issues, a_sink("b"))) is Standing.OK


def test_a_variable_that_is_not_set_fails_and_is_named() -> None:
    finding = found("sink-variables", unset={"pager": ("PAGER_URL",), "chat": ()})
    assert finding.standing is Standing.FAILED
    assert finding.seen == "not set here: pager: PAGER_URL"


def test_sinks_must_take_a_test_and_its_end() -> None:
    assert standing("sinks-answer", trials=None) is Standing.BY_HAND
    half = SinkTrial(rules=SINKS[0], fired=TAKEN)
    assert standing("sinks-answer", trials=(half,)) is Standing.FAILED


def test_a_sink_that_failed_at_its_last_alert_fails() -> None:
    failing = AlertState(
        sinks={"chat": SinkHealth(failing_since=NOW, failures=1, failure="HTTP 500")}
    )
    assert standing("sinks-failing", alert_state=failing) is Standing.FAILED
    gone = AlertState(sinks={"other": SinkHealth(failing_since=NOW, failures=1, failure="x")})
    assert standing("sinks-failing", alert_state=gone) is Standing.OK
    assert standing("sinks-failing", alert_state=None) is Standing.BY_HAND


@pytest.mark.parametrize("item", ["sink-variables", "sinks-answer", "sinks-failing", "pages"])
def test_without_sinks_there_is_nothing_to_look_at(item: str) -> None:
    assert standing(item, policy=sinks()) is Standing.NOT_APPLICABLE
