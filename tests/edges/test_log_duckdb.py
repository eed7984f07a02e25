"""Facts about DuckDB and the reading line by line: of the same files both say the same."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.adapters.log_duckdb import LogReader, open_log_reader
from evalgate.adapters.log_plain import PlainLog
from evalgate.errors import LongLineError
from evalgate.model.call import Arm, Rung, ServedBy, Try
from evalgate.model.chat import FailureKind, Usage
from evalgate.model.log_answer import Slowest
from evalgate.model.log_question import Key, LogQuestion, Selection
from tests.call_lines import columns_of
from tests.unit.adapters.log_lines import (
    EMPTY,
    EVENT,
    HOUR,
    NEWER,
    NOON,
    TORN,
    cached,
    call,
    nothing,
    sources,
    write,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader() -> Iterator[LogReader]:
    with open_log_reader(tell=nothing, memory=300) as opened:
        yield opened


def attempts(failures: Sequence[FailureKind | None]) -> tuple[Try, ...]:
    return tuple(
        Try(
            rung=Rung.FIRST,
            route="eu" if number % 2 else "",
            provider="direct",
            region=None,
            model="m",
            failure=failure,
            latency_ms=number,
            request_id=f"req_{number}",
        )
        for number, failure in enumerate(failures)
    )


def in_short(slowest: Slowest) -> list[tuple[object, object]]:
    """Tell what decides about the order: of equal calls with one id either may be shown."""
    return [(each["latency_ms"], each["request_id"]) for each in slowest.calls]


COSTS = st.none() | st.floats(0, 9, allow_nan=False) | st.just(0.1)
CALLS = st.builds(
    lambda number, when, tokens, **told: call(
        number, ts=NOON + 60 * when, usage=Usage(input_tokens=tokens, output_tokens=1), **told
    ),
    st.integers(0, 2**40),
    st.integers(-3_000, 3_000),
    st.integers(0, 10**6),
    feature=st.sampled_from(["search", "mail", "", "Ünïcode"]),
    version=st.sampled_from(["v1", "v2"]),
    arm=st.sampled_from(Arm),
    model=st.none() | st.sampled_from(["claude-haiku-5-5", "other"]),
    user=st.none() | st.sampled_from(["1" * 32, "2" * 32]),
    served_by=st.sampled_from(ServedBy),
    degraded=st.booleans(),
    error=st.none() | st.sampled_from(["overloaded", "timeout"]),
    stop_reason=st.none() | st.sampled_from(["end_turn", "refusal"]),
    latency_ms=st.integers(0, 50),
    ttft_ms=st.none() | st.integers(0, 9),
    cost_usd=COSTS,
    may_be_billed=st.integers(0, 3),
    tries=st.lists(st.none() | st.sampled_from(FailureKind), max_size=10).map(attempts),
)
CUT = st.builds(lambda line, at: line[: at % len(line)] + b"\n", CALLS, st.integers(0, 5_000))
OLD = CALLS.map(
    lambda line: (
        json.dumps(
            {
                name: value
                for name, value in json.loads(line).items()
                if name not in ("app_rev", "age_s")
            }
        ).encode()
        + b"\n"
    )
)
NO_LINES = st.sampled_from(
    [EMPTY, b"\r\n", b"  \n", EVENT, NEWER, TORN, b"{}\n", b"[]\n", b"7\n", b"\0\0\0\n", b"\xff\xfe\n",
     b'{"schema":null}\n', b'{"schema":"call/1"}\n', b'{"schema":"call/1","ts":"soon"}\n',
     call(1)[:400].rstrip() + call(2), call(3).replace(b"\n", b"\r\n")]
)  # fmt: skip
LINES = st.lists(st.one_of(CALLS, CALLS, CUT, OLD, NO_LINES), max_size=30)
QUESTIONS = st.builds(
    LogQuestion,
    by=st.lists(st.sampled_from(Key), max_size=2, unique=True).map(tuple),
    top=st.none() | st.integers(1, 3),
    where=st.builds(
        Selection,
        since=st.none() | st.integers(-100_000, 100_000).map(lambda s: int((NOON + s) * 1e6)),
        until=st.none() | st.integers(-100_000, 100_000).map(lambda s: int((NOON + s) * 1e6)),
        values=st.dictionaries(
            st.sampled_from([Key.FEATURE, Key.USER, Key.MODEL]),
            st.sampled_from([("search", ""), ("1" * 32,), ("'; DROP TABLE counted; --",), ("",)]),
            max_size=2,
        ),
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(lines=LINES, question=QUESTIONS, is_cut=st.booleans())
def test_both_say_the_same_of_any_lines(
    reader: LogReader, lines: list[bytes], question: LogQuestion, is_cut: bool
) -> None:
    with TemporaryDirectory() as folder:
        text = b"".join(lines)
        path = write(Path(folder), text[:-1] if is_cut else text, call(7), name="any.jsonl")
        found = sources(path)
        plain, database = PlainLog(found, tell=nothing), reader.log(found)
        assert database.cost(question) == plain.cost(question)
        assert database.latency(question) == plain.latency(question)
        assert database.errors(question) == plain.errors(question)
        slowest = plain.slowest(question.where, 3)
        assert slowest.account.balances
        found_by_database = database.slowest(question.where, 3)
        assert found_by_database.account == slowest.account
        assert in_short(found_by_database) == in_short(slowest)


def test_a_compressed_file_says_what_it_was_made_of(reader: LogReader, tmp_path: Path) -> None:
    text = b"".join([call(1), TORN, EMPTY, EVENT, cached(2)])
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text))
    found = sources(tmp_path)
    answer = reader.log(found).cost(LogQuestion())
    assert answer == PlainLog(found, tell=nothing).cost(LogQuestion())
    assert (answer.account.lines, answer.account.empty, answer.account.calls) == (5, 1, 2)


def test_names_of_files_are_no_patterns(reader: LogReader, tmp_path: Path) -> None:
    odd = write(tmp_path / "it's [a] *?", call(1), name="calls-{x}.jsonl")
    write(tmp_path / "it's a bc", call(2), call(3), name="calls-{x}.jsonl")
    assert reader.log(sources(odd)).cost(LogQuestion()).account.lines == 1


def test_percentiles_are_those_of_a_sorted_list(reader: LogReader, tmp_path: Path) -> None:
    times = [number**2 % 997 for number in range(1, 500)]
    write(tmp_path, *(call(n, latency_ms=time) for n, time in enumerate(times)), cached(999))
    row = reader.log(sources(tmp_path)).latency(LogQuestion()).total
    ordered = sorted(times)
    assert row.whole is not None
    told = (row.whole.p50, row.whole.p90, row.whole.p95, row.whole.p99, row.whole.most)
    assert told == (ordered[249], ordered[449], ordered[474], ordered[494], ordered[-1])
    assert (row.calls, row.left_out) == (500, 1)


def test_many_groups_are_told_by_the_largest_ones(reader: LogReader, tmp_path: Path) -> None:
    lines = [call(n, user=f"{n % 40:032x}", cost_usd=n % 40 / 8) for n in range(400)]
    write(tmp_path, *lines)
    answer = reader.log(sources(tmp_path)).cost(LogQuestion(by=(Key.USER,), top=2))
    assert answer.groups == 40
    assert [row.key for row in answer.rows] == [(f"{39:032x}",), (f"{38:032x}",)]
    assert answer.total.calls == 400


def test_a_line_that_is_too_long_for_duckdb_is_told(reader: LogReader, tmp_path: Path) -> None:
    path = write(tmp_path, call(1), b"\0" * 40_000_000 + b"\n", call(2))
    with pytest.raises(LongLineError, match="too long for DuckDB"):
        reader.log(sources(path)).cost(LogQuestion())
    answer = PlainLog(sources(path), tell=nothing).cost(LogQuestion())
    assert (answer.account.calls, answer.account.unreadable) == (2, 1)


def test_hours_before_and_after_midnight_are_apart(reader: LogReader, tmp_path: Path) -> None:
    write(tmp_path, *(call(n, ts=NOON + HOUR * (11.9 + n / 5)) for n in range(2)))
    found = reader.log(sources(tmp_path)).cost(LogQuestion(by=(Key.DAY, Key.HOUR)))
    assert [row.key for row in found.rows] == [
        (NOON // 86_400, NOON // HOUR + 11),
        (NOON // 86_400 + 1, NOON // HOUR + 12),
    ]


def test_a_slow_call_has_all_its_columns(reader: LogReader, tmp_path: Path) -> None:
    write(tmp_path, call(1, latency_ms=5), call(2, latency_ms=6))
    (slow,) = reader.log(sources(tmp_path)).slowest(Selection(), 1).calls
    assert slow == columns_of(call(2, latency_ms=6))


def test_a_reader_answers_again_and_again(reader: LogReader, tmp_path: Path) -> None:
    write(tmp_path, call(1))
    log = reader.log(sources(tmp_path))
    question = LogQuestion(by=(Key.FEATURE,))
    assert log.cost(question) == log.cost(question)
    assert log.latency(replace(question, top=1)).rows[0].calls == 1


def test_of_equal_groups_the_unknown_one_comes_last(reader: LogReader, tmp_path: Path) -> None:
    found = sources(write(tmp_path, call(1, user=None), call(2, user="1" * 32)))
    question = LogQuestion(by=(Key.USER,), top=1)
    for log in (reader.log(found), PlainLog(found, tell=nothing)):
        assert log.cost(question).rows[0].key == ("1" * 32,)
        assert log.latency(question).rows[0].key == ("1" * 32,)


def test_numbers_that_are_too_large_to_add_up_stop_no_reading(
    reader: LogReader, tmp_path: Path
) -> None:
    most, over = 2**63 - 1, 2**63
    data = json.loads(call())
    lines = [
        json.dumps(data | {"cache_write_5m_tokens": most, "cache_write_1h_tokens": most}),
        json.dumps(data | {"cache_write_5m_tokens": over, "input_tokens": over}),
    ]
    path = write(tmp_path, *(f"{each}\n".encode() for each in lines))
    question = LogQuestion()
    said = reader.log(sources(path)).cost(question)
    assert said.total.cache_write_tokens >= 2 * most
    assert said == PlainLog(sources(path), tell=nothing).cost(question)
