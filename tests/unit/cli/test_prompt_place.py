"""Facts about which folder of prompts a command is about."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from evalgate.cli.prompt_place import (
    find_folder,
    find_folders,
    has_prompt,
    prompts_in,
    repository_of,
    usual_place,
)
from evalgate.errors import UsageError


def make(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_folder_that_is_named_is_taken(tmp_path: Path) -> None:
    assert find_folder("p", Path("x"), here=tmp_path) == Path("x")


def test_without_a_policy_it_is_prompts(tmp_path: Path) -> None:
    assert find_folder("p", None, here=tmp_path) == Path("prompts")


def test_without_a_policy_it_is_that_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert find_folder("p", None, here=tmp_path) == Path("prompts")
    assert find_folder("p", None, here=tmp_path / "a/b") == tmp_path / "prompts"


def test_the_policy_of_the_nearest_folder_around_says_where(tmp_path: Path) -> None:
    make(tmp_path, {".github/evalgate.yml": "paths: {prompts: ai/prompts}\ngate: [wrong]\n"})
    assert find_folder("p", None, here=tmp_path) == Path("ai/prompts")
    assert find_folder("p", None, here=tmp_path / "src") == tmp_path / "ai/prompts"


@pytest.mark.parametrize("policy", ["", "paths: []\n", "paths: {prompts: 1}\n", "a: [\n"])
def test_a_policy_that_does_not_say_is_no_obstacle(tmp_path: Path, policy: str) -> None:
    make(tmp_path, {".github/evalgate.yml": policy})
    assert find_folder("p", None, here=tmp_path) == Path("prompts")


def test_of_several_roots_it_is_the_one_that_has_the_prompt(tmp_path: Path) -> None:
    policies = {f".github/evalgate.{n}.yml": f"paths: {{prompts: {n}/prompts}}\n" for n in "ab"}
    make(tmp_path, {**policies, "a/prompts/p/v1.md": "", "b/prompts/q/v1.md": ""})
    assert find_folder("q", None, here=tmp_path) == Path("b/prompts")
    make(tmp_path, {"b/prompts/p/v1.md": ""})
    with pytest.raises(UsageError, match="one of a/prompts, b/prompts"):
        find_folder("p", None, here=tmp_path)


def test_the_repository_is_the_nearest_work_tree_around(tmp_path: Path) -> None:
    assert repository_of(tmp_path) is None
    (tmp_path / ".git").mkdir()
    (tmp_path / "a").mkdir()
    assert repository_of(tmp_path / "a") == tmp_path


def test_all_roots_of_a_repository_are_known(tmp_path: Path) -> None:
    for root in ("shop", "desk"):
        policy = f"paths: {{prompts: {root}/prompts}}\n"
        make(tmp_path, {f".github/evalgate-{root}.yml": policy})
    assert sorted(find_folders(tmp_path)) == [Path("desk/prompts"), Path("shop/prompts")]


def test_each_folder_is_a_prompt_but_for_shared_and_hidden_ones(tmp_path: Path) -> None:
    make(tmp_path, {"b/v1.md": "", "a/v1.md": "", "_shared/tone.md": "", ".x/y": "", "c.yml": ""})
    assert prompts_in(tmp_path) == ["a", "b"]
    assert prompts_in(tmp_path / "none") == []


TOO_LONG = "x" * 300
"""A name that no folder can have: unlike a closed folder it stops the superuser, too."""


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / TOO_LONG
    with pytest.raises(UsageError, match=f"cannot read {folder}: .*name another folder"):
        repository_of(folder)
    with pytest.raises(UsageError, match=f"cannot read {folder}: "):
        has_prompt(folder, "p")
    with pytest.raises(UsageError, match=f"cannot read {folder}: "):
        prompts_in(folder)
    make(tmp_path, {".github/evalgate.yml": f"paths: {{prompts: {TOO_LONG}}}\n"})
    with pytest.raises(UsageError, match=f"cannot read {folder}: "):
        find_folder("p", None, here=tmp_path)


def test_a_folder_that_is_not_there_has_no_prompt(tmp_path: Path) -> None:
    assert not has_prompt(tmp_path / "none", "p")
    make(tmp_path, {"p/v1.md": ""})
    assert has_prompt(tmp_path, "p")


@pytest.mark.parametrize("name", ["é" * 200, "a\0b"])
def test_what_no_folder_can_be_called_is_no_prompt(tmp_path: Path, name: str) -> None:
    assert not has_prompt(tmp_path, name)


def test_a_loop_of_links_lies_in_the_repository_around_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "prompts").symlink_to("prompts")
    assert repository_of(tmp_path / "prompts") == tmp_path


def test_what_lies_where_it_usually_does_is_at_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, {"src/a.py": "", "ai/prompts/p/v1.md": "", "ai/.git": "gitdir: elsewhere"})
    monkeypatch.chdir(tmp_path)
    assert usual_place(Path("reports"), Path("prompts")) == Path("reports")
    assert usual_place(Path("reports"), Path("ai/prompts")) == Path("ai/reports")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert usual_place(Path("reports"), Path("prompts")) == tmp_path / "reports"
