"""Decides which alert is told where, and what is remembered of it: pure, one round after another.

A sink hears of a cause once, again when it became graver, and of its end where it heard of it. What
did not arrive is tried again for as long as it matters, after pauses that grow up to an hour.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alert import Alert, Delivery, SinkRules
from evalgate.model.alerted import AlertState, KnownAlert, Parcel, SinkHealth, Told
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.alert_text import SINK_PREFIX, alert_of
from evalgate.monitoring.places import Places

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 3_600.0
"""Seconds until a failed delivery is tried again; they double in between."""

HEAVIER = 2.0
"""How many times as far beyond the limit an alert must be to be told again."""

FORGOTTEN = 86_400.0
"""Seconds after which an alert that no look names any more is taken for over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round knows: the sinks, the instant, and how long what is over is not told again.

    `places` are those that the monitor has looked at.
    """

    rules: Sequence[SinkRules]
    at: float
    cooldown: float = 3_600.0
    places: Places = field(default_factory=Places)


def alerts_of_round(alerts: Iterable[Alert], state: AlertState, now: Round) -> Mapping[str, Alert]:
    """Return by fingerprint what is to be told about, that of earlier rounds included.

    Of several alerts about one cause the one that lasts counts, else the last one. What was told
    and is not named any more stays as it is for a day; then it is over. Sinks that fail, or failed
    until now, are causes of their own.
    """
    found: dict[str, Alert] = {}
    for alert in (*alerts, *_sink_alerts(state, now)):
        known = found.get(alert.fingerprint)
        if known is None or known.is_resolved or not alert.is_resolved:
            found[alert.fingerprint] = alert
    for fingerprint, known_alert in state.alerts.items():
        if fingerprint not in found:
            found[fingerprint] = _left(known_alert, now)
    return found


def parcels_of(alerts: Mapping[str, Alert], state: AlertState, now: Round) -> tuple[Parcel, ...]:
    """Return which alerts go to which sinks in this round."""
    return tuple(
        Parcel(sink=rules.name, alert=alert, reference=told.reference)
        for alert in alerts.values()
        for rules in now.rules
        if _is_due(alert, told := _told(state, alert, rules.name), now=now)
        and (told.is_open or _takes(rules, alert, now))
    )


def booked(
    state: AlertState,
    alerts: Mapping[str, Alert],
    deliveries: Sequence[Delivery],
    *,
    now: Round,
) -> AlertState:
    """Return what is remembered after a round.

    Args:
        state: before it.
        alerts: that it was about.
        deliveries: what became of its parcels.
        now: the round.
    """
    by_alert: dict[str, dict[str, Delivery]] = {}
    for each in deliveries:
        by_alert.setdefault(each.fingerprint, {})[each.sink] = each
    known = {
        fingerprint: entry
        for fingerprint, alert in alerts.items()
        if (entry := _entry(state, alert, by_alert.get(fingerprint, {}), now=now)) is not None
    }
    return AlertState(alerts=known, sinks=_health(state, alerts, deliveries, now=now))


def mended(state: AlertState, sinks: Iterable[str]) -> AlertState:
    """Return the state once sinks are known to take alerts: what waits for them is due at once."""
    names = set(sinks)
    alerts = {
        fingerprint: replace(
            known,
            told={
                sink: replace(told, tried=None, failures=0, failure="") if sink in names else told
                for sink, told in known.told.items()
            },
        )
        for fingerprint, known in state.alerts.items()
    }
    health = {name: SinkHealth() if name in names else each for name, each in state.sinks.items()}
    return AlertState(alerts=alerts, sinks=health)


def pause_after(failures: int) -> float:
    """Return the seconds until the next attempt after so many failed ones."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 20))


def _is_due(alert: Alert, told: Told, *, now: Round) -> bool:
    if told.tried is not None and now.at < told.tried + pause_after(told.failures):
        return False
    if alert.is_resolved:
        return told.is_open
    if told.at is None:
        return True
    if told.is_open:
        return _is_graver(alert, told) or bool(alert.incident and alert.incident != told.incident)
    return now.at >= told.at + now.cooldown or _is_more_urgent(alert, told)


def _is_graver(alert: Alert, told: Told) -> bool:
    return _is_more_urgent(alert, told) or alert.weight >= HEAVIER * told.weight


def _is_more_urgent(alert: Alert, told: Told) -> bool:
    return alert.urgency is Urgency.PAGE and told.urgency is Urgency.TICKET


