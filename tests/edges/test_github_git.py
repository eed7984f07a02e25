"""Branches, files and commits through GitHub's API, against the fake GitHub."""

import pytest

from evalgate.errors import BranchMovedError, GitHubError, NotPermittedError
from evalgate.model.github import NewCommit
from tests.edges.github_shop import SOON, Shop, shop, without
from tests.github.faults import Fault, Kind
from tests.github.state import State

RECORDS = "evalgate/records #1 ä"


def record(parent: str | None, text: str = "new") -> NewCommit:
    return NewCommit(parent=parent, files={"a/record.json": text, "b ä.txt": "b"}, message="Record")


def tip(at: Shop, branch: str = RECORDS) -> str | None:
    return at.state.git.refs.get(f"refs/heads/{branch}")


# Reading


def test_the_tip_of_a_branch_is_read() -> None:
    with shop() as at:
        pushed = at.state.git.push(RECORDS, {"a": "a"})
        assert at.github.tip(RECORDS) == pushed
        assert at.github.tip("main") == at.main


def test_a_branch_that_does_not_exist_has_no_tip() -> None:
    with shop() as at:
        at.state.git.push("main2", {"a": "a"})
        assert at.github.tip("mai") is None


def test_an_empty_repository_has_no_tip() -> None:
    with shop() as at:
        at.state.git.refs.clear()
        assert at.github.tip("main") is None


@pytest.mark.parametrize("branch", ["", "a/../../x", ".."])
def test_what_is_no_branch_is_not_asked_for(branch: str) -> None:
    with shop() as at:
        with pytest.raises(GitHubError, match="cannot be a branch"):
            at.github.tip(branch)
        assert at.fake.requests == []


@pytest.mark.parametrize("text", ["stable: v1\n", "", "\ufeffé🙂\r\n", '{"message": "Not Found"}'])
def test_a_file_is_read_as_it_is(text: str) -> None:
    with shop() as at:
        commit = at.state.git.push("other", {"prompts/a b#?/live.yaml": text})
        assert at.github.text("prompts/a b#?/live.yaml", ref="other") == text
        assert at.github.text("prompts/a b#?/live.yaml", ref=commit) == text


def test_a_file_that_is_not_there_is_none() -> None:
    with shop() as at:
        assert at.github.text("absent.yaml", ref="main") is None
        assert at.github.text("README.md", ref="absent") is None


def test_a_file_that_is_no_text_is_an_error() -> None:
    with shop() as at:
        at.state.git.push("main", {"a": "a"})
        entry = at.state.git.files(at.main)["a"]
        at.state.git.blobs[entry.blob] = b"\xff\xfe"
        with pytest.raises(GitHubError, match="the file is not UTF-8"):
            at.github.text("a", ref="main")


# Writing


def test_a_commit_moves_its_branch_and_keeps_the_other_files() -> None:
    with shop() as at:
        parent = at.state.git.push(RECORDS, {"a/record.json": "old", "kept": "kept"})
        made = at.github.commit(RECORDS, record(parent))
        assert tip(at) == made
        commit = at.state.git.commits[made]
        assert (commit.parents, commit.message) == ([parent], "Record")
        texts = {path: at.state.git.text(path, ref=made) for path in at.state.git.files(made)}
        assert texts == {
            "README.md": "# Shop\n",
            "a/record.json": "new",
            "b ä.txt": "b",
            "kept": "kept",
        }


def test_the_first_commit_of_a_branch_stands_alone() -> None:
    with shop() as at:
        made = at.github.commit(RECORDS, record(None))
        assert tip(at) == made
        assert at.state.git.commits[made].parents == []
        assert set(at.state.git.files(made)) == {"a/record.json", "b ä.txt"}


