"""Reads what a line of the call log says, as far as questions are about it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import floor
from typing import Annotated, TypeVar

from msgspec import Meta, MsgspecError, Struct, ValidationError, convert
from msgspec.json import Decoder
from msgspec.structs import fields

from evalgate.adapters.log_columns import MEMORY, kind_of
from evalgate.model.log_answer import NANO, LineKind
from evalgate.model.log_question import TIMES, Key

_MICROSECONDS = 1_000_000
_TOO_MUCH = 2**63 / NANO
"""Dollars from which on no database can count their billionths."""

_Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""What a column of the log can hold."""

Value = TypeVar("Value")


class Attempt(Struct):
    """What matters of an attempt."""

    route: str | None = None
    failure: str | None = None


class Line(Struct):
    """What matters of a line; keys that are not named here are left alone."""

    schema: str | None = None
    ts: datetime | None = None
    request_id: str | None = None
    feature: str | None = None
    prompt: str | None = None
    version: str | None = None
    arm: str | None = None
    model: str | None = None
    provider: str | None = None
    route: str | None = None
    user: str | None = None
    served_by: str | None = None
    degraded: bool | None = None
    error: str | None = None
    stop_reason: str | None = None
    latency_ms: _Whole | None = None
    ttft_ms: _Whole | None = None
    input_tokens: _Whole | None = None
    cache_read_tokens: _Whole | None = None
    cache_write_5m_tokens: _Whole | None = None
    cache_write_1h_tokens: _Whole | None = None
    output_tokens: _Whole | None = None
    cost_usd: float | None = None
    may_be_billed: _Whole | None = None
    tries_count: _Whole | None = None
    tries: list[Attempt] | None = None

    @property
    def kind(self) -> LineKind:
        """What the line is."""
        return kind_of(self.schema, has_instant=self.ts is not None)

    @property
    def instant(self) -> int:
        """When the call began, in microseconds since 1970; a time without a zone is of UTC."""
        if self.ts is None:
            return 0
        zoned = self.ts if self.ts.tzinfo else self.ts.replace(tzinfo=UTC)
        past = zoned - _EPOCH
        return (past.days * 86_400 + past.seconds) * _MICROSECONDS + past.microseconds

    @property
    def nano_usd(self) -> int | None:
        """The cost in billionths of a dollar; None where it is not known."""
        cost = self.cost_usd
        if cost is None or not 0 <= cost < _TOO_MUCH:
            return None
        return floor(cost * NANO + 0.5)

    @property
    def is_from_memory(self) -> bool:
        """Whether no model was asked for this call."""
        return self.served_by in MEMORY

    @property
    def is_timed(self) -> bool:
        """Whether it has a latency that is of a model."""
        asked = not self.is_from_memory and self.tries_count != 0
        return asked and self.latency_ms is not None

    def value(self, key: Key) -> str | int | None:
        """Return the value that a call is grouped by."""
        if key in TIMES:
            return self.instant // (TIMES[key] * _MICROSECONDS)
        found: str | None = getattr(self, key)
        return found


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINES = Decoder(Line)
_OBJECTS = Decoder(dict[str, object])
_UNREADABLE = Line()


def read_line(line: bytes) -> Line | None:
    """Return what a line says: None of an empty one, nothing at all of one that is unreadable.

    A value of a wrong type counts as unknown.
    """
    try:
        return _LINES.decode(line)
    except ValidationError:
        return _forgiving(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return _UNREADABLE if line.strip() else None


def _forgiving(line: bytes) -> Line:
    try:
        data = _OBJECTS.decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return _UNREADABLE
    return Line(**{each.name: _known(data, each.name, each.type) for each in fields(Line)})


def _known(data: Mapping[str, object], name: str, kind: type[Value]) -> Value | None:
    found = data.get(name)
    if name == "schema" and found is not None:
        found = str(found)
    try:
        return convert(found, kind)
    except (ValidationError, OverflowError):
        return None
