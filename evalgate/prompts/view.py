"""One prompt at the three points of a change, and what the change does to it.

The fork point (merge base) tells what the change itself did; the base, which may have moved on,
tells what is trusted now: its live pointers name the baselines and what counts as published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.prompts.library import Prompt
from evalgate.prompts.past import switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The prompts by name at the three points of a change."""

    base: Mapping[str, Prompt]
    fork: Mapping[str, Prompt]
    head: Mapping[str, Prompt]

    def views(self) -> Iterator["View"]:
        """Yield each prompt that the fork point or the head has, by name.

        A renamed prompt is one prompt: its past is that of the old name.
        """
        renamed = self.renamed()
        for name in sorted({*self.head, *self.fork} - {*renamed.values()}):
            past = renamed.get(name, name)
            some = self.head.get(name) or self.fork[name]
            absent = Prompt(name=name, folder=some.folder)
            yield View(
                base=self.base.get(past, absent),
                fork=self.fork.get(past, absent),
                head=self.head.get(name, absent),
                formerly=None if past == name else past,
            )

    def renamed(self) -> dict[str, str]:
        """Return new name → old name of the prompts that the change renames.

        A prompt counts as renamed when its folder is gone and a new folder holds the version that
        was stable, unchanged.
        """
        gone = [prompt for name, prompt in self.fork.items() if name not in self.head]
        renamed: dict[str, str] = {}
        for name in sorted(self.head.keys() - self.fork.keys() - self.base.keys()):
            for old in gone:
                if _holds_stable(self.head[name], old) and old.name not in renamed.values():
                    renamed[name] = old.name
                    break
        return renamed


def _holds_stable(new: Prompt, old: Prompt) -> bool:
    stable = None if old.stable is None else old.identity(old.stable)
    return stable is not None and stable in map(new.identity, new.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One prompt at the three points; a point that lacks it has an empty prompt.

    `formerly` is the name that it has at base and fork, when the change renames it.
    """

    base: Prompt
    fork: Prompt
    head: Prompt
    formerly: str | None = None

    def touched(self) -> Iterator[str]:
        """Yield the versions that the change added or edited, unless the base has the same."""
        for version in self.head.in_order():
            past = (self.fork.identity(version), self.base.identity(version))
            if self.head.identity(version) not in past:
                yield version

    def is_edited(self, version: str) -> bool:
        """Return whether the file of a version differs, apart from what it includes."""
        past = (self.fork.own_identity(version), self.base.own_identity(version))
        return self.head.own_identity(version) not in past

    def changed_includes(self, version: str) -> Iterator[str]:
        """Yield the shared files of a version that the change edits, adds or deletes."""
        now, before = self.head.dependencies(version), self.fork.dependencies(version)
        for name in dict.fromkeys((*now, *before)):
            past = (self.fork.shared_identity(name), self.base.shared_identity(name))
            if self.head.shared_identity(name) not in past:
                yield name

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
        return now[: len(before)] != before or any(
            move.stable not in movable and not self.base.was_stable(move.stable) for move in added
        )

    def models(self) -> Iterator[tuple[str, bool]]:
        """Yield each model that the change sets by the switch or writes into the history as set.

        With it comes whether it served the same version before, so that it is gone back to.
        """
        set_now = list(switches(self.head.history))[len(self.fork.history) :]
        pairs = [*set_now, (self.head.stable or "", self.head.switch)]
        served = {(version, switch.model) for version, switch in switches(self.base.history)}
        for version, model in dict.fromkeys((version, switch.model) for version, switch in pairs):
            if model is not None and model != self.fork.switch.model:
                is_same = self.head.identity(version) == self.base.identity(version)
                yield model, is_same and (version, model) in served

    def is_rollback(self) -> bool:
        """Return whether the pointer moves to a version that was stable, unchanged since."""
        target = self.moved_to()
        if target is None or not self.base.was_stable(target):
            return False
        return self.head.identity(target) == self.base.identity(target)
