"""Facts about what is known of one prompt."""

from pathlib import Path

import pytest

from evalgate.model.override import PromptOverride
from evalgate.runtime.versions.look import Look
from evalgate.runtime.versions.shown import Shown, read_shown

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n\nHello\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sum-up").mkdir()
    for number in (1, 2, 3):
        (tmp_path / f"sum-up/v{number}.md").write_text(VERSION)
    (tmp_path / "sum-up/live.yaml").write_text("stable: v1\ncanary: {version: v2, percent: 5}\n")
    return tmp_path


def read(folder: Path, before: Shown, override: PromptOverride | None = None) -> Shown:
    return read_shown("sum-up", Look(root=str(folder)), before, override)


def test_all_versions_that_serve_or_are_pointed_to_are_loaded(folder: Path) -> None:
    shown = read(folder, Shown(), PromptOverride(until=9, version="v3"))
    assert shown.versions.keys() == {"v1", "v2", "v3"}
    assert shown.live is not None
    assert shown.live.stable.version == "v3"


def test_an_equal_state_keeps_the_object_that_serves(folder: Path) -> None:
    first = read(folder, Shown())
    assert read(folder, first).live is first.live


def test_a_broken_pointer_under_an_override_leaves_both(folder: Path) -> None:
    first = read(folder, Shown())
    (folder / "sum-up/live.yaml").write_text("stable: [")
    shown = read(folder, first, PromptOverride(until=9, version="v3"))
    assert shown.pointed == first.pointed
    assert shown.live is not None
    assert shown.live.stable.version == "v3"
    assert shown.broken.keys() == {"sum-up/live.yaml"}


def test_a_broken_pointer_does_not_mend_a_broken_version(folder: Path) -> None:
    first = read(folder, Shown())
    (folder / "sum-up/v1.md").write_text(VERSION + "Bye\n")
    second = read(folder, first)
    assert second.broken.keys() == {"sum-up/v1.md"}
    (folder / "sum-up/live.yaml").write_text("stable: [")
    third = read(folder, second)
    assert third.broken.keys() == {"sum-up/live.yaml", "sum-up/v1.md"}


def test_a_version_that_no_longer_serves_is_let_go(folder: Path) -> None:
    first = read(folder, Shown())
    (folder / "sum-up/live.yaml").write_text("stable: v3\n")
    assert read(folder, first).versions.keys() == {"v3"}


def test_nothing_is_live_of_what_was_never_whole(folder: Path) -> None:
    (folder / "sum-up/v1.md").write_text("no front matter")
    shown = read(folder, Shown())
    assert shown.live is None
    assert [problem.path for problem in shown.problems] == [f"{folder}/sum-up/v1.md"]
