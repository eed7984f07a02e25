"""An item of the checklist: what it asks for, and the function that looks; pure."""

from collections.abc import Callable
from dataclasses import dataclass

from evalgate.model.policy import Policy
from evalgate.model.readiness import Finding, Standing, Topic
from evalgate.model.serving import Serving
from evalgate.monitoring.readiness.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an item came to; see `Finding`."""

    standing: Standing
    seen: str
    steps: tuple[str, ...] = ()


Check = Callable[[Facts], Found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the checklist."""

    id: str
    topic: Topic
    title: str
    demand: str
    check: Check

    def found(self, facts: Facts) -> Finding:
        """Look at the facts."""
        found = self.check(facts)
        return Finding(
            id=self.id,
            topic=self.topic,
            title=self.title,
            demand=self.demand,
            standing=found.standing,
            seen=found.seen,
            steps=found.steps,
        )


def ok(seen: str) -> Found:
    """Return that it is as it should be."""
    return Found(standing=Standing.OK, seen=seen)


def warning(seen: str, *steps: str) -> Found:
    """Return that it should be better."""
    return Found(standing=Standing.WARNING, seen=seen, steps=steps)


def failed(seen: str, *steps: str) -> Found:
    """Return that it is not as it must be."""
    return Found(standing=Standing.FAILED, seen=seen, steps=steps)


def by_hand(seen: str, *steps: str) -> Found:
    """Return that somebody has to look."""
    return Found(standing=Standing.BY_HAND, seen=seen, steps=steps)


def skipped(seen: str) -> Found:
    """Return that there is nothing to look at, and why."""
    return Found(standing=Standing.NOT_APPLICABLE, seen=seen)


def with_serving(check: Callable[[Facts, Serving], Found]) -> Check:
    """Return a check that needs `runtime.yml`, or says that it cannot be read."""

    def checked(facts: Facts) -> Found:
        if facts.serving is None:
            return skipped("runtime.yml cannot be read: see the item `configuration`")
        return check(facts, facts.serving)

    return checked


def with_policy(check: Callable[[Facts, Policy], Found]) -> Check:
    """Return a check that needs the policy, or says that it cannot be read."""

    def checked(facts: Facts) -> Found:
        if facts.policy is None:
            return skipped("the policy cannot be read: see the item `configuration`")
        return check(facts, facts.policy)

    return checked


def listed(names: tuple[str, ...] | list[str], most: int = 5) -> str:
    """Return names in one text, the first few of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
