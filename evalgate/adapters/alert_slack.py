"""Posts alerts to a channel of Slack through an incoming webhook.

Sources: Slack's documentation of incoming webhooks, of blocks and their limits, and of escaping.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from evalgate.adapters.alert_document import subject
from evalgate.adapters.alert_http import Posting, post, refusal
from evalgate.model.alarm import Urgency
from evalgate.model.alert import Alert
from evalgate.model.document import Data

LONGEST_HEADER = 150
LONGEST_TEXT = 3_000
LONGEST_FIELD = 2_000
MOST_FIELDS = 10

_CODE = re.compile(rb"[a-z_]{2,40}")
# What takes the place of a backtick means nothing to a shell either: commands get copied from here.
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "\u02cb"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSink:
    """Takes an alert as one message, and its end as another: a webhook cannot change messages."""

    address: str = field(repr=False)
    timeout: float = 10.0

    def send(self, alert: Alert, *, reference: str = "") -> str:  # noqa: ARG002 - it names nothing
        """Post an alert."""
        body = json.dumps(slack_message(alert), ensure_ascii=False).encode("utf-8", "replace")
        posted = post(self.address, Posting(body=body, timeout=self.timeout))
        if not posted.is_taken:
            code = _CODE.fullmatch(posted.body.strip())
            raise refusal(posted, code[0].decode() if code else "")
        return ""


def slack_message(alert: Alert) -> dict[str, Data]:
    """Return the message: all but the commands is plain text, in which nothing acts."""
    title = f"{_icon(alert)} {subject(alert, LONGEST_HEADER - 2)}"
    return {
        "text": escaped(title),
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [*_blocks(alert, title)],
    }


def escaped(text: str) -> str:
    """Return a text in which nothing mentions, links, or ends the code that it stands in."""
    return text.translate(_ENTITIES)


def _blocks(alert: Alert, title: str) -> Iterator[Data]:
    yield {"type": "header", "text": _plain(title, LONGEST_HEADER)}
    if alert.message:
        yield {"type": "section", "text": _plain(alert.message, LONGEST_TEXT)}
    facts = [_plain(f"{label}: {value}", LONGEST_FIELD) for label, value in alert.facts]
    for start in range(0, len(facts), MOST_FIELDS):
        yield {"type": "section", "fields": [*facts[start : start + MOST_FIELDS]]}
    if alert.commands:
        lines = escaped("\n".join(alert.commands))[: LONGEST_TEXT - 8]
        yield {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"```\n{lines}\n```", "verbatim": True},
        }


def _plain(text: str, longest: int) -> dict[str, Data]:
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return {"type": "plain_text", "text": cut or " ", "emoji": False}


def _icon(alert: Alert) -> str:
    if alert.is_resolved:
        return "✓"
    return "▲" if alert.urgency is Urgency.PAGE else "△"
