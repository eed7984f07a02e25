"""Writes an alert as the document `alert/1`, and its instants as people and services read them."""

from datetime import UTC, datetime

from evalgate.model.alert import Alert
from evalgate.model.document import Data

SCHEMA = "alert/1"


def alert_document(alert: Alert) -> dict[str, Data]:
    """Return an alert as webhooks get it."""
    return {
        "schema": SCHEMA,
        "event": "resolved" if alert.is_resolved else "firing",
        "fingerprint": alert.fingerprint,
        "urgency": alert.urgency.value,
        "title": alert.title,
        "message": alert.message,
        "began": instant(alert.began),
        "at": instant(alert.at),
        "facts": [{"label": label, "value": value} for label, value in alert.facts],
        "commands": [*alert.commands],
        "incident": alert.incident,
    }


def instant(seconds: float) -> str:
    """Return seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def subject(alert: Alert, longest: int) -> str:
    """Return the title on one line of so many characters, saying so where it is over."""
    words = " ".join(f"{'Resolved: ' if alert.is_resolved else ''}{alert.title}".split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def plain_text(alert: Alert) -> str:
    """Return all that an alert says as plain text, line by line."""
    facts = [f"{label}: {value}" for label, value in alert.facts]
    commands = [f"  {command}" for command in alert.commands]
    blocks = (
        [alert.message],
        facts,
        ["Next:", *commands] if commands else [],
    )
    return "\n\n".join("\n".join(block) for block in blocks if block)
