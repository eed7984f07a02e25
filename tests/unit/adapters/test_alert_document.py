"""Facts about an alert as a document and as plain text."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.adapters.alert_document import alert_document, instant, plain_text, subject
from tests.unit.alerts import NOW, an_alert


def test_the_document_says_all_that_the_alert_says() -> None:
    alert = replace(an_alert(), incident="2026-09-21-support")
    assert alert_document(alert) == snapshot(
        {
            "schema": "alert/1",
            "event": "firing",
            "fingerprint": "f1",
            "urgency": "page",
            "title": "support: accuracy has fallen",
            "message": "The mean of 100 scores is 0.81, and the baseline is 0.90.",
            "began": "2026-09-21T14:03:20Z",
            "at": "2026-09-21T14:13:20Z",
            "facts": [
                {"label": "prompt", "value": "support"},
                {"label": "observed", "value": "81 %"},
            ],
            "commands": ["evalgate monitor --once"],
            "incident": "2026-09-21-support",
        }
    )


def test_an_end_is_told_by_the_event_and_the_subject() -> None:
    assert alert_document(an_alert(over=True))["event"] == "resolved"
    assert subject(an_alert(over=True), 100) == "Resolved: support: accuracy has fallen"
    assert subject(an_alert(), 100) == "support: accuracy has fallen"


def test_a_subject_is_one_line_and_no_longer_than_it_may_be() -> None:
    long = replace(an_alert(), title="a\r\nBcc: everybody " * 20)
    assert len(subject(long, 50)) == 50
    assert subject(long, 50).endswith("…")
    assert not set(subject(long, 50)) & {"\r", "\n"}


def test_plain_text_has_message_facts_and_commands() -> None:
    assert plain_text(an_alert()) == snapshot("""\
The mean of 100 scores is 0.81, and the baseline is 0.90.

prompt: support
observed: 81 %

Next:
  evalgate monitor --once\
""")
    assert plain_text(replace(an_alert(), facts=(), commands=())) == an_alert().message


def test_an_instant_is_in_utc_and_without_parts_of_a_second() -> None:
    assert instant(NOW + 0.9) == "2026-09-21T14:13:20Z"
