"""The SQL of questions to the call log. Names come from tables here; values are always bound."""

from collections.abc import Iterable, Mapping, Sequence

from evalgate.adapters.log_columns import CALL, COLUMNS, EVENT, MEMORY, NOBODY, REFUSAL
from evalgate.model.log_answer import NANO, LineKind
from evalgate.model.log_question import CHOICES, TIMES, Key, LogQuestion, Selection

Bound = Mapping[str, object]
"""Values of a query by the names that they have in it."""

_MEMORY = ", ".join(f"'{each}'" for each in MEMORY)
_MICROSECONDS = 1_000_000

VALUES: Mapping[Key, str] = {
    **{key: f'"{key.value}"' for key in CHOICES},
    **{key: f"us // {seconds * _MICROSECONDS}" for key, seconds in TIMES.items()},
}
"""What the calls are grouped by, in SQL."""

IS_TIMED = (
    f"coalesce(served_by NOT IN ({_MEMORY}), true) AND coalesce(tries_count <> 0, true)"
    " AND latency_ms IS NOT NULL"
)

KIND = (
    f"CASE WHEN \"schema\" = '{CALL}' AND us IS NOT NULL THEN '{LineKind.CALL}'"
    f" WHEN \"schema\" = '{EVENT}' THEN '{LineKind.EVENT}'"
    f" WHEN \"schema\" <> '' AND \"schema\" <> '{CALL}' THEN '{LineKind.OTHER}'"
    f" ELSE '{LineKind.UNREADABLE}' END"
)
"""What a line is, as `kind_of` says it."""

NANO_USD = f"TRY_CAST(floor(CASE WHEN cost_usd >= 0 THEN cost_usd END * {NANO} + 0.5) AS BIGINT)"

COST_SUMS: Mapping[str, str] = {
    "n": "count(*)",
    "nano": f"coalesce(sum({NANO_USD}), 0)",
    "unpriced": f"count(*) - count({NANO_USD})",
    "cached": f"count(*) FILTER (served_by IN ({_MEMORY}))",
    "read": "coalesce(sum(input_tokens), 0)",
    "cache_read": "coalesce(sum(cache_read_tokens), 0)",
    "cache_write": (
        "coalesce(sum(cache_write_5m_tokens), 0) + coalesce(sum(cache_write_1h_tokens), 0)"
    ),
    "written": "coalesce(sum(output_tokens), 0)",
}
ERROR_SUMS: Mapping[str, str] = {
    "n": "count(*)",
    "unanswered": f"count(*) FILTER (served_by = '{NOBODY}')",
    "degraded": "count(*) FILTER (degraded)",
    "refused": f"count(*) FILTER (stop_reason = '{REFUSAL}')",
    "attempts": "coalesce(sum(tries_count), 0)",
    "billed": "coalesce(sum(may_be_billed), 0)",
}
_FAILED = (
    "list_transform(list_filter(tries, lambda each: each.failure IS NOT NULL),"
    " lambda each: [coalesce(each.route, ''), each.failure])"
)


IS_OWN = f"\"schema\" = '{CALL}' AND request_id = $wanted"
"""Whether a line is the call with an id: Parquet passes over what is of other times."""

IS_ANY = (
    f"\"schema\" = '{CALL}' AND (provider_request_id = $wanted OR trace_id = $wanted"
    " OR list_contains(list_transform(tries, lambda each: each.request_id), $wanted))"
)


def listed(names: Iterable[str]) -> str:
    """Return columns as the fields of a struct."""
    return ", ".join(f"'{name}': \"{name}\"" for name in names)


def lines(*, is_json: bool, parquet: Sequence[str] | None) -> str:
    """Return the query that yields all lines: those of JSON, and those of Parquet files.

    Args:
        is_json: whether there are files of JSON, bound as `$json`.
        parquet: the columns that the Parquet files have, bound as `$parquet`; None without any.
    """
    parts = []
    if is_json:
        columns = ", ".join(
            f"'{name}': '{'TIMESTAMPTZ' if name == 'ts' else kind}'"
            for name, kind in COLUMNS.items()
        )
        parts.append(
            "SELECT epoch_us(ts) AS us, * REPLACE (timezone('UTC', ts) AS ts) FROM read_json($json,"
            " format = 'newline_delimited', ignore_errors = true, auto_detect = false,"
            f" hive_partitioning = false, columns = {{{columns}}})"
        )
    if parquet is not None:
        known = frozenset(parquet)
        columns = ", ".join(
            f'"{name}"' if name in known else f'NULL::{kind} AS "{name}"'
            for name, kind in COLUMNS.items()
        )
        parts.append(
            f"SELECT epoch_us(ts) AS us, {columns} FROM read_parquet($parquet,"
            " hive_partitioning = false, union_by_name = true)"
        )
    return " UNION ALL ".join(parts)


