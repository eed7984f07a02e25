"""Sends alerts to PagerDuty as events: one incident there for each cause, ended with it.

Source: PagerDuty's documentation of the Events API v2.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.adapters.alert_document import alert_document, instant, subject
from evalgate.adapters.alert_http import Posting, post, refusal
from evalgate.errors import AlertError
from evalgate.model.alarm import Urgency
from evalgate.model.alert import Alert
from evalgate.model.document import Data

REGIONS: Mapping[str, str] = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
"""Where a service region takes events."""

LONGEST_SUMMARY = 1_024
LONGEST_KEY = 255

_ROUTING_KEY = re.compile(r"[A-Za-z0-9]{32}")
_SEVERITIES: Mapping[Urgency, str] = {Urgency.PAGE: "critical", Urgency.TICKET: "warning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDutySink:
    """Takes an alert as a trigger, and its end as a resolve of the same incident."""

    routing_key: str = field(repr=False)
    address: str = REGIONS["us"]
    service: str = ""
    timeout: float = 10.0

    def send(self, alert: Alert, *, reference: str = "") -> str:
        """Trigger or resolve, and return the key of the incident."""
        key = reference or dedup_key(alert.fingerprint)
        event = json.dumps(self._event(alert, key), ensure_ascii=False).encode("utf-8", "replace")
        posted = post(self.address, Posting(body=event, timeout=self.timeout))
        if not posted.is_taken:
            raise refusal(posted, _reason(posted.status))
        return key

    def _event(self, alert: Alert, key: str) -> dict[str, Data]:
        event: dict[str, Data] = {
            "routing_key": self.routing_key,
            "event_action": "resolve" if alert.is_resolved else "trigger",
            "dedup_key": key,
        }
        if alert.is_resolved:
            return event
        return {
            **event,
            "client": "evalgate",
            "payload": {
                "summary": subject(alert, LONGEST_SUMMARY),
                "source": self.service or "evalgate",
                "severity": _SEVERITIES[alert.urgency],
                "timestamp": instant(alert.began),
                "component": "prompts",
                "group": alert.incident or alert.fingerprint,
                "class": "quality",
                "custom_details": alert_document(alert),
            },
        }


def checked_routing_key(key: str, variable: str) -> str:
    """Return a routing key.

    Raises:
        AlertError: it has not the shape of one; it is not repeated.
    """
    if _ROUTING_KEY.fullmatch(key):
        return key
    raise AlertError(
        f"{variable} holds no routing key: expected the 32 letters and digits that an integration "
        "of the Events API v2 shows"
    )


def dedup_key(fingerprint: str) -> str:
    """Return the key of the incident about a cause: its fingerprint, where it is not too long."""
    key = f"evalgate/{fingerprint}"
    if len(key) <= LONGEST_KEY:
        return key
    return f"evalgate/{hashlib.sha256(fingerprint.encode('utf-8', 'replace')).hexdigest()}"


def _reason(status: int) -> str:
    if status == 400:
        return "the event or its routing key is not valid"
    return "too many events at once" if status == 429 else ""
