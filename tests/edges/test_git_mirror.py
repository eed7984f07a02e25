"""Facts about fetching one ref of a repository, with real repositories."""

from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_mirror import fetch_commit, masked
from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.errors import RepositoryError


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "remote"
    create_repository(folder, "main")
    (folder / "prompts").mkdir()
    (folder / "prompts/a.md").write_text("one")
    commit_all(folder, "one")
    return folder


def head(folder: Path) -> str:
    return GitRepository(folder).resolve("HEAD")


@pytest.mark.parametrize(
    "source", ["file://ann:secret@nowhere.invalid/x", "nowhere//ann:secret@host/x"]
)
def test_no_password_is_in_a_message_of_ours_or_of_gits(tmp_path: Path, source: str) -> None:
    with pytest.raises(RepositoryError, match=r"host/x|nowhere\.invalid/x") as caught:
        fetch_commit(tmp_path / "cache", source, "main")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["{}", "file://{}"])
def test_what_a_ref_names_is_fetched_whatever_the_address(
    remote: Path, tmp_path: Path, address: str
) -> None:
    cache = tmp_path / "cache"
    assert fetch_commit(cache, address.format(remote), "main") == head(remote)
    assert GitRepository(cache).files(head(remote), ["prompts"]) == {"prompts/a.md": b"one"}


def test_a_branch_that_moved_or_was_rewritten_is_followed(remote: Path, tmp_path: Path) -> None:
    first = fetch_commit(tmp_path / "cache", str(remote), "main")
    (remote / "prompts/a.md").write_text("two")
    commit_all(remote, "two")
    second = fetch_commit(tmp_path / "cache", str(remote), "main")
    assert second == head(remote) != first
    check(remote, "reset", "--quiet", "--hard", first)
    assert fetch_commit(tmp_path / "cache", str(remote), "main") == first


def test_a_tag_and_a_commit_are_fetched_too(remote: Path, tmp_path: Path) -> None:
    check(remote, "tag", "release")
    check(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
    for ref in ("release", "refs/heads/main", head(remote)):
        assert fetch_commit(tmp_path / "cache", str(remote), ref) == head(remote)


@pytest.mark.parametrize(("source", "ref"), [("none", "main"), ("{}", "none")])
def test_what_cannot_be_fetched_is_an_error(
    remote: Path, tmp_path: Path, source: str, ref: str
) -> None:
    with pytest.raises(RepositoryError, match=f"cannot fetch `{ref}` from"):
        fetch_commit(tmp_path / "cache", source.format(remote), ref)


@pytest.mark.parametrize(
    ("source", "ref"),
    [("--upload-pack=x", "main"), ("{}", "-main"), ("{}", ""), ("ext::sh -c id", "main")],
)
def test_a_word_is_never_an_option_or_a_command(
    remote: Path, tmp_path: Path, source: str, ref: str
) -> None:
    with pytest.raises(RepositoryError):
        fetch_commit(tmp_path / "cache", source.format(remote), ref)


def test_a_fetch_that_takes_too_long_is_ended(remote: Path, tmp_path: Path) -> None:
    fetch_commit(tmp_path / "cache", str(remote), "main")
    with pytest.raises(RepositoryError, match="git took longer than"):
        fetch_commit(tmp_path / "cache", str(remote), "main", patience=0.0001)


def test_names_and_passwords_are_masked_wherever_they_stand() -> None:
    said = "fatal: https://ann:p@ss@host/x and ssh://git@host/y: https://host/a@b"
    assert masked(said) == "fatal: https://host/x and ssh://host/y: https://host/a@b"