def _takes(rules: SinkRules, alert: Alert, now: Round) -> bool:
    """Whether an alert belongs to a sink; one about a sink belongs to others, whichever it can."""
    if not alert.fingerprint.startswith(SINK_PREFIX):
        return alert.urgency in rules.urgencies
    others = [each for each in now.rules if each.name != alert.fingerprint[len(SINK_PREFIX) :]]
    willing = [each for each in others if alert.urgency in each.urgencies]
    return rules in (willing or others)


def _told(state: AlertState, alert: Alert, sink: str) -> Told:
    known = state.alerts.get(alert.fingerprint)
    return Told() if known is None else known.told.get(sink, Told())


def _left(known: KnownAlert, now: Round) -> Alert:
    """Return an alert that no look names any more."""
    alert = known.alert
    if alert.is_resolved or now.at < known.seen + FORGOTTEN:
        return alert
    message = "No look of the monitor has named it for a day, so that it is taken for over."
    return replace(alert, is_resolved=True, message=message, at=now.at)


def _entry(
    state: AlertState, alert: Alert, deliveries: Mapping[str, Delivery], *, now: Round
) -> KnownAlert | None:
    """Return what is remembered of an alert; None when nothing has to be any more."""
    known = state.alerts.get(alert.fingerprint)
    if known is None and alert.is_resolved:
        return None
    told = {
        rules.name: _after(before, alert, deliveries.get(rules.name))
        for rules in now.rules
        if (before := _told(state, alert, rules.name)) != Told() or rules.name in deliveries
    }
    is_left = known is not None and known.alert == alert
    seen = known.seen if known is not None and is_left else now.at
    if alert.is_resolved and not any(_matters(each, now) for each in told.values()):
        return None
    return KnownAlert(alert=alert, seen=seen, told=told)


def _matters(told: Told, now: Round) -> bool:
    """Whether what a sink knows of an alert that is over still decides anything."""
    return told.is_open or (told.at is not None and now.at < told.at + now.cooldown)


def _after(told: Told, alert: Alert, delivery: Delivery | None) -> Told:
    if delivery is None:
        return told
    if delivery.failure:
        return replace(
            told, tried=delivery.at, failures=told.failures + 1, failure=delivery.failure
        )
    return Told(
        at=delivery.at,
        is_resolved=alert.is_resolved,
        urgency=alert.urgency,
        weight=alert.weight,
        incident=alert.incident,
        reference=delivery.reference or told.reference,
    )


def _health(
    state: AlertState,
    alerts: Mapping[str, Alert],
    deliveries: Sequence[Delivery],
    *,
    now: Round,
) -> Mapping[str, SinkHealth]:
    health = {}
    for rules in now.rules:
        own = [each for each in deliveries if each.sink == rules.name]
        before = state.sinks.get(rules.name, SinkHealth())
        health[rules.name] = _judged(before, alerts, own) if own else before
    return health


def _judged(
    before: SinkHealth, alerts: Mapping[str, Alert], deliveries: Sequence[Delivery]
) -> SinkHealth:
    failed = [each for each in deliveries if each.failure]
    if not failed:
        return SinkHealth()
    since = failed[0].at if before.failing_since is None else before.failing_since
    urgencies = {before.urgency, *(alerts[each.fingerprint].urgency for each in failed)}
    return SinkHealth(
        failing_since=since,
        failures=before.failures + len(failed),
        failure=failed[-1].failure,
        urgency=Urgency.PAGE if Urgency.PAGE in urgencies else Urgency.TICKET,
    )


def _sink_alerts(state: AlertState, now: Round) -> Iterator[Alert]:
    names = {rules.name for rules in now.rules}
    failing = {name: each for name, each in state.failing.items() if name in names}
    for name, health in failing.items():
        yield alert_of(sink_alarm(name, health, at=now.at), at=now.at, places=now.places)
    for fingerprint, known in state.alerts.items():
        name = fingerprint[len(SINK_PREFIX) :]
        is_over = fingerprint.startswith(SINK_PREFIX) and name not in failing
        if is_over and not known.alert.is_resolved:
            said = "It takes alerts again." if name in names else "It is no place for alerts now."
            yield replace(known.alert, is_resolved=True, message=said, at=now.at)


def sink_alarm(name: str, health: SinkHealth, *, at: float) -> Alarm:
    """Return the alarm about a sink that does not take alerts."""
    since = at if health.failing_since is None else health.failing_since
    return Alarm(
        signal=Signal.SINK,
        urgency=health.urgency,
        stream=Stream(prompt="", criterion=name),
        fingerprint=f"{SINK_PREFIX}{name}",
        began=since,
        raised=at,
        observed=float(health.failures),
        limit=0.0,
        n=health.failures,
        window="",
        message=f"The last alert was not taken there: {health.failure}.",
    )
