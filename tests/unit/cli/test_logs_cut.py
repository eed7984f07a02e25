"""Facts about questions to a log of which a compressed file was cut off."""

import gzip
import json
from pathlib import Path

import pytest

from evalgate.cli.logs_cut import ask_what_is_left
from evalgate.cli.main import main
from evalgate.errors import LongLineError, UsageError
from tests.unit.adapters.log_lines import call, sources, write

LINES = [call(number) for number in range(2_000)]
PACKED = gzip.compress(b"".join(LINES))
NAME = "calls-2020-01-01.jsonl.gz"


def cut(folder: Path) -> Path:
    return write(folder, PACKED[: len(PACKED) // 2], name=NAME)


@pytest.mark.parametrize("engine", ["plain", "duckdb"])
@pytest.mark.parametrize("action", ["cost", "latency", "errors", "slowest"])
def test_what_can_be_read_is_counted_and_it_is_said_that_the_end_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str, action: str
) -> None:
    path = cut(tmp_path)
    write(tmp_path, call(9_000), name="calls-2020-01-02.jsonl")
    assert main(["logs", action, str(tmp_path), "--engine", engine, "--json"]) == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert told["files"]["cut_off"] == [str(path)]
    lines = told["lines"]
    assert lines["total"] == lines["calls"] + lines["unreadable"]
    assert 700 < lines["calls"] < 2_000
    assert lines["unreadable"] == 1
    assert f"{path}: what can be read was read" in printed.err
    assert "copy it anew or leave it out" in printed.err
    assert f"gzip -dc {path} > calls-2020-01-01-part.jsonl" in printed.err
    assert main(["logs", action, str(tmp_path), "--engine", engine]) == 0
    assert "1 file ended too early: the rest is missing here" in capsys.readouterr().out


def test_both_engines_tell_the_same_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(tmp_path)
    told = []
    for engine in ("plain", "duckdb"):
        main(["logs", "cost", str(tmp_path), "--by", "feature", "--engine", engine, "--json"])
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]


def test_a_call_before_the_cut_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = cut(tmp_path)
    assert main(["logs", "find", "00000000-0000-7000-8000-000000000001", str(tmp_path)]) == 0
    assert f"{path}: what can be read was read" in capsys.readouterr().err


def test_of_a_call_that_may_stand_behind_the_cut_it_is_said_that_the_end_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cut(tmp_path)
    words = ["logs", "find", "00000000-0000-7000-8000-0000000007cf", str(tmp_path)]
    assert main(words) == 1
    assert "1 file ended too early: the rest is missing here" in capsys.readouterr().out
    assert main([*words, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["cut_off"] == [str(path)]


def test_it_is_never_compacted_and_never_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cut(tmp_path)
    assert main(["logs", "compact", str(tmp_path), "--delete"]) == 4
    assert path.exists()
    assert not list(tmp_path.rglob("*.parquet"))
    assert f"{path}: the compressed file ends too early" in capsys.readouterr().err


def test_another_fault_is_not_hidden(tmp_path: Path) -> None:
    whole = write(tmp_path, gzip.compress(call(1)), name="b.jsonl.gz")

    asked = []

    def ask(_: object) -> None:
        asked.append(1)
        raise UsageError("another fault")

    with pytest.raises(UsageError, match="another fault"):
        ask_what_is_left(sources(whole), ask)
    assert asked == [1]


def test_a_line_that_is_too_long_is_none_of_its_business(tmp_path: Path) -> None:
    asked = []

    def ask(_: object) -> None:
        asked.append(1)
        raise LongLineError("too long")

    with pytest.raises(LongLineError):
        ask_what_is_left(sources(cut(tmp_path)), ask)
    assert asked == [1]
