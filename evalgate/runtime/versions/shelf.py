"""The prompts of a running process: what is live now, seen within a second of its change."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from evalgate.errors import ConfigurationError, Problem, UsageError
from evalgate.model.call_ports import Event
from evalgate.model.document import Document
from evalgate.model.override import Override, PromptOverride
from evalgate.model.reading import describe, suggestion
from evalgate.model.serving import Serving
from evalgate.prompts.library import LIVE
from evalgate.runtime.versions.live_prompt import LivePrompt
from evalgate.runtime.versions.look import read_settled
from evalgate.runtime.versions.news import of_files, of_overrides, of_pointer, route_subject
from evalgate.runtime.versions.prompt_names import is_prompt_name, prompt_names
from evalgate.runtime.versions.shown import Shown, read_shown
from evalgate.runtime.versions.surroundings import Around, Surroundings

LOOK_SECONDS = 0.5
"""How long what was seen is taken for what is: half of the second that a change may take."""

RESTLESS = "the files of the prompt change all the time: they could not be read in one state"


@dataclass(slots=True)
class _Place:
    """Where a prompt's state stands: it is replaced as a whole, and read without a lock."""

    shown: Shown
    live: LivePrompt | None
    around: Surroundings
    due: float


class Shelf:
    """The folder of prompts as it is now.

    It is looked at on use, for the prompt that is asked for, at most every half second, without a
    thread or a watch of the system; so it works on network folders, with links that are swapped,
    and in forked processes. One thread looks, and the others are given what was seen last. What is
    broken changes nothing: the last good state goes on serving, and an event tells.
    """

    def __init__(  # noqa: PLR0913 - a folder, a file, two clocks, a reader, a listener
        self,
        folder: Path,
        *,
        read_serving: Callable[[Document], Serving],
        override: Path | None = None,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        on_event: Callable[[Event], None],
    ) -> None:
        """Read every prompt of the folder.

        Args:
            folder: that of all prompts.
            read_serving: reads `runtime.yml`.
            override: the override file of this host; it need not exist.
            now: seconds since 1970.
            monotonic: seconds that never go back.
            on_event: told what has happened. It must not raise.

        Raises:
            ConfigurationError: with every problem of the prompts and of `runtime.yml`. A broken
                override file is only told: an emergency must not keep a process from starting.
        """
        self._root, self._now, self._monotonic = str(folder), now, monotonic
        self._on_event = on_event
        self._guard = (os.getpid(), Lock())
        self._watch = Around(root=self._root, override=override, read_serving=read_serving)
        self._places: dict[str, _Place] = {}
        names = prompt_names(folder)
        self._around = self._watch.first(now())
        self._around_due = monotonic() + LOOK_SECONDS
        events = [*self._told_around(None), *(e for name in names for e in self._look(name))]
        self._begin(names)
        self._tell(events)

    def live(self, prompt: str) -> LivePrompt:
        """Return what is live of a prompt.

        Raises:
            UsageError: when there is no such prompt, or nothing of it is live yet.
            ConfigurationError: when the prompt is new, and broken.
        """
        place = self._places.get(prompt)
        around = self._around
        if (
            place is None
            or place.around is not around
            or self._monotonic() >= place.due
            or self._now() >= around.until
        ):
            return self._looked_again(prompt)
        return place.live or self._shown(prompt)

    @property
    def serving(self) -> Serving:
        """How prompts are served, as `runtime.yml` says."""
        return self._around_now().serving_file.value

    @property
    def settings(self) -> str:
        """The mark of `runtime.yml` as it serves: the start of its SHA-256; empty without one."""
        return self._around_now().serving_file.mark

    @property
    def override(self) -> Override:
        """What this host does otherwise now; what has expired is left out."""
        return self._around_now().override

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompts that were found so far and have something live, by name."""
        return tuple(sorted(name for name, each in list(self._places.items()) if each.live))

    def names(self) -> list[str]:
        """Return the folders that are prompts, or are to become some."""
        return prompt_names(Path(self._root))

    def _around_now(self) -> Surroundings:
        around = self._around
        if self._monotonic() < self._around_due and self._now() < around.until:
            return around
        lock = self._lock()
        if lock.acquire(blocking=False):
            try:
                events = self._look_around()
            finally:
                lock.release()
            self._tell(events)
        return self._around

    def _looked_again(self, prompt: str) -> LivePrompt:
        place = self._places.get(prompt)
        lock = self._lock()
        if lock.acquire(blocking=place is None or place.live is None):
            try:
                events = [*self._look_around(), *self._look(prompt)]
            finally:
                lock.release()
            self._tell(events)
        return self._shown(prompt)

    def _shown(self, prompt: str) -> LivePrompt:
        place = self._places.get(prompt)
        if place is None:
            hint = suggestion(prompt, list(self._places)) if self._places else ""
            raise UsageError(f"there is no prompt {describe(prompt)} in {self._root}{hint}")
        if place.live is not None:
            return place.live
        if place.shown.is_unborn:
            raise UsageError(f"{self._root}/{prompt}/{LIVE} names no stable version")
        raise ConfigurationError(place.shown.problems)

    def _lock(self) -> Lock:
        # A fork may happen while another thread of the parent looks; the child would find the lock
        # held for ever.
        if self._guard[0] != os.getpid():
            self._guard = (os.getpid(), Lock())
        return self._guard[1]

    def _look_around(self) -> list[Event]:
        before = self._around
        self._around_due = self._monotonic() + LOOK_SECONDS
        self._around = self._watch.again(before, self._now())
        return list(self._told_around(before))

    def _told_around(self, before: Surroundings | None) -> Iterator[Event]:
        after, ts = self._around, self._now()
        if after is not before:
            yield from of_files(before.broken if before else {}, after.broken, ts=ts)
            old = before.override if before else Override()
            strangers = self._strangers(after)
            yield from of_overrides(old, after.override, ts=ts, strangers=strangers)

    def _strangers(self, around: Surroundings) -> set[str]:
        """Return the subjects of overrides that are here neither as a prompt nor as a route."""
        prompts = {name for name in around.override.prompts if not self._is_here(name)}
        routes = around.override.routes.keys() - around.serving_file.value.routes.keys()
        return prompts | {route_subject(name) for name in routes}

    def _is_here(self, prompt: str) -> bool:
        return prompt in self._places or (
            is_prompt_name(prompt) and Path(self._root, prompt, LIVE).exists()
        )

    def _look(self, prompt: str) -> list[Event]:
        """Bring one prompt up to date."""
        around, due = self._around, self._monotonic() + LOOK_SECONDS
        if not is_prompt_name(prompt):
            return []
        place = self._places.get(prompt)
        before = place.shown if place else Shown()
        override = around.override.prompts.get(prompt)
        after = self._after(prompt, before, override)
        if after is None:
            return []
        self._places[prompt] = _Place(after, after.live, around, due)
        return list(self._told(before, after))

    def _after(self, prompt: str, before: Shown, override: PromptOverride | None) -> Shown | None:
        """Return the new state of a prompt, or None when there is no such prompt."""
        if before.seen and before.override == override and before.seen.is_current(self._now()):
            return before
        found = read_settled(self._root, lambda look: read_shown(prompt, look, before, override))
        if found is None:
            problem = Problem(path=f"{self._root}/{prompt}/{LIVE}", message=RESTLESS)
            return before if before.live else replace(before, problems=(problem,))
        shown, seen = found
        if before.seen is None and not seen.stamps[f"{prompt}/{LIVE}"]:
            return None
        return replace(shown, seen=seen)

    def _told(self, before: Shown, after: Shown) -> Iterator[Event]:
        if after is before:
            return
        ts, is_overridden = self._now(), after.override is not None
        yield from of_files(before.broken, after.broken, ts=ts)
        yield from of_pointer(before.pointed, after.pointed, ts=ts, is_overridden=is_overridden)

    def _begin(self, names: list[str]) -> None:
        """Raise what is wrong with the prompts that the process starts with."""
        shown = [self._places[name].shown for name in names if name in self._places]
        broken = (each for each in shown if each.live is None and not each.is_unborn)
        problems = [problem for each in broken for problem in each.problems]
        if not problems and not self.prompts:
            message = f"nothing is live here: expected folders of prompts, each with a {LIVE}"
            problems = [Problem(path=self._root, message=message)]
        if problems:
            raise ConfigurationError(problems)

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            self._on_event(event)
