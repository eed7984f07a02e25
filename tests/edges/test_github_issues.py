"""Facts about issues, against the fake GitHub."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from evalgate.adapters.github_client import GitHubClient, Patience
from evalgate.adapters.github_issues import Issue, Issues
from evalgate.errors import GitHubError, NotPermittedError
from tests.github.server import Serving, serve
from tests.github.state import BOT, State

MARK = "<!-- mark -->"


@dataclass
class Tracker:
    """The issues as evalgate sees them, and the repository as it is."""

    issues: Issues
    fake: Serving

    @property
    def state(self) -> State:
        return self.fake.state


@contextmanager
def tracker(state: State | None = None) -> Iterator[Tracker]:
    """Open a repository; nothing that is sent there may differ from GitHub's description."""
    with (
        serve(state) as fake,
        GitHubClient(fake.token, api_url=fake.url, patience=Patience(), sleep=lambda _: None) as it,
    ):
        yield Tracker(Issues(it, f"repos/{fake.state.repository}"), fake)
        assert (fake.refused, fake.violations) == ([], [])


def test_an_issue_is_opened_read_changed_and_closed() -> None:
    with tracker() as at:
        made = at.issues.create("Title", f"{MARK} body", labels=["alert"])
        assert made == at.issues.numbered(made.number)
        assert made == Issue(
            number=1,
            url="https://github.com/octo/shop/issues/1",
            title="Title",
            body=f"{MARK} body",
            is_open=True,
            is_ours=True,
        )
        at.issues.comment(made.number, "over")
        closed = at.issues.update(made.number, state="closed", state_reason="completed")
        assert not closed.is_open
        assert at.state.issues[1].labels == ["alert"]
        assert at.state.bodies(1) == ["over"]


def test_an_issue_is_found_by_its_mark_on_whatever_page_it_stands() -> None:
    with tracker() as at:
        made = at.issues.create("Ours", MARK, labels=[])
        for number in range(120):
            at.state.add_issue(f"Other {number}", "else")
        assert at.issues.marked(MARK, since="2026-01-01T00:00:00Z") == made


def test_an_open_issue_goes_before_a_closed_one() -> None:
    with tracker() as at:
        first = at.issues.create("First", MARK, labels=[])
        second = at.issues.create("Second", MARK, labels=[])
        at.issues.update(second.number, state="closed")
        found = at.issues.marked(MARK, since="2026-01-01T00:00:00Z")
        assert found is not None
        assert found.number == first.number


def test_what_was_closed_long_ago_is_not_found() -> None:
    with tracker() as at:
        made = at.issues.create("Old", MARK, labels=[])
        at.issues.update(made.number, state="closed")
        assert at.issues.marked(MARK, since="2026-06-01T00:00:00Z") is None
        assert at.issues.marked(MARK, since="2026-01-01T00:00:00Z") is not None


def test_a_pull_request_and_a_strangers_issue_are_not_taken_for_ours() -> None:
    with tracker() as at:
        pull = at.state.add_pull(5, "a1" * 20)
        pull.body, pull.author = MARK, BOT
        at.state.add_issue("Mine now", MARK, author="stranger")
        assert at.issues.marked(MARK, since="2026-01-01T00:00:00Z") is None
        at.state.add_issue("A member's", MARK, author="octocat").is_member = True
        found = at.issues.marked(MARK, since="2026-01-01T00:00:00Z")
        assert found is not None
        assert found.title == "A member's"


def test_an_issue_that_is_gone_is_none() -> None:
    with tracker() as at:
        assert at.issues.numbered(99) is None


def test_a_token_without_the_permission_is_told_which_one() -> None:
    state = State()
    state.permissions.discard("issues: write")
    with tracker(state) as at, pytest.raises(NotPermittedError, match="permissions: issues: write"):
        at.issues.create("Title", "body", labels=[])


def test_a_text_that_is_too_long_is_not_sent() -> None:
    with tracker() as at, pytest.raises(GitHubError, match="too long for GitHub"):
        at.issues.create("Title", "x" * 65_537, labels=[])