def counted(source: str, question: LogQuestion, sums: Mapping[str, str]) -> str:
    """Return the query that adds up in one pass: a row per kind of lines, choice and group."""
    return (
        f"CREATE TEMP TABLE counted AS SELECT kind, chosen{_names(question)},"
        f" {', '.join(f'{what} AS {name}' for name, what in sums.items())}"
        f" FROM ({_grouped(source, question)}) GROUP BY kind, chosen{_names(question)}"
    )


def timed(source: str, question: LogQuestion) -> str:
    """Return the query that counts calls by their latency, and by the time to their first content.

    The column `is_first` tells the two apart.
    """
    names = f"kind, chosen{_names(question)}"
    return (
        f"CREATE TEMP TABLE counted AS SELECT kind, chosen{_names(question)},"
        " grouping(whole) = 1 AS is_first, whole, first, count(*) AS n FROM ("
        f"SELECT *, CASE WHEN chosen AND {IS_TIMED} THEN latency_ms END AS whole,"
        f" CASE WHEN chosen AND {IS_TIMED} THEN ttft_ms END AS first"
        f" FROM ({_grouped(source, question)}))"
        f" GROUP BY GROUPING SETS (({names}, whole), ({names}, first))"
    )


def failed(source: str, question: LogQuestion) -> str:
    """Return the query that counts calls by their word of error and the failures of attempts."""
    return (
        f"CREATE TEMP TABLE counted AS SELECT kind, chosen{_names(question)}, word, failures,"
        f" {', '.join(f'{what} AS {name}' for name, what in ERROR_SUMS.items())} FROM ("
        f"SELECT *, CASE WHEN chosen THEN error END AS word,"
        f" CASE WHEN chosen THEN {_FAILED} END AS failures"
        f" FROM ({_grouped(source, question)}))"
        f" GROUP BY kind, chosen{_names(question)}, word, failures"
    )


def slowest(source: str, where: Selection, *, most: int, shown: Iterable[str]) -> str:
    """Return the query that counts the lines and keeps the slowest calls."""
    order = "lpad(latency_ms::VARCHAR, 20, '0') || coalesce(request_id, '')"
    return (
        "CREATE TEMP TABLE counted AS SELECT kind, chosen, count(*) AS n,"
        f" max_by({{{listed(shown)}}}, {order}, {int(most)})"
        f" FILTER (chosen AND {IS_TIMED}) AS calls"
        f" FROM ({_grouped(source, LogQuestion(where=where))}) GROUP BY kind, chosen"
    )


def bound(where: Selection) -> Bound:
    """Return the values that a choice binds."""
    times = {"since": where.since, "until": where.until}
    chosen: dict[str, object] = {name: value for name, value in times.items() if value is not None}
    for key, values in where.values.items():
        chosen[f"is_{key.value}"] = list(values)
    return chosen


def order(question: LogQuestion, weights: Sequence[str]) -> str:
    """Return what groups are ordered by, so that the first ones are those that are asked for."""
    numbers = range(len(question.by))
    if question.is_in_order_of_time:
        places = sorted(numbers, key=lambda place: question.by[place] not in TIMES)
        return ", ".join(f"k{place} DESC NULLS FIRST" for place in places)
    parts = [*(f"{name} DESC" for name in weights), *(f"k{n} NULLS LAST" for n in numbers)]
    return ", ".join(parts)


def keys(question: LogQuestion) -> Sequence[str]:
    """Return the names of the columns that hold the values of a group."""
    return [f"k{place}" for place in range(len(question.by))]


def _grouped(source: str, question: LogQuestion) -> str:
    """Return the lines with their kind, whether they are chosen, and the values of their group."""
    values = "".join(
        f", CASE WHEN chosen THEN {VALUES[key]} END AS k{place}"
        for place, key in enumerate(question.by)
    )
    choice = " AND ".join(_conditions(question.where)) or "true"
    return (
        f"SELECT *{values} FROM (SELECT *, kind = '{LineKind.CALL}' AND {choice} AS chosen"
        f" FROM (SELECT *, {KIND} AS kind FROM ({source})))"
    )


def _conditions(where: Selection) -> Iterable[str]:
    if where.since is not None:
        yield "us >= $since"
    if where.until is not None:
        yield "us < $until"
    for key in where.values:
        yield f"list_contains($is_{key.value}, coalesce({VALUES[key]}, ''))"


def _names(question: LogQuestion) -> str:
    return "".join(f", {name}" for name in keys(question))
