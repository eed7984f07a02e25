"""Facts about what `evalgate alert` prints."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.cli.alert_table import list_document, list_lines, trial_document, trial_lines
from evalgate.model.alarm import Urgency
from evalgate.model.alert import Delivery
from evalgate.model.alerted import AlertState, KnownAlert, SinkHealth, Told
from evalgate.monitoring.alarms.sink_trial import SinkTrial
from tests.unit.alerts import NOW, a_sink, an_alert

TAKEN = Delivery(sink="pager", fingerprint="t", at=NOW, seconds=0.31, reference="r")
TRIALS = (
    SinkTrial(rules=a_sink("pager"), fired=TAKEN, resolved=replace(TAKEN, seconds=0.2)),
    SinkTrial(
        rules=a_sink("mail"), fired=replace(TAKEN, failure="no answer within 2 s", seconds=2)
    ),
)
STATE = AlertState(
    alerts={
        "t": KnownAlert(alert=an_alert("t", urgency=Urgency.TICKET), seen=NOW),
        "over": KnownAlert(alert=an_alert("over", over=True), seen=NOW),
        "p": KnownAlert(
            alert=replace(an_alert("p"), incident="i1", title="evil\x1b[31m\n::error::x"),
            seen=NOW,
            told={
                "pager": Told(at=NOW, reference="issue 7"),
                "chat": Told(tried=NOW, failures=2, failure="it answers with HTTP 503"),
            },
        ),
    },
    sinks={"chat": SinkHealth(failing_since=NOW, failures=2, failure="it answers with HTTP 503")},
)
SINKS = (a_sink("pager", Urgency.PAGE), a_sink("chat"))


def test_a_test_is_told_by_sink_with_its_times() -> None:
    assert "\n".join(trial_lines(TRIALS)) == snapshot("""\
sink   kind          alert   its end  result
pager  webhook      0.31 s    0.20 s  ok
mail   webhook      2.00 s         –  failed: no answer within 2 s

2 sinks: 1 ok, 1 failed\
""")


def test_a_test_is_told_to_machines() -> None:
    document = trial_document(TRIALS)
    assert document["schema"] == "alert-test/1"
    assert document["sinks"] == snapshot(
        [
            {
                "name": "pager",
                "kind": "webhook",
                "ok": True,
                "failure": "",
                "alert_seconds": 0.31,
                "end_seconds": 0.2,
                "reference": "r",
            },
            {
                "name": "mail",
                "kind": "webhook",
                "ok": False,
                "failure": "no answer within 2 s",
                "alert_seconds": 2,
                "end_seconds": None,
                "reference": "r",
            },
        ]
    )


def test_pages_come_first_with_who_was_told_and_who_was_not() -> None:
    assert "\n".join(list_lines(STATE, SINKS, now=NOW + 3_600)) == snapshot("""\
2 alerts firing

PAGE   evil␛[31m :\u200b:error:\u200b:x, since 2026-09-21 14:03 UTC (1 h 10 min)
       The mean of 100 scores is 0.81, and the baseline is 0.90.
       incident i1
       pager: told 2026-09-21 14:13 UTC as issue 7
       chat: not taken 2 times: it answers with HTTP 503

TICKET support: accuracy has fallen, since 2026-09-21 14:03 UTC (1 h 10 min)
       The mean of 100 scores is 0.81, and the baseline is 0.90.
       no sink takes it

sinks
  pager (webhook, pages): no failure is known
  chat (webhook, pages and tickets): FAILS since 2026-09-21 14:13 UTC, 2 times: it answers with HTTP 503\
""")


def test_nothing_that_an_alert_says_acts_in_a_terminal() -> None:
    text = "\n".join(list_lines(STATE, SINKS, now=NOW))
    assert "\x1b" not in text
    assert "::error" not in text


def test_machines_get_what_is_firing_and_the_sinks() -> None:
    document = list_document(STATE, SINKS)
    firing, sinks = document["firing"], document["sinks"]
    assert isinstance(firing, list)
    assert isinstance(sinks, list)
    assert [each["fingerprint"] for each in firing if isinstance(each, dict)] == ["p", "t"]
    assert sinks[1] == snapshot(
        {
            "name": "chat",
            "kind": "webhook",
            "urgencies": ["page", "ticket"],
            "failing_since": "2026-09-21T14:13:20Z",
            "failure": "it answers with HTTP 503",
        }
    )


def test_without_alerts_and_sinks_that_is_said() -> None:
    said = "\n".join(list_lines(AlertState(), (), now=NOW))
    assert said.startswith("nothing is firing")
    assert "the policy names no place for alerts" in said
