"""Answers the questions to the call log with DuckDB, from one pass over the files each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import cast

from evalgate.adapters import log_queries
from evalgate.adapters.log_columns import COLUMNS
from evalgate.adapters.log_compaction import LogArchive, compacting
from evalgate.adapters.log_database import LogDatabase, bound_files, open_database
from evalgate.adapters.log_sources import LogFile, LogSources
from evalgate.model.document import Data
from evalgate.model.log_answer import (
    Account,
    Answer,
    CostRow,
    ErrorRow,
    GroupKey,
    LatencyRow,
    LineKind,
    LoggedCall,
    Slowest,
    Spread,
    in_order,
    spread,
)
from evalgate.model.log_question import LogQuestion, Selection

_CHOSEN = f"kind = '{LineKind.CALL}' AND chosen"

Found = tuple[object, ...]


class LogReader:
    """Reads files of the call log with one database."""

    def __init__(self, database: LogDatabase) -> None:
        """Take the database."""
        self._database = database

    def log(self, sources: LogSources) -> "DatabaseLog":
        """Return who answers questions to these files."""
        return DatabaseLog(sources, self._database)

    def made_of(self, path: Path) -> int:
        """Return how many bytes the file had that a Parquet file was made of; 0 if unknown.

        Raises:
            UsageError: it cannot be read.
        """
        return self._database.made_of(path)

    @contextmanager
    def archive(self, out: Path) -> Iterator[LogArchive]:
        """Open a folder of Parquet files for more of them; nobody else adds meanwhile.

        Raises:
            UsageError: the folder cannot be written to, or somebody else adds to it.
        """
        with compacting(out) as place:
            yield LogArchive(out, place, self._database)

    def calls_with(self, files: Sequence[LogFile], wanted: str) -> Sequence[LoggedCall]:
        """Return the calls of Parquet files that an id belongs to.

        Raises:
            UsageError: a file cannot be read.
        """
        sources = LogSources(files=tuple(files))
        bound = bound_files(sources)
        columns = self._database.columns_of(cast("Sequence[str]", bound["parquet"]))
        source = log_queries.lines(is_json=False, parquet=columns)
        for condition in (log_queries.IS_OWN, log_queries.IS_ANY):
            found = self._database.rows(
                f"SELECT {{{log_queries.listed(COLUMNS)}}} FROM ({source}) WHERE {condition}",
                {**bound, "wanted": wanted},
            )
            if found:
                return [call_of_row(cast("Mapping[str, object]", row)) for (row,) in found]
        return ()


@contextmanager
def open_log_reader(*, tell: Callable[[float], None], memory: int) -> Iterator[LogReader]:
    """Open a reader of the call log.

    Args:
        tell: is told which share of a query has been done.
        memory: megabytes that the process may take.

    Raises:
        UsageError: there is no room for temporary files.
    """
    with open_database(tell=tell, memory=memory) as database:
        yield LogReader(database)


class DatabaseLog:
    """Reads the files of a log once for each question."""

    def __init__(self, sources: LogSources, database: LogDatabase) -> None:
        """Name the files, and who reads them."""
        self._sources = sources
        self._database = database

    def cost(self, question: LogQuestion) -> Answer[CostRow]:
        """Return what calls cost.

        Raises:
            UsageError: a file cannot be read, or there is too little memory.
        """
        account = self._count(
            log_queries.counted(self._lines(), question, log_queries.COST_SUMS), question.where
        )
        total, rows = self._sums(question, tuple(log_queries.COST_SUMS), weights=("nano", "n"))
        return Answer(
            account=account,
            rows=in_order((_cost(key, sums) for key, sums in rows), question),
            total=_cost((), total),
            groups=self._groups(question),
        )

    def latency(self, question: LogQuestion) -> Answer[LatencyRow]:
        """Return how long calls took.

        Raises:
            UsageError: a file cannot be read, or there is too little memory.
        """
        account = self._count(
            log_queries.timed(self._lines(), question), question.where, once="NOT is_first"
        )
        names = "".join(f", {name}" for name in log_queries.keys(question))
        self._database.rows(
            f"CREATE TEMP TABLE top AS SELECT row_number() OVER (ORDER BY"
            f" {log_queries.order(question, ('n',))}) AS place, * FROM (SELECT sum(n) AS n{names}"
            f" FROM counted WHERE {_CHOSEN} AND NOT is_first"
            f"{' GROUP BY ALL' if names else ''}) QUALIFY place <= {_limit(question)}"
        )
        bins = self._database.each(
            f"SELECT place, top.n{''.join(f', top.{name}' for name in log_queries.keys(question))},"
            " is_first, coalesce(whole, first), sum(counted.n) FROM counted JOIN top ON true"
            + "".join(
                f" AND counted.{name} IS NOT DISTINCT FROM top.{name}"
                for name in log_queries.keys(question)
            )
            + f" WHERE {_CHOSEN} GROUP BY ALL ORDER BY place, is_first,"
            " coalesce(whole, first) NULLS FIRST"
        )
        rows = [
            _latency(cast("GroupKey", tuple(group)), _number(n), found)
            for (_, n, *group), found in _by_group(bins, len(question.by))
        ]
        every = self._database.each(
            "SELECT is_first, coalesce(whole, first), sum(n) FROM counted"
            f" WHERE {_CHOSEN} GROUP BY ALL ORDER BY ALL NULLS FIRST"
        )
        return Answer(
            account=account,
            rows=in_order(rows, question),
            total=_latency((), account.chosen, list(every)),
            groups=self._groups(question),
        )

    def errors(self, question: LogQuestion) -> Answer[ErrorRow]:
        """Return how calls failed.

        Raises:
            UsageError: a file cannot be read, or there is too little memory.
        """
        account = self._count(log_queries.failed(self._lines(), question), question.where)
        names = tuple(log_queries.ERROR_SUMS)
        total, rows = self._sums(question, names, weights=("unanswered", "n"))
        words, failures = self._words(question)
        every_word: Counter[str] = Counter()
        every_failure: Counter[tuple[str, str]] = Counter()
        for word in words.values():
            every_word.update(word)
        for failure in failures.values():
            every_failure.update(failure)
        return Answer(
            account=account,
            rows=in_order(
                (_errors(key, sums, words[key], failures[key]) for key, sums in rows), question
            ),
            total=_errors((), total, every_word, every_failure),
            groups=self._groups(question),
        )

    def slowest(self, where: Selection, most: int) -> Slowest:
        """Return the calls that took longest.

        Raises:
            UsageError: a file cannot be read, or there is too little memory.
        """
        account = self._count(
            log_queries.slowest(self._lines(), where, most=most, shown=COLUMNS), where
        )
        found = self._database.rows(f"SELECT calls FROM counted WHERE {_CHOSEN}")
        calls = cast("Sequence[Mapping[str, object]]", found[0][0] or ()) if found else ()
        return Slowest(account=account, calls=tuple(map(call_of_row, calls)))

    def _lines(self) -> str:
        files = bound_files(self._sources)
        parquet = cast("Sequence[str] | None", files.get("parquet"))
        columns = None if parquet is None else self._database.columns_of(parquet)
        return log_queries.lines(is_json="json" in files, parquet=columns)

    def _count(self, sql: str, where: Selection, *, once: str = "true") -> Account:
        """Run the query that reads all lines, and return the account."""
        self._database.rows("DROP TABLE IF EXISTS counted")
        self._database.rows("DROP TABLE IF EXISTS top")
        counted = self._database.read(self._sources, sql, log_queries.bound(where))
        kinds: Counter[str] = Counter()
        chosen = 0
        for kind, is_chosen, number in self._database.rows(
            f"SELECT kind, chosen, sum(n) FROM counted WHERE {once} GROUP BY ALL"
        ):
            kinds[str(kind)] += _number(number)
            chosen += _number(number) if is_chosen else 0
        rows = kinds.total()
        empty = max(0, counted.number + self._compacted() - rows) if counted.is_known else 0
        return Account(
            lines=rows + empty,
            calls=kinds[LineKind.CALL],
            events=kinds[LineKind.EVENT],
            unreadable=kinds[LineKind.UNREADABLE],
            other=kinds[LineKind.OTHER],
            empty=empty,
            chosen=chosen,
            growing=counted.growing,
        )

    def _compacted(self) -> int:
        """Return how many lines there are in Parquet files."""
        files = bound_files(self._sources).get("parquet")
        if files is None:
            return 0
        found = self._database.rows(
            "SELECT sum(num_rows) FROM parquet_file_metadata($parquet)", {"parquet": files}
        )
        return _number(found[0][0])

    def _sums(
        self, question: LogQuestion, names: Sequence[str], *, weights: Sequence[str]
    ) -> tuple[Sequence[int], list[tuple[GroupKey, Sequence[int]]]]:
        """Return the sums of all chosen calls, and those of the groups that are asked for."""
        keys = log_queries.keys(question)
        sums = ", ".join(f"sum({name}) AS {name}" for name in names)
        (total,) = self._database.rows(f"SELECT {sums} FROM counted WHERE {_CHOSEN}")
        found = self._database.rows(
            f"SELECT {''.join(f'{name}, ' for name in keys)}{sums} FROM counted WHERE {_CHOSEN}"
            f"{' GROUP BY ' + ', '.join(keys) if keys else ' HAVING count(*) > 0'}"
            f" ORDER BY {log_queries.order(question, weights)} LIMIT {_limit(question)}"
        )
        width = len(keys)
        rows: list[tuple[GroupKey, Sequence[int]]] = [
            (cast("GroupKey", row[:width]), [_number(each) for each in row[width:]])
            for row in found
        ]
        return [_number(each) for each in total], rows

    def _words(
        self, question: LogQuestion
    ) -> tuple[
        defaultdict[GroupKey, Counter[str]], defaultdict[GroupKey, Counter[tuple[str, str]]]
    ]:
        """Return the words of error, and the failures of attempts, by group."""
        keys = "".join(f"{name}, " for name in log_queries.keys(question))
        words: defaultdict[GroupKey, Counter[str]] = defaultdict(Counter)
        failures: defaultdict[GroupKey, Counter[tuple[str, str]]] = defaultdict(Counter)
        for *key, word, number in self._database.each(
            f"SELECT {keys}word, sum(n) FROM counted"
            f" WHERE {_CHOSEN} AND word IS NOT NULL GROUP BY ALL"
        ):
            words[cast("GroupKey", tuple(key))][str(word)] += _number(number)
        for *key, route, failure, number in self._database.each(
            f"SELECT {keys}pair[1], pair[2], sum(n) FROM"
            f" (SELECT *, unnest(failures) AS pair FROM counted WHERE {_CHOSEN}) GROUP BY ALL"
        ):
            failures[cast("GroupKey", tuple(key))][str(route), str(failure)] += _number(number)
        return words, failures

    def _groups(self, question: LogQuestion) -> int:
        keys = ", ".join(log_queries.keys(question)) or "chosen"
        found = self._database.rows(
            f"SELECT count(*) FROM (SELECT DISTINCT {keys} FROM counted WHERE {_CHOSEN})"
        )
        return _number(found[0][0])


def call_of_row(row: Mapping[str, object]) -> LoggedCall:
    """Return a call as its line has it, from the values that DuckDB gives."""
    return {name: _data(row.get(name)) for name in COLUMNS}


def _data(value: object) -> Data:
    match value:
        case datetime():
            zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
            text = zoned.astimezone(UTC).isoformat(timespec="milliseconds")
            return text.replace("+00:00", "Z")
        case dict():
            return {str(key): _data(each) for key, each in value.items()}
        case list():
            return [_data(each) for each in value]
    return cast("Data", value)


def _limit(question: LogQuestion) -> int:
    return 2**62 if question.top is None else question.top


def _number(value: object) -> int:
    return int(cast("int", value)) if value is not None else 0


def _by_group(rows: Iterator[Found], width: int) -> Iterator[tuple[Found, list[Found]]]:
    """Yield each group with its times: the group stands before them in each row."""
    for group, found in groupby(rows, key=itemgetter(*range(width + 2))):
        yield cast("Found", group), [row[width + 2 :] for row in found]


def _cost(key: GroupKey, sums: Sequence[int]) -> CostRow:
    calls, nano, unpriced, cached, read, cache_read, cache_write, written = sums
    return CostRow(
        key=key,
        calls=calls,
        nano_usd=nano,
        unpriced=unpriced,
        cached=cached,
        input_tokens=read,
        cache_read_tokens=cache_read,
        cache_write_tokens=cache_write,
        output_tokens=written,
    )


def _latency(key: GroupKey, calls: int, bins: Sequence[Found]) -> LatencyRow:
    """Make a row of times in rising order, each with whether it is of the first content."""
    whole, first = _spread_of(bins, is_first=False), _spread_of(bins, is_first=True)
    return LatencyRow(
        key=key,
        calls=calls,
        left_out=calls - (whole.of if whole else 0),
        whole=whole,
        first=first,
    )


def _spread_of(bins: Sequence[Found], *, is_first: bool) -> Spread | None:
    return spread(
        (_number(time), _number(number))
        for of_first, time, number in bins
        if bool(of_first) is is_first and time is not None
    )


def _errors(
    key: GroupKey,
    sums: Sequence[int],
    words: Mapping[str, int],
    failures: Mapping[tuple[str, str], int],
) -> ErrorRow:
    calls, unanswered, degraded, refused, attempts, may_be_billed = sums
    return ErrorRow(
        key=key,
        calls=calls,
        unanswered=unanswered,
        degraded=degraded,
        refused=refused,
        attempts=attempts,
        may_be_billed=may_be_billed,
        errors=dict(words),
        failures=dict(failures),
    )
