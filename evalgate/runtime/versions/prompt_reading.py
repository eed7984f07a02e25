"""Reads what is live of a prompt from its folder: the pointer, and the versions that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document
from evalgate.model.prompt import Canary, LivePointer, PromptVersion
from evalgate.model.reading import Section
from evalgate.prompts.library import LIVE
from evalgate.prompts.live import read_live
from evalgate.prompts.pointer_mark import salt_in_force
from evalgate.prompts.shared import FOLDER as SHARED
from evalgate.prompts.shared import dependencies, identity
from evalgate.prompts.version import read_version
from evalgate.runtime.versions.live_prompt import Pointed
from evalgate.runtime.versions.look import Look
from evalgate.runtime.versions.split import basis_points

NO_STABLE = "names no stable version: nothing says what to serve"
CHANGED = (
    "changed after it was loaded, but a version may not change: add a new one; what was loaded "
    "goes on serving"
)
NO_JINJA = (
    "`template: jinja` needs the extra `gate`: in evalgate's checkout run "
    "python -m pip install '.[gate]'"
)


@dataclass(slots=True, kw_only=True)
class PromptReading:
    """Reads one prompt. What goes wrong is kept by file, below the prompts' folder.

    `loaded` are versions that serve already, by name. They stay as they are, whatever becomes of
    their files: a version is immutable.
    """

    prompt: str
    look: Look
    loaded: Mapping[str, PromptVersion]
    broken: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    is_unborn: bool = False

    def pointed(self) -> Pointed | None:
        """Return what the live pointer says, or None when that cannot be followed."""
        name = f"{self.prompt}/{LIVE}"
        try:
            document = FORMATS.read_yaml(self.look.path(name), self.look.read(name))
            return self._followed(read_live(self.prompt, document), document)
        except ConfigurationError as error:
            # A prompt that nothing is live of yet is whole.
            if self.loaded or not self.is_unborn:
                self.broken[name] = error.problems
            return None

    def check(self, pointed: Pointed) -> None:
        """Look at the files of what goes on serving."""
        for version in (pointed.stable, pointed.canary):
            if version is not None:
                self.version(version.version)

    def version(self, version: str) -> PromptVersion | None:
        """Return a version, or None when it cannot be had."""
        name, loaded = f"{self.prompt}/{version}.md", self.loaded.get(version)
        try:
            content = self.look.read(name)
            shared = self._shared(content)
            if loaded is None:
                return self._parsed(name, content, shared)
            if identity(content, shared) != loaded.hash:
                self._note(name, CHANGED)
        except ConfigurationError as error:
            self.broken[name] = error.problems
        return loaded

    def _followed(self, pointer: LivePointer, document: Document) -> Pointed | None:
        section = Section(document)
        self.is_unborn = pointer.stable is None and pointer.canary is None
        if pointer.stable is None:
            section.note("stable", NO_STABLE)
        split = _split(pointer, section)
        section.finish()
        stable = self._named(pointer.stable or "", section, "stable")
        canary = None if split is None else self._named(split.version, section, "canary")
        section.finish()
        if stable is None or (split is not None and canary is None):
            return None
        return Pointed(
            prompt=self.prompt, stable=stable, canary=canary, split=split, switch=pointer.switch
        )

    def _named(self, version: str, section: Section, key: str) -> PromptVersion | None:
        name = f"{self.prompt}/{version}.md"
        if version not in self.loaded and self._is_missing(name):
            section.note(key, f"names {version}, but there is no file {self.look.path(name)}")
            return None
        return self.version(version)

    def _is_missing(self, name: str) -> bool:
        try:
            return self.look.find(name) is None
        except ConfigurationError:
            return False

    def _shared(self, content: bytes) -> dict[str, bytes]:
        """Return the shared files that a version depends on, as far as they are there."""
        shared: dict[str, bytes] = {}
        missing: set[str] = set()
        while new := set(dependencies(content, shared)) - shared.keys() - missing:
            for name in new:
                found = self.look.find(f"{SHARED}/{name}")
                if found is None:
                    missing.add(name)
                else:
                    shared[name] = found
        return shared

    def _parsed(
        self, name: str, content: bytes, shared: Mapping[str, bytes]
    ) -> PromptVersion | None:
        path = self.look.path(name)
        try:
            return read_version(self.prompt, path, content=content, parser=FORMATS, shared=shared)
        except ModuleNotFoundError:
            self._note(name, NO_JINJA)
            return None

    def _note(self, name: str, message: str) -> None:
        self.broken[name] = (Problem(path=self.look.path(name), message=message),)


def _split(pointer: LivePointer, section: Section) -> Canary | None:
    """Return the canary with the salt that is in force."""
    canary = pointer.canary
    if canary is None:
        return None
    if abs(canary.percent * 100 - basis_points(canary.percent)) > 1e-6:
        message = f"expected at most two decimals, got {canary.percent:g}"
        section.section("canary").note("percent", message)
    return replace(canary, salt=salt_in_force(pointer.prompt, canary))
