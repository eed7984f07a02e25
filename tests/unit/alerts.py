"""Alerts, sinks and alarms that tests tell."""

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alert import Alert, SinkKind, SinkRules
from evalgate.model.observation import Stream

NOW = 1_790_000_000.0
"""2026-09-21T14:13:20Z."""


def an_alert(
    fingerprint: str = "f1",
    *,
    urgency: Urgency = Urgency.PAGE,
    over: bool = False,
    at: float = NOW,
) -> Alert:
    """Return an alert; with the same fingerprint it is about the same cause."""
    return Alert(
        fingerprint=fingerprint,
        urgency=urgency,
        is_resolved=over,
        title="support: accuracy has fallen",
        message="The mean of 100 scores is 0.81, and the baseline is 0.90.",
        began=NOW - 600,
        at=at,
        facts=(("prompt", "support"), ("observed", "81 %")),
        commands=("evalgate monitor --once",),
    )


def a_sink(
    name: str = "pager",
    *urgencies: Urgency,
    kind: SinkKind = SinkKind.WEBHOOK,
    timeout: float = 2.0,
) -> SinkRules:
    """Return the rules of a sink; without urgencies it takes all."""
    return SinkRules(
        name=name,
        kind=kind,
        variable=f"{name.upper()}_URL",
        urgencies=urgencies or tuple(Urgency),
        timeout=timeout,
    )


def an_alarm(signal: Signal = Signal.FALL, *, over: bool = False) -> Alarm:
    """Return an alarm about a prompt that has lost nine points."""
    return Alarm(
        signal=signal,
        urgency=Urgency.PAGE,
        stream=Stream(prompt="support", criterion="accuracy", version="v4", route="eu"),
        fingerprint="f1",
        began=NOW - 600,
        raised=NOW - 60,
        resolved=NOW if over else None,
        observed=0.81,
        baseline=0.9,
        limit=0.85,
        low=0.78,
        high=0.84,
        n=100,
        window="100 scores",
        message="The mean of 100 scores is 0.81, and the baseline is 0.90.",
        also=(Stream(prompt="support", criterion="relevance"),),
    )
