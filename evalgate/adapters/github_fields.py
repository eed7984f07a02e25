"""Reads GitHub's JSON field by field; a value of the wrong shape is an error with its place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Never

from evalgate.adapters.github_exchange import Response
from evalgate.errors import GitHubError
from evalgate.model.document import Data


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object out of an answer; `place` says which, in messages."""

    place: str
    data: dict[str, Data]

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.data.get(key)
        return value if isinstance(value, str) else self._wrong(key, "a text")

    def optional_text(self, key: str) -> str:
        """Return a text; absent or null reads as empty."""
        return "" if self.data.get(key) is None else self.text(key)

    def whole(self, key: str) -> int:
        """Return a whole number that must be there."""
        value = self.data.get(key)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return value if is_whole and isinstance(value, int) else self._wrong(key, "a whole number")

    def flag(self, key: str) -> bool:
        """Return true or false, which must be there."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else self._wrong(key, "true or false")

    def inner(self, key: str) -> "Fields":
        """Return an object that must be there."""
        value = self.data.get(key)
        if isinstance(value, dict):
            return Fields(f"{self.place}: {key}", value)
        return self._wrong(key, "an object")

    def optional_inner(self, key: str) -> "Fields":
        """Return an object; absent or null reads as one without fields."""
        return Fields(self.place, {}) if self.data.get(key) is None else self.inner(key)

    def items(self, key: str) -> Iterator["Fields"]:
        """Yield the objects of a list that must be there."""
        return _objects(f"{self.place}: {key}", self.data.get(key))

    def _wrong(self, key: str, expected: str) -> Never:
        raise malformed(
            self.place, f"expected {expected} at `{key}`, got {_kind(self.data.get(key))}"
        )


def one(response: Response) -> Fields:
    """Return the JSON object that GitHub answered.

    Raises:
        GitHubError: it answered something else.
    """
    data = _parsed(response)
    if isinstance(data, dict):
        return Fields(response.place, data)
    raise malformed(response.place, f"expected an object, got {_kind(data)}")


def several(response: Response) -> Iterator[Fields]:
    """Yield the JSON objects of the list that GitHub answered.

    Raises:
        GitHubError: it answered something else.
    """
    return _objects(response.place, _parsed(response))


def malformed(place: str, problem: str) -> GitHubError:
    """Return the error about an answer that is not as GitHub documents it."""
    return GitHubError(f"{place}: GitHub's answer cannot be read: {problem}")


def _objects(place: str, data: Data) -> Iterator[Fields]:
    if not isinstance(data, list):
        raise malformed(place, f"expected a list, got {_kind(data)}")
    for index, item in enumerate(data):
        if not isinstance(item, dict):
            raise malformed(f"{place}[{index}]", f"expected an object, got {_kind(item)}")
        yield Fields(f"{place}[{index}]", item)


def _parsed(response: Response) -> Data:
    try:
        data: Data = json.loads(response.body)
    except (ValueError, RecursionError):
        raise malformed(response.place, "it is no JSON") from None
    return data


def _kind(data: Data) -> str:
    """Say what a value is without repeating it."""
    match data:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
