"""Places are told as from the root of the repository, wherever the command runs."""

from pathlib import Path

import pytest

from evalgate.cli.told_places import from_root, told_places
from evalgate.monitoring.places import Places


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    (made / "ops").mkdir(parents=True)
    return made


def test_from_the_root_what_is_usual_is_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    usual = told_places(
        root,
        prompts=root / "prompts",
        logs=[Path("logs")],
        incidents=Path("reports/incidents"),
        baselines=root / "reports/baselines/quality.json",
    )
    assert usual == Places()


def test_from_a_folder_below_each_path_is_named_as_the_root_sees_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "ops")
    told = told_places(
        root,
        prompts=Path("prompts"),
        policy=Path("../.github/evalgate.yml"),
        logs=[Path("logs"), Path("../logs")],
        scores=[root / "var/scores"],
        incidents=Path("here"),
        baselines=Path("b.json"),
        smells=[Path("smells.json")],
    )
    assert told == Places(
        folder="ops/prompts",
        policy=".github/evalgate.yml",
        logs=("ops/logs", "logs"),
        scores=("var/scores",),
        incidents="ops/here",
        baselines="ops/b.json",
        smells=("ops/smells.json",),
    )


def test_what_lies_outside_is_named_as_it_was_or_from_the_root(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "ops")
    assert from_root(Path("/var/log/shop"), root) == "/var/log/shop"
    assert from_root(Path("../../logs"), root) == "../logs"


def test_a_policy_that_nobody_finds_from_the_root_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (root, root / "ops"):
        (place / ".github").mkdir()
        (place / ".github/evalgate.yml").write_text("schema: policy/1\n")
    monkeypatch.chdir(root / "ops")
    told = told_places(root, prompts=Path("prompts"))
    assert (told.folder, told.policy) == ("ops/prompts", "ops/.github/evalgate.yml")
    monkeypatch.chdir(root)
    assert told_places(root, prompts=Path("prompts")).policy == ""
