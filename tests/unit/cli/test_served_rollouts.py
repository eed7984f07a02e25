"""Facts about rollouts that a process serves: found by name, and read anew each time."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

from evalgate.cli.main import main
from evalgate.cli.served_rollouts import ServedRollouts, add_arguments
from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome
from evalgate.rollout.overriding import instant
from tests.e2e.rollout_shop import BEGAN, Traffic, make_rollout_shop

NOW = BEGAN + 3_600


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make_rollout_shop(tmp_path, policy="rollout: {units: 50}\n")


def served(*words: str) -> ServedRollouts:
    parser = ArgumentParser()
    add_arguments(parser)
    return ServedRollouts(parser.parse_args(["--calls", "logs", *words]))


def start() -> None:
    assert main(["rollout", "start", "p", "v2", "--by=ann", f"--as-of={instant(BEGAN)}"]) == 0


def test_a_prompt_is_a_folder_with_a_live_pointer(shop: Path) -> None:
    (shop / "prompts/bare").mkdir()
    (shop / "prompts/_shared").mkdir()
    (shop / "prompts/_shared/live.yaml").write_text("stable: v1\n")
    rollouts = served()
    assert rollouts.is_prompt("p")
    for name in ("bare", "_shared", "none", "..", "../prompts/p", "p/../p", "", ".", "p\x00"):
        assert not rollouts.is_prompt(name), name


def test_a_prompt_without_a_rollout_has_no_report(shop: Path) -> None:
    (shop / "logs").mkdir()
    assert served().report_of("p", NOW) is None
    start()
    assert served().report_of("p", BEGAN - 60) is None


def test_the_policy_and_the_evidence_are_read_anew_each_time(shop: Path) -> None:
    start()
    traffic, rollouts = Traffic(root=shop), served("--scores", "scores")
    traffic.serve(BEGAN, hours=0.2)
    report = rollouts.report_of("p", NOW)
    assert report is not None
    assert (report.rollout.version, report.rollout.phase) == ("v2", Phase.SERVING)
    assert report.outlook.outcome is Outcome.HOLD
    assert report.rules.stages[0].units == 50
    before = sum(report.evidence.assigned)
    (shop / ".github/evalgate.yml").write_text("rollout: {units: 60}\n")
    traffic.serve(BEGAN + 720, hours=0.2)
    again = rollouts.report_of("p", NOW)
    assert again is not None
    assert again.rules.stages[0].units == 60
    assert sum(again.evidence.assigned) > before


def test_a_live_pointer_that_is_broken_is_no_rollout_that_is_over(shop: Path) -> None:
    (shop / "logs").mkdir()
    (shop / "prompts/p/live.yaml").write_text("stable: [")
    with pytest.raises(ConfigurationError, match=r"prompts/p/live\.yaml"):
        served().report_of("p", NOW)


def test_a_canary_that_no_rollout_made_is_not_judged(shop: Path) -> None:
    (shop / "logs").mkdir()
    live = "stable: v1\ncanary: {version: v2, percent: 5, salt: x}\n"
    (shop / "prompts/p/live.yaml").write_text(live)
    with pytest.raises(UsageError, match="no rollout gave it that"):
        served().report_of("p", NOW)


@pytest.mark.parametrize("words", [["--folder", "none"], ["--folder", "prompts/p/v1.md"]])
def test_a_folder_that_is_none_is_refused(shop: Path, words: list[str]) -> None:
    assert shop.is_dir()
    with pytest.raises(UsageError, match=r"there is no .*: name that of the prompts by --folder"):
        served(*words)


def test_without_a_repository_and_without_prompts_there_is_nothing_to_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="there is no prompts"):
        served()
