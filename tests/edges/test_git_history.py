"""Facts about the states of files, through the real git."""

import os
import subprocess
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_history import MOST_WALKED
from evalgate.errors import RepositoryError
from evalgate.model.revision import Revisions
from evalgate.simulator.fakes import MemoryRepository, text_tree


def git(folder: Path, *arguments: str, at: str = "2026-01-01T00:00:00Z") -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", *arguments],
        cwd=folder,
        env={**os.environ, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z"},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Path, files: Mapping[str, str | None], *, at: str) -> str:
    """Commit some files, of which None are deleted, and return the commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x", at=at)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with four commits on its branch, three of which change records.

    One of these is a merge; the commit that it brings stands on a branch of its own.
    """
    folder = tmp_path / "with spaces"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, {"r/ä b.jsonl": "one", "other": "x"}, at="2026-01-01T01:00:00+01:00")
    git(folder, "switch", "--quiet", "--create", "side")
    commit(folder, {"r/c.jsonl": "on the side"}, at="2026-01-02T00:00:00Z")
    commit(folder, {"r/c.jsonl": "new"}, at="2026-01-03T00:00:00Z")
    git(folder, "switch", "--quiet", "main")
    commit(folder, {"other": "y"}, at="2026-01-04T00:00:00Z")
    git(
        folder,
        "merge",
        "--quiet",
        "--no-ff",
        "--message",
        "m",
        "side",
        at="2026-01-05T23:00:00-02:00",
    )
    commit(folder, {"r/ä b.jsonl": None}, at="2026-01-06T00:00:00Z")
    return folder


def revisions(folder: Path, *, most: int = 9, under: str = "r") -> Revisions:
    repository = GitRepository(folder)
    return repository.revisions(repository.resolve("HEAD"), [under], most=most)


def told(folder: Path, found: Revisions) -> list[tuple[str, dict[str, str]]]:
    """Return when each state began, and what it held."""
    repository = GitRepository(folder)
    return [
        (
            each.at,
            {
                path: next(repository.contents([blob.id])).decode()
                for path, blob in each.files.items()
            },
        )
        for each in found.listed
    ]


def test_states_are_told_oldest_first_with_the_time_of_their_commit_in_utc(folder: Path) -> None:
    found = revisions(folder)
    assert told(folder, found) == snapshot(
        [
            ("2026-01-01T00:00:00Z", {"r/ä b.jsonl": "one"}),
            ("2026-01-06T01:00:00Z", {"r/ä b.jsonl": "one", "r/c.jsonl": "new"}),
            ("2026-01-06T00:00:00Z", {"r/c.jsonl": "new"}),
        ]
    )
    assert (found.is_shallow, found.has_more) == (False, False)
    assert found.listed[-1].commit == git(folder, "rev-parse", "HEAD")
    assert [blob.size for blob in found.listed[0].files.values()] == [3]


def test_a_fake_repository_tells_the_same(folder: Path) -> None:
    names = git(folder, "rev-list", "--first-parent", "HEAD").split()
    repository = GitRepository(folder)
    fake = MemoryRepository(
        commits={name: repository.files(name, ["r", "other"]) for name in names},
        parents={name: (before,) for name, before in pairwise(names)},
        refs={},
        dates={name: git(folder, "show", "-s", "--format=%cI", name) for name in names},
    )
    real, made_up = revisions(folder), fake.revisions(names[0], ["r"], most=9)
    assert [each.commit for each in made_up.listed] == [each.commit for each in real.listed]
    for one, other in zip(real.listed, made_up.listed, strict=True):
        ids = [blob.id for blob in one.files.values()]
        others = [other.files[path].id for path in one.files]
        assert list(repository.contents(ids)) == list(fake.contents(others))
        assert [each.size for each in one.files.values()] == [
            other.files[path].size for path in one.files
        ]


def test_of_too_many_states_the_latest_are_told_and_the_first_of_them_is_whole(
    folder: Path,
) -> None:
    found = revisions(folder, most=2)
    assert [set(each.files) for each in found.listed] == [
        {"r/ä b.jsonl", "r/c.jsonl"},
        {"r/c.jsonl"},
    ]
    assert found.has_more
    assert not revisions(folder, most=3).has_more


