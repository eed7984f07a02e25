"""Facts about the call log as the monitor reads it."""

import json
import time
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.traffic import TrafficReader
from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.traffic import Place, Tally, Traffic, bucket_of
from evalgate.runtime.logbook.call_line import line_of
from tests.machine import slowness
from tests.unit.runtime.records import RECORD

AT = RECORD.ts + 3600
PLAIN = replace(RECORD, served_by=ServedBy.PRIMARY, error=None, smell=(), sampled=None, tries=())


def written(folder: Path, *entries: CallRecord | Event | bytes) -> Path:
    file = folder / "calls-2026-11-22.jsonl"
    with file.open("ab") as opened:
        opened.writelines(each if isinstance(each, bytes) else line_of(each) for each in entries)
    return file


def read(folder: Path, *entries: CallRecord | Event | bytes, since: float = 0.0) -> Traffic:
    written(folder, *entries)
    return TrafficReader([folder], thresholds=(1000, 2000), since=since).look(AT)


def counted(folder: Path, *calls: CallRecord) -> Tally:
    """Return what is counted of calls of one place and minute."""
    (minute,) = read(folder, *calls).minutes
    return minute.tally


def test_a_call_is_counted_in_its_minute_and_place(tmp_path: Path) -> None:
    (minute,) = read(tmp_path, PLAIN).minutes
    assert (minute.start, minute.seconds) == (PLAIN.ts // 60 * 60, 60)
    assert minute.place == Place(
        feature="support/chat",
        prompt="support-reply",
        version="v3",
        arm=Arm.CANARY,
        route="bedrock-eu",
        provider="bedrock",
        model="claude-haiku-5-5",
    )
    assert minute.tally == Tally(
        calls=1, cost_usd=PLAIN.cost_usd or 0, latencies={bucket_of(1040): 1}, late={1000: 1}
    )


def test_who_answered_says_what_a_call_is_counted_as(tmp_path: Path) -> None:
    tally = counted(
        tmp_path,
        replace(PLAIN, served_by=ServedBy.NOBODY, degraded=False),
        replace(PLAIN, served_by=ServedBy.APPLICATION, degraded=True),
        replace(PLAIN, served_by=ServedBy.SMALLER_MODEL, degraded=False),
        replace(PLAIN, served_by=ServedBy.STALE_CACHE, degraded=True),
        replace(PLAIN, served_by=ServedBy.CACHE),
        replace(PLAIN, served_by=ServedBy.SHARED),
    )
    assert (tally.calls, tally.failed, tally.degraded, tally.cached) == (6, 1, 3, 3)
    assert sum(tally.latencies.values()) == 3
    assert tally.late == {1000: 3}


def test_what_was_said_of_the_answer_is_counted(tmp_path: Path) -> None:
    tally = counted(
        tmp_path,
        replace(PLAIN, stop_reason="refusal", smell=("refusal",)),
        replace(PLAIN, smell=("not_json", "fenced")),
        replace(PLAIN, smell=("unheard_of", "also_new"), sampled=0.1),
        replace(PLAIN, smell=None, cost_usd=None),
        replace(PLAIN, cost_usd=0.0),
    )
    assert (tally.refused, tally.malformed, tally.smelling, tally.sampled) == (1, 1, 3, 1)
    assert tally.smells == {"refusal": 1, "not_json": 1, "fenced": 1, "other": 1}
    assert tally.unpriced == 1
    assert tally.cost_usd == 3 * (PLAIN.cost_usd or 0)


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    event = Event(ts=PLAIN.ts, kind=EventKind.BREAKER_OPENED, subject="route direct")
    strange = json.loads(line_of(event)) | {"kind": "sunspot"}
    lines = read(
        tmp_path,
        PLAIN,
        event,
        json.dumps(strange).encode() + b"\n",
        b"\n",
        b'{"torn": \n',
        b"\xff\xfe\n",
        b'{"schema": "call/1"}\n',
        b'{"schema": "call/2", "new": 1}\n',
        b'{"schema": "event/2"}\n',
        b'{"other": "program"}\n',
        line_of(PLAIN).replace(b"2026-11-22T", b"2026-13-22T"),
        line_of(PLAIN).replace(b'"latency_ms":1040', b'"latency_ms":-1'),
        replace(PLAIN, ts=PLAIN.ts - 90_000),
        b'{"half',
        since=PLAIN.ts - 3600,
    ).lines
    assert (lines.calls, lines.events, lines.empty, lines.passed_over) == (1, 1, 1, 2)
    assert lines.left_out == {"unreadable_calls": 2, "invalid_calls": 3, "newer_calls": 3}
    assert (lines.total, lines.unfinished) == (13, 1)


def test_lines_of_other_writers_need_a_prompt_an_instant_and_who_answered(tmp_path: Path) -> None:
    line = (
        b'{"schema":"call/1","ts":"2026-11-22T02:00:30+02:00","prompt":"p","served_by":"primary"}'
    )
    (minute,) = read(tmp_path, line + b"\n").minutes
    assert minute.start == 1_795_305_600.0
    assert minute.place == Place(prompt="p")
    assert (minute.tally.unpriced, minute.tally.latencies) == (1, {})


def test_a_log_of_names_that_never_repeat_does_not_grow_without_end(tmp_path: Path) -> None:
    calls = [replace(PLAIN, feature=f"f{number}", app_rev=f"r{number}") for number in range(2_300)]
    traffic = read(tmp_path, *calls)
    places = {each.place for each in traffic.minutes}
    assert len(places) == 2_001
    rest = [each for each in traffic.minutes if each.place == Place(feature="(others)")]
    assert [each.tally.calls for each in rest] == [300]
    assert len(traffic.changes) < 250


def test_a_second_look_counts_what_is_new(tmp_path: Path) -> None:
    written(tmp_path, PLAIN, PLAIN)
    reader = TrafficReader([tmp_path])
    first = reader.look(AT)
    assert [each.calls for each in first.counted.values()] == [0]
    written(tmp_path, PLAIN, replace(PLAIN, feature="new"))
    second = reader.look(AT)
    assert sum(each.tally.calls for each in second.minutes) == 4
    assert {place.feature: each.calls for place, each in second.counted.items()} == {
        "support/chat": 1,
        "new": 1,
    }
    assert [each.calls for each in first.counted.values()] == [0]
    assert second.lines.calls == 4


def test_long_ago_is_kept_by_the_hour(tmp_path: Path) -> None:
    hour = PLAIN.ts // 3600 * 3600
    calls = [replace(PLAIN, ts=hour + 60 * minute) for minute in range(60)]
    written(tmp_path, *calls)
    reader = TrafficReader([tmp_path])
    assert len(reader.look(hour + 3600).minutes) == 60
    (folded,) = reader.look(hour + 27 * 3600).minutes
    assert (folded.start, folded.seconds, folded.tally.calls) == (hour, 3600, 60)
    written(tmp_path, calls[0])
    assert [each.tally.calls for each in reader.look(hour + 27 * 3600).minutes] == [61]


def test_events_come_in_the_order_of_time(tmp_path: Path) -> None:
    kinds = (EventKind.SPOOL_FULL, EventKind.POINTER_MOVED)
    events = [Event(ts=AT - each, kind=kinds[each], subject="x") for each in range(2)]
    traffic = read(tmp_path, *events)
    assert [each.kind for each in traffic.events] == [kinds[1], kinds[0]]
    assert traffic.happened == {"pointer_moved": 1, "spool_full": 1}


@given(st.permutations(range(6)))
def test_the_order_of_lines_is_of_no_matter(order: list[int]) -> None:
    calls = [
        replace(PLAIN, ts=PLAIN.ts + 40 * number, feature="ab"[number % 2], cost_usd=0.25)
        for number in range(6)
    ]
    told = []
    for arranged in (calls, [calls[number] for number in order]):
        reader = TrafficReader([])
        reader._take([line_of(each).rstrip() for each in arranged])
        told.append(reader.look(AT))
    assert told[0].minutes == told[1].minutes
    assert told[0].spenders == told[1].spenders


def test_a_hundred_thousand_lines_take_about_a_second() -> None:
    lines = [
        line_of(replace(PLAIN, ts=PLAIN.ts + number / 10, user=f"{number % 997:032x}")).rstrip()
        for number in range(20_000)
    ]
    reader = TrafficReader([], thresholds=(1000, 2000))
    start = time.process_time()
    reader._take(lines)
    assert time.process_time() - start < 0.25 * slowness()


def test_what_takes_exactly_as_long_as_a_threshold_is_not_late(tmp_path: Path) -> None:
    calls = [replace(PLAIN, latency_ms=each) for each in (1000, 1001, 2000)]
    assert counted(tmp_path, *calls).late == {1000: 2}


def test_the_first_minute_of_the_time_that_is_read_is_read(tmp_path: Path) -> None:
    minute = PLAIN.ts // 60 * 60
    calls = [replace(PLAIN, ts=minute + each) for each in (-1, 0, 59)]
    traffic = read(tmp_path, *calls, since=minute)
    assert (traffic.lines.calls, traffic.lines.passed_over) == (2, 1)
