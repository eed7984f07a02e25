"""What stands beside the prompts: how they are served, and what this host does otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Generic, TypeVar

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document
from evalgate.model.override import Override
from evalgate.model.serving import Serving
from evalgate.prompts.override_file import read_override
from evalgate.prompts.pointer_mark import MARK_LENGTH
from evalgate.runtime.versions.look import Look, Seen, read_settled
from evalgate.runtime.versions.news import Notice, notice

RUNTIME = "runtime.yml"
GONE = "the file is gone; what it said last goes on until a restart"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[Value]):
    """The last good state of one file, and what has been wrong with it since.

    `seen` is None until the file was looked at. `is_there` says whether the value comes from it,
    and `mark` is the start of the SHA-256 of what it said then.
    """

    name: str
    value: Value
    is_there: bool = False
    mark: str = ""
    seen: Seen | None = None
    problems: tuple[Problem, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The two files beside the prompts; of `override`, what is in force until `until`."""

    serving_file: Kept[Serving]
    override_file: Kept[Override] | None
    override: Override
    until: float

    @property
    def broken(self) -> dict[str, Notice]:
        """What is wrong with the files, by name."""
        files = (self.serving_file, self.override_file)
        return {
            each.name: notice(each.problems, each.state) for each in files if each and each.problems
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Looks at the two files: `root` is the prompts' folder, `override` a file of the host."""

    root: str
    override: Path | None
    read_serving: Callable[[Document], Serving]

    def first(self, now: float) -> Surroundings:
        """Return what the files say; a broken `runtime.yml` raises ConfigurationError."""
        override = None
        if self.override is not None:
            override = Kept(name=self.override.name, value=Override())
        serving = Kept(name=RUNTIME, value=Serving())
        found = self.again(_in_force(serving, override, now), now)
        if found.serving_file.problems:
            raise ConfigurationError(found.serving_file.problems)
        return found

    def again(self, before: Surroundings, now: float) -> Surroundings:
        """Return what the files say now: the very same value where nothing has changed."""
        serving = self._serving(before.serving_file, now)
        override = before.override_file and self._override(before.override_file, now)
        is_same = serving is before.serving_file and override is before.override_file
        if is_same and now < before.until:
            return before
        return _in_force(serving, override, now)

    def _serving(self, before: Kept[Serving], now: float) -> Kept[Serving]:
        if_missing = replace(before, problems=())
        if before.is_there:
            problem = Problem(path=f"{self.root}/{RUNTIME}", message=GONE)
            if_missing = replace(before, problems=(problem,), state="")
        return _look(self.root, before, now, read=self.read_serving, if_missing=if_missing)

    def _override(self, before: Kept[Override], now: float) -> Kept[Override]:
        folder = str(self.override.parent) if self.override else ""
        if_missing = Kept(name=before.name, value=Override())
        return _look(folder, before, now, read=read_override, if_missing=if_missing)


def _look(
    root: str,
    before: Kept[Value],
    now: float,
    *,
    read: Callable[[Document], Value],
    if_missing: Kept[Value],
) -> Kept[Value]:
    if before.seen is not None and before.seen.is_current(now):
        return before

    def attempt(look: Look) -> Kept[Value]:
        try:
            content = look.find(before.name)
            if content is None:
                return if_missing
            value = read(FORMATS.read_yaml(look.path(before.name), content))
        except ConfigurationError as error:
            return replace(before, problems=error.problems, state=look.digest(before.name))
        mark = look.digest(before.name)[:MARK_LENGTH]
        return Kept(name=before.name, value=value, is_there=True, mark=mark)

    found = read_settled(root, attempt)
    if found is None:
        return before
    after = replace(found[0], seen=found[1])
    if after.value == before.value:
        # Whoever keeps something for a value knows it again.
        after = replace(after, value=before.value)
    return before if after == before else after


def _in_force(serving: Kept[Serving], override: Kept[Override] | None, now: float) -> Surroundings:
    written = override.value if override else Override()
    force = replace(
        written,
        prompts={name: each for name, each in written.prompts.items() if now < each.until},
        routes={name: each for name, each in written.routes.items() if now < each.until},
    )
    return Surroundings(
        serving_file=serving,
        override_file=override,
        override=force,
        until=min(_ends(force), default=inf),
    )


def _ends(override: Override) -> Iterator[float]:
    yield from (entry.until for entry in override.prompts.values())
    yield from (entry.until for entry in override.routes.values())
