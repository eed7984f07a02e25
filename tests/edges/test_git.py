"""Facts about real git repositories, through the real git."""

import subprocess
from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all, create_repository, switch_branch
from evalgate.errors import RepositoryError


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", *arguments],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repository with spaces"
    create_repository(folder, "main")
    write(folder, {"prompts/ä b/v1.md": "one\r\n", "other.txt": "x"})
    commit_all(folder, "first")
    return folder


def test_outside_of_a_repository_the_error_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="is not inside a git repository"):
        GitRepository(tmp_path)


def test_the_root_is_found_from_a_folder_inside(folder: Path) -> None:
    assert GitRepository(folder / "prompts").root == folder.resolve()


def test_the_user_is_known_by_name_or_else_by_email(folder: Path) -> None:
    git(folder, "config", "user.email", "ann@example.invalid")
    git(folder, "config", "user.name", "Ann Å")
    assert GitRepository(folder).user() == "Ann Å"


def test_a_ref_resolves_to_its_commit(folder: Path) -> None:
    assert GitRepository(folder).resolve("main") == git(folder, "rev-parse", "HEAD")


@pytest.mark.parametrize("ref", ["nope", "--all", "-x", "main:other.txt", ""])
def test_anything_but_a_commit_is_refused(folder: Path, ref: str) -> None:
    with pytest.raises(RepositoryError, match="no commit is named"):
        GitRepository(folder).resolve(ref)


def test_files_come_from_the_commit_byte_for_byte(folder: Path) -> None:
    write(folder, {"prompts/ä b/v1.md": "changed"})
    assert GitRepository(folder).files("main", ["prompts"]) == {"prompts/ä b/v1.md": b"one\r\n"}


def test_the_work_tree_shows_what_is_not_committed_but_not_what_is_ignored(folder: Path) -> None:
    write(folder, {"prompts/p/v2.md": "two", "prompts/p/x.tmp": "", ".gitignore": "*.tmp\n"})
    (folder / "prompts/ä b/v1.md").unlink()
    repository = GitRepository(folder)
    assert repository.files(None, ["prompts"]) == {"prompts/p/v2.md": b"two"}
    assert repository.changed("main", None, ["prompts"]) == {
        "prompts/p/v2.md",
        "prompts/ä b/v1.md",
    }


def test_links_are_never_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder / "prompts/link.md").symlink_to(tmp_path / "secret")
    repository = GitRepository(folder)
    assert "prompts/link.md" not in repository.files(None, ["prompts"])
    commit_all(folder, "link")
    assert "prompts/link.md" not in repository.files("main", ["prompts"])


def test_only_the_given_paths_count_and_they_are_no_patterns(folder: Path) -> None:
    write(folder, {"prompts/p/v1.md": "x", "prompts-old/v1.md": "x", "*/v1.md": "x"})
    repository = GitRepository(folder)
    assert repository.changed("main", None, ["prompts"]) == {"prompts/p/v1.md"}
    assert repository.changed("main", None, ["*"]) == {"*/v1.md"}


def test_a_rename_is_a_deleted_and_an_added_file(folder: Path) -> None:
    git(folder, "mv", "prompts/ä b/v1.md", "prompts/ä b/v2.md")
    commit_all(folder, "rename")
    assert GitRepository(folder).changed("HEAD~1", "HEAD", ["prompts"]) == {
        "prompts/ä b/v1.md",
        "prompts/ä b/v2.md",
    }


def test_the_fork_point_ignores_what_the_base_did_since(folder: Path) -> None:
    start = git(folder, "rev-parse", "HEAD")
    switch_branch(folder, "feature", start="main")
    write(folder, {"prompts/p/v1.md": "mine"})
    commit_all(folder, "mine")
    git(folder, "switch", "--quiet", "main")
    write(folder, {"prompts/q/v1.md": "theirs"})
    commit_all(folder, "theirs")
    repository = GitRepository(folder)
    fork = repository.merge_base("main", "feature")
    assert fork == start
    assert repository.changed(fork, "feature", ["prompts"]) == {"prompts/p/v1.md"}


def test_a_shallow_clone_says_what_to_fetch(folder: Path, tmp_path: Path) -> None:
    write(folder, {"a": "2"})
    commit_all(folder, "second")
    git(tmp_path, "clone", "--quiet", "--depth=1", folder.as_uri(), "shallow")
    with pytest.raises(RepositoryError, match="fetch-depth: 0"):
        GitRepository(tmp_path / "shallow").resolve("HEAD~1")


