"""Facts about `evalgate promote` that need no trial."""

from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from tests.unit.cli.shops import SIMULATED, evalgate, make_shop

LIVE = "prompts/p/live.yaml"


def shop(folder: Path) -> Path:
    make_shop(folder)
    commit_all(folder, "second")
    return folder


def test_a_promotion_is_gated_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop(tmp_path)
    words = ("promote", "p", "v2", "--percent", "5", "--out", "run", *SIMULATED)
    assert evalgate(folder, *words) == 0
    assert "canary: {version: v2, percent: 5, salt: " in (folder / LIVE).read_text()
    said = capsys.readouterr().out
    assert "The answers were simulated: nothing was proven about Claude." in said
    assert f"{LIVE} is written" in said


def test_a_work_tree_that_differs_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shop(tmp_path)
    (folder / LIVE).write_text("stable: v2\n")
    assert evalgate(folder, "promote", "p", "v2", "--percent", "5", *SIMULATED) == 2
    assert "commit or undo that change" in capsys.readouterr().err
    assert (folder / LIVE).read_text() == "stable: v2\n"


def test_an_older_commit_may_be_started_from(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    (folder / LIVE).write_text("stable: v1\nswitch: {disabled: true}\n")
    commit_all(folder, "switched off")
    words = ("promote", "p", "v2", "--percent", "5", *SIMULATED)
    assert evalgate(folder, *words, "--base", "HEAD~1") == 2  # its pointer is another one
    assert evalgate(folder, *words, "--base", "HEAD~1", "--dry-run", "--out", "run") == 0
    assert "disabled: true" in (folder / LIVE).read_text()


@pytest.mark.parametrize("percent", ["", "0", "5%", "::error::"])
def test_a_wrong_percent_is_an_error_of_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], percent: str
) -> None:
    folder = shop(tmp_path)
    assert evalgate(folder, "promote", "p", "v2", f"--percent={percent}", *SIMULATED) == 2
    said = capsys.readouterr().err
    assert said.startswith("evalgate: percent: expected a number above 0 and up to 100")
    assert "::error::" not in said


def test_in_a_workflow_for_a_pull_request_nothing_is_promoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert evalgate(shop(tmp_path), "promote", "p", "v2", "--percent", "5", *SIMULATED) == 2
    assert "in a pull request anybody may have written" in capsys.readouterr().err
