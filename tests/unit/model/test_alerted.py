"""Facts about the state of what was told."""

from evalgate.model.alerted import AlertState, SinkHealth, Told
from tests.unit.alerts import NOW


def test_a_sink_knows_of_an_alert_from_its_first_message_until_its_end() -> None:
    assert not Told().is_open
    assert not Told(tried=NOW, failures=3, failure="no answer").is_open
    assert Told(at=NOW).is_open
    assert not Told(at=NOW, is_resolved=True).is_open


def test_the_sinks_that_did_not_take_their_last_message_are_failing() -> None:
    bad = SinkHealth(failing_since=NOW, failures=1, failure="no answer")
    assert AlertState(sinks={"bad": bad, "good": SinkHealth()}).failing == {"bad": bad}
