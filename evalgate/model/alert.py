"""What is told to people when something must be done, and where it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from evalgate.model.alarm import Urgency


class SinkKind(StrEnum):
    """What takes alerts: see `SinkRules`."""

    GITHUB = "github"
    WEBHOOK = "webhook"
    SLACK = "slack"
    PAGERDUTY = "pagerduty"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkRules:
    """One place for alerts; what is secret about it stands in the environment.

    `variable` names the environment variable with the address (`webhook`, `slack`), the routing key
    (`pagerduty`), the token (`github`), or the URL of Apprise, which knows e-mail and the rest.
    `urgencies` are the alerts that go there. `timeout` bounds one delivery, in seconds. `options`
    are what a kind needs besides, such as `repository` and `labels` of `github`.
    """

    name: str
    kind: SinkKind
    variable: str
    urgencies: tuple[Urgency, ...] = (Urgency.PAGE, Urgency.TICKET)
    timeout: float = 10.0
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message about one cause; with the same `fingerprint` it is about the same cause.

    `began` and `at` are in seconds since 1970. `facts` are pairs of a label and a value, `commands`
    what can be pasted into a terminal. `weight` is how far beyond the limit it is, in multiples of
    the limit, so that what became worse is told again. Nothing in an alert repeats what users or
    the model said.
    """

    fingerprint: str
    urgency: Urgency
    is_resolved: bool
    title: str
    message: str
    began: float
    at: float
    facts: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()
    incident: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of an alert at one sink; `failure` is empty where it was taken.

    `at` is in seconds since 1970, `seconds` how long the sink took for it.
    """

    sink: str
    fingerprint: str
    at: float
    failure: str = ""
    reference: str = ""
    seconds: float = 0.0


class AlertSink(Protocol):
    """One place that takes alerts."""

    def send(self, alert: Alert, *, reference: str = "") -> str:
        """Deliver an alert, and return what it is called there, such as the address of an issue.

        Args:
            alert: what is told.
            reference: what an earlier message of this cause returned; empty for the first one.

        Raises:
            AlertError: it was not taken; the message repeats no secret.
        """
        ...
