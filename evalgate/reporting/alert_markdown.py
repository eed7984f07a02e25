"""Writes an alert as Markdown for GitHub: what happened, the figures, and commands to copy."""

from collections.abc import Iterator

from evalgate.model.alert import Alert
from evalgate.reporting.instants import utc
from evalgate.reporting.markdown import fence, inline, row
from evalgate.reporting.visible import Excerpt

_LONGEST = 2_000


def alert_markdown(alert: Alert) -> str:
    """Return an alert as Markdown in which nothing mentions, links or opens HTML."""
    return "\n".join(_lines(alert))


def _lines(alert: Alert) -> Iterator[str]:
    yield inline(alert.message, _LONGEST)
    yield ""
    state = "over since" if alert.is_resolved else "as of"
    yield row(f"**{alert.urgency.value.capitalize()}**", f"{state} {utc(alert.at)}")
    yield row("---", "---")
    for label, value in alert.facts:
        yield row(inline(label), inline(value))
    if alert.commands:
        yield "\nNext:\n"
        yield fence(Excerpt(text="\n".join(alert.commands)), language="sh")
