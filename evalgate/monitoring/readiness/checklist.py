"""The whole checklist: every item, in the order in which it is told; pure."""

from collections.abc import Sequence
from itertools import chain

from evalgate.model.readiness import Readiness, Topic
from evalgate.monitoring.readiness import (
    alert_checks,
    call_checks,
    log_checks,
    people_checks,
    prompt_checks,
    quality_checks,
)
from evalgate.monitoring.readiness.facts import Facts
from evalgate.monitoring.readiness.item import Item

_GROUPS = (
    call_checks.ITEMS,
    prompt_checks.ITEMS,
    log_checks.ITEMS,
    quality_checks.ITEMS,
    alert_checks.ITEMS,
    people_checks.COST_ITEMS,
    people_checks.ITEMS,
)

ITEMS: Sequence[Item] = sorted(
    chain.from_iterable(_GROUPS), key=lambda item: [*Topic].index(item.topic)
)
"""Every item, by topic."""


def readiness_of(facts: Facts) -> Readiness:
    """Return what every item comes to."""
    return Readiness(at=facts.at, findings=tuple(item.found(facts) for item in ITEMS))
