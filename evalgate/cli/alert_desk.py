"""Tells the alarms of each look of the monitor to the sinks, and remembers what was told."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evalgate.adapters.alert_delivery import AlertDelivery
from evalgate.adapters.alert_state import FILE, read_alert_state, write_alert_state
from evalgate.cli.alert_sinks import open_sink
from evalgate.cli.complaint import notify
from evalgate.errors import UsageError
from evalgate.model.alarm import Alarm
from evalgate.model.alert import Alert, Delivery
from evalgate.model.alerted import AlertState
from evalgate.model.monitoring import MonitorRules
from evalgate.monitoring.alarms.alert_text import alert_of
from evalgate.monitoring.alarms.delivering import Round, alerts_of_round, booked, parcels_of
from evalgate.monitoring.places import Places

FOLDER = Path("reports") / "monitor"

_HERE = Places()


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingRound:
    """What was told in one round, and what is remembered of all of them."""

    deliveries: tuple[Delivery, ...]
    state: AlertState


class AlertDesk:
    """One for the life of a monitor; `tell` is called once after each look."""

    def __init__(
        self,
        rules: MonitorRules,
        *,
        folder: Path = FOLDER,
        variables: Mapping[str, str] = os.environ,
        places: Places = _HERE,
    ) -> None:
        """Tell nothing yet.

        Args:
            rules: whose `alerts` are the sinks.
            folder: where `alerts.json` is, which only one monitor may write.
            variables: the environment, with what is secret.
            places: where the monitor looks, for the commands of an alert.
        """
        self._rules = rules
        self._places = places
        self._path = folder / FILE
        self._delivery = AlertDelivery(rules.alerts, partial(open_sink, variables=variables))
        self._unwritten: AlertState | None = None

    def tell(
        self, alarms: Sequence[Alarm], *, at: float, incidents: Mapping[str, str] | None = None
    ) -> TellingRound:
        """Tell what is new about alarms; see `tell_alerts`.

        Args:
            alarms: all of a look: those that last, and those that are over.
            at: now, in seconds since 1970.
            incidents: their ids, by the fingerprint of the alarm.
        """
        known = incidents or {}
        return self.tell_alerts(
            [
                alert_of(
                    each,
                    at=at,
                    incident=known.get(each.fingerprint, ""),
                    places=self._places,
                )
                for each in alarms
            ],
            at=at,
        )

    def tell_alerts(self, alerts: Sequence[Alert], *, at: float) -> TellingRound:
        """Tell what is new about alerts, and remember it.

        It lasts as long as the most patient sink has, at most, and no sink makes it fail. A sink
        that begins to fail is also named on standard error.

        Args:
            alerts: all that last, and those that are over.
            at: now, in seconds since 1970.

        Raises:
            UsageError: when `alerts.json` cannot be read.
        """
        now = Round(
            rules=self._rules.alerts,
            at=at,
            cooldown=60 * self._rules.alarms.cooldown_minutes,
            places=self._places,
        )
        before = read_alert_state(self._path)
        state = self._unwritten or before
        known = alerts_of_round(alerts, state, now)
        deliveries = self._delivery.deliver(parcels_of(known, state, now), at=at)
        after = booked(state, known, deliveries, now=now)
        self._write(before, after)
        for name, health in after.failing.items():
            if name not in state.failing:
                notify(f"alerts do not arrive at `{name}`: {health.failure}")
        return TellingRound(deliveries=deliveries, state=after)

    def _write(self, before: AlertState, after: AlertState) -> None:
        """Write what is remembered; what cannot be written is remembered by this process."""
        self._unwritten = None
        try:
            write_alert_state(self._path, before, after)
        except UsageError as error:
            self._unwritten = after
            notify(f"what was told of alerts is not written down: {error}")