def test_unrelated_histories_are_refused(folder: Path) -> None:
    git(folder, "switch", "--quiet", "--orphan", "island")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "island")
    with pytest.raises(RepositoryError, match="share no history"):
        GitRepository(folder).merge_base("main", "island")


def test_the_default_branch_is_the_one_that_origin_names(folder: Path, tmp_path: Path) -> None:
    git(folder, "branch", "--move", "main", "trunk")
    git(tmp_path, "clone", "--quiet", folder.as_uri(), "clone")
    assert GitRepository(tmp_path / "clone").default_branch() == "refs/remotes/origin/trunk"


def test_without_a_remote_the_default_branch_is_main(folder: Path) -> None:
    assert GitRepository(folder).default_branch() == "refs/heads/main"


def test_an_empty_file_and_many_files_come_back_whole(folder: Path) -> None:
    texts = {f"prompts/p/{number}.txt": "\n" * number for number in range(40)}
    write(folder, texts)
    commit_all(folder, "many")
    files = GitRepository(folder).files("HEAD", ["prompts/p"])
    assert files == {name: text.encode() for name, text in texts.items()}


# What a change could plant.


def test_a_tag_named_like_the_base_branch_does_not_shadow_it(folder: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", folder.as_uri(), "clone")
    clone = tmp_path / "clone"
    main = git(clone, "rev-parse", "HEAD")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "change")
    git(clone, "tag", "origin/main", "HEAD")
    repository = GitRepository(clone)
    assert repository.resolve(repository.branch("main")) == main
    assert repository.resolve(repository.default_branch()) == main
    with pytest.raises(RepositoryError, match="names 2 things: say which, refs/tags/origin/main"):
        repository.resolve("origin/main")


def test_a_branch_that_is_nowhere_says_what_to_fetch(folder: Path) -> None:
    with pytest.raises(RepositoryError, match=r"git fetch origin \+refs/heads/next"):
        GitRepository(folder).branch("next")


def test_links_and_submodules_are_listed_as_no_regular_files(folder: Path, tmp_path: Path) -> None:
    create_repository(tmp_path / "inner", "main")
    git(tmp_path / "inner", "commit", "--quiet", "--allow-empty", "-m", "x")
    (folder / "prompts/link").symlink_to(tmp_path)
    git(folder, "clone", "--quiet", (tmp_path / "inner").as_uri(), "prompts/module")
    expected = {"prompts/ä b/v1.md": True, "prompts/link": False, "prompts/module": False}
    repository = GitRepository(folder)
    assert repository.listing(None, ["prompts"]) == expected
    git(folder, "-c", "advice.addEmbeddedRepo=false", "add", "--all")
    git(folder, "commit", "--quiet", "-m", "planted")
    assert repository.listing("HEAD", ["prompts"]) == expected


def test_a_watched_folder_that_is_a_link_itself_is_listed(folder: Path) -> None:
    git(folder, "mv", "prompts", "elsewhere")
    (folder / "prompts").symlink_to("elsewhere")
    assert GitRepository(folder).listing(None, ["prompts"]) == {"prompts": False}
    commit_all(folder, "link")
    assert GitRepository(folder).listing("HEAD", ["prompts"]) == {"prompts": False}


def test_a_bare_repository_inside_the_checkout_runs_nothing(folder: Path) -> None:
    trace = folder / "trace"
    planted = folder / "planted"
    git(folder, "init", "--quiet", "--bare", "planted")
    git(planted, "config", "core.bare", "false")
    git(planted, "config", "core.worktree", ".")
    git(planted, "config", "core.fsmonitor", f"touch '{trace}'; false")
    with pytest.raises(RepositoryError):
        GitRepository(planted).changed("HEAD", None, ["."])
    assert not trace.exists()


def test_a_replacement_does_not_change_what_a_commit_holds(folder: Path) -> None:
    real = git(folder, "rev-parse", "HEAD")
    write(folder, {"prompts/ä b/v1.md": "replaced"})
    commit_all(folder, "other")
    git(folder, "replace", real, "HEAD")
    assert GitRepository(folder).files(real, ["prompts"]) == {"prompts/ä b/v1.md": b"one\r\n"}


def test_another_repository_in_the_environment_is_neither_read_nor_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = git(folder, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(folder / ".git"))
    create_repository(tmp_path / "own", "main")
    write(tmp_path / "own", {"a": "1"})
    commit_all(tmp_path / "own", "own")
    assert GitRepository(tmp_path / "own").root == (tmp_path / "own").resolve()
    monkeypatch.delenv("GIT_DIR")
    assert git(folder, "rev-parse", "HEAD") == head
