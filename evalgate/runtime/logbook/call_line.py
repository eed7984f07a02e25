"""Writes a call, or an event between calls, as one line of the log: columns from an allow-list.

There is no fuller record that anything would have to be removed from. `COLUMNS` is the whole line;
every value in it is a number, one of evalgate's own words, or has been checked by `words`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from evalgate.model.call import CallRecord, Try
from evalgate.model.call_ports import Event
from evalgate.model.chat import Usage
from evalgate.model.document import Data
from evalgate.runtime.logbook.words import (
    amount,
    code_word,
    count,
    feature_word,
    hex_word,
    id_word,
    known_word,
    name_word,
    prefix_word,
    short_text,
    stop_word,
    word,
)

CALL_SCHEMA = "call/1"
EVENT_SCHEMA = "event/1"

MOST_BYTES = 4096
"""The length that no line passes, its line break counted."""
MOST_TRIES = 8
"""Attempts that a line shows, where they fit: the first ones, and always the last one."""
MOST_SMELLS = 8

_FEWER = (MOST_TRIES, 4, 2, 1, 0)
_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Column:
    """One key of a line: its type in DuckDB, and where its value comes from."""

    type: str
    take: Callable[[CallRecord], Data]


def _tokens(take: Callable[[Usage], int]) -> Column:
    return Column("BIGINT", lambda call: None if call.usage is None else count(take(call.usage)))


COLUMNS: Mapping[str, Column] = {
    "schema": Column("VARCHAR", lambda _: CALL_SCHEMA),
    "ts": Column("TIMESTAMP", lambda call: _time(call.ts)),
    "request_id": Column("VARCHAR", lambda call: id_word(call.request_id)),
    "trace_id": Column("VARCHAR", lambda call: hex_word(call.trace_id)),
    "feature": Column("VARCHAR", lambda call: feature_word(call.feature)),
    "prompt": Column("VARCHAR", lambda call: name_word(call.prompt)),
    "version": Column("VARCHAR", lambda call: word(call.version)),
    "prompt_hash": Column("VARCHAR", lambda call: word(call.prompt_hash)),
    "arm": Column("VARCHAR", lambda call: call.arm.value),
    "assigned_by": Column(
        "VARCHAR", lambda call: None if call.assigned_by is None else call.assigned_by.value
    ),
    "pointer": Column("VARCHAR", lambda call: word(call.pointer)),
    "prefix": Column("VARCHAR", lambda call: prefix_word(call.prefix)),
    "served_by": Column("VARCHAR", lambda call: call.served_by.value),
    "degraded": Column("BOOLEAN", lambda call: call.degraded),
    "error": Column("VARCHAR", lambda call: code_word(call.error)),
    "stop_reason": Column("VARCHAR", lambda call: stop_word(call.stop_reason)),
    "model_asked": Column("VARCHAR", lambda call: word(call.model_asked)),
    "model": Column("VARCHAR", lambda call: known_word(call.model)),
    "route": Column("VARCHAR", lambda call: None if call.route is None else name_word(call.route)),
    "provider": Column("VARCHAR", lambda call: known_word(call.provider)),
    "region": Column("VARCHAR", lambda call: known_word(call.region)),
    "provider_request_id": Column("VARCHAR", lambda call: id_word(call.provider_request_id)),
    "user": Column("VARCHAR", lambda call: hex_word(call.user)),
    "conversation": Column("VARCHAR", lambda call: hex_word(call.conversation)),
    "key_id": Column("VARCHAR", lambda call: hex_word(call.key_id)),
    "latency_ms": Column("BIGINT", lambda call: count(call.latency_ms)),
    "streamed": Column("BOOLEAN", lambda call: call.streamed),
    "ttft_ms": Column("BIGINT", lambda call: count(call.ttft_ms)),
    "input_tokens": _tokens(lambda usage: usage.input_tokens),
    "cache_read_tokens": _tokens(lambda usage: usage.cache_read_tokens),
    "cache_write_5m_tokens": _tokens(lambda usage: usage.cache_write_5m_tokens),
    "cache_write_1h_tokens": _tokens(lambda usage: usage.cache_write_1h_tokens),
    "output_tokens": _tokens(lambda usage: usage.output_tokens),
    "cost_usd": Column("DOUBLE", lambda call: amount(call.cost_usd)),
    "price_rev": Column("VARCHAR", lambda call: known_word(call.price_rev)),
    "may_be_billed": Column("BIGINT", lambda call: count(call.may_be_billed)),
    "age_s": Column("DOUBLE", lambda call: amount(call.age_s, digits=3)),
    "smell": Column("VARCHAR[]", lambda call: _smells(call.smell)),
    "sampled": Column("DOUBLE", lambda call: amount(call.sampled)),
    "tries_count": Column("BIGINT", lambda call: len(call.tries)),
    "tries": Column(
        "STRUCT(rung VARCHAR, route VARCHAR, provider VARCHAR, region VARCHAR, model VARCHAR,"
        " failure VARCHAR, abandoned BOOLEAN, latency_ms BIGINT, request_id VARCHAR,"
        " cost_usd DOUBLE)[]",
        lambda call: [_attempt(each) for each in _shown(call.tries, MOST_TRIES)],
    ),
    "app_rev": Column("VARCHAR", lambda call: known_word(call.app_rev)),
    "sdk": Column("VARCHAR", lambda call: known_word(call.sdk)),
    "settings": Column("VARCHAR", lambda call: known_word(call.settings)),
}
"""The keys of a line, in their order; those of which nothing is known are left out of a line.