@pytest.mark.full
def test_of_a_very_long_history_the_last_part_is_looked_at(tmp_path: Path) -> None:
    """A commit changes the record at the very beginning, another one near the end."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    head = "commit refs/heads/main\ncommitter t <t> {} +0000\ndata 0\n"
    change = "M 100644 inline r/{}\ndata 1\nx\n"
    stream = [head.format(number) for number in range(MOST_WALKED + 5)]
    stream[0] += change.format("first")
    stream[-2] += change.format("last")
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=tmp_path, input="".join(stream).encode(), check=True
    )
    git(tmp_path, "reset", "--quiet", "--hard")
    found = revisions(tmp_path)
    assert [set(each.files) for each in found.listed] == [{"r/first", "r/last"}]
    assert found.has_more


def test_files_that_were_never_there_have_no_states(folder: Path) -> None:
    assert revisions(folder, under="nothing") == Revisions()
    assert GitRepository(folder).revisions("HEAD", [], most=9) == Revisions()


def test_a_folder_with_a_strange_name_means_itself(folder: Path) -> None:
    assert revisions(folder, under="*") == Revisions()
    assert revisions(folder, under=":(glob)r") == Revisions()


def test_links_are_no_files(folder: Path) -> None:
    (folder / "r/link.jsonl").symlink_to("c.jsonl")
    commit(folder, {}, at="2026-01-07T00:00:00Z")
    assert set(revisions(folder).listed[-1].files) == {"r/c.jsonl"}


def test_a_file_that_becomes_a_link_is_gone(folder: Path) -> None:
    (folder / "r/c.jsonl").unlink()
    (folder / "r/c.jsonl").symlink_to("../other")
    commit(folder, {}, at="2026-01-07T00:00:00Z")
    assert set(revisions(folder).listed[-1].files) == set()


def test_a_shallow_clone_tells_what_it_has_and_says_so(folder: Path, tmp_path: Path) -> None:
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{folder}", str(clone))
    found = revisions(clone)
    assert [set(each.files) for each in found.listed] == [
        {"r/ä b.jsonl", "r/c.jsonl"},
        {"r/c.jsonl"},
    ]
    assert found.is_shallow


def test_what_a_partial_clone_lacks_has_no_size(folder: Path, tmp_path: Path) -> None:
    git(folder, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    source = f"file://{folder}"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", source, str(clone))
    sizes = [blob.size for each in revisions(clone).listed for blob in each.files.values()]
    assert sizes == [None, None, 3, 3]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("log.showRoot", "false"),
        ("diff.renames", "copies"),
        ("color.ui", "always"),
        ("log.showSignature", "true"),
        ("diff.external", "false"),
        ("diff.noprefix", "true"),
        ("core.quotePath", "true"),
        ("log.date", "relative"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.orderFile", "nothing"),
    ],
)
def test_no_setting_changes_what_is_told(folder: Path, key: str, value: str) -> None:
    before = told(folder, revisions(folder))
    git(folder, "config", key, value)
    assert told(folder, revisions(folder)) == before


@pytest.mark.parametrize("seconds", ["0", "99999999999999", "4102444800"])
def test_a_commit_of_any_second_has_a_date(folder: Path, seconds: str) -> None:
    commit(folder, {"r/c.jsonl": seconds}, at=f"@{seconds} +0000")
    assert revisions(folder).listed[-1].at in {
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
    }


def test_replacing_objects_changes_nothing(folder: Path) -> None:
    before = told(folder, revisions(folder))
    (folder / "r/c.jsonl").write_text("forged")
    forged = git(folder, "hash-object", "-w", "r/c.jsonl")
    git(folder, "replace", git(folder, "rev-parse", "HEAD:r/c.jsonl"), forged)
    assert told(folder, revisions(folder)) == before


def test_a_commit_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(RepositoryError):
        GitRepository(folder).revisions("0" * 40, ["r"], most=9)


def test_contents_come_byte_for_byte_in_their_order(folder: Path) -> None:
    (folder / "r/c.jsonl").write_bytes(b"\0\r\n\xff\n")
    commit(folder, {"r/empty.jsonl": ""}, at="2026-01-07T00:00:00Z")
    files = revisions(folder).listed[-1].files
    ids = [files[f"r/{name}.jsonl"].id for name in ("empty", "c", "empty")]
    assert list(GitRepository(folder).contents(ids)) == [b"", b"\0\r\n\xff\n", b""]


def test_a_fake_repository_says_what_it_left_out() -> None:
    fake = MemoryRepository(
        commits={name: text_tree({"r/a": name}) for name in "ab"},
        parents={"b": ("a",)},
        refs={},
    )
    found = fake.revisions("b", ["r"], most=1)
    assert ([each.commit for each in found.listed], found.has_more) == (["b"], True)
