"""Facts about repositories in unusual states: each works, or says exactly what to do."""

from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all, create_repository, switch_branch
from evalgate.errors import ConfigurationError, RepositoryError
from evalgate.gate.gathering import Question, Sources, gather
from evalgate.model.change import Change
from evalgate.prompts.changes import find_changes
from tests.edges.test_git import git, write

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 5\n---\n## user\n{{q}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "a repository"
    create_repository(folder, "main")
    files = {"prompts/p/v1.md": VERSION, "prompts/p/live.yaml": "stable: v1\n"}
    write(folder, {".github/evalgate.yml": "", **files})
    commit_all(folder, "first")
    return folder


def sources(folder: Path, head: str | None = None, base: str = "main") -> Sources:
    question = Question(base=base, head=head, run_id="r")
    return gather(question, GitRepository(folder), FORMATS)


def change(folder: Path, head: str | None = None, base: str = "main") -> Change:
    return find_changes(sources(folder, head, base).prompts, FORMATS, changed_sets={})


def candidates(folder: Path, head: str | None = None, base: str = "main") -> list[str]:
    found = change(folder, head, base).candidates
    return [f"{each.version.prompt} {each.version.version}" for each in found]


def branch(folder: Path, name: str, files: dict[str, str], start: str = "main") -> None:
    switch_branch(folder, name, start=start)
    write(folder, files)
    commit_all(folder, name)


V2 = {"prompts/p/v2.md": VERSION + "more\n"}
V3 = {"prompts/p/v3.md": VERSION + "still more\n"}


def test_a_given_head_is_read_from_git_whatever_lies_in_the_work_tree(folder: Path) -> None:
    branch(folder, "change", V2)
    write(
        folder, {"prompts/p/v1.md": "garbage", "prompts/p/v9.md": "x", ".github/evalgate.yml": "]"}
    )
    (folder / "prompts/p/v2.md").unlink()
    assert candidates(folder, "change") == ["p v2"]
    assert change(folder, "change").findings == ()


def test_a_detached_head_is_a_head(folder: Path) -> None:
    branch(folder, "change", V2)
    git(folder, "checkout", "--quiet", "--detach")
    assert candidates(folder, "HEAD") == candidates(folder) == ["p v2"]


def test_a_merge_of_the_base_into_the_branch_changes_nothing(folder: Path) -> None:
    branch(folder, "change", V2)
    git(folder, "checkout", "--quiet", "main")
    write(folder, V3)
    commit_all(folder, "main goes on")
    git(folder, "checkout", "--quiet", "change")
    git(folder, "merge", "--quiet", "--no-edit", "main")
    assert candidates(folder, "change") == ["p v2"]


def test_an_octopus_merge_brings_what_all_its_branches_brought(folder: Path) -> None:
    branch(folder, "one", V2)
    branch(folder, "two", V3)
    branch(folder, "three", {"prompts/q/v1.md": VERSION})
    git(folder, "checkout", "--quiet", "-b", "all", "main")
    git(folder, "merge", "--quiet", "--no-edit", "one", "two", "three")
    assert len(git(folder, "rev-list", "--parents", "-1", "all").split()) == 4
    assert candidates(folder, "all") == ["p v2", "p v3", "q v1"]


def test_branches_that_merged_each_other_have_a_fork_point(folder: Path) -> None:
    branch(folder, "one", V2)
    branch(folder, "two", V3)
    tips = {name: git(folder, "rev-parse", name) for name in ("one", "two")}
    git(folder, "merge", "--quiet", "--no-edit", tips["one"])
    git(folder, "checkout", "--quiet", "one")
    git(folder, "merge", "--quiet", "--no-edit", tips["two"])
    write(folder, {"prompts/p/v4.md": VERSION + "four\n"})
    commit_all(folder, "four")
    assert candidates(folder, "one", "two") == ["p v4"]