def test_a_branch_that_is_elsewhere_already_is_not_touched() -> None:
    with shop() as at:
        first = at.state.git.push(RECORDS, {"a": "1"})
        second = at.state.git.push(RECORDS, {"a": "2"})
        for parent in (first, None):
            with pytest.raises(BranchMovedError, match="somebody else moved it"):
                at.github.commit(RECORDS, record(parent))
        assert tip(at) == second
        assert set(at.fake.requests_for("")) == {"GET"}


def test_a_branch_that_does_not_exist_is_begun_after_the_parent() -> None:
    with shop() as at:
        parent = at.state.git.push("main", {"a.txt": "a"})
        made = at.github.commit(
            "topic", NewCommit(parent=parent, files={"b.txt": "b"}, message="Begin")
        )
        assert at.github.tip("topic") == made
        assert at.state.git.text("a.txt", ref="topic") == "a"
        assert at.github.tip("main") == parent


def test_of_two_that_race_to_move_a_branch_one_loses() -> None:
    with shop() as at:
        parent = at.state.git.push(RECORDS, {"a": "1"})
        at.fake.before("PATCH", "git/refs", lambda state: state.git.push(RECORDS, {"a": "2"}))
        with pytest.raises(BranchMovedError):
            at.github.commit(RECORDS, record(parent))
        now = tip(at)
        assert now is not None
        assert at.state.git.text("a", ref=now) == "2"
        assert at.state.git.text("a/record.json", ref=now) is None


def test_of_two_that_race_to_start_a_branch_one_loses() -> None:
    def other(state: State) -> None:
        state.git.push(RECORDS, {"a": "2"}, orphan=True)

    with shop() as at:
        at.fake.before("POST", "git/refs", other)
        with pytest.raises(BranchMovedError):
            at.github.commit(RECORDS, record(None))
        assert at.state.git.text("a", ref=RECORDS) == "2"


def test_a_branch_that_is_deleted_meanwhile_stays_so() -> None:
    with shop() as at:
        parent = at.state.git.push(RECORDS, {"a": "1"})
        gone = f"refs/heads/{RECORDS}"
        at.fake.before("PATCH", "git/refs", lambda state: state.git.refs.pop(gone))
        with pytest.raises(BranchMovedError):
            at.github.commit(RECORDS, record(parent))
        assert tip(at) is None


@pytest.mark.parametrize("fault", [Kind.DROP_BEFORE, Kind.DROP_AFTER, Kind.BROKEN, Kind.SLOW])
@pytest.mark.parametrize("path", ["git/trees", "git/commits$", "git/refs"])
@pytest.mark.parametrize("starts", [True, False])
def test_a_commit_is_made_once_whatever_happens_on_the_way(
    fault: Kind, path: str, starts: bool
) -> None:
    with shop(read=SOON) as at:
        parent = None if starts else at.state.git.push(RECORDS, {"a": "1"})
        at.state.faults.append(Fault(kind=fault, path=path, seconds=1.5))
        made = at.github.commit(RECORDS, record(parent))
        assert at.state.faults[0].times == 0
        assert tip(at) == made
        assert at.state.git.commits[made].parents == ([] if parent is None else [parent])


def test_a_protected_branch_is_told_in_githubs_words() -> None:
    with shop() as at:
        at.state.git.protected.add("refs/heads/main")
        with pytest.raises(GitHubError, match="must be made through a pull request") as caught:
            at.github.commit("main", record(at.main))
        assert not isinstance(caught.value, BranchMovedError)


def test_a_path_that_github_does_not_take_changes_nothing() -> None:
    with shop() as at:
        before = at.main
        commit = NewCommit(parent=before, files={"../x": "x"}, message="m")
        with pytest.raises(GitHubError, match="malformed path"):
            at.github.commit("main", commit)
        assert at.main == before


def test_without_permission_the_missing_one_is_named() -> None:
    with (
        shop(without("contents: write")) as at,
        pytest.raises(NotPermittedError, match="`permissions: contents: write`"),
    ):
        at.github.commit("main", record(at.main))
