"""The words that every report of the checklist shares."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from evalgate.model.readiness import Finding, Readiness, Standing, Topic
from evalgate.reporting.numbers import count

STANDING_WORDS: Mapping[Standing, str] = {
    Standing.OK: "ok",
    Standing.WARNING: "warning",
    Standing.FAILED: "failed",
    Standing.BY_HAND: "by hand",
    Standing.NOT_APPLICABLE: "–",
}

STANDING_SIGNS: Mapping[Standing, str] = {
    Standing.OK: "✓",
    Standing.WARNING: "!",
    Standing.FAILED: "✗",
    Standing.BY_HAND: "?",
    Standing.NOT_APPLICABLE: "–",
}

TOPIC_WORDS: Mapping[Topic, str] = {
    Topic.CALLS: "Calls",
    Topic.PROMPTS: "Prompts",
    Topic.LOG: "Log",
    Topic.QUALITY: "Quality",
    Topic.ALERTS: "Alerts",
    Topic.COST: "Cost",
    Topic.PEOPLE: "People",
}


def by_topic(readiness: Readiness) -> Sequence[tuple[Topic, Sequence[Finding]]]:
    """Return the findings by what they belong to, in their order."""
    grouped = groupby(readiness.findings, key=lambda each: each.topic)
    return [(topic, [*findings]) for topic, findings in grouped]


def summary(readiness: Readiness) -> str:
    """Return how many items stand how, in one sentence."""
    words = {**STANDING_WORDS, Standing.NOT_APPLICABLE: "not applicable"}
    told = [
        f"{number} {word}" for each, word in words.items() if (number := readiness.counted(each))
    ]
    return f"{count(len(readiness.findings), 'item')}: {', '.join(told)}"


def headline(readiness: Readiness) -> str:
    """Return what it comes to, in a few words."""
    if readiness.counted(Standing.FAILED):
        return "Not ready for production"
    if readiness.counted(Standing.WARNING):
        return "Ready, with warnings"
    if readiness.counted(Standing.BY_HAND):
        return "Ready as far as a machine can see"
    return "Ready for production"
