"""Writes answers from the call log as the document `logs/1`, and as CSV."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from io import StringIO
from typing import TypeVar

from evalgate.model.document import Data
from evalgate.model.log_answer import (
    Answer,
    CostRow,
    ErrorRow,
    LatencyRow,
    LoggedCall,
    Row,
    Spread,
)
from evalgate.reporting.csv_cell import csv_cell
from evalgate.reporting.logs_told import LOGS, LogTold, instant_text, key_texts

_DIGITS = 9

Word = TypeVar("Word", str, tuple[str, str])

SHOWN_OF_SLOWEST = (
    *("latency_ms", "ttft_ms", "ts", "request_id", "provider_request_id", "feature", "prompt"),
    *("version", "arm", "model", "provider", "route", "served_by", "error", "stop_reason"),
    *("input_tokens", "output_tokens", "cost_usd", "tries_count", "tries"),
)
"""What is told of a slow call."""


def answer_document(told: LogTold, answer: Answer[Row]) -> dict[str, Data]:
    """Return the document of rows."""
    return {
        **_head(told),
        "groups": answer.groups,
        "rows": [
            {**key_texts(told.question, row.key), **measures(row, answer.total)}
            for row in answer.rows
        ],
        "total": measures(answer.total, answer.total),
    }


def slowest_document(told: LogTold, calls: Iterable[LoggedCall]) -> dict[str, Data]:
    """Return the document of the slowest calls."""
    return {**_head(told), "calls": [_slow(call) for call in calls]}


def answer_csv(told: LogTold, answer: Answer[Row]) -> str:
    """Return a table with one row per group; no text in it is a formula for a spreadsheet."""
    by: list[str] = [key.value for key in told.question.by]
    rows: list[dict[str, Data]] = [
        {**key_texts(told.question, row.key), **_flat(measures(row, answer.total))}
        for row in answer.rows
    ]
    names = [*by, *_flat(measures(answer.total, answer.total))]
    return _csv(names, rows)


def slowest_csv(calls: Iterable[LoggedCall]) -> str:
    """Return a table with one row per call."""
    names = [name for name in SHOWN_OF_SLOWEST if name != "tries"]
    return _csv(names, [_slow(call) for call in calls])


def measures(row: CostRow | LatencyRow | ErrorRow, total: object) -> dict[str, Data]:
    """Return what is known of a group, by name.

    Args:
        row: of the group.
        total: the row of all calls, of which the group is a share.
    """
    match row:
        case CostRow():
            return _cost(row, total)
        case LatencyRow():
            return {
                "calls": row.calls,
                "left_out": row.left_out,
                "latency_ms": _spread(row.whole),
                "ttft_ms": _spread(row.first),
            }
    return {
        "calls": row.calls,
        "unanswered": row.unanswered,
        "unanswered_rate": _share(row.unanswered, row.calls),
        "degraded": row.degraded,
        "refused": row.refused,
        "errors": _by_size(row.errors),
        "attempts": row.attempts,
        "failed_attempts": sum(row.failures.values()),
        "failures": [
            {"route": route, "failure": failure, "attempts": number}
            for number, (route, failure) in _largest(row.failures)
        ],
        "may_be_billed": row.may_be_billed,
    }


def _cost(row: CostRow, total: object) -> dict[str, Data]:
    share = None
    if isinstance(total, CostRow) and total.nano_usd and row.usd is not None:
        share = round(row.nano_usd / total.nano_usd, _DIGITS)
    each = row.usd_per_call
    return {
        "calls": row.calls,
        "cost_usd": None if row.usd is None else round(row.usd, _DIGITS),
        "usd_per_call": None if each is None else round(each, _DIGITS),
        "share": share,
        "unpriced": row.unpriced,
        "cached": row.cached,
        "input_tokens": row.input_tokens,
        "cache_read_tokens": row.cache_read_tokens,
        "cache_write_tokens": row.cache_write_tokens,
        "output_tokens": row.output_tokens,
    }


def _head(told: LogTold) -> dict[str, Data]:
    where, reading, account = told.question.where, told.reading, told.account
    lines: dict[str, Data] = {
        "total": account.lines,
        "calls": account.calls,
        "events": account.events,
        "unreadable": account.unreadable,
        "other_schema": account.other,
        "empty": account.empty,
    }
    return {
        "schema": LOGS,
        "question": told.verb,
        "by": [key.value for key in told.question.by],
        "since": instant_text(where.since),
        "until": instant_text(where.until),
        "where": {key.value: list(values) for key, values in where.values.items()},
        "files": {
            "read": reading.files,
            "bytes": reading.bytes,
            "other_days": reading.other_days,
            "repeated": reading.repeated,
            "growing": account.growing,
            "cut_off": list(reading.cut_off),
        },
        "lines": lines,
        "calls_asked_for": account.chosen,
    }


def _spread(spread: Spread | None) -> dict[str, Data] | None:
    if spread is None:
        return None
    told: dict[str, Data] = asdict(spread)
    return {{"of": "calls", "most": "max"}.get(name, name): each for name, each in told.items()}


def _by_size(counts: Mapping[str, int]) -> dict[str, Data]:
    return {word: number for number, word in _largest(counts)}


def _largest(counts: Mapping[Word, int]) -> list[tuple[int, Word]]:
    return [(-less, word) for less, word in sorted((-each, word) for word, each in counts.items())]


def _share(part: int, of: int) -> float | None:
    return round(part / of, _DIGITS) if of else None


def _slow(call: LoggedCall) -> dict[str, Data]:
    return {name: call.get(name) for name in SHOWN_OF_SLOWEST}


def _flat(told: Mapping[str, Data]) -> dict[str, Data]:
    """Return the measures as columns: those of a spread with its name, without lists of words."""
    flat: dict[str, Data] = {}
    for name, value in told.items():
        if name in ("latency_ms", "ttft_ms"):
            known = value if isinstance(value, dict) else {}
            flat |= {f"{name}_{each}": known.get(each) for each in _SPREAD}
        elif not isinstance(value, dict | list):
            flat[name] = value
    return flat


_SPREAD = ("calls", "p50", "p90", "p95", "p99", "max")


def _csv(names: Iterable[str], rows: Iterable[Mapping[str, Data]]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = list(names)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return text.getvalue()


def _cell(value: Data) -> str | int | float:
    if value is None:
        return ""
    return value if isinstance(value, int | float) else csv_cell(str(value))
