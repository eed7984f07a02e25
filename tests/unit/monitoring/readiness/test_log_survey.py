"""Facts about looking lines of the call log over."""

import json
from dataclasses import replace

import pytest

from evalgate.model.call import ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.document import Data
from evalgate.monitoring.readiness.log_survey import survey
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

KEY = "sk-ant-api03-abcdefghijklmnop"


def with_key(key: str, value: Data) -> bytes:
    """Return a line of the log in which somebody has put another value."""
    return json.dumps({**json.loads(line_of(RECORD)), key: value}).encode()


def test_lines_that_the_runtime_writes_are_as_documented_and_hold_nothing_private() -> None:
    event = Event(ts=RECORD.ts, kind=EventKind.LOG_FAILED, subject="log", message="lines lost: 2")
    dated = replace(RECORD, model="claude-haiku-4-5-20251001", app_rev="8c1f" * 10)
    found = survey([line_of(RECORD), line_of(event), line_of(dated), b"", b"\n"])
    assert (found.lines, found.calls) == (3, 2)
    assert (dict(found.invalid), dict(found.private)) == ({}, {})
    assert found.hashed == 2


def test_every_record_of_nothing_known_is_as_documented() -> None:
    bare = replace(
        RECORD,
        served_by=ServedBy.NOBODY,
        usage=None,
        cost_usd=None,
        smell=None,
        tries=(),
        user=None,
    )
    found = survey([line_of(bare)])
    assert dict(found.invalid) == {}
    assert (found.failed, found.unpriced, found.hashed) == (1, 0, 0)


def test_what_counts_is_counted_from_an_instant_on() -> None:
    old = replace(RECORD, ts=RECORD.ts - 9 * 86_400)
    unpriced = replace(RECORD, cost_usd=None, feature="")
    own = replace(RECORD, served_by=ServedBy.APPLICATION, cost_usd=None, ts=RECORD.ts + 60)
    lines = [line_of(each) for each in (old, unpriced, own)]
    since = json.loads(line_of(RECORD))["ts"]
    found = survey(lines, since=since)
    assert (found.lines, found.calls, found.unpriced, found.unnamed) == (3, 2, 1, 1)
    assert found.by_application == 1
    assert found.first == since
    assert found.last > since


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (b"{", "no JSON object"),
        (b"[1]", "no JSON object"),
        (b"\xff", "no JSON object"),
        (b'{"schema": "call/9"}', "an unknown schema"),
        (with_key("text", "x"), "a key that is not documented"),
        (with_key("latency_ms", "fast"), "`latency_ms` is of another type"),
        (with_key("latency_ms", True), "`latency_ms` is of another type"),
        (with_key("cost_usd", "free"), "`cost_usd` is of another type"),
        (with_key("request_id", None), "`request_id` is missing"),
        (with_key("served_by", ["primary"]), "`served_by` is of another type"),
        (with_key("ts", "9 calls by ann@example.com"), "`ts` is no instant"),
        (b'{"schema": "call/1", "tries": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "no JSON object"),
    ],
)
def test_what_is_not_as_documented_is_counted(line: bytes, wrong: str) -> None:
    assert dict(survey([line]).invalid) == {wrong: 1}


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("prefix", f"Use {KEY}", "a secret key in `prefix`"),
        ("model", KEY, "a secret key in `model`"),
        ("tries", [{"route": KEY}], "a secret key in `tries.route`"),
        ("smell", [KEY], "a secret key in `smell`"),
        ("feature", "ann@example.com", "an address or a number of somebody in `feature`"),
        ("feature", "user-123456789", "an address or a number of somebody in `feature`"),
        ("prefix", "Write to ann@example.com", "an address or a number of somebody in `prefix`"),
        ("user", "ann@example.com", "no hash in `user`"),
        ("user", "ann", "no hash in `user`"),
        (
            "text",
            "call +49 170 1234567",
            "an address or a number of somebody in a key that is not documented",
        ),
        ("ann@example.com", KEY, "a secret key in a key that is not documented"),
    ],
)
def test_what_is_private_is_counted_by_where_it_stands_and_never_repeated(
    key: str, value: Data, told: str
) -> None:
    found = survey([with_key(key, value), with_key(key, value)])
    assert dict(found.private) == {told: 2}
    assert "ann" not in str(found.private)


def test_the_first_and_the_last_instant_are_instants() -> None:
    found = survey([line_of(RECORD), with_key("ts", "zzz \x1b[31m"), with_key("ts", "0")])
    assert found.first == found.last == json.loads(line_of(RECORD))["ts"]
    assert found.calls == 1
