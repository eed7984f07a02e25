"""Facts about docs/call-log.md: it lists what the log holds, and its commands work."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.model.call import CallRecord, ServedBy
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.document import Data
from evalgate.runtime.logbook.call_line import (
    COLUMNS,
    EVENT_COLUMNS,
    MOST_BYTES,
    MOST_SMELLS,
    MOST_TRIES,
    line_of,
    row_of,
)
from evalgate.runtime.logbook.identity import KEY_VARIABLE, SHORTEST_KEY
from evalgate.runtime.logbook.telemetry import ATTRIBUTES, CONVENTION, PROVIDERS
from evalgate.runtime.logbook.words import LONGEST_FEATURE, LONGEST_ID, LONGEST_NAME, LONGEST_WORD
from tests.unit.runtime.records import RECORD

PAGE = (Path(__file__).parents[2] / "docs/call-log.md").read_text("utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `([^`]+)` \| (.*?) \|", section(title), re.MULTILINE)


def test_the_table_of_a_call_lists_every_column_with_its_type() -> None:
    assert rows("A call") == [(key, f"`{column.type}`") for key, column in COLUMNS.items()]


def test_the_table_of_an_event_lists_every_key_and_kind() -> None:
    assert [key for key, _ in rows("An event")] == list(EVENT_COLUMNS)
    named = set(re.findall(r"`(\w+)`", dict(rows("An event"))["kind"]))
    assert named == {kind.value for kind in EventKind}


def test_who_serves_is_named_in_full() -> None:
    (row,) = re.findall(r"^\| `served_by` \|.*$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`([a-z_]+)`", row)) == {"served_by"} | {each.value for each in ServedBy}


def test_the_columns_for_duckdb_are_those_of_a_line() -> None:
    (columns,) = re.findall(r"columns = \{(.*?)\}\)", PAGE, re.DOTALL)
    assert re.findall(r"'(\w+)': '([^']+)'", columns) == [
        (key, column.type) for key, column in COLUMNS.items()
    ]


def test_the_table_of_attributes_lists_every_one() -> None:
    assert [key for key, _ in rows("OpenTelemetry")] == list(ATTRIBUTES)
    assert f"as of {CONVENTION}," in section("OpenTelemetry")
    assert all(f"`{name}`" in section("OpenTelemetry") for name in PROVIDERS.values())


def test_an_attribute_comes_from_the_columns_that_its_row_names() -> None:
    row = row_of(RECORD)
    for attribute, told in rows("OpenTelemetry"):
        columns = {name for name in re.findall(r"`(\w+)`", told) if name in COLUMNS}
        seen: set[str] = set()
        ATTRIBUTES[attribute](_Watched(row, seen))
        expected = columns
        if attribute == "gen_ai.usage.input_tokens":
            expected = {"input_tokens", *(name for name in COLUMNS if name.startswith("cache_"))}
        assert seen == expected, attribute


class _Watched(dict[str, Data]):
    """A row that notes which columns are looked at."""

    def __init__(self, row: Mapping[str, Data], seen: set[str]) -> None:
        super().__init__(row)
        self._seen = seen

    def __getitem__(self, key: str) -> Data:
        self._seen.add(key)
        return super().__getitem__(key)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"at most {MOST_BYTES:,} bytes" in PAGE
    assert f"at most {MOST_SMELLS} words" in PAGE
    assert f"at most {MOST_TRIES} of them" in PAGE
    assert f"1 to {LONGEST_FEATURE} letters" in PAGE
    assert f"at most {LONGEST_WORD} letters" in PAGE
    assert f"at most {LONGEST_ID} letters" in PAGE
    assert f"{LONGEST_NAME} printable characters" in PAGE
    assert f"`{KEY_VARIABLE}` holds the key of the hashes, at least {SHORTEST_KEY} bytes" in PAGE


COMMANDS = re.findall(r"^```sh\n(jq .*?)\n```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    calls = [
        replace(RECORD, feature=feature, cost_usd=cost, latency_ms=latency)
        for latency, (feature, cost) in enumerate([("a", 0.5), ("a", None), ("b", 0.25)] * 20, 1)
    ]
    cached = replace(RECORD, latency_ms=10_000, tries=(), feature="c", cost_usd=0)
    event = Event(ts=0, kind=EventKind.POINTER_MOVED, subject="support-reply")
    entries: list[CallRecord | Event] = [*calls, cached, event]
    lines = [line_of(each) for each in entries]
    (tmp_path / "calls-2026-11-22.jsonl").write_bytes(b"".join([*lines, b"\n", b'{"schema":"ca\n']))
    return tmp_path


def test_every_command_of_jq_answers_its_question(logs: Path) -> None:
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    answers = [
        subprocess.run(command, shell=True, cwd=logs, capture_output=True, text=True, check=True)  # noqa: S602
        for command in COMMANDS
    ]
    costs, latency, failures, events, one = (answer.stdout for answer in answers)
    assert [json.loads(line) for line in costs.splitlines()] == [
        {"feature": "a", "calls": 40, "usd": 10, "unpriced": 20},
        {"feature": "b", "calls": 20, "usd": 5, "unpriced": 0},
        {"feature": "c", "calls": 1, "usd": 0, "unpriced": 0},
    ]
    assert json.loads(latency) == 57
    assert json.loads(failures) == {"route": "", "failure": "overloaded", "attempts": 60}
    assert json.loads(events)["kind"] == "pointer_moved"
    assert one.count('"schema": "call/1"') == 61
