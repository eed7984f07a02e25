"""Facts about `evalgate logs` as a user types it: from what an application wrote to an answer."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.adapters.call_log import file_call_log
from evalgate.model.call import ServedBy
from evalgate.runtime.logbook.call_line import line_of
from tests.e2e.commands import evalgate
from tests.unit.adapters.log_lines import TORN, call, record, write

NOON = 1_763_726_400.0
"""At noon of 21 November 2025."""

ID = "00000000-0000-7000-8000-000000000003"
WITHOUT_DUCKDB = """
import sys
sys.modules["duckdb"] = None
from evalgate.cli.main import main
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with the log of an application of a past day, one line of it cut off."""
    log = file_call_log(tmp_path / "logs", line_of=line_of, now=lambda: NOON)
    for number in range(40):
        served = ServedBy.NOBODY if number % 10 == 0 else ServedBy.PRIMARY
        log.write(record(number, served_by=served, latency_ms=100 + number))
    log.close()
    path = tmp_path / "logs" / "calls-2025-11-21.jsonl"
    path.write_bytes(path.read_bytes() + TORN)
    return tmp_path


def test_a_day_in_the_life_of_a_log(shop: Path) -> None:
    before = evalgate(shop, "logs", "cost", "--by", "feature,day", "--json")
    assert before.returncode == 0, before.stderr
    done = evalgate(shop, "logs", "compact", "--delete", "--older-than", "0d")
    assert done.returncode == 0, done.stderr
    assert not list((shop / "logs").glob("*.jsonl"))
    after = evalgate(shop, "logs", "cost", "--by", "feature,day", "--json")
    told = [json.loads(each.stdout) for each in (before, after)]
    assert told[0]["rows"] == told[1]["rows"]
    assert told[0]["lines"] == told[1]["lines"]
    errors = evalgate(shop, "logs", "errors")
    assert "overloaded" in errors.stdout
    assert " 10% " in errors.stdout
    found = evalgate(shop, "logs", "find", ID)
    assert (found.returncode, ID in found.stdout) == (0, True)
    assert evalgate(shop, "logs", "find", "nobody").returncode == 1
    slowest = evalgate(shop, "logs", "slowest", "--top", "1", "--csv")
    assert slowest.stdout.splitlines()[1].startswith("139,")


def test_without_duckdb_lines_are_read_and_compaction_says_what_to_install(shop: Path) -> None:
    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = (sys.executable, "-c", WITHOUT_DUCKDB, "logs", *words)
        return subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)

    answer = run("latency", "--json")
    assert answer.returncode == 0, answer.stderr
    with_it = evalgate(shop, "logs", "latency", "--json")
    assert json.loads(answer.stdout) == json.loads(with_it.stdout)
    done = run("compact")
    assert done.returncode == 2
    assert "pip install '.[analytics]'" in done.stderr
    refused = run("cost", "--engine", "duckdb")
    assert (refused.returncode, "this needs DuckDB" in refused.stderr) == (2, True)


def test_a_reader_that_stops_listening_is_no_failure(shop: Path) -> None:
    command = f"{sys.executable} -m evalgate logs cost --by user --csv; echo $? >&2"
    done = subprocess.run(
        ["sh", "-c", f"({command}) | true"], cwd=shop, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "0"


def test_a_terminal_is_shown_colours(shop: Path) -> None:
    parent, child = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "150"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [sys.executable, "-m", "evalgate", "logs", "errors", "--by", "feature"],
        cwd=shop,
        stdout=child,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        os.close(child)
        shown = b""
        while piece := _read(parent):
            shown += piece
        assert process.wait() == 0
    os.close(parent)
    assert b"\x1b[" in shown
    assert "█".encode() in shown


def _read(place: int) -> bytes:
    try:
        return os.read(place, 4096)
    except OSError:  # the other end is closed
        return b""


def test_nothing_of_a_line_that_is_no_column_is_shown(tmp_path: Path) -> None:
    line = call(3).replace(b"}\n", b',"text":"SECRET"}\n')
    write(tmp_path / "logs", line)
    for words in (("slowest",), ("slowest", "--json"), ("find", ID), ("find", ID, "--json")):
        done = evalgate(tmp_path, "logs", *words)
        assert (done.returncode, "SECRET" in done.stdout + done.stderr) == (0, False)
