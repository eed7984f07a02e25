"""What `evalgate alert` prints: how the sinks were tried, and what was told where."""

from collections.abc import Callable, Iterator, Sequence

from evalgate.model.alert import Alert, Delivery, SinkRules
from evalgate.model.alerted import AlertState, KnownAlert, Told
from evalgate.model.document import Data
from evalgate.monitoring.alarms.sink_trial import SinkTrial
from evalgate.reporting.instants import duration, iso, utc
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import on_one_line, safe_line

TRIAL_SCHEMA = "alert-test/1"
LIST_SCHEMA = "alert-list/1"

_LONGEST = 300


def trial_lines(trials: Sequence[SinkTrial]) -> Iterator[str]:
    """Yield the lines about a test for a reader."""
    name = max([len("sink"), *(len(each.rules.name) for each in trials)])
    yield f"{'sink':<{name}}  {'kind':<9}  {'alert':>8}  {'its end':>8}  result"
    for each in trials:
        result = f"failed: {each.failure}" if each.failure else "ok"
        yield (
            f"{each.rules.name:<{name}}  {each.rules.kind.value:<9}  {_took(each.fired):>8}  "
            f"{_took(each.resolved):>8}  {_safe(result)}"
        )
    failed = sum(1 for each in trials if each.failure)
    yield ""
    yield f"{count(len(trials), 'sink')}: {len(trials) - failed} ok, {failed} failed"


def trial_document(trials: Sequence[SinkTrial]) -> dict[str, Data]:
    """Return a test for machines."""
    return {
        "schema": TRIAL_SCHEMA,
        "sinks": [
            {
                "name": each.rules.name,
                "kind": each.rules.kind.value,
                "ok": not each.failure,
                "failure": each.failure,
                "alert_seconds": round(each.fired.seconds, 3),
                "end_seconds": None if each.resolved is None else round(each.resolved.seconds, 3),
                "reference": each.fired.reference,
            }
            for each in trials
        ],
    }


def list_lines(
    state: AlertState, sinks: Sequence[SinkRules], *, now: float, test: Callable[[str], str]
) -> Iterator[str]:
    """Yield what is firing, who was told, how the sinks are, and what to do, for a reader.

    Args:
        state: what is remembered.
        sinks: those of the policy.
        now: in seconds since 1970.
        test: returns the command that tries a sink.
    """
    known = _firing(state)
    yield f"{count(len(known), 'alert')} firing" if known else "No alert is firing."
    for each in known:
        yield ""
        yield from _alert_lines(each, sinks, now=now)
    yield ""
    yield from _sink_lines(state, sinks, test=test)


def _alert_lines(known: KnownAlert, sinks: Sequence[SinkRules], *, now: float) -> Iterator[str]:
    alert = known.alert
    yield f"{alert.urgency.value.upper():<6}  {_safe(alert.title)}"
    told = [(name, _told_words(each)) for name, each in known.told.items()]
    width = max([len("since"), *(len(name) for name, _ in told)])
    rows = [
        ("since", f"{utc(alert.began)} ({duration(max(0.0, now - alert.began))})"),
        ("why", alert.message),
        *(told or [("told", _untold(alert, sinks))]),
        *(("next", command) for command in alert.commands[:1]),
    ]
    for label, text in rows:
        yield f"        {_safe(label):<{width}}  {_safe(text)}"


def list_document(state: AlertState, sinks: Sequence[SinkRules]) -> dict[str, Data]:
    """Return the same for machines."""
    return {
        "schema": LIST_SCHEMA,
        "firing": [_alert_data(each) for each in _firing(state)],
        "sinks": [_sink_data(state, each) for each in sinks],
    }


def _sink_lines(
    state: AlertState, sinks: Sequence[SinkRules], *, test: Callable[[str], str]
) -> Iterator[str]:
    if not sinks:
        yield (
            "Nobody is told: the policy names no sink. Add one under `monitor.alerts`; "
            "docs/alerts.md shows each kind."
        )
        return
    rows = [
        (
            rules.name,
            rules.kind.value,
            " and ".join(f"{each.value}s" for each in rules.urgencies),
            _sink_words(state, rules),
        )
        for rules in sinks
    ]
    heads = ("sink", "kind", "takes", "state")
    name, kind, takes = (
        max(map(len, column)) for column in list(zip(heads, *rows, strict=True))[:3]
    )
    for row in (heads, *rows):
        yield f"{row[0]:<{name}}  {row[1]:<{kind}}  {row[2]:<{takes}}  {_safe(row[3])}"
    failing = [each.name for each in sinks if each.name in state.failing]
    if failing:
        yield ""
        yield "Mend what fails, then try it; what waits is told at the next look of the monitor:"
        yield from (f"  {_safe(test(each))}" for each in failing)


def _sink_words(state: AlertState, rules: SinkRules) -> str:
    health = state.sinks.get(rules.name)
    if health is None or health.failing_since is None:
        return "has not failed"
    tries = count(health.failures, "time")
    return f"FAILS since {utc(health.failing_since)}, {tries}: {health.failure}"


def _told_words(told: Told) -> str:
    place = f" as {told.reference}" if told.reference else ""
    if not told.failures:
        return f"was told {utc(told.at)}{place}"
    missed = f"{count(told.failures, 'attempt')} failed: {told.failure}"
    if told.is_open:
        return f"was told {utc(told.at)}{place}, and not what is new since; {missed}"
    return f"was NOT told; {missed}"


def _untold(alert: Alert, sinks: Sequence[SinkRules]) -> str:
    if any(alert.urgency in each.urgencies for each in sinks):
        return "nobody so far"
    return f"nobody: no sink takes {alert.urgency.value}s"


def _firing(state: AlertState) -> list[KnownAlert]:
    found = [each for each in state.alerts.values() if not each.alert.is_resolved]
    return sorted(found, key=lambda each: (each.alert.urgency.value, each.alert.began))


def _alert_data(known: KnownAlert) -> Data:
    alert = known.alert
    return {
        "fingerprint": alert.fingerprint,
        "urgency": alert.urgency.value,
        "title": alert.title,
        "message": alert.message,
        "began": iso(alert.began),
        "seen": iso(known.seen),
        "incident": alert.incident,
        "told": [
            {
                "sink": sink,
                "at": iso(told.at),
                "reference": told.reference,
                "failures": told.failures,
                "failure": told.failure,
            }
            for sink, told in known.told.items()
        ],
    }


def _sink_data(state: AlertState, rules: SinkRules) -> Data:
    health = state.sinks.get(rules.name)
    return {
        "name": rules.name,
        "kind": rules.kind.value,
        "urgencies": [each.value for each in rules.urgencies],
        "failing_since": None if health is None else iso(health.failing_since),
        "failure": "" if health is None else health.failure,
    }


def _took(delivery: Delivery | None) -> str:
    return "–" if delivery is None else f"{delivery.seconds:.2f} s"


def _safe(text: str) -> str:
    return safe_line(on_one_line(text, _LONGEST))
