"""Looks lines of the call log over: are they as documented, and is nothing in them private? Pure.

A text of a line counts as private when the log's own check of that column would not have let it
pass: the patterns are the same, and are applied once more to what has been written.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from evalgate.model.call import ServedBy
from evalgate.model.document import Data
from evalgate.runtime.logbook.call_line import CALL_SCHEMA, COLUMNS, EVENT_COLUMNS, EVENT_SCHEMA
from evalgate.runtime.logbook.words import (
    REDACTED,
    feature_word,
    hex_word,
    short_text,
    without_keys,
)

BY_MODEL = frozenset({ServedBy.PRIMARY, ServedBy.OTHER_ROUTE, ServedBy.SMALLER_MODEL})
"""Who answers at a price."""

_HASHES = frozenset({"user", "conversation", "key_id", "trace_id"})
_FREE = frozenset({"prompt", "route", "prefix", "subject", "before", "after", "message"})
"""Columns with names and sentences; in all others that are documented, long numbers are right."""

_LONGEST = 10_000

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z", re.ASCII)
"""What the report repeats of a line: nothing else of it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSurvey:
    """What some lines say.

    `first` and `last` are the instants of calls, as they are written. `invalid` counts what is not
    as documented by what is wrong, `private` what nobody should read by where it stands. `unpriced`
    and `unnamed` count the calls that a model answered without a known cost, and without a name of
    a feature. `by_application` counts those that the application answered itself, and `hashed`
    those that name a user.
    """

    lines: int = 0
    calls: int = 0
    first: str = ""
    last: str = ""
    invalid: Mapping[str, int] = field(default_factory=dict)
    private: Mapping[str, int] = field(default_factory=dict)
    unpriced: int = 0
    unnamed: int = 0
    by_application: int = 0
    hashed: int = 0
    sampled: int = 0
    failed: int = 0


def survey(lines: Iterable[bytes], *, since: str = "") -> LogSurvey:
    """Look lines over; a file's last line may be one that is being written.

    Args:
        lines: in any order.
        since: an instant as lines write it; costs, features and users count from then on.
    """
    surveyor = _Surveyor(since)
    for line in lines:
        if line.strip():
            surveyor.take(line)
    return surveyor.told()


class _Surveyor:
    def __init__(self, since: str) -> None:
        self._since = since
        self._instants: list[str] = []
        self._counts: Counter[str] = Counter()
        self._invalid: Counter[str] = Counter()
        self._private: Counter[str] = Counter()

    def take(self, line: bytes) -> None:
        self._counts["lines"] += 1
        try:
            row = json.loads(line)
            private = set(_private(row)) if isinstance(row, dict) else None
        except (ValueError, RecursionError):  # the one who wrote it may have nested it deeply
            private = None
        if private is None:
            self._invalid["no JSON object"] += 1
            return
        self._private.update(private)
        if row.get("schema") == EVENT_SCHEMA:
            self._invalid.update(_unknown(row, EVENT_COLUMNS))
        elif row.get("schema") == CALL_SCHEMA:
            self._take_call(row)
        else:
            self._invalid["an unknown schema"] += 1

    def told(self) -> LogSurvey:
        counts = self._counts
        return LogSurvey(
            lines=counts["lines"],
            calls=counts["calls"],
            first=min(self._instants, default=""),
            last=max(self._instants, default=""),
            invalid=dict(self._invalid),
            private=dict(self._private),
            unpriced=counts["unpriced"],
            unnamed=counts["unnamed"],
            by_application=counts["by_application"],
            hashed=counts["hashed"],
            sampled=counts["sampled"],
            failed=counts["failed"],
        )

    def _take_call(self, row: Mapping[str, Data]) -> None:
        self._invalid.update({*_unknown(row, COLUMNS), *_mistyped(row)})
        ts = row.get("ts")
        if not isinstance(ts, str) or not _INSTANT.fullmatch(ts) or ts < self._since:
            return
        told = row.get("served_by")
        served = told if isinstance(told, str) else ""
        self._instants.append(ts)
        self._counts.update(
            calls=1,
            unpriced=served in BY_MODEL and row.get("cost_usd") is None,
            unnamed=not row.get("feature"),
            by_application=served == ServedBy.APPLICATION,
            hashed=row.get("user") is not None,
            sampled=row.get("sampled") is not None,
            failed=served == ServedBy.NOBODY,
        )


def _unknown(row: Mapping[str, Data], known: Iterable[str]) -> Iterator[str]:
    names = {*known}
    if any(key not in names for key in row):
        yield "a key that is not documented"


def _mistyped(row: Mapping[str, Data]) -> Iterator[str]:
    for key, column in COLUMNS.items():
        value = row.get(key)
        is_right = _TYPES[column.type.partition("(")[0]]
        if value is not None and not is_right(value):
            yield f"`{key}` is of another type"
    for key in ("ts", "request_id", "served_by", "version"):
        if not row.get(key):
            yield f"`{key}` is missing"
    ts = row.get("ts")
    if ts and isinstance(ts, str) and not _INSTANT.fullmatch(ts):
        yield "`ts` is no instant"


def _is_whole(value: Data) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[Data], bool]] = {
    "BIGINT": _is_whole,
    "BOOLEAN": lambda value: isinstance(value, bool),
    "DOUBLE": lambda value: _is_whole(value) or isinstance(value, float),
    "STRUCT": lambda value: isinstance(value, list),
    "TIMESTAMP": lambda value: isinstance(value, str),
    "VARCHAR": lambda value: isinstance(value, str),
    "VARCHAR[]": lambda value: isinstance(value, list),
}


def _private(row: Mapping[str, Data], within: str = "") -> Iterator[str]:
    """Yield where a row holds what looks like a key, or like somebody's number or address."""
    for key, value in row.items():
        place = f"{within}{key}"[:40]
        if isinstance(value, str):
            yield from _of_text(key, value, place)
        elif isinstance(value, dict):
            yield from _private(value, f"{place}.")
        elif isinstance(value, list):
            for each in value:
                inner = each if isinstance(each, dict) else {key: each}
                yield from _private(inner, f"{place}." if isinstance(each, dict) else within)


def _of_text(key: str, text: str, place: str) -> Iterator[str]:
    if without_keys(text) != text:
        yield f"a secret key in {_named(place)}"
    elif key in _HASHES:
        if hex_word(text) != text:
            yield f"no hash in {_named(place)}"
    elif _names_somebody(key, text):
        yield f"an address or a number of somebody in {_named(place)}"


def _named(place: str) -> str:
    is_known = place.partition(".")[0] in _KNOWN
    return f"`{place}`" if is_known else "a key that is not documented"


@lru_cache(maxsize=4096)  # the same few names and sentences come in every line
def _names_somebody(key: str, text: str) -> bool:
    if key == "feature":
        return feature_word(text) != text
    is_free = key in _FREE or key not in _KNOWN
    return is_free and REDACTED in short_text(text.replace(REDACTED, ""), most=_LONGEST)


_ATTEMPT = frozenset({"rung", "failure", "abandoned"})
_KNOWN = frozenset({*COLUMNS, *EVENT_COLUMNS}) | _ATTEMPT
