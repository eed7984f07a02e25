"""Facts about `evalgate report`."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.shops import SIMULATED, evalgate, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shop = make_shop(tmp_path)
    evalgate(shop, "run", "--out", "run", *SIMULATED)
    return shop


def test_a_run_is_decided_from_its_trials_alone(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert evalgate(shop, "report", "run", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["verdict"], printed["prompts"][0]["name"]) == ("pass", "p")
    assert json.loads((shop / "run/verdict.json").read_text()) == printed


def test_a_run_that_is_not_whole_is_not_decided(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shop / "run/trials.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:-2]))
    assert evalgate(shop, "report", "run") == 2
    assert "2 trials missing: go on with it by --resume" in capsys.readouterr().err
    assert not (shop / "run/verdict.json").exists()


def test_a_folder_without_a_run_is_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evalgate(shop, "report", "nowhere") == 2
    assert "nowhere holds no plan.json" in capsys.readouterr().err
