"""Pull requests, against the fake GitHub."""

import pytest

from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.github import PullRequest
from tests.edges.github_shop import PROMPT, SOON, shop, with_pull, without
from tests.github.faults import Fault, Kind
from tests.github.state import State

FORK = "a" * 40


def with_fork() -> State:
    """Return a repository with a pull request of a fork, which its commit does not lead to."""
    state = with_pull()
    pull = state.add_pull(8, FORK, head_ref="fix #1/ä", head_repository="visitor/shop")
    pull.listed_by_commit = False
    return state


def test_a_pull_request_is_read() -> None:
    with shop(with_pull()) as at:
        assert at.github.pull_request(PROMPT) == PullRequest(
            number=PROMPT,
            head=at.state.pulls[PROMPT].head,
            head_ref="change",
            head_repository="octo/shop",
            base_ref="main",
            is_open=True,
            url=f"https://github.com/octo/shop/pull/{PROMPT}",
        )


def test_a_pull_request_outlives_its_fork() -> None:
    with shop(with_pull()) as at:
        at.state.pulls[PROMPT].head_repository = None
        at.state.pulls[PROMPT].is_open = False
        pull = at.github.pull_request(PROMPT)
        assert (pull.head_repository, pull.is_open) == ("", False)


def test_a_pull_request_is_found_by_its_head() -> None:
    with shop(with_pull()) as at:
        head = at.state.pulls[PROMPT].head
        assert [pull.number for pull in at.github.pull_requests_with(head)] == [PROMPT]


def test_only_open_ones_at_exactly_that_commit_count() -> None:
    with shop(with_pull()) as at:
        head = at.state.pulls[PROMPT].head
        at.state.add_pull(11, head, head_ref="closed").is_open = False
        at.state.add_pull(12, at.state.git.push("later", {"b": "b"}, onto="change"))
        at.state.add_pull(13, head, head_ref="twin")
        found = at.github.pull_requests_with(head)
        assert sorted(pull.number for pull in found) == [PROMPT, 13]


def test_that_of_a_fork_is_found_by_its_branch() -> None:
    with shop(with_fork()) as at:
        assert at.github.pull_requests_with(FORK) == []
        [pull] = at.github.pull_requests_with(FORK, branch="visitor:fix #1/ä")
        assert (pull.number, pull.head_repository) == (8, "visitor/shop")


def test_a_branch_that_has_moved_on_leads_to_none() -> None:
    with shop(with_fork()) as at:
        at.state.pulls[8].head = "b" * 40
        assert at.github.pull_requests_with(FORK, branch="visitor:fix #1/ä") == []


def test_a_branch_is_asked_for_only_when_the_commit_leads_to_none() -> None:
    with shop(with_pull()) as at:
        head = at.state.pulls[PROMPT].head
        at.github.pull_requests_with(head, branch="octo:change")
        assert len(at.fake.requests) == 1


def test_a_commit_that_github_does_not_know_leads_to_none() -> None:
    with shop(with_pull()) as at:
        assert at.github.pull_requests_with("f" * 40) == []


@pytest.mark.parametrize("head", ["", "../../user", "a//b"])
def test_what_is_no_commit_is_not_asked_for(head: str) -> None:
    with shop(with_pull()) as at:
        with pytest.raises(GitHubError, match="cannot be a branch, a commit or a file"):
            at.github.pull_requests_with(head)
        assert at.fake.requests == []


def opened(state: State) -> tuple[PullRequest, State]:
    with shop(state, read=SOON) as at:
        pull = at.github.open_pull_request(head="move", base="main", title="Move", body="to v2")
        return pull, at.state


def with_branch() -> State:
    state = State()
    state.git.push("move", {"prompts/a/live.yaml": "stable: v2\n"})
    return state


def test_a_pull_request_is_opened() -> None:
    pull, state = opened(with_branch())
    made = state.pulls[pull.number]
    assert (made.title, made.body, made.head_ref, made.base_ref) == (
        "Move",
        "to v2",
        "move",
        "main",
    )
    assert pull.head == made.head


def test_the_one_that_is_open_already_is_returned() -> None:
    state = with_branch()
    state.git.push("release", {})
    tip = state.git.refs["refs/heads/move"]
    state.add_pull(9, tip, head_ref="move", base_ref="release")
    state.add_pull(4, tip, head_ref="move", head_repository="visitor/shop")
    state.add_pull(5, tip, head_ref="move").is_open = False
    state.add_pull(6, tip, head_ref="move")
    pull, state = opened(state)
    assert pull.number == 6
    assert len(state.pulls) == 4


@pytest.mark.parametrize("fault", [Kind.DROP_AFTER, Kind.SLOW, Kind.DROP_BEFORE, Kind.BROKEN])
def test_a_pull_request_is_opened_once_whatever_happens_on_the_way(fault: Kind) -> None:
    state = with_branch()
    state.faults.append(Fault(kind=fault, method="POST", seconds=3))
    pull, state = opened(state)
    assert list(state.pulls) == [pull.number]


def test_branches_that_do_not_differ_are_told_in_githubs_words() -> None:
    with shop() as at:
        at.state.git.refs["refs/heads/same"] = at.main
        with pytest.raises(GitHubError, match="No commits between main and same"):
            at.github.open_pull_request(head="same", base="main", title="t", body="")


def test_the_setting_that_forbids_it_is_named() -> None:
    state = with_branch()
    state.may_open_pull_requests = False
    with pytest.raises(NotPermittedError, match="Settings, Actions, General"):
        opened(state)


def test_without_permission_the_missing_one_is_named() -> None:
    with (
        shop(without("pull-requests: write")) as at,
        pytest.raises(NotPermittedError, match="`permissions: pull-requests: write`"),
    ):
        at.github.open_pull_request(head="change", base="main", title="t", body="")


def test_a_body_that_is_too_long_is_not_sent() -> None:
    with shop(with_branch()) as at:
        with pytest.raises(GitHubError, match="too long"):
            at.github.open_pull_request(head="move", base="main", title="t", body="x" * 65_537)
        assert at.fake.requests == []


def test_reading_a_private_repository_needs_a_permission_too() -> None:
    state = without("pull-requests: write")
    state.private = True
    with (
        shop(state) as at,
        pytest.raises(NotPermittedError, match="`permissions: pull-requests: read`"),
    ):
        at.github.pull_request(PROMPT)
