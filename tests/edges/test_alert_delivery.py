"""Facts about rounds of deliveries: sinks that hang, break, and take their time, side by side."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from evalgate.adapters.alert_delivery import AlertDelivery
from evalgate.adapters.alert_webhook import WebhookSink
from evalgate.errors import AlertError
from evalgate.model.alert import Alert, AlertSink, SinkRules
from evalgate.model.alerted import Parcel
from tests.edges.receivers import receiver, seconds_of, silent
from tests.unit.alerts import NOW, a_sink, an_alert

pytestmark = pytest.mark.alone


@dataclass
class Scripted:
    """A sink that does something for each alert, and keeps what came."""

    act: Callable[[Alert], str]
    got: list[tuple[str, str]] = field(default_factory=list)

    def send(self, alert: Alert, *, reference: str = "") -> str:
        self.got.append((alert.fingerprint, reference))
        return self.act(alert)


def delivery(rules: list[SinkRules], sinks: Mapping[str, AlertSink]) -> AlertDelivery:
    return AlertDelivery(rules, lambda each: sinks[each.name])


def parcel(sink: str, fingerprint: str = "f1", *, reference: str = "") -> Parcel:
    return Parcel(sink=sink, alert=an_alert(fingerprint), reference=reference)


def test_each_parcel_gets_an_answer_in_the_order_in_which_they_were_given() -> None:
    sinks = {
        "a": Scripted(lambda alert: f"a/{alert.fingerprint}"),
        "b": Scripted(lambda alert: f"b/{alert.fingerprint}"),
    }
    rules = [a_sink("a"), a_sink("b")]
    parcels = [parcel("b", "1"), parcel("a", "1", reference="old"), parcel("b", "2")]
    done = delivery(rules, sinks).deliver(parcels, at=NOW)
    assert [(each.sink, each.fingerprint, each.reference) for each in done] == [
        ("b", "1", "b/1"),
        ("a", "1", "a/1"),
        ("b", "2", "b/2"),
    ]
    assert {each.failure for each in done} == {""}
    assert sinks["a"].got == [("1", "old")]


def test_a_sink_that_says_no_or_breaks_fails_alone() -> None:
    def refuse(_: Alert) -> str:
        raise AlertError("it answers with HTTP 403")

    def broken(_: Alert) -> str:
        raise RuntimeError("https://secret.example")

    sinks = {"no": Scripted(refuse), "broken": Scripted(broken), "well": Scripted(lambda _: "x")}
    rules = [a_sink(name) for name in sinks]
    done = delivery(rules, sinks).deliver([parcel(name) for name in sinks], at=NOW)
    assert [each.failure for each in done] == [
        "it answers with HTTP 403",
        "a bug in evalgate or in a library: RuntimeError",
        "",
    ]


def test_a_sink_that_cannot_be_made_is_a_failure_in_words() -> None:
    def opened(_: SinkRules) -> AlertSink:
        raise AlertError("the environment variable X is not set")

    (done,) = AlertDelivery([a_sink("a")], opened).deliver([parcel("a")], at=NOW)
    assert done.failure == "the environment variable X is not set"


@pytest.mark.parametrize(
    "trickle",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"HTTP/1.1 2"],
    ids=["says nothing", "trickles a body", "trickles a head"],
)
def test_a_server_that_hangs_delays_nobody(trickle: bytes) -> None:
    with silent(trickle=trickle) as hanging, receiver() as it:
        addresses = {"hangs": hanging, "well": it.url}
        rules = [a_sink("hangs", timeout=1.0), a_sink("well", timeout=1.0)]
        made = AlertDelivery(
            rules, lambda each: WebhookSink(address=addresses[each.name], timeout=each.timeout)
        )
        begun = time.monotonic()
        done = made.deliver([parcel("hangs"), parcel("hangs", "f2"), parcel("well")], at=NOW)
        assert seconds_of(begun) < 2.5
        assert [bool(each.failure) for each in done] == [True, True, False]
        assert "no answer within 1 s" in done[0].failure
        assert len(it.got) == 1


def test_a_round_ends_with_the_most_patient_sink_and_no_sum_of_them() -> None:
    over = threading.Event()
    stuck = Scripted(lambda _: str(over.wait(30)))
    rules = [a_sink(f"s{number}", timeout=0.8) for number in range(6)]
    begun = time.monotonic()
    done = delivery(rules, {each.name: stuck for each in rules}).deliver(
        [parcel(each.name, f"f{number}") for each in rules for number in range(5)], at=NOW
    )
    took = seconds_of(begun)
    over.set()
    assert 0.8 <= took < 2.4
    assert len(done) == 30
    assert all(each.failure for each in done)


def test_what_a_stuck_sink_was_not_asked_is_not_sent_later_behind_the_back() -> None:
    over = threading.Event()

    def wait(_: Alert) -> str:
        over.wait(30)
        return ""

    sink = Scripted(wait)
    made = delivery([a_sink("a", timeout=0.3)], {"a": sink})
    done = made.deliver([parcel("a", "1"), parcel("a", "2")], at=NOW)
    assert [each.failure for each in done] == [
        "no answer within 0.3 s",
        "it was not asked: no answer within 0.3 s",
    ]
    over.set()
    time.sleep(0.2)
    assert sink.got == [("1", "")]


def test_a_sink_that_is_still_busy_is_not_asked_again_until_it_is_free() -> None:
    over = threading.Event()

    def wait(_: Alert) -> str:
        over.wait(30)
        return "done"

    sink = Scripted(wait)
    made = delivery([a_sink("a", timeout=0.3)], {"a": sink})
    made.deliver([parcel("a", "1")], at=NOW)
    begun = time.monotonic()
    (done,) = made.deliver([parcel("a", "1")], at=NOW)
    assert done.failure == "it is still busy with an earlier alert"
    assert seconds_of(begun) < 0.25
    assert len(sink.got) == 1
    over.set()
    time.sleep(0.2)
    (done,) = made.deliver([parcel("a", "1")], at=NOW)
    assert (done.failure, done.reference) == ("", "done")


def test_a_sink_that_hangs_keeps_no_process_from_ending() -> None:
    over = threading.Event()
    made = delivery([a_sink("a", timeout=0.2)], {"a": Scripted(lambda _: str(over.wait(30)))})
    made.deliver([parcel("a")], at=NOW)
    (thread,) = [each for each in threading.enumerate() if each.name == "evalgate-alerts-a"]
    assert thread.daemon
    over.set()
    thread.join(5)


def test_a_parcel_for_a_sink_that_is_not_known_is_left_out() -> None:
    assert delivery([], {}).deliver([parcel("gone")], at=NOW) == ()
