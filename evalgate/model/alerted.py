"""What was told of alerts so far, and where: the state between two looks of the monitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.alarm import Urgency
from evalgate.model.alert import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An alert on its way to one sink; `reference` is what it is called there, if it is known."""

    sink: str
    alert: Alert
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one sink knows of one alert.

    `at` is when it took the last message, in seconds since 1970, None before the first one. The
    rest of the first line is what that message said. `failures` are the attempts since then that
    came to nothing, the last one at `tried`, for the reason `failure`.
    """

    at: float | None = None
    is_resolved: bool = False
    urgency: Urgency = Urgency.TICKET
    weight: float = 0.0
    incident: str = ""
    reference: str = ""
    tried: float | None = None
    failures: int = 0
    failure: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the sink was told of the alert, and not yet that it is over."""
        return self.at is not None and not self.is_resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlert:
    """An alert that was seen at some look: the last of it, when that was, and who knows of it."""

    alert: Alert
    seen: float
    told: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkHealth:
    """How a sink took its last messages.

    `failing_since` is in seconds since 1970, None where it took the last one; `urgency` is that of
    the gravest alert that it did not take since then.
    """

    failing_since: float | None = None
    failures: int = 0
    failure: str = ""
    urgency: Urgency = Urgency.TICKET


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """All that is remembered: the alerts by fingerprint, the sinks by name."""

    alerts: Mapping[str, KnownAlert] = field(default_factory=dict)
    sinks: Mapping[str, SinkHealth] = field(default_factory=dict)

    @property
    def failing(self) -> Mapping[str, SinkHealth]:
        """The sinks that did not take their last message."""
        return {name: each for name, each in self.sinks.items() if each.failing_since is not None}
