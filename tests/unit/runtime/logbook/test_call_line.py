"""Facts about a line of the log."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.call import Arm, CallRecord, Rung, ServedBy, Try
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.chat import FailureKind, Usage
from evalgate.runtime.logbook.call_line import COLUMNS, EVENT_COLUMNS, MOST_BYTES, line_of
from tests.unit.runtime.records import ANSWERED, OVERLOADED, RECORD

BARE = CallRecord(
    ts=0.0,
    request_id="01a2007d-5837-7d3a-9491-c94f491fa4b8",
    feature="support",
    prompt="p",
    version="v1",
    prompt_hash="",
    arm=Arm.STABLE,
    pointer="",
    prefix="",
    served_by=ServedBy.NOBODY,
    degraded=False,
    latency_ms=0,
    model_asked="m",
)


def read(entry: CallRecord | Event) -> dict[str, object]:
    line = line_of(entry)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    found: dict[str, object] = json.loads(line)
    return found


def test_a_whole_line_looks_like_this() -> None:
    assert line_of(RECORD).decode() == snapshot(
        '{"schema":"call/1","ts":"2026-11-22T00:00:00.123Z","request_id":"01a2007d-5837-7d3a-9491-c94f491fa4b8","trace_id":"0af7651916cd43dd8448eb211c80319c","feature":"support/chat","prompt":"support-reply","version":"v3","prompt_hash":"5555555555555555555555555555555555555555555555555555555555555555","arm":"canary","assigned_by":"split","pointer":"a1b2c3d4e5f60718","prefix":"You answer the customers of a shop.\\\\nBe kind.","served_by":"other_route","degraded":false,"error":"overloaded","stop_reason":"end_turn","model_asked":"claude-haiku-5-5","model":"claude-haiku-5-5","route":"bedrock-eu","provider":"bedrock","region":"eu-central-1","provider_request_id":"req_011CSsecond","user":"11111111111111111111111111111111","conversation":"22222222222222222222222222222222","key_id":"31809bb5","latency_ms":1040,"streamed":true,"ttft_ms":210,"input_tokens":1200,"cache_read_tokens":800,"cache_write_5m_tokens":11,"cache_write_1h_tokens":22,"output_tokens":210,"cost_usd":0.00345,"price_rev":"2026-11-20","may_be_billed":1,"age_s":1.5,"smell":["length","script"],"sampled":0.25,"tries_count":2,"tries":[{"rung":"first","route":"","provider":"direct","model":"claude-haiku-5-5","failure":"overloaded","abandoned":false,"latency_ms":120,"request_id":"req_011CSfirst"},{"rung":"other_route","route":"bedrock-eu","provider":"bedrock","region":"eu-central-1","model":"claude-haiku-5-5","abandoned":false,"latency_ms":920,"request_id":"req_011CSsecond","cost_usd":0.00123}],"app_rev":"4f5a6b7c","sdk":"anthropic/2.11.0","settings":"0a1b2c3d4e5f"}\n'
    )


def test_the_columns_stand_in_the_same_order_in_every_line() -> None:
    assert list(read(RECORD)) == list(COLUMNS)
    assert is_in_order(read(BARE), COLUMNS)


def is_in_order(line: Iterable[str], columns: Iterable[str]) -> bool:
    found = frozenset(line)
    return list(line) == [name for name in columns if name in found]


def test_every_field_of_a_record_has_its_column_and_there_are_no_others() -> None:
    known = {each.name for each in fields(CallRecord)} - {"usage"}
    known |= {each.name for each in fields(Usage)}
    assert set(COLUMNS) == known | {"schema", "tries_count"}
    assert set(EVENT_COLUMNS) == {each.name for each in fields(Event)} | {"schema"}


def test_every_field_of_an_attempt_is_told() -> None:
    tries = read(RECORD)["tries"]
    assert isinstance(tries, list)
    told = frozenset().union(*tries)
    assert told == {each.name for each in fields(Try)}


def test_what_is_not_known_is_left_out_and_never_zero() -> None:
    line = read(BARE)
    unknown = COLUMNS.keys() - line.keys()
    assert unknown >= {"input_tokens", "output_tokens", "cost_usd", "model", "route", "smell"}
    assert unknown >= {"price_rev", "app_rev", "sdk", "settings", "user", "sampled"}
    assert line["tries"] == []


def test_nothing_in_a_line_is_null() -> None:
    assert b"null" not in line_of(BARE) + line_of(RECORD) + line_of(LONGEST_OF_ALL)


def test_an_answer_that_smells_of_nothing_is_told_from_one_that_was_not_smelt() -> None:
    assert read(replace(BARE, smell=()))["smell"] == []
    assert "smell" not in read(replace(BARE, smell=None))


def test_every_field_reaches_its_own_column() -> None:
    line, bare = read(RECORD), read(replace(BARE, feature="other", prompt="q", version="v2"))
    same = {key for key in COLUMNS if line[key] == bare.get(key)}
    assert same == {"schema", "request_id", "degraded"}


def test_the_claude_api_itself_is_the_route_without_a_name() -> None:
    assert read(replace(RECORD, route=""))["route"] == ""


def test_a_time_is_told_in_utc_to_the_millisecond() -> None:
    assert read(RECORD)["ts"] == "2026-11-22T00:00:00.123Z"
    assert read(BARE)["ts"] == "1970-01-01T00:00:00.000Z"
    for impossible in (float("nan"), float("inf"), 1e30):
        assert "ts" not in read(replace(RECORD, ts=impossible))


def test_numbers_that_json_does_not_have_are_not_known() -> None:
    usage = Usage(input_tokens=10**5000, output_tokens=-1)
    line = read(replace(RECORD, cost_usd=float("nan"), age_s=float("inf"), usage=usage))
    keys = ("cost_usd", "age_s", "input_tokens", "output_tokens", "cache_read_tokens")
    assert [line.get(key) for key in keys] == [None, None, None, None, 0]


def test_of_many_attempts_the_first_and_the_last_are_shown_and_all_counted() -> None:
    line = read(replace(RECORD, tries=(OVERLOADED,) * 30 + (ANSWERED,)))
    tries = line["tries"]
    assert isinstance(tries, list)
    assert line["tries_count"] == 31
    assert [attempt.get("failure") for attempt in tries] == ["overloaded"] * 7 + [None]


LONGEST = Try(
    rung=Rung.SMALLER_MODEL,
    route="😀" * 64,
    provider="p" * 80,
    region="g" * 80,
    model="m" * 80,
    failure=FailureKind.MODEL_NOT_FOUND,
    latency_ms=2**53,
    request_id="i-" * 64,
    cost_usd=1.123456789e300,
)


LONGEST_OF_ALL = replace(
    RECORD,
    request_id="i-" * 64,
    feature="f-" * 32,
    prompt="😀" * 64,
    version="v" * 80,
    prompt_hash="h" * 80,
    pointer="o" * 80,
    prefix='"😀' * 50,
    model_asked="m" * 80,
    model="m" * 80,
    route="😀" * 64,
    provider="p" * 80,
    region="g" * 80,
    provider_request_id="i-" * 64,
    trace_id="a" * 64,
    user="b" * 64,
    conversation="c" * 64,
    key_id="d" * 64,
    error="e" * 40,
    stop_reason="model_context_window_exceeded",
    latency_ms=2**53,
    price_rev="q" * 80,
    app_rev="w" * 80,
    sdk="anthropic/2.11.0",  # these two are words of evalgate, of these lengths
    settings="f" * 12,
    smell=("s" * 40,) * 40,
    tries=(LONGEST,) * 20,
)


def test_the_longest_line_of_all_keeps_within_its_bytes_and_shows_an_attempt() -> None:
    line = line_of(LONGEST_OF_ALL)
    tries = json.loads(line)["tries"]
    assert len(line) <= MOST_BYTES
    assert tries[-1]["route"] == "😀" * 64


ANYTHING = st.text(max_size=300) | st.just("x" * 100_000) | st.just("\ud800\x00\n")


@given(
    st.tuples(ANYTHING, ANYTHING, ANYTHING, ANYTHING),
    st.floats(),
    st.integers(),
    st.lists(st.builds(replace, st.just(LONGEST), route=ANYTHING, request_id=ANYTHING)),
)
def test_no_record_breaks_the_line_or_its_length(
    texts: tuple[str, str, str, str], number: float, whole: int, tries: list[Try]
) -> None:
    first, second, third, fourth = texts
    record = replace(
        RECORD,
        ts=number,
        latency_ms=whole,
        cost_usd=number,
        feature=first,
        prefix=second,
        model=third,
        provider_request_id=fourth,
        tries=tuple(tries),
    )
    assert len(line_of(record)) <= MOST_BYTES
    assert is_in_order(read(record), COLUMNS)


def test_an_event_is_a_line_between_the_calls() -> None:
    event = Event(
        ts=1_795_305_600.0,
        kind=EventKind.FILE_BROKEN,
        subject="support-reply/live.yaml",
        message="expected `stable`\nwrite to ann@example.com",
    )
    assert line_of(event).decode() == snapshot(
        '{"schema":"event/1","ts":"2026-11-22T00:00:00.000Z","kind":"file_broken","subject":"support-reply/live.yaml","message":"expected `stable`\\\\nwrite to [redacted]"}\n'
    )


@given(ANYTHING, ANYTHING)
def test_no_event_breaks_the_line_or_its_length(subject: str, message: str) -> None:
    event = Event(
        ts=0, kind=EventKind.CACHE_FAILED, subject=subject, message=message, before=message
    )
    assert len(line_of(event)) <= MOST_BYTES
    assert is_in_order(read(event), EVENT_COLUMNS)
