"""Reads values out of a parsed document and collects every problem with its file, line and key."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Data, Document, Place

Choice = TypeVar("Choice", bound=StrEnum)

MOST_LISTED = 50
"""Words or problems of one kind that are told; a hostile file can hold a hundred thousand."""

MOST_COMPARED = 100
"""Characters of a word that are compared with the known ones."""


class Section:
    """One mapping of a document, read key by key.

    Reading never raises: a wrong value is noted and replaced by its default, so that one pass finds
    every problem. `finish()` raises what was noted, here and in all sections below.
    """

    def __init__(
        self, document: Document, place: Place = (), problems: list[Problem] | None = None
    ) -> None:
        """Open the mapping at `place`; anything but a mapping there is a problem."""
        self.document = document
        self.place = place
        self._problems: list[Problem] = [] if problems is None else problems
        data = _at(document.data, place)
        self.data: dict[str, Data] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self._problems.append(self._problem(place, f"expected a mapping, got {describe(data)}"))

    @property
    def line(self) -> int | None:
        """The line on which the mapping starts."""
        return self.document.line(self.place)

    def note(self, key: str | None, message: str) -> None:
        """Record a problem at a key, or at the section itself when the key is None."""
        place = self.place if key is None else (*self.place, key)
        self._problems.append(self._problem(place, message))

    def note_at(self, place: Place, message: str) -> None:
        """Record a problem at a place of the document."""
        self._problems.append(self._problem(place, message))

    def note_line(self, line: int, message: str) -> None:
        """Record a problem at a line of the file, outside of the parsed data."""
        self._problems.append(Problem(path=self.document.path, line=line, message=message))

    def allow(self, *keys: str) -> None:
        """Note every key that is not among these, with the nearest one that is."""
        unknown = [key for key in self.data if key not in keys]
        for key in unknown[:MOST_LISTED]:
            self.note(key, f"unknown key{suggestion(key, keys)}")
        if len(unknown) > MOST_LISTED:
            self.note(None, f"{len(unknown) - MOST_LISTED:,} more unknown keys")

    def text(self, key: str, default: str = "") -> str:
        """Return a text value."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        self.note(key, f"expected text, got {describe(value)}")
        return default

    def required_text(self, key: str) -> str:
        """Return a text value that must be there and not be empty."""
        if self.data.get(key) is None:
            self.note(None, f"the key `{key}` is missing")
            return ""
        value = self.text(key)
        if not value.strip() and isinstance(self.data[key], str):
            self.note(key, "expected text, got nothing")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text value, or None when the key is absent or null."""
        return None if self.data.get(key) is None else self.text(key)

    def word(self, key: str, known: tuple[str, ...]) -> str | None:
        """Return one of the known words, or None when the key is absent or null."""
        value = self.optional_text(key)
        if value is None or value in known:
            return value
        self.note(key, f"expected one of {', '.join(known)}; got {describe(value)}")
        return None

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self.note(key, f"expected true or false, got {describe(value)}")
        return default

    def integer(self, key: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number within limits."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        expected = f"expected a whole number from {least} to {most}"
        self.note(key, f"{expected}, got {describe(value)}")
        return default

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """Return a number within limits."""
        value = self.data.get(key)
        if value is None:
            return default
        # Compared before it is converted: a whole number can be too long for a float.
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and least <= value <= most
        ):
            return float(value)
        self.note(key, f"expected a number from {least:g} to {most:g}, got {describe(value)}")
        return default

    def choice(self, key: str, default: Choice) -> Choice:
        """Return one of the words of the default's enumeration."""
        value = self.data.get(key)
        if value is None:
            return default
        kind = type(default)
        known = kind.__members__.values()
        if isinstance(value, str) and value in known:
            return kind(value)
        words = [member.value for member in known]
        said = describe(value) + (suggestion(value, words) if isinstance(value, str) else "")
        self.note(key, f"expected one of {', '.join(words)}; got {said}")
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        value = self.data.get(key)
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return tuple(str(item) for item in items)
        self.note(key, f"expected a list of texts, got {describe(value)}")
        return ()

    def mapping(self, key: str) -> dict[str, Data]:
        """Return a mapping as it stands; empty when the key is absent."""
        value = self.data.get(key)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.note(key, f"expected a mapping, got {describe(value)}")
        return {}

    def section(self, key: str) -> "Section":
        """Open the mapping under a key; an absent one reads as empty."""
        if self.data.get(key) is None:
            empty = Document(path=self.document.path, data={}, lines={})
            return Section(empty, (), self._problems)
        return Section(self.document, (*self.place, key), self._problems)

    def sections(self, key: str) -> Iterator["Section"]:
        """Open each mapping of the list under a key."""
        value = self.data.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.note(key, f"expected a list, got {describe(value)}")
            return
        for index in range(len(value)):
            yield self.item(key, index)

    def item(self, key: str, index: int) -> "Section":
        """Open the mapping at an index of the list under a key."""
        return Section(self.document, (*self.place, key, index), self._problems)

    def finish(self) -> None:
        """Raise ConfigurationError with every problem noted so far, if there is any."""
        if self._problems:
            raise ConfigurationError(self._problems)

    def _problem(self, place: Place, message: str) -> Problem:
        key = spell(place)
        return Problem(
            path=self.document.path, line=self.document.line(place), key=key, message=message
        )


def spell(place: Place) -> str:
    """Write a place the way people point at it: `cases[3].graders[0].regex`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in place)
    return "".join(parts).removeprefix(".")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean …?)` with the nearest known word, or else all known words."""
    known = sorted(known)
    near = get_close_matches(word[:MOST_COMPARED], known, n=1, cutoff=0.6)
    if near:
        return f" (did you mean `{near[0]}`?)"
    more = f" and {len(known) - MOST_LISTED} more" if len(known) > MOST_LISTED else ""
    return f" (known: {', '.join(known[:MOST_LISTED])}{more})"


def describe(value: Data) -> str:
    """Say what a value is in the words of someone who writes YAML."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {shortened(str(value))}"
        case str():
            return f"`{shortened(value)}`"
        case list():
            return "a list"
        case _:
            return "a mapping"


def shortened(text: str) -> str:
    """Return a text, or its beginning where it is long."""
    return f"{text[:57]}…" if len(text) > 60 else text


def _at(data: Data, place: Place) -> Data:
    for part in place:
        if isinstance(data, list) and isinstance(part, int):
            data = data[part]
        elif isinstance(data, dict):
            data = data.get(str(part))
    return data
