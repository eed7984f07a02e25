"""Facts about adding prompts to a library, as a user types it."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.adapters.git_writing import commit_all, create_repository
from tests.e2e.commands import evalgate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    create_repository(folder, "trunk")
    (folder / "README.md").write_text("A shop.\n")
    commit_all(folder, "first")
    return folder


def test_a_folder_of_foreign_prompts_is_adopted_and_can_be_gated(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old/greet.prompt").write_text(
        "---\nmodel: x/y\n---\n{{#if vip}}Dear{{/if}} {{name}}\n"
    )
    (folder / "old/sum.txt").write_text("Sum up {text}.\n")
    (folder / "old/tag.prompt.yml").write_text(
        "messages: [{role: user, content: 'Tag {{input}}'}]\ntestData: [{input: a, expected: b}]\n"
        "evaluators: [{name: e, string: {equals: b}}]\n"
    )
    done = evalgate(folder, "prompts", "adopt", "old")
    assert (done.returncode, done.stderr) == (0, "")
    assert "`x/y` is no Claude model" in done.stdout
    listed = json.loads(evalgate(folder, "prompts", "list", "--json").stdout)
    assert [(each["name"], each["stable"]) for each in listed] == [
        ("greet", "v1"),
        ("sum", "v1"),
        ("tag", "v1"),
    ]
    shown = evalgate(folder, "prompts", "render", "greet", "--var", "vip=1", "--var", "name=Ada")
    assert "Dear Ada" in shown.stdout
    case = evalgate(folder, "prompts", "render", "tag", "--case", "row-1")
    assert "Tag a" in case.stdout


def test_adopting_twice_makes_a_second_version_and_keeps_the_pointer(folder: Path) -> None:
    (folder / "sum.txt").write_text("Sum up {{text}}.\n")
    evalgate(folder, "prompts", "adopt", "sum.txt")
    (folder / "sum.txt").write_text("Sum up in one line: {{text}}\n")
    done = evalgate(folder, "prompts", "adopt", "sum.txt")
    assert "wrote prompts/sum/v2.md" in done.stdout
    assert read_yaml("l", (folder / "prompts/sum/live.yaml").read_bytes()).data == {"stable": "v1"}
    diff = evalgate(folder, "prompts", "diff", "sum").stdout
    assert "-Sum up {{text}}." in diff
    assert "+Sum up in one line: {{text}}" in diff


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    (folder / "sum.txt").write_text("Sum up {{text}}.\n")
    done = evalgate(folder, "prompts", "adopt", "sum.txt", "--dry-run")
    assert "would write prompts/sum/v1.md" in done.stdout
    assert not (folder / "prompts").exists()
