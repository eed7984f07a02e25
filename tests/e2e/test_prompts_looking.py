"""Facts about looking at prompts, as a user types it."""

import json
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all, create_repository
from tests.e2e.commands import evalgate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    create_repository(folder, "trunk")
    (folder / "README.md").write_text("A shop.\n")
    commit_all(folder, "first")
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prompts", "adopt", "nothere"), "there is no file or folder nothere"),
        (("prompts", "adopt", "README.rst"), "there is no file"),
        (("prompts", "show", "visitor-dsk"), "did you mean `visitor-desk`?"),
        (("prompts", "show", "visitor-desk@v9"), "has no version `v9`"),
        (("prompts", "render", "visitor-desk", "--case", "mnday"), "did you mean `monday`?"),
        (("prompts", "render", "visitor-desk"), "question"),
        (("prompts", "render", "visitor-desk", "--var", "question"), "expected NAME=VALUE"),
        (("prompts", "diff", "visitor-desk", "v1", "v2"), "has no version `v2`"),
        (("prompts", "new", "Visitor Desk"), "visitor-desk"),
        (("check", "--ref", "nowhere"), "no commit is named `nowhere`"),
        (("check", "--record", "gone.jsonl"), "gone.jsonl"),
    ],
)
def test_wrong_words_are_answered_with_the_next_step(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    evalgate(folder, "init")
    done = evalgate(folder, *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_show_says_what_a_version_is_and_who_points_to_it(folder: Path) -> None:
    evalgate(folder, "init")
    shown = evalgate(folder, "prompts", "show", "visitor-desk").stdout
    for said in (
        "visitor-desk v1",
        "stable",
        "claude-haiku-5-5, effort low",
        "## user",
        "{{question}}",
    ):
        assert said in shown


def test_list_counts_versions_and_cases(folder: Path) -> None:
    evalgate(folder, "init")
    evalgate(folder, "prompts", "new", "mail-reply")
    shown = evalgate(folder, "prompts", "list").stdout
    assert "visitor-desk (20)" in shown
    assert "no eval set" in shown


def test_a_request_can_be_had_as_json(folder: Path) -> None:
    evalgate(folder, "init")
    done = evalgate(folder, "prompts", "render", "visitor-desk", "--case", "monday", "--json")
    request = json.loads(done.stdout)
    assert request["messages"] == [{"role": "user", "content": ["Are you open this Monday?"]}]


def test_a_ref_is_read_and_not_the_work_tree(folder: Path) -> None:
    evalgate(folder, "init")
    commit_all(folder, "evalgate")
    evalgate(folder, "prompts", "new", "visitor-desk")
    now = evalgate(folder, "prompts", "list", "--json").stdout
    then = evalgate(folder, "prompts", "list", "--json", "--ref", "HEAD").stdout
    assert json.loads(now)[0]["versions"] == ["v1", "v2"]
    assert json.loads(then)[0]["versions"] == ["v1"]
