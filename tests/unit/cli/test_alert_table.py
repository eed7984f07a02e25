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
            alert=replace(
                an_alert("p"),
                commands=("evalgate incident show i1",),
                title="evil\x1b[31m\n::error::x",
            ),
            seen=NOW,
            told={
                "pager": Told(at=NOW, reference="issue 7"),
                "chat": Told(tried=NOW, failures=2, failure="it answers with HTTP 503"),
            },
        ),
    },
    sinks={"chat": SinkHealth(failing_since=NOW, failures=2, failure="it answers with HTTP 503")},
)


def tried(sink: str) -> str:
    return f"evalgate alert test --sink {sink}"


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
    assert "\n".join(list_lines(STATE, SINKS, now=NOW + 3_600, test=tried)) == snapshot("""\
2 alerts firing

PAGE    evil␛[31m :\u200b:error:\u200b:x
        since  2026-09-21 14:03 UTC (1 h 10 min)
        why    The mean of 100 scores is 0.81, and the baseline is 0.90.
        pager  was told 2026-09-21 14:13 UTC as issue 7
        chat   was NOT told; 2 attempts failed: it answers with HTTP 503
        next   evalgate incident show i1

TICKET  support: accuracy has fallen
        since  2026-09-21 14:03 UTC (1 h 10 min)
        why    The mean of 100 scores is 0.81, and the baseline is 0.90.
        told   nobody so far
        next   evalgate monitor --once

sink   kind     takes              state
pager  webhook  pages              has not failed
chat   webhook  pages and tickets  FAILS since 2026-09-21 14:13 UTC, 2 times: it answers with HTTP 503

Mend what fails, then try it; what waits is told at the next look of the monitor:
  evalgate alert test --sink chat\
""")


def test_news_that_did_not_arrive_is_told_apart_from_an_alert_that_nobody_knows() -> None:
    late = Told(at=NOW, reference="issue 7", failures=1, failure="no answer within 2 s")
    alert = KnownAlert(alert=an_alert("p"), seen=NOW, told={"pager": late})
    text = "\n".join(list_lines(AlertState(alerts={"p": alert}), SINKS, now=NOW, test=tried))
    assert "was told 2026-09-21 14:13 UTC as issue 7, and not what is new since" in text
    assert "1 attempt failed: no answer within 2 s" in text
    assert "Mend" not in text


def test_what_somebody_would_take_was_told_to_nobody_so_far() -> None:
    state = AlertState(alerts={"p": KnownAlert(alert=an_alert("p"), seen=NOW)})
    assert "nobody so far" in "\n".join(list_lines(state, SINKS, now=NOW, test=tried))
    ticket = an_alert("t", urgency=Urgency.TICKET)
    alone = AlertState(alerts={"t": KnownAlert(alert=ticket, seen=NOW)})
    text = "\n".join(list_lines(alone, SINKS[:1], now=NOW, test=tried))
    assert "nobody: no sink takes tickets" in text


def test_nothing_that_an_alert_says_acts_in_a_terminal() -> None:
    text = "\n".join(list_lines(STATE, SINKS, now=NOW, test=tried))
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
    said = "\n".join(list_lines(AlertState(), (), now=NOW, test=tried))
    assert said.startswith("No alert is firing.")
    assert "the policy names no sink" in said
