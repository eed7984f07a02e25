"""Facts about publishing what a gate comes to, its refusals included."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.shops import SIMULATED, VERSION, evalgate, make_shop


def verdict(folder: Path) -> object:
    return json.loads((folder / "verdict.json").read_text())["verdict"]


def test_a_gate_that_cannot_be_run_is_published_as_an_error(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    (shop / "evalsets/p.yaml").write_text("nonsense\n")
    assert evalgate(shop, "gate", "--out", "run", *SIMULATED) == 2
    assert verdict(shop / "run") == "error"


def test_a_resumption_that_is_refused_leaves_the_verdict_that_stands(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    assert evalgate(shop, "gate", "--out", "run", *SIMULATED) == 0
    (shop / "prompts/p/v2.md").write_text(VERSION.replace("hi", "bye"))
    assert evalgate(shop, "gate", "--resume", "run", *SIMULATED) == 2
    assert verdict(shop / "run") == "pass"


def test_a_gate_without_a_decision_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = make_shop(tmp_path)
    assert evalgate(shop, "gate", "--out", "run", "--max-cost", "0", *SIMULATED) == 4
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        "evalgate: raise or lift the cost limit, then go on with: evalgate gate --resume run"
        " --simulate --rules rules.yaml --max-cost 0"
    )
    assert evalgate(shop, "gate", "--resume", "run", *SIMULATED) == 0
