"""Facts about `evalgate record`; the end-to-end tests cover what a record is good for."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from tests.unit.cli.shops import SIMULATED, evalgate, make_shop


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a run that says of itself that no simulator answered it."""
    shop = make_shop(tmp_path)
    evalgate(shop, "run", "--out", "run", *SIMULATED)
    plan = shop / "run/plan.json"
    plan.write_text(plan.read_text().replace('"simulated": true', '"simulated": false'))
    return shop


def test_the_trials_of_the_stable_version_are_kept(shop: Path) -> None:
    assert evalgate(shop, "record", "run") == 0
    lines = (shop / "reports/baselines/p.p.jsonl").read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    assert len(kept) == 40
    assert {(each["version"], each["arm"], each["cost_usd"], each["calls"]) for each in kept} == {
        ("v1", "baseline", 0.0, 0)
    }


def test_once_another_version_is_stable_its_trials_are_kept(shop: Path) -> None:
    (shop / "prompts/p/live.yaml").write_text("stable: v2\n")
    commit_all(shop, "promoted")
    assert evalgate(shop, "record", "run") == 0
    lines = (shop / "reports/baselines/p.p.jsonl").read_text().splitlines()
    assert {json.loads(line)["version"] for line in lines} == {"v2"}


def test_simulated_answers_are_no_record(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evalgate(shop, "run", "--out", "made-up", *SIMULATED)
    assert evalgate(shop, "record", "made-up") == 2
    assert "simulated answers are no record of anything" in capsys.readouterr().err
    assert not (shop / "reports").exists()


def test_runs_under_several_policies_are_recorded_one_at_a_time(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "run2").mkdir()
    text = (shop / "run/plan.json").read_text().replace("evalgate.yml", "evalgate.more.yml")
    (shop / "run2/plan.json").write_text(text)
    assert evalgate(shop, "record", "run", "run2") == 2
    assert "several policies" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a run folder, or say with --trials how many trials to run per case"),
        (("run", "--trials", "3"), "name run folders to keep what they hold, or --trials to run"),
        (("run", "--prompt", "p"), "--prompt goes with --trials alone"),
        (("run", "--max-cost", "1"), "--max-cost goes with --trials alone"),
        (("run", "--no-cache"), "--no-cache goes with --trials alone"),
        (("run", "--engine", "batches"), "--engine goes with --trials alone"),
        (("--trials", "3", "--simulate"), "simulated answers are no record of anything"),
        (("--trials", "11"), "--trials: expected a number from 1 to 10"),
        (("--trials", "3", "--prompt", "x"), "--prompt: there is no prompt `x`"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    shop: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate(shop, "record", *words) == 2
    assert said in capsys.readouterr().err
    assert not (shop / "reports").exists()
