"""The answers of the checklist as Markdown, to be kept with a release or put into an issue."""

from collections.abc import Iterator

from evalgate.model.readiness import Finding, Readiness
from evalgate.reporting.instants import utc
from evalgate.reporting.markdown import inline, prose, row
from evalgate.reporting.readiness_words import (
    STANDING_SIGNS,
    STANDING_WORDS,
    TOPIC_WORDS,
    by_topic,
    headline,
    summary,
)

_MOST = 1_000


def readiness_markdown(readiness: Readiness) -> str:
    """Return the report."""
    return "\n".join(_lines(readiness)) + "\n"


def _lines(readiness: Readiness) -> Iterator[str]:
    yield f"# {headline(readiness)}"
    yield ""
    yield f"{summary(readiness)}. As of {utc(readiness.at)}."
    for topic, findings in by_topic(readiness):
        yield ""
        yield f"## {TOPIC_WORDS[topic]}"
        yield ""
        yield row("", "item", "what was seen", "what comes next")
        yield row("---", "---", "---", "---")
        yield from map(_row, findings)


def _row(each: Finding) -> str:
    standing = f"{STANDING_SIGNS[each.standing]} {STANDING_WORDS[each.standing]}"
    steps = "<br>".join(inline(step, _MOST) for step in each.steps)
    title = f"**{inline(each.title)}**<br>{prose(each.demand)}"
    return row(standing.replace("– –", "–"), title, prose(each.seen, _MOST), steps)
