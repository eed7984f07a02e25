"""Facts about moving a live pointer on GitHub, with others at work there."""

from dataclasses import replace

import pytest

from evalgate.errors import BranchMovedError, GitHubError, NotPermittedError
from evalgate.model.github import NewCommit
from evalgate.rollout.moving import (
    ATTEMPTS,
    PointerMove,
    check_unmoved,
    move_by_commit,
    move_by_pull_request,
)
from evalgate.simulator.fake_github import FakeGitHub

LIVE = "prompts/p/live.yaml"
FILES = {LIVE: "stable: v1\n", "prompts/p/v2.md": "Two.", "README.md": "Hello"}
MOVE = PointerMove(
    branch="main",
    path=LIVE,
    before="stable: v1\n",
    after="stable: v2\n",
    message="Promote p v2 to 100 %",
    judged={"prompts/p/v2.md": "Two."},
)
BRANCH = "evalgate/promote-p-v2"


def github(**changes: str) -> FakeGitHub:
    fake = FakeGitHub()
    fake.seed("main", FILES | changes)
    return fake


def by_pull_request(fake: FakeGitHub) -> int:
    pull = move_by_pull_request(fake, MOVE, branch=BRANCH, title="Promote", body="Why.")
    return pull.number


def test_a_commit_changes_the_one_file_on_top_of_the_branch() -> None:
    fake = github()
    tip = fake.branches["main"]
    made = move_by_commit(fake, MOVE)
    assert fake.tip("main") == made
    assert fake.files("main") == FILES | {LIVE: "stable: v2\n"}
    assert (fake.commits[made].parents, fake.commits[made].message) == ((tip,), MOVE.message)


def test_a_pull_request_leaves_the_branch_where_it_is() -> None:
    fake = github()
    tip = fake.branches["main"]
    number = by_pull_request(fake)
    assert fake.tip("main") == tip
    assert fake.files(BRANCH)[LIVE] == "stable: v2\n"
    assert fake.commits[fake.branches[BRANCH]].parents == (tip,)
    pull = fake.pulls[number]
    assert (pull.head_ref, pull.base_ref, fake.bodies[number]) == (
        BRANCH,
        "main",
        "Promote\n\nWhy.",
    )
    assert fake.writes == ["commit", "open_pull_request"]


def test_other_work_on_the_branch_is_kept() -> None:
    fake = github()
    rivals = iter(range(ATTEMPTS - 1))

    def push(write: str) -> None:
        if write == "commit" and next(rivals, None) is not None:
            fake.seed("main", {**fake.files("main"), "README.md": f"{fake.files('main')} more"})

    fake.before = push
    move_by_commit(fake, MOVE)
    assert fake.files("main")[LIVE] == "stable: v2\n"
    assert "more" in fake.files("main")["README.md"]
    assert fake.writes == ["commit"] * ATTEMPTS


def test_a_branch_that_never_rests_is_given_up() -> None:
    fake = github()
    fake.before = lambda _: _push(fake, "README.md", fake.files("main")["README.md"] + "!")
    with pytest.raises(BranchMovedError, match="`main` moved 3 times"):
        move_by_commit(fake, MOVE)
    assert fake.files("main")[LIVE] == "stable: v1\n"
    assert len(fake.writes) == ATTEMPTS


def _push(fake: FakeGitHub, path: str, text: str) -> None:
    fake.seed("main", {**fake.files("main"), path: text})


@pytest.mark.parametrize("path", [LIVE, "prompts/p/v2.md"])
def test_what_was_judged_may_not_change_meanwhile(path: str) -> None:
    fake = github()
    fake.before = lambda _: _push(fake, path, "new")
    with pytest.raises(BranchMovedError, match=rf"^{path} is no longer on `main`"):
        move_by_commit(fake, MOVE)
    assert fake.files("main")[path] == "new"
    with pytest.raises(BranchMovedError, match="dispatch the promotion again"):
        by_pull_request(fake)
    assert BRANCH not in fake.branches


def test_a_pointer_that_was_not_there_must_still_be_missing() -> None:
    move = replace(MOVE, before=None)
    with pytest.raises(BranchMovedError):
        check_unmoved(github(), move)
    fake = FakeGitHub()
    fake.seed("main", {"prompts/p/v2.md": "Two."})
    move_by_commit(fake, move)
    assert fake.files("main")[LIVE] == "stable: v2\n"


def test_a_branch_that_github_does_not_have_is_an_error() -> None:
    with pytest.raises(GitHubError, match="GitHub has no branch `main`"):
        check_unmoved(FakeGitHub(), MOVE)


def test_a_missing_permission_is_named() -> None:
    fake = github()
    fake.refused = {"contents"}
    with pytest.raises(NotPermittedError, match="contents: write"):
        move_by_commit(fake, MOVE)
    fake.refused = {"pull-requests"}
    with pytest.raises(NotPermittedError, match=f"pull-requests: write.*the branch {BRANCH}"):
        by_pull_request(fake)
    assert fake.files("main")[LIVE] == "stable: v1\n"


def test_a_pull_request_that_fails_tells_of_the_branch_that_is_left() -> None:
    fake = github()

    def fail(write: str) -> None:
        if write == "open_pull_request":
            raise GitHubError("502 Bad Gateway")

    fake.before = fail
    with pytest.raises(GitHubError, match=f"502 Bad Gateway: the commit is on the branch {BRANCH}"):
        by_pull_request(fake)


class Mute(FakeGitHub):
    """A GitHub that makes commits and loses the answer."""

    def commit(self, branch: str, commit: NewCommit) -> str:
        FakeGitHub.commit(self, branch, commit)
        raise GitHubError("502 Bad Gateway")


class Gone(FakeGitHub):
    """A GitHub that is gone from the first commit on."""

    gone = False

    def commit(self, branch: str, commit: NewCommit) -> str:
        del branch, commit
        self.gone = True
        raise GitHubError("502 Bad Gateway")

    def tip(self, branch: str) -> str | None:
        if self.gone:
            raise GitHubError("503 Service Unavailable")
        return FakeGitHub.tip(self, branch)


def test_a_commit_whose_answer_was_lost_counts() -> None:
    fake = Mute()
    fake.seed("main", FILES)
    assert move_by_commit(fake, MOVE) == fake.branches["main"]
    assert fake.writes == ["commit"]


def test_a_commit_that_was_not_made_is_an_error() -> None:
    fake = github()

    def fail(_: str) -> None:
        raise GitHubError("502 Bad Gateway")

    fake.before = fail
    with pytest.raises(GitHubError, match=r"^502 Bad Gateway$"):
        move_by_commit(fake, MOVE)


def test_where_it_cannot_be_known_whether_the_pointer_moved_that_is_said() -> None:
    fake = Gone()
    fake.seed("main", FILES)
    with pytest.raises(GitHubError, match=f"^502 Bad Gateway: whether {LIVE} has moved on `main`"):
        move_by_commit(fake, MOVE)
