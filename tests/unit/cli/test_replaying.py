"""Facts about `--replay` on the command line."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, switch_branch
from tests.unit.cli.shops import SIMULATED, evalgate, make_shop


def committed(tmp_path: Path) -> Path:
    shop = make_shop(tmp_path)
    switch_branch(shop, "patch", start="main")
    commit_all(shop, "second")
    return shop


def test_nothing_is_needed_to_call_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    shop = make_shop(tmp_path)
    assert evalgate(shop, "gate", "--replay", "--out", "run") == 3
    verdict = json.loads((shop / "run/verdict.json").read_text())
    assert (verdict["calls"], verdict["verdict"]) == (0, "inconclusive")


def test_what_was_answered_is_handed_in_beside_the_report(tmp_path: Path) -> None:
    shop = committed(tmp_path)
    assert evalgate(shop, "gate", "--replay", "--head", "HEAD", "--out", "run") == 3
    handed = json.loads((shop / "run/submission.json").read_text())
    heads = [check(shop, "rev-parse", ref).decode().strip() for ref in ("HEAD", "main")]
    assert [handed["head"], handed["base"]] == heads
    assert handed["roots"] == {"main": {"trials": []}}


def test_a_work_tree_is_handed_in_to_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = make_shop(tmp_path)
    evalgate(shop, "gate", "--replay", "--out", "run")
    assert not (shop / "run/submission.json").exists()
    assert "a maintainer" not in capsys.readouterr().err


def test_the_command_that_has_it_judged_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = committed(tmp_path)
    evalgate(shop, "gate", "--replay", "--head", "HEAD", "--out", "run")
    said = capsys.readouterr().err.splitlines()[-1]
    start = "gh workflow run evalgate-forks.yml -f pull-request=NUMBER -f content="
    assert start in said
    assert len(said.rpartition("=")[2]) == 64


@pytest.mark.parametrize(
    "words",
    [
        ("--simulate",),
        SIMULATED[1:],
        ("--engine", "batches"),
        ("--engine", "dask", "--address", "tcp://127.0.0.1:1"),
    ],
)
def test_who_calls_nothing_names_nobody_to_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert evalgate(make_shop(tmp_path), "gate", "--replay", *words) == 2
    assert "--replay calls nothing" in capsys.readouterr().err


def test_a_replay_can_be_gone_on_with(tmp_path: Path) -> None:
    shop = committed(tmp_path)
    assert evalgate(shop, "gate", "--replay", "--head", "HEAD", "--out", "run") == 3
    assert evalgate(shop, "gate", "--replay", "--resume", "run") == 3
    assert len((shop / "run/trials.jsonl").read_text().splitlines()) == 80
