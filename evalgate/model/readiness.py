"""How ready for production an application is: the answers of a checklist."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How one item of the checklist stands.

    `by_hand` is for people to look at: a machine cannot, or was not told to.
    """

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    BY_HAND = "by_hand"
    NOT_APPLICABLE = "not_applicable"


class Topic(StrEnum):
    """What an item belongs to, in the order in which they are told."""

    CALLS = "calls"
    PROMPTS = "prompts"
    LOG = "log"
    QUALITY = "quality"
    ALERTS = "alerts"
    COST = "cost"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one item: `seen` with its figures, and the `steps` that come next.

    `demand` is what the item asks for, in one sentence; steps are commands, or what to write where.
    """

    id: str
    topic: Topic
    title: str
    demand: str
    standing: Standing
    seen: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The answers to the whole checklist at an instant, in seconds since 1970."""

    at: float
    findings: Sequence[Finding]

    def counted(self, standing: Standing) -> int:
        """Return how many items stand so."""
        return sum(1 for each in self.findings if each.standing is standing)
