"""Sends alerts through Apprise, which knows e-mail and many services by the address alone."""

import logging

import apprise

from evalgate.adapters.alert_document import plain_text, subject
from evalgate.errors import AlertError
from evalgate.model.alarm import Urgency
from evalgate.model.alert import Alert

LONGEST_TITLE = 250

# What the library logs may hold an address, and with it a secret.
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False


class AppriseSink:
    """Takes an alert as one message with a title; of what fails, the library tells no reason."""

    def __init__(self, address: str, variable: str) -> None:
        """Read the address.

        Args:
            address: of Apprise, such as `mailto://…`; a secret.
            variable: the environment variable that it comes from.

        Raises:
            AlertError: it is none that Apprise knows; it is not repeated.
        """
        self._targets = apprise.Apprise()
        if not address.strip() or not self._targets.add(address) or not len(self._targets):
            raise AlertError(
                f"{variable} holds no address that Apprise knows: expected one such as "
                "mailto://user:password@example.com"
            )

    def send(self, alert: Alert, *, reference: str = "") -> str:  # noqa: ARG002 - it names nothing
        """Send an alert."""
        is_sent = self._targets.notify(
            title=subject(alert, LONGEST_TITLE),
            body=plain_text(alert),
            notify_type=_kind(alert),
            body_format=apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
        )
        if not is_sent:
            raise AlertError(
                "Apprise could not deliver it: try its address with `apprise -vv`, which says why"
            )
        return ""


def _kind(alert: Alert) -> apprise.NotifyType:
    if alert.is_resolved:
        return apprise.NotifyType.SUCCESS
    is_page = alert.urgency is Urgency.PAGE
    return apprise.NotifyType.FAILURE if is_page else apprise.NotifyType.WARNING
