"""Facts about reading what is live of a prompt from its folder."""

from pathlib import Path

import pytest

from evalgate.runtime.versions.look import Look
from evalgate.runtime.versions.prompt_reading import CHANGED, PromptReading

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n\nHello\n"
JINJA = VERSION.replace("max", "template: jinja\nmax")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sum-up").mkdir()
    for number in (1, 2, 3):
        (tmp_path / f"sum-up/v{number}.md").write_text(VERSION)
    (tmp_path / "sum-up/live.yaml").write_text("stable: v1\ncanary: {version: v2, percent: 5}\n")
    return tmp_path


def reading(folder: Path) -> PromptReading:
    return PromptReading(prompt="sum-up", look=Look(root=str(folder)), loaded={})


def said(found: PromptReading) -> dict[str, list[str]]:
    return {
        name: [f"{each.line}: {each.key}: {each.message}" for each in problems]
        for name, problems in found.broken.items()
    }


def test_only_the_files_in_use_are_read(folder: Path) -> None:
    (folder / "_shared").mkdir()
    for name in ("tone.v1.md", "inner.v1.md", "other.v1.md"):
        (folder / "_shared" / name).write_text("Be brief.")
    (folder / "_shared/tone.v1.md").write_text('{% include "inner.v1.md" %}')
    (folder / "sum-up/v1.md").write_text(JINJA + '{% include "tone.v1.md" %}')
    found = reading(folder)
    pointed = found.pointed()
    assert pointed is not None
    assert pointed.stable.dependencies == (
        f"{folder}/_shared/inner.v1.md",
        f"{folder}/_shared/tone.v1.md",
    )
    assert found.look.stamps.keys() == {
        "sum-up/live.yaml",
        "sum-up/v1.md",
        "sum-up/v2.md",
        "_shared/tone.v1.md",
        "_shared/inner.v1.md",
    }
    assert found.broken == {}


def test_versions_that_are_missing_are_told_at_the_pointers_line(folder: Path) -> None:
    (folder / "sum-up/live.yaml").write_text("stable: v8\ncanary: {version: v9, percent: 5}\n")
    found = reading(folder)
    assert found.pointed() is None
    there = f"there is no file {folder}/sum-up"
    assert said(found) == {
        "sum-up/live.yaml": [
            f"1: stable: names v8, but {there}/v8.md",
            f"2: canary: names v9, but {there}/v9.md",
        ]
    }


@pytest.mark.parametrize("percent", ["5.001", "0.005", "99.999"])
def test_a_weight_below_a_basis_point_is_refused(folder: Path, percent: str) -> None:
    text = f"stable: v1\ncanary: {{version: v2, percent: {percent}}}\n"
    (folder / "sum-up/live.yaml").write_text(text)
    found = reading(folder)
    assert found.pointed() is None
    assert said(found)["sum-up/live.yaml"][0].startswith("2: canary.percent: expected at most two")


@pytest.mark.parametrize("percent", ["0", "0.01", "0.29", "5.25", "33.33", "99.99", "100"])
def test_a_weight_in_basis_points_is_taken(folder: Path, percent: str) -> None:
    text = f"stable: v1\ncanary: {{version: v2, percent: {percent}, salt: own}}\n"
    (folder / "sum-up/live.yaml").write_text(text)
    pointed = reading(folder).pointed()
    assert pointed is not None
    assert pointed.split is not None
    assert (pointed.split.percent, pointed.split.salt) == (float(percent), "own")


def test_what_is_loaded_stays_whatever_becomes_of_its_file(folder: Path) -> None:
    first = reading(folder).pointed()
    assert first is not None
    (folder / "sum-up/v1.md").write_text(VERSION + "Bye\n")
    (folder / "sum-up/v2.md").unlink()
    loaded = {"v1": first.stable, "v2": first.canary or first.stable}
    found = PromptReading(prompt="sum-up", look=Look(root=str(folder)), loaded=loaded)
    again = found.pointed()
    assert again == first
    assert again is not None
    assert again.stable is first.stable
    assert [each.message for each in found.broken["sum-up/v1.md"]] == [CHANGED]
    assert [each.message for each in found.broken["sum-up/v2.md"]] == ["there is no such file"]


def test_line_ends_and_a_byte_order_mark_are_no_change(folder: Path) -> None:
    first = reading(folder).pointed()
    assert first is not None
    content = b"\xef\xbb\xbf" + VERSION.replace("\n", "\r\n").encode()
    (folder / "sum-up/v1.md").write_bytes(content)
    loaded = {"v1": first.stable}
    found = PromptReading(prompt="sum-up", look=Look(root=str(folder)), loaded=loaded)
    assert found.version("v1") is first.stable
    assert found.broken == {}


def test_a_prompt_of_which_nothing_is_live_yet_is_not_broken(folder: Path) -> None:
    (folder / "sum-up/live.yaml").write_text("stable: null\n")
    found = reading(folder)
    assert found.pointed() is None
    assert found.is_unborn
    assert found.broken == {}


def test_a_canary_without_a_stable_version_is_broken(folder: Path) -> None:
    (folder / "sum-up/live.yaml").write_text("canary: {version: v2, percent: 5}\n")
    found = reading(folder)
    assert found.pointed() is None
    assert found.broken.keys() == {"sum-up/live.yaml"}
