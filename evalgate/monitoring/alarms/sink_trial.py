"""The test of a sink: a marked alert and its end, and what became of both; pure."""

from dataclasses import dataclass, replace

from evalgate.model.alarm import Urgency
from evalgate.model.alert import Alert, Delivery, SinkRules
from evalgate.model.alerted import Parcel

FINGERPRINT = "test:evalgate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkTrial:
    """What became of a test alert at a sink, and of its end; None where that was not sent."""

    rules: SinkRules
    fired: Delivery
    resolved: Delivery | None = None

    @property
    def failure(self) -> str:
        """Why the sink cannot be relied on; empty where it took both."""
        if self.fired.failure or self.resolved is None:
            return self.fired.failure or "its end was not sent"
        return f"its end: {self.resolved.failure}" if self.resolved.failure else ""


def trial_parcel(rules: SinkRules, *, at: float) -> Parcel:
    """Return a test alert for a sink, as little urgent as the sink takes.

    Args:
        rules: of the sink.
        at: now, in seconds since 1970.
    """
    alert = Alert(
        fingerprint=FINGERPRINT,
        urgency=Urgency.TICKET if Urgency.TICKET in rules.urgencies else Urgency.PAGE,
        is_resolved=False,
        title="Test of evalgate's alerts: nothing has happened",
        message="Somebody tries whether alerts arrive here. Nothing has to be done.",
        began=at,
        at=at,
        facts=(("sink", rules.name),),
        commands=("evalgate alert list",),
    )
    return Parcel(sink=rules.name, alert=alert)


def ended(parcel: Parcel, *, reference: str) -> Parcel:
    """Return the end of a test alert.

    Args:
        parcel: that was delivered.
        reference: what the sink called it.
    """
    alert = replace(parcel.alert, is_resolved=True, message="The test is over.")
    return replace(parcel, alert=alert, reference=reference)
