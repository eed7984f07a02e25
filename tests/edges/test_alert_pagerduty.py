"""Facts about events to PagerDuty, as its Events API sees them."""

import traceback
from dataclasses import replace

import pytest

from evalgate.adapters.alert_pagerduty import (
    LONGEST_KEY,
    LONGEST_SUMMARY,
    REGIONS,
    PagerDutySink,
    checked_routing_key,
    dedup_key,
)
from evalgate.errors import AlertError
from evalgate.model.alarm import Urgency
from evalgate.model.document import Data
from tests.edges.receivers import receiver
from tests.unit.alerts import an_alert

KEY = "R0UT1NGKEY" + "0" * 22


def payload(event: dict[str, Data]) -> dict[str, Data]:
    inner = event["payload"]
    assert isinstance(inner, dict)
    return inner


def test_an_alert_triggers_and_its_end_resolves_the_same_incident() -> None:
    with receiver() as it:
        it.status = 202
        sink = PagerDutySink(routing_key=KEY, address=it.url, service="shop")
        reference = sink.send(an_alert())
        sink.send(an_alert(over=True), reference=reference)
        begun, over = it.bodies
    assert (begun["event_action"], over["event_action"]) == ("trigger", "resolve")
    assert begun["dedup_key"] == over["dedup_key"] == reference == "evalgate/f1"
    assert begun["routing_key"] == over["routing_key"] == KEY
    assert "payload" not in over
    assert payload(begun)["summary"] == "support: accuracy has fallen"
    assert payload(begun)["source"] == "shop"
    assert payload(begun)["timestamp"] == "2026-09-21T14:03:20Z"


def test_the_key_that_was_used_before_is_used_again() -> None:
    with receiver() as it:
        sink = PagerDutySink(routing_key=KEY, address=it.url)
        assert sink.send(an_alert(over=True), reference="an-older-key") == "an-older-key"
        assert it.bodies[0]["dedup_key"] == "an-older-key"


def test_a_page_is_critical_and_a_ticket_is_not() -> None:
    with receiver() as it:
        sink = PagerDutySink(routing_key=KEY, address=it.url)
        sink.send(an_alert())
        sink.send(an_alert(urgency=Urgency.TICKET))
        assert [payload(each)["severity"] for each in it.bodies] == ["critical", "warning"]


def test_summary_and_key_are_no_longer_than_they_may_be() -> None:
    with receiver() as it:
        sink = PagerDutySink(routing_key=KEY, address=it.url)
        sink.send(replace(an_alert("f" * 400), title="t" * 3_000))
        (event,) = it.bodies
    assert len(str(event["dedup_key"])) <= LONGEST_KEY
    assert len(str(payload(event)["summary"])) == LONGEST_SUMMARY
    assert dedup_key("f" * 400) != dedup_key("f" * 399 + "g")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "it answers with HTTP 400: the event or its routing key is not valid"),
        (429, "it answers with HTTP 429: too many events at once"),
        (500, "it answers with HTTP 500"),
    ],
)
def test_a_refusal_is_told_without_the_routing_key(status: int, said: str) -> None:
    with receiver() as it:
        it.status, it.answer = status, KEY.encode()
        with pytest.raises(AlertError) as caught:
            PagerDutySink(routing_key=KEY, address=it.url).send(an_alert())
    assert str(caught.value) == said
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("key", ["", "short", KEY + "0", "R0UT1NGKEY-" + "0" * 21])
def test_what_has_not_the_shape_of_a_routing_key_is_not_sent(key: str) -> None:
    with pytest.raises(AlertError, match="PD holds no routing key") as caught:
        checked_routing_key(key, "PD")
    assert not key or key not in str(caught.value)
    assert checked_routing_key(KEY, "PD") == KEY


def test_europe_has_an_address_of_its_own() -> None:
    assert REGIONS["eu"].startswith("https://events.eu.pagerduty.com/")
    assert REGIONS["us"].startswith("https://events.pagerduty.com/")
