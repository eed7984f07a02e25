"""Facts about reading what a log of calls says to a rollout."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.call_log import file_call_log
from evalgate.adapters.exposures import SCHEMA, LoggedExposures, read_exposures
from evalgate.adapters.line_files import LONGEST
from evalgate.errors import UsageError
from evalgate.model.call import Arm, Assignment, CallRecord, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.document import Data
from evalgate.model.exposure import Exposure, LeftOut
from evalgate.runtime.logbook.call_line import CALL_SCHEMA, line_of
from tests.unit.runtime.records import RECORD

PROMPT = RECORD.prompt
CALL = replace(RECORD, error=None)
LINE = line_of(CALL)
EVENT = line_of(Event(ts=1.8e9, kind=EventKind.POINTER_MOVED, subject=PROMPT, after="v3"))


def logged(*lines: bytes, prompt: str = PROMPT, since: float = 0.0) -> LoggedExposures:
    with TemporaryDirectory() as folder:
        Path(folder, "calls-1.jsonl").write_bytes(b"".join(lines))
        return read_exposures([Path(folder)], prompt, since=since)


def of(**changes: object) -> Exposure:
    """Return the one exposure of a call that is as usual but for the changes."""
    (exposure,) = logged(line_of(replace(CALL, **changes))).exposures  # type: ignore[arg-type]
    return exposure


def edited(changes: Mapping[str, Data], *, without: Collection[str] = ()) -> bytes:
    """Return a line with other values, and without some, as another program would write it."""
    row = json.loads(LINE) | changes
    return json.dumps({key: row[key] for key in row if key not in without}).encode() + b"\n"


def left_out(*lines: bytes) -> Mapping[str, int]:
    read = logged(*lines, LINE)
    assert len(read.exposures) == 1
    return read.left_out


def test_the_schema_is_that_of_the_log() -> None:
    assert SCHEMA == CALL_SCHEMA


def test_a_line_of_the_log_is_an_exposure() -> None:
    assert of() == snapshot(
        Exposure(
            ts=1795305600.123,
            request_id="01a2007d-5837-7d3a-9491-c94f491fa4b8",
            unit="11111111111111111111111111111111",
            arm=Arm.CANARY,
            version="v3",
            hash="5555555555555555555555555555555555555555555555555555555555555555",
            pointer="a1b2c3d4e5f60718",
            assigned_by="split",
            latency_ms=1040,
            cost_usd=0.00345,
            sampled=0.25,
        )
    )


# What a line means


@pytest.mark.parametrize(
    ("user", "conversation", "unit"),
    [
        ("1" * 32, "2" * 32, "1" * 32),
        (None, "2" * 32, "2" * 32),
        (None, None, RECORD.request_id),
    ],
)
def test_the_unit_is_the_user_else_the_conversation_else_the_request(
    user: str | None, conversation: str | None, unit: str
) -> None:
    assert of(user=user, conversation=conversation).unit == unit


def test_lines_that_name_neither_user_nor_conversation_are_counted() -> None:
    nobody = replace(CALL, user=None, conversation=None)
    somebody = replace(nobody, conversation="2" * 32)
    other = replace(nobody, prompt="sum-up")
    read = logged(*map(line_of, (nobody, somebody, nobody, other)))
    assert (len(read.exposures), read.unnamed) == (3, 2)


# failed, is_fresh
SERVED: Mapping[ServedBy, tuple[bool, bool]] = {
    ServedBy.CACHE: (False, False),
    ServedBy.SHARED: (False, False),
    ServedBy.PRIMARY: (False, True),
    ServedBy.OTHER_ROUTE: (False, True),
    ServedBy.SMALLER_MODEL: (False, True),
    ServedBy.STALE_CACHE: (True, False),
    ServedBy.APPLICATION: (True, False),
    ServedBy.NOBODY: (True, False),
}


@pytest.mark.parametrize("served_by", ServedBy)
def test_a_call_has_failed_where_no_model_answered_that_was_to(served_by: ServedBy) -> None:
    exposure = of(served_by=served_by)
    assert (exposure.failed, exposure.is_fresh) == SERVED[served_by]


def test_a_call_with_an_error_has_failed_whoever_served_it() -> None:
    assert of(error="overloaded", served_by=ServedBy.SHARED).failed


def test_only_the_stop_reason_makes_a_refusal() -> None:
    assert of(stop_reason="refusal").refused
    assert not of(stop_reason="end_turn", smell=("refusal",)).refused


@pytest.mark.parametrize("by", [*Assignment, None])
def test_what_chose_the_arm_is_known_where_the_line_says_it(by: Assignment | None) -> None:
    assert of(assigned_by=by, arm=Arm.STABLE).assigned_by == (by or "")


def test_what_is_not_known_stays_unknown() -> None:
    bare = of(latency_ms=-1, cost_usd=None, sampled=None, stop_reason=None)
    assert (bare.latency_ms, bare.cost_usd, bare.sampled) == (None, None, None)
    assert not bare.refused


def test_a_line_from_before_a_column_was_added_and_one_with_more_columns_are_read() -> None:
    keys = ("assigned_by", "sampled", "cost_usd", "user", "conversation", "pointer", "error")
    old = edited({}, without=keys)
    new = edited({"colour": "blue", "nested": {"deep": [1, {}]}, "tries": None})
    first, second = logged(old, new).exposures
    assert (first.assigned_by, first.pointer, first.unit) == ("", "", RECORD.request_id)
    assert second == of()


def test_a_time_is_an_instant_wherever_it_was_written() -> None:
    times = ["2026-11-22T00:00:00.123Z", "2026-11-22T02:00:00.123+02:00"]
    found = {exposure.ts for exposure in logged(*(edited({"ts": ts}) for ts in times)).exposures}
    assert found == {1_795_305_600.123}


# Which lines are read


def test_exposures_stand_in_the_order_of_time_whatever_file_they_are_from(tmp_path: Path) -> None:
    for name, times in {"b": (1, 4), "a": (3, 2)}.items():
        lines = [line_of(replace(CALL, ts=1.8e9 + n, request_id=f"r{9 - n}")) for n in times]
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(lines))
    paths = [tmp_path / "b.jsonl", tmp_path / "a.jsonl"]
    read = read_exposures(paths, PROMPT)
    assert [each.request_id for each in read.exposures] == ["r8", "r7", "r6", "r5"]
    assert read == read_exposures([tmp_path, *paths], PROMPT)


def test_calls_of_one_instant_stand_in_the_order_of_their_ids() -> None:
    lines = [line_of(replace(CALL, request_id=f"r{n}")) for n in (2, 1, 3)]
    assert [each.request_id for each in logged(*lines).exposures] == ["r1", "r2", "r3"]


def test_other_prompts_events_and_other_schemas_are_passed_over() -> None:
    others = [
        line_of(replace(CALL, prompt="support")),
        line_of(replace(CALL, prompt="support-reply-2", feature="support-reply")),
        edited({"prompt": "sum-up"}),
        edited({"prompt": "sum-up", "feature": PROMPT, "version": None}),
        edited({"schema": "sample/1"}),
        edited({"schema": None}),
        edited({"schema": "call"}),
        EVENT,
    ]
    read = logged(*others, LINE)
    assert (read.passed_over, len(read.exposures), read.left_out) == (len(others), 1, {})


def test_calls_from_before_are_passed_over_and_one_of_that_instant_is_read() -> None:
    lines = [line_of(replace(CALL, ts=1.8e9 + n, request_id=f"r{n}")) for n in range(4)]
    read = logged(*lines, since=1.8e9 + 2)
    assert [each.request_id for each in read.exposures] == ["r2", "r3"]
    assert (read.passed_over, read.left_out) == (2, {})


def test_empty_lines_are_of_no_matter() -> None:
    read = logged(b"\n", LINE, b"  \r\n", b"\n")
    assert (len(read.exposures), read.passed_over, read.left_out) == (1, 0, {})


def test_the_folder_of_a_log_is_read_as_the_runtime_leaves_it(tmp_path: Path) -> None:
    log = file_call_log(tmp_path / "logs", line_of=line_of, now=lambda: 1.8e9)
    for number in range(3):
        log.write(replace(CALL, request_id=f"r{number}"))
    log.close()
    (tmp_path / "logs/scores.jsonl").write_bytes(b'{"request_id":"r0","passed":true}\n')
    read = read_exposures([tmp_path / "logs"], PROMPT)
    assert (len(read.exposures), read.passed_over, read.left_out) == (3, 0, {})


def test_a_prompt_that_never_called_has_no_exposures() -> None:
    read = logged(LINE, LINE, prompt="sum-up")
    assert (read.exposures, read.passed_over, read.left_out) == ((), 2, {})


def test_where_there_is_no_log_the_message_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected lines of the call log.*`calls-\*\.jsonl`"):
        read_exposures([tmp_path], PROMPT)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)


@given(NAMES, st.data())
def test_a_name_is_found_in_every_spelling_that_json_has(name: str, data: st.DataObject) -> None:
    row = json.loads(LINE) | {"prompt": name}
    spelt = "".join(
        f"\\u{ord(c):04x}" if c < "\uffff" and data.draw(st.booleans()) else json.dumps(c)[1:-1]
        for c in name
    )
    ascii_only = json.dumps(row | {"prompt": ""}, separators=(",", ":"))
    lines = [
        json.dumps(row).encode(),
        json.dumps(row, ensure_ascii=False).encode(),
        json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(),
        ascii_only.replace('"prompt":""', f'"prompt":"{spelt}"').encode(),
        json.dumps(row).replace("/", "\\/").encode(),
    ]
    read = logged(b"\n".join(lines), prompt=name)
    assert (len(read.exposures), read.passed_over, read.left_out) == (5, 0, {})


@given(NAMES, NAMES)
def test_no_prompt_is_taken_for_another(name: str, other: str) -> None:
    row = json.loads(LINE) | {"prompt": other}
    compact = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    read = logged(edited({"prompt": other}), compact, prompt=name)
    assert len(read.exposures) == (2 if name == other else 0)
    assert read.left_out == {}


@pytest.mark.parametrize(
    "line",
    [
        b'{"meta":{"prompt":"sum-up"},' + LINE[1:],
        b'{"list":[{"prompt":"sum-up"}],' + LINE[1:],
        LINE.replace(b'"feature":"support/chat"', b'"feature":"a,\\"prompt\\":\\"sum-up\\""'),
        LINE.replace(b'"prompt":', b'"prompt" : '),
    ],
    ids=["inside", "in a list", "in a text", "with blanks"],
)
def test_another_prompts_name_elsewhere_in_a_line_does_not_hide_it(line: bytes) -> None:
    assert len(logged(line).exposures) == 1


# What is left out


@pytest.mark.parametrize("length", [1, 60, 200, 400, len(LINE) - 3, len(LINE) - 2])
def test_a_line_that_was_cut_is_counted_and_the_next_one_read(length: int) -> None:
    assert left_out(LINE[:length] + b"\n") == {LeftOut.UNREADABLE_CALLS: 1}


def test_a_cut_line_that_names_another_prompt_is_passed_over() -> None:
    other = line_of(replace(CALL, prompt="sum-up"))
    end = other.index(b"sum-up") + len("sum-up")
    assert logged(other[: end + 1] + b"\n", LINE).passed_over == 1
    assert left_out(other[:end] + b"\n") == {LeftOut.UNREADABLE_CALLS: 1}


def test_a_last_line_that_is_being_written_is_counted_and_a_whole_one_read() -> None:
    assert logged(LINE, LINE[:-20]).left_out == {LeftOut.UNREADABLE_CALLS: 1}
    assert len(logged(LINE, LINE[:-1]).exposures) == 2


DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"null",
        b"{}garbage",
        b"\0" * 5000,
        b"\xff\xfe" + LINE.rstrip(),
        LINE.rstrip() + LINE.rstrip(),
        LINE.replace(b'"latency_ms":1040', b'"latency_ms":NaN').rstrip(),
        LINE.replace(b'"cost_usd":0.00345', b'"cost_usd":-Infinity').rstrip(),
        LINE.replace(b'"smell":["length","script"]', b'"smell":' + DEEP).rstrip(),
        LINE.replace(b"You answer", b"You \x00 answer").rstrip(),
        LINE.rstrip()[:-1] + b',"x":"' + b"x" * LONGEST + b'"}',
    ],
    ids=lambda line: f"{len(line)} bytes",
)
def test_what_is_no_json_object_is_unreadable(line: bytes) -> None:
    assert left_out(line + b"\n") == {LeftOut.UNREADABLE_CALLS: 1}


IMPOSSIBLE: Mapping[str, list[Data]] = {
    "ts": [None, "", 1.8e9, "yesterday", "2026-11-22", "2026-11-22T00:00:00"],
    "request_id": [None, "", 3],
    "version": [None, "", 3],
    "prompt_hash": [None, 3],
    "arm": [None, "", "third"],
    "served_by": [None, "", "somebody"],
    "latency_ms": [-1, 1.5, "3", True, 10**30, [1]],
    "cost_usd": [-0.01, "0.1", True, []],
    "sampled": [0, -0.5, 1.5, "1", True],
    **{key: [3] for key in ("assigned_by", "pointer", "error", "stop_reason")},
    **{key: [3] for key in ("user", "conversation")},
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in IMPOSSIBLE.items() for value in values]
)
def test_a_line_with_a_value_that_cannot_be_is_invalid(key: str, value: Data) -> None:
    assert left_out(edited({key: value})) == {LeftOut.INVALID_CALLS: 1}


@pytest.mark.parametrize("year", ["0001", "1970", "1999", "2100", "9999"])
def test_a_line_of_a_wrong_clock_is_invalid(year: str) -> None:
    assert left_out(edited({"ts": f"{year}-01-01T00:00:00Z"})) == {LeftOut.INVALID_CALLS: 1}


@pytest.mark.parametrize("key", ["ts", "request_id", "version", "prompt_hash", "arm", "served_by"])
def test_a_line_that_lacks_what_is_needed_is_invalid(key: str) -> None:
    assert left_out(edited({}, without=[key])) == {LeftOut.INVALID_CALLS: 1}


@pytest.mark.parametrize("text", [b"\xff", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_are_invalid_in_what_matters_and_of_no_matter_elsewhere(
    text: bytes,
) -> None:
    assert left_out(LINE.replace(b"v3", text)) == {LeftOut.INVALID_CALLS: 1}
    assert len(logged(LINE.replace(b"Be kind", text)).exposures) == 1


def test_an_escape_that_is_half_a_character_is_unreadable() -> None:
    for place in (b"v3", b"Be kind"):
        assert left_out(LINE.replace(place, b"\\ud800")) == {LeftOut.UNREADABLE_CALLS: 1}


def test_the_first_and_the_last_instant_that_a_clock_may_show_are_read() -> None:
    lines = [edited({"ts": ts}) for ts in ("2000-01-01T00:00:00Z", "2099-12-31T23:59:59.999Z")]
    assert [each.ts for each in logged(*lines).exposures] == [946_684_800.0, 4_102_444_799.999]


def test_a_wrong_clock_is_told_even_where_earlier_calls_are_passed_over() -> None:
    read = logged(edited({"ts": "1970-01-01T00:00:00Z"}), LINE, since=1.79e9)
    assert (len(read.exposures), read.left_out) == (1, {LeftOut.INVALID_CALLS: 1})


def test_a_line_of_a_later_schema_is_told_apart() -> None:
    assert left_out(
        edited({"schema": "call/2"}), edited({"schema": "call/2", "prompt": "sum-up"})
    ) == {LeftOut.NEWER_CALLS: 1}


def test_what_is_left_out_is_told_in_one_order() -> None:
    lines = [edited({"schema": "call/2"}), edited({"arm": None}), b"{\n", edited({"arm": "x"})]
    assert list(logged(*lines).left_out.items()) == [
        ("unreadable_calls", 1),
        ("invalid_calls", 2),
        ("newer_calls", 1),
    ]


MARK = b"\xef\xbb\xbf"
PIECES = st.one_of(
    st.sampled_from(
        [LINE, EVENT, MARK, LINE[:300], b"\n", b" ", b"}", b"{", edited({"prompt": "sum-up"})]
    ),
    st.binary(max_size=40),
)


@given(st.lists(PIECES, max_size=12))
def test_every_line_that_is_not_empty_is_accounted_for(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    read = logged(content)
    lines = [line for line in content.removeprefix(MARK).split(b"\n") if line.strip()]
    counted = len(read.exposures) + read.passed_over + sum(read.left_out.values())
    assert counted == len(lines)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists), st.data())
def test_no_value_stops_the_reading(value: Data, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(json.loads(LINE))))
    read = logged(edited({key: value}), LINE)
    assert len(read.exposures) + read.passed_over + sum(read.left_out.values()) == 2


def test_a_record_of_any_kind_is_read_from_the_line_that_the_runtime_writes() -> None:
    """What the writer can write, the reader can read: `sampled` and the rest in their ranges."""
    rates = (1.0, 0.5, 1e-9)
    records: list[CallRecord] = [
        replace(CALL, served_by=by, arm=arm, sampled=rate, assigned_by=how)
        for by in ServedBy
        for arm in Arm
        for rate in (*rates, None)
        for how in (*Assignment, None)
    ]
    read = logged(*map(line_of, records))
    assert (len(read.exposures), read.left_out) == (len(records), {})
    assert {each.sampled for each in read.exposures} == {*rates, None}
