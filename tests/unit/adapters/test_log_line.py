"""Facts about a line of the log: what it says, and what counts as unknown."""

import json

import pytest

from evalgate.adapters.log_line import read_line
from evalgate.model.log_answer import LineKind
from evalgate.model.log_question import Key
from tests.unit.adapters.log_lines import EMPTY, EVENT, NEWER, NOON, TORN, cached, call


def test_a_call_says_what_its_writer_wrote() -> None:
    line = read_line(call(feature="search", cost_usd=0.1, latency_ms=7))
    assert line is not None
    assert line.kind is LineKind.CALL
    assert (line.instant, line.nano_usd, line.latency_ms) == (NOON * 1e6, 100_000_000, 7)
    assert line.value(Key.FEATURE) == "search"
    assert line.value(Key.HOUR) == NOON // 3_600
    assert line.value(Key.DAY) == NOON // 86_400


@pytest.mark.parametrize("line", [EMPTY, b"", b"  \t\r\n"])
def test_an_empty_line_is_none(line: bytes) -> None:
    assert read_line(line) is None


@pytest.mark.parametrize(
    "line", [TORN, b"{}\n", b"[1]\n", b"5\n", b"null\n", b"\0\0\n", b"\xff\n", b"[" * 100_000]
)
def test_what_is_no_line_of_a_log_is_unreadable(line: bytes) -> None:
    read = read_line(line)
    assert read is not None
    assert read.kind is LineKind.UNREADABLE


def test_events_and_other_schemas_are_told_apart() -> None:
    kinds = [read.kind for line in (EVENT, NEWER) if (read := read_line(line))]
    assert kinds == [LineKind.EVENT, LineKind.OTHER]


@pytest.mark.parametrize("cost", ["-1", "null", '"x"', "[]", "true"])
def test_a_cost_that_cannot_be_is_unknown_and_never_zero(cost: str) -> None:
    line = read_line(
        b'{"schema":"call/1","ts":"2026-11-21T12:00:00Z","cost_usd":%s}' % cost.encode()
    )
    assert line is not None
    assert line.kind is LineKind.CALL
    assert line.nano_usd is None


def test_a_value_of_a_wrong_type_is_unknown_and_the_others_stay() -> None:
    data = {
        "schema": "call/1",
        "ts": "2026-11-21T12:00:00Z",
        "latency_ms": "soon",
        "feature": "search",
        "tries": 5,
    }
    line = read_line(json.dumps(data).encode())
    assert line is not None
    assert (line.latency_ms, line.feature, line.tries) == (None, "search", None)


def test_a_time_without_a_zone_is_of_utc() -> None:
    plain, zoned = (
        read_line(b'{"schema":"call/1","ts":"2026-11-21T%s"}' % time)
        for time in (b"12:00:00", b"14:00:00+02:00")
    )
    assert plain is not None
    assert zoned is not None
    assert plain.instant == zoned.instant == NOON * 1e6


def test_a_call_without_an_instant_is_unreadable() -> None:
    line = read_line(b'{"schema":"call/1","ts":"never"}')
    assert line is not None
    assert line.kind is LineKind.UNREADABLE


def test_an_answer_from_memory_has_no_latency_of_a_model() -> None:
    asked, remembered = read_line(call(latency_ms=9)), read_line(cached(latency_ms=9))
    assert asked is not None
    assert remembered is not None
    assert (asked.is_timed, remembered.is_timed) == (True, False)
    other = read_line(
        b'{"schema":"call/1","ts":"2026-11-21T12:00:00Z","served_by":"primary","latency_ms":1}'
    )
    assert other is not None
    assert other.is_timed


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" * 400])
def test_a_number_that_no_column_holds_is_unknown(number: str) -> None:
    line = read_line(
        b'{"schema":"call/1","ts":"2026-11-21T12:00:00Z","feature":"search","input_tokens":%s}'
        % number.encode()
    )
    assert line is not None
    assert (line.kind, line.input_tokens, line.feature) == (LineKind.CALL, None, "search")
