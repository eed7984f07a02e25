"""The log tells an incident its calls, its changes and the ids, and nothing of what was said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.incident_calls import FEWEST, read_incident_calls
from evalgate.errors import UsageError
from evalgate.model.call import Arm, CallRecord, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.incident import Scope
from evalgate.model.traffic import Tally
from evalgate.runtime.logbook.call_line import line_of
from tests.unit.runtime.records import RECORD

NOON = 1_795_348_800.0
CALL = replace(
    RECORD,
    ts=NOON,
    feature="chat",
    prompt="p",
    version="v1",
    arm=Arm.STABLE,
    served_by=ServedBy.PRIMARY,
    error=None,
    smell=(),
    route="direct",
    provider="direct",
    sampled=None,
    tries=(),
)
SCOPE = Scope(prompt="p")


def log(folder: Path, *entries: CallRecord | Event, day: str = "2026-11-22") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"calls-{day}.jsonl").write_bytes(b"".join(map(line_of, entries)))
    return folder


def read(folder: Path, scope: Scope = SCOPE) -> object:
    return read_incident_calls([folder], scope, since=NOON - 3600, began=NOON, until=NOON + 3600)


def test_calls_are_counted_by_minute_and_by_what_became_of_them(tmp_path: Path) -> None:
    entries = (
        replace(CALL, ts=NOON - 7200),
        replace(CALL, ts=NOON + 7200),
        replace(CALL, ts=NOON - 61),
        CALL,
        replace(CALL, served_by=ServedBy.NOBODY, error="overloaded", cost_usd=None),
        replace(CALL, served_by=ServedBy.SMALLER_MODEL, degraded=True),
        replace(CALL, stop_reason="refusal", smell=("refusal",)),
        replace(CALL, smell=("not_json",), sampled=0.5),
        replace(CALL, served_by=ServedBy.CACHE),
    )
    found = read_incident_calls(
        [log(tmp_path, *entries)], SCOPE, since=NOON - 3600, began=NOON, until=NOON + 3600
    )
    tally = [minute.tally for minute in found.minutes if minute.start == NOON]
    assert tally == [
        Tally(
            calls=6,
            failed=1,
            degraded=1,
            refused=1,
            malformed=1,
            cached=1,
            sampled=1,
            unpriced=1,
            cost_usd=tally[0].cost_usd,
            smelling=2,
            smells={"refusal": 1, "not_json": 1},
            latencies=tally[0].latencies,
        )
    ]
    assert tally[0].cost_usd == pytest.approx(5 * 0.00345)
    assert sum(minute.tally.calls for minute in found.minutes) == 7
    assert found.calls == 6


def test_calls_are_late_by_the_thresholds_that_are_asked_for(tmp_path: Path) -> None:
    slow = replace(CALL, latency_ms=4001)
    found = read_incident_calls(
        [log(tmp_path, CALL, slow)],
        SCOPE,
        since=NOON - 3600,
        began=NOON,
        until=NOON + 3600,
        thresholds=(4000, 9000),
    )
    assert [minute.tally.late for minute in found.minutes] == [{4000: 1}]


def test_ids_are_those_of_affected_calls_that_went_wrong(tmp_path: Path) -> None:
    entries = (
        replace(CALL, request_id="before", ts=NOON - 1, served_by=ServedBy.NOBODY),
        replace(CALL, request_id="good"),
        replace(CALL, request_id="bad", smell=("empty",), provider_request_id="req_1"),
        replace(CALL, request_id="elsewhere", feature="mail", smell=("empty",)),
        replace(CALL, request_id="other", prompt="q", smell=("empty",)),
    )
    found = read_incident_calls(
        [log(tmp_path, *entries)],
        Scope(prompt="p", feature="chat"),
        since=NOON - 3600,
        began=NOON,
        until=NOON + 3600,
    )
    assert (found.failing, found.vendor, found.calls) == (("bad",), ("req_1",), 2)


def test_users_are_counted_once_each_and_not_at_all_without_hashes(tmp_path: Path) -> None:
    entries = [replace(CALL, user=user * 32) for user in ("1", "1", "2")]
    found = read_incident_calls(
        [log(tmp_path / "a", *entries)], SCOPE, since=0.0, began=NOON, until=NOON + 1
    )
    assert found.users == 2
    nobody = log(tmp_path / "b", replace(CALL, user=None))
    assert read_incident_calls([nobody], SCOPE, since=0, began=NOON, until=NOON + 1).users is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"app_rev": "r2"}, ("application", "app_rev", "r1", "r2")),
        ({"sdk": "anthropic/3"}, ("sdk", "sdk", "anthropic/2", "anthropic/3")),
        ({"settings": "b" * 12}, ("configuration", "runtime.yml", "a" * 12, "b" * 12)),
        ({"model_asked": "m2"}, ("model", "p", "m1", "m2")),
        ({"route": "eu"}, ("provider", "route", "direct", "eu")),
        ({"version": "v2"}, ("prompt", "p", "v1", "v2")),
        (
            {"version": "v2", "arm": Arm.CANARY},
            ("weight", "p", "no canary", "v2 as canary"),
        ),
    ],
)
def test_a_value_that_comes_is_a_change_and_one_that_only_slips_in_is_none(
    tmp_path: Path, change: dict[str, object], told: tuple[str, ...]
) -> None:
    usual = replace(CALL, app_rev="r1", sdk="anthropic/2", settings="a" * 12, model_asked="m1")
    before = [replace(usual, ts=NOON - 1000 + number) for number in range(FEWEST)]
    after = [
        replace(usual, ts=NOON + number, **change)  # type: ignore[arg-type]  # its fields
        for number in range(FEWEST)
    ]
    mixed = [*before, *after, replace(usual, ts=NOON + 500)]
    found = read_incident_calls(
        [log(tmp_path, *mixed)], SCOPE, since=0.0, began=NOON, until=NOON + 3600
    )
    assert [(e.kind, e.subject, e.before, e.after) for e in found.changes] == [told]
    assert found.changes[0].ts == NOON
    few = log(tmp_path / "few", *before, *after[:-1])
    assert not read_incident_calls([few], SCOPE, since=0, began=NOON, until=NOON + 99).changes


def test_a_canary_that_was_there_from_the_first_call_on_is_no_change(tmp_path: Path) -> None:
    both = [
        replace(CALL, ts=NOON + number, version=version, arm=arm)
        for number in range(FEWEST)
        for version, arm in (("v1", Arm.STABLE), ("v2", Arm.CANARY))
    ]
    found = read_incident_calls(
        [log(tmp_path, *both)], SCOPE, since=0.0, began=NOON, until=NOON + 3600
    )
    assert found.changes == ()


def test_events_are_told_and_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    event = Event(ts=NOON, kind=EventKind.BREAKER_OPENED, subject="direct", after="open")
    folder = log(tmp_path, CALL, event, replace(event, ts=NOON + 9999))
    with (folder / "calls-2026-11-22.jsonl").open("ab") as file:
        file.write(b'{"schema":"call/1","ts":"2026\n\n\xff\n{"schema":"event/1","kind":"new"}\n')
    found = read_incident_calls([folder], SCOPE, since=0.0, began=NOON, until=NOON + 3600)
    assert [(each.kind, each.subject) for each in found.events] == [
        (EventKind.BREAKER_OPENED, "direct")
    ]
    assert found.calls == 1


def test_days_outside_of_the_time_are_not_opened(tmp_path: Path) -> None:
    log(tmp_path, CALL)
    for day in ("2026-11-19", "2026-12-24"):
        (tmp_path / f"calls-{day}.jsonl").write_bytes(line_of(replace(CALL, ts=NOON + 1)))
    (tmp_path / "calls-own-name.jsonl").write_bytes(line_of(CALL))
    found = read_incident_calls([tmp_path], SCOPE, since=NOON - 3600, began=NOON, until=NOON + 3600)
    assert found.calls == 2


def test_no_log_is_an_error_and_no_line_holds_a_word_of_anybody(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the call log"):
        read(tmp_path / "none")
    secret = replace(CALL, prefix="a secret of somebody", smell=("empty",))
    told = json.dumps(str(read(log(tmp_path, secret))))
    assert "secret" not in told


def test_routes_that_are_there_side_by_side_from_the_start_are_no_change(tmp_path: Path) -> None:
    both = [
        replace(CALL, ts=NOON + 60 * number, route=route)
        for number in range(2 * FEWEST)
        for route in ("direct", "eu" if number else "direct")
    ]
    found = read_incident_calls(
        [log(tmp_path, *both)], SCOPE, since=0.0, began=NOON, until=NOON + 9000
    )
    assert found.changes == ()
