"""Facts about `evalgate logs find`."""

import json
from pathlib import Path

import pytest

from evalgate.cli.main import main
from tests.unit.adapters.log_lines import call, write

ID = "00000000-0000-7000-8000-000000000001"


def test_a_call_is_found_with_its_score_and_its_sample(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = write(tmp_path, call(1), call(2))
    score = b'{"request_id":"%s","criterion":"accuracy","passed":true}\n' % ID.encode()
    scores = write(tmp_path, score, name="scores-1.jsonl")
    write(tmp_path, b'{"request_id":"%s","text":"SECRET"}\n' % ID.encode(), name="samples-1.jsonl")
    words = [ID, str(logs), "--scores", str(scores), "--spool", str(tmp_path)]
    assert main(["logs", "find", *words]) == 0
    printed = capsys.readouterr().out
    assert "score accuracy" in printed
    assert "in the spool" in printed
    assert "SECRET" not in printed
    assert main(["logs", "find", "--json", *words]) == 0
    (found,) = json.loads(capsys.readouterr().out)["calls"]
    assert (found["request_id"], found["is_sampled"]) == (ID, True)


def test_what_is_not_there_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, call(2))
    assert main(["logs", "find", ID, str(tmp_path)]) == 1
    assert "there is no call" in capsys.readouterr().out


def test_what_cannot_be_an_id_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "find", "a b"]) == 2
    assert "an id has at most" in capsys.readouterr().err


def test_a_call_is_found_in_what_was_compacted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, call(1), name="calls-2020-01-01.jsonl")
    assert main(["logs", "compact", str(tmp_path), "--delete"]) == 0
    assert main(["logs", "find", ID, str(tmp_path)]) == 0
    assert "req_011CSsecond" in capsys.readouterr().out
