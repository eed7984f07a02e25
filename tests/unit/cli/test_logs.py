"""Facts about `evalgate logs`: each action answers from a folder of lines."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from evalgate.cli.main import main
from tests.unit.adapters.log_lines import EMPTY, EVENT, TORN, cached, call, write


@pytest.fixture
def logs(tmp_path: Path) -> str:
    lines = [call(n, feature="ab"[n % 2], cost_usd=n % 2 + 0.5, latency_ms=n) for n in range(20)]
    write(tmp_path, *lines, cached(99, feature="a"), EVENT, TORN, EMPTY)
    return str(tmp_path)


@pytest.mark.parametrize("engine", ["duckdb", "plain"])
@pytest.mark.parametrize("action", ["cost", "latency", "errors", "slowest"])
def test_every_action_answers_with_an_account(
    logs: str, capsys: pytest.CaptureFixture[str], action: str, engine: str
) -> None:
    assert main(["logs", action, logs, "--engine", engine]) == 0
    printed = capsys.readouterr().out
    assert "24 lines = 21 calls + 1 event + 1 unreadable + 0 of another schema + 1 empty" in printed


def test_json_and_csv_say_the_same(logs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "cost", logs, "--by", "feature", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["logs", "cost", logs, "--by", "feature", "--csv"]) == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert [row["feature"] for row in rows] == ["b", "a"]
    assert [float(row["cost_usd"]) for row in rows] == [15.0, 5.0]
    assert [row["cost_usd"] for row in document["rows"]] == [15.0, 5.0]


def test_an_action_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["logs"])
    assert "ACTION" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["logs", "cost"]) == 2
    assert "logs: there is no such file or folder" in capsys.readouterr().err
