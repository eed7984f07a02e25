"""Facts about alerts to a webhook, as its receiver sees them."""

import hashlib
import hmac

import pytest

from evalgate.adapters.alert_webhook import WebhookSink, signature
from evalgate.errors import AlertError
from tests.edges.receivers import receiver
from tests.unit.alerts import NOW, an_alert


def test_an_alert_and_its_end_are_one_request_each() -> None:
    with receiver() as it:
        sink = WebhookSink(address=it.url)
        assert sink.send(an_alert()) == ""
        sink.send(an_alert(over=True))
        assert [body["event"] for body in it.bodies] == ["firing", "resolved"]
        assert {body["fingerprint"] for body in it.bodies} == {"f1"}
        assert "x-evalgate-signature" not in it.got[0].headers


def test_a_receiver_can_check_who_sent_it_and_when() -> None:
    with receiver() as it:
        WebhookSink(address=it.url, secret=b"shared").send(an_alert())
        (got,) = it.got
        timestamp = got.headers["x-evalgate-timestamp"]
        told = got.headers["x-evalgate-signature"]
    assert timestamp == f"{int(NOW)}"
    expected = hmac.new(b"shared", timestamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert told == f"sha256={expected}"
    assert told != signature(b"shared", f"{int(NOW) + 1}", body=got.body)
    assert told != signature(b"other", timestamp, body=got.body)


def test_a_server_that_refuses_is_an_error() -> None:
    with receiver() as it:
        it.status = 503
        with pytest.raises(AlertError, match=r"^it answers with HTTP 503$"):
            WebhookSink(address=it.url).send(an_alert())


def test_neither_address_nor_secret_show_in_the_sink() -> None:
    shown = repr(WebhookSink(address="https://example.com/token", secret=b"shared"))
    assert "token" not in shown
    assert "shared" not in shown