def test_a_linked_worktree_is_a_repository_of_its_own(folder: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(folder, "worktree", "add", "--quiet", "-b", "change", str(linked), "main")
    write(linked, V2)
    assert candidates(linked) == ["p v2"]
    assert candidates(folder) == []


def test_names_in_any_script_and_with_blanks_are_prompts(folder: Path) -> None:
    names = {f"prompts/{name}/v1.md": VERSION for name in ("grüße an alle", "要約", "a'b\"c")}
    branch(folder, "change", names)
    assert candidates(folder, "change") == ["a'b\"c v1", "grüße an alle v1", "要約 v1"]


def test_windows_line_ends_make_no_new_version(folder: Path) -> None:
    git(folder, "config", "core.autocrlf", "true")
    write(folder, {"prompts/p/v1.md": VERSION.replace("\n", "\r\n")})
    assert change(folder) == Change()
    git(folder, "config", "core.autocrlf", "false")
    branch(folder, "change", {"prompts/p/v1.md": VERSION.replace("\n", "\r\n")})
    assert change(folder, "change") == Change()


def test_a_changed_mode_is_no_change(folder: Path) -> None:
    (folder / "prompts/p/v1.md").chmod(0o755)
    commit_all(folder, "mode")
    assert change(folder, "HEAD", "HEAD~1") == Change()


def test_a_sparse_checkout_deletes_nothing(folder: Path) -> None:
    write(folder, {"src/app.py": "x"})
    commit_all(folder, "app")
    git(folder, "sparse-checkout", "set", "--no-cone", "/src/")
    assert not (folder / "prompts").exists()
    with pytest.raises((ConfigurationError, RepositoryError)) as caught:
        change(folder)
    assert "sparse" in str(caught.value)


def test_a_file_that_became_a_folder_is_gone(folder: Path) -> None:
    branch(folder, "change", V2)
    (folder / "prompts/p/v2.md").unlink()
    write(folder, {"prompts/p/v2.md/inner.txt": "x"})
    commit_all(folder, "folder")
    assert candidates(folder, "HEAD") == []


def test_an_unborn_branch_says_that_there_is_no_commit(tmp_path: Path) -> None:
    create_repository(tmp_path / "new", "main")
    with pytest.raises(RepositoryError, match="no commit is named `main`"):
        change(tmp_path / "new")


def test_a_bare_repository_says_where_to_run(folder: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), "bare.git")
    with pytest.raises(RepositoryError, match="is not inside a git repository"):
        GitRepository(tmp_path / "bare.git")


def test_a_shallow_clone_names_the_depth_to_fetch(folder: Path, tmp_path: Path) -> None:
    branch(folder, "change", V2)
    git(folder, "checkout", "--quiet", "main")
    write(folder, V3)
    commit_all(folder, "main goes on")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", folder.as_uri(), "shallow")
    with pytest.raises(RepositoryError, match="fetch-depth: 0"):
        change(tmp_path / "shallow", "origin/change", "origin/main")


def test_a_checkout_of_one_commit_names_the_depth_to_fetch(folder: Path, tmp_path: Path) -> None:
    branch(folder, "change", V2)
    words = ("--quiet", "--depth=1", "--branch=change", folder.as_uri(), "shallow")
    git(tmp_path, "clone", *words)
    with pytest.raises(RepositoryError, match=r"no branch `main`.* `fetch-depth: 0`"):
        GitRepository(tmp_path / "shallow").branch("main")


def test_an_empty_commit_changes_nothing(folder: Path) -> None:
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "nothing")
    found = sources(folder, "HEAD", "HEAD~1")
    assert found.changed == frozenset()
    assert find_changes(found.prompts, FORMATS, changed_sets={}) == Change()


def test_a_submodule_beside_the_prompts_does_no_harm(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    create_repository(other, "main")
    write(other, {"prompts/x/v1.md": VERSION})
    commit_all(other, "other")
    git(
        folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "lib"
    )
    write(folder, V2)
    commit_all(folder, "lib")
    assert candidates(folder, "HEAD", "HEAD~1") == ["p v2"]