Their names would be a quarter of most lines, to be written, kept and read over again.
"""

EVENT_COLUMNS: Mapping[str, Callable[[Event], Data]] = {
    "schema": lambda _: EVENT_SCHEMA,
    "ts": lambda event: _time(event.ts),
    "kind": lambda event: event.kind.value,
    "subject": lambda event: short_text(event.subject, most=200),
    "before": lambda event: short_text(event.before, most=100) or None,
    "after": lambda event: short_text(event.after, most=100) or None,
    "message": lambda event: short_text(event.message, most=300) or None,
}
"""The keys of an event's line, in their order."""


def line_of(entry: CallRecord | Event) -> bytes:
    """Return the line of a call or an event: one JSON object, and a line break.

    It is at most 4 KB long: of many attempts with long names fewer are shown, and `tries_count`
    counts all.
    """
    if isinstance(entry, Event):
        return _encoded({key: take(entry) for key, take in EVENT_COLUMNS.items()})
    row = row_of(entry)
    line = _encoded(row)
    for most in _FEWER[1:]:
        if len(line) <= MOST_BYTES:
            break
        line = _encoded(row | {"tries": [_attempt(each) for each in _shown(entry.tries, most)]})
    return line


_TAKEN = tuple((key, column.take) for key, column in COLUMNS.items())


def row_of(call: CallRecord) -> dict[str, Data]:
    """Return what is known of a call: its values by column, all of them checked; None without."""
    return {key: take(call) for key, take in _TAKEN}


def _encoded(row: Mapping[str, Data]) -> bytes:
    return _WRITER.encode(_known(row)).encode() + b"\n"


def _known(row: Mapping[str, Data]) -> dict[str, Data]:
    return {key: _all_known(value) for key, value in row.items() if value is not None}


def _all_known(value: Data) -> Data:
    if not isinstance(value, list):
        return value
    return [_known(each) if isinstance(each, dict) else each for each in value]


def _time(seconds: float) -> str | None:
    """Write a time as ISO 8601 in UTC, to the millisecond; None when there is no such time."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"


def _smells(smell: tuple[str, ...] | None) -> Data:
    return None if smell is None else [code_word(each) for each in smell[:MOST_SMELLS]]


def _shown(tries: tuple[Try, ...], most: int) -> tuple[Try, ...]:
    if len(tries) <= most or not most:
        return tries[:most]
    return (*tries[: most - 1], tries[-1])


def _attempt(attempt: Try) -> dict[str, Data]:
    return {
        "rung": attempt.rung.value,
        "route": name_word(attempt.route),
        "provider": known_word(attempt.provider),
        "region": known_word(attempt.region),
        "model": word(attempt.model),
        "failure": None if attempt.failure is None else attempt.failure.value,
        "abandoned": attempt.abandoned,
        "latency_ms": count(attempt.latency_ms),
        "request_id": id_word(attempt.request_id),
        "cost_usd": amount(attempt.cost_usd),
    }
