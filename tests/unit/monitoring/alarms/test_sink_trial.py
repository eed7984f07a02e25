"""Facts about the test of a sink."""

from dataclasses import replace

from evalgate.model.alarm import Urgency
from evalgate.model.alert import Delivery
from evalgate.monitoring.alarms.sink_trial import SinkTrial, ended, trial_parcel
from tests.unit.alerts import NOW, a_sink

TAKEN = Delivery(sink="pager", fingerprint="t", at=NOW, reference="r")


def test_a_test_says_that_it_is_one_and_is_as_little_urgent_as_the_sink_allows() -> None:
    alert = trial_parcel(a_sink(), at=NOW).alert
    assert "Test" in alert.title
    assert alert.urgency is Urgency.TICKET
    assert trial_parcel(a_sink("p", Urgency.PAGE), at=NOW).alert.urgency is Urgency.PAGE


def test_its_end_is_about_the_same_cause_and_brings_the_reference() -> None:
    parcel = trial_parcel(a_sink(), at=NOW)
    over = ended(parcel, reference="r")
    assert over.alert.fingerprint == parcel.alert.fingerprint
    assert (over.alert.is_resolved, over.reference) == (True, "r")


def test_a_sink_is_well_only_when_it_took_both() -> None:
    refused = replace(TAKEN, failure="it answers with HTTP 500")
    assert SinkTrial(rules=a_sink(), fired=TAKEN, resolved=TAKEN).failure == ""
    assert SinkTrial(rules=a_sink(), fired=TAKEN).failure == "its end was not sent"
    assert SinkTrial(rules=a_sink(), fired=refused).failure == "it answers with HTTP 500"
    trial = SinkTrial(rules=a_sink(), fired=TAKEN, resolved=refused)
    assert trial.failure == "its end: it answers with HTTP 500"
