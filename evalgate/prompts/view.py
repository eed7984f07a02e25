"""One prompt at the three points of a change, and what the change does to it.

The fork point (merge base) tells what the change itself did; the base, which may have moved on,
tells what is trusted now: its live pointers name the baselines and what counts as published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.prompts.library import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The prompts by name at the three points of a change."""

    base: Mapping[str, Prompt]
    fork: Mapping[str, Prompt]
    head: Mapping[str, Prompt]

    def views(self) -> Iterator["View"]:
        """Yield each prompt that the fork point or the head has, by name."""
        for name in sorted({*self.head, *self.fork}):
            some = self.head.get(name) or self.fork[name]
            absent = Prompt(name=name, folder=some.folder)
            yield View(
                base=self.base.get(name, absent),
                fork=self.fork.get(name, absent),
                head=self.head.get(name, absent),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One prompt at the three points; a point that lacks it has an empty prompt."""

    base: Prompt
    fork: Prompt
    head: Prompt

    def touched(self) -> Iterator[str]:
        """Yield the versions that the change added or edited, unless the base has the same."""
        for version in self.head.in_order():
            past = (self.fork.identity(version), self.base.identity(version))
            if self.head.identity(version) not in past:
                yield version

    def is_published(self, version: str) -> bool:
        """Return whether the base has the version and points to it, or did."""
        return version in self.base.versions and self.base.has_pointed_to(version)

    def moved_to(self) -> str | None:
        """Return the version that the change makes stable, if it moves the pointer."""
        unmoved = (self.fork.stable, self.base.stable)
        return None if self.head.stable in unmoved else self.head.stable

    def canary_moved_to(self) -> str | None:
        """Return the version that the change makes the canary, or gives more traffic as such."""
        now, before = self.head.canary, self.fork.canary
        if now is None or now.version == self.base.stable:
            return None
        same = before is not None and before.version == now.version
        widened = before is None or now.percent > before.percent
        return now.version if widened or not same else None

    def rewrites_history(self) -> bool:
        """Return whether the history does more than go on with what this change moves."""
        before, now = self.fork.history, self.head.history
        movable = (self.fork.stable, self.base.stable, self.head.stable)
        added = now[len(before) :]
        return now[: len(before)] != before or any(move.stable not in movable for move in added)

    def is_rollback(self) -> bool:
        """Return whether the pointer moves to a version that was stable, unchanged since."""
        target = self.moved_to()
        if target is None or not self.base.was_stable(target):
            return False
        return self.head.identity(target) == self.base.identity(target)
