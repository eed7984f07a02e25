"""Posts alerts as JSON to an address of one's own, signed where a secret is shared."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field

from evalgate.adapters.alert_document import alert_document
from evalgate.adapters.alert_http import Posting, post, refusal
from evalgate.model.alert import Alert

TIMESTAMP = "X-Evalgate-Timestamp"
SIGNATURE = "X-Evalgate-Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSink:
    """Takes every alert, and every resolve, as one request with the document `alert/1`.

    With a `secret`, the header `X-Evalgate-Signature` is `sha256=` and the HMAC of the timestamp of
    `X-Evalgate-Timestamp`, a dot and the body: a receiver can refuse what is forged or old.
    """

    address: str = field(repr=False)
    timeout: float = 10.0
    secret: bytes = field(default=b"", repr=False)

    def send(self, alert: Alert, *, reference: str = "") -> str:  # noqa: ARG002 - it names nothing
        """Post an alert."""
        body = json.dumps(alert_document(alert), ensure_ascii=False).encode("utf-8", "replace")
        headers = {TIMESTAMP: f"{int(alert.at)}"}
        if self.secret:
            headers[SIGNATURE] = signature(self.secret, headers[TIMESTAMP], body=body)
        posted = post(self.address, Posting(body=body, headers=headers, timeout=self.timeout))
        if not posted.is_taken:
            raise refusal(posted)
        return ""


def signature(secret: bytes, timestamp: str, *, body: bytes) -> str:
    """Return what the header of a signed request holds."""
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"
