"""The fake GitHub with one repository, and evalgate's adapter in front of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from evalgate.adapters.github import GitHubRepository
from evalgate.adapters.github_client import GitHubClient, Patience
from evalgate.model.github_port import GitHub
from tests.github.server import Serving, serve
from tests.github.state import State

PROMPT = 7
"""The number of the pull request that the tests speak about."""

SOON = 0.7
"""Seconds after which an answer is lost, where one is held back for longer."""


@dataclass
class Shop:
    """The repository as evalgate sees it, as it is, and how long was waited."""

    github: GitHub
    fake: Serving
    slept: list[float] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.fake.state

    @property
    def main(self) -> str:
        return self.state.git.refs["refs/heads/main"]


@contextmanager
def shop(state: State | None = None, *, read: float = 10.0) -> Iterator[Shop]:
    """Open a repository; nothing that is sent there may differ from GitHub's description.

    Args:
        state: what is there at first.
        read: seconds after which an answer that does not come is lost.
    """
    slept: list[float] = []
    patience = Patience(connect=10.0, read=read)
    with (
        serve(state) as fake,
        GitHubClient(
            fake.token, api_url=fake.url, patience=patience, sleep=slept.append, now=time.time
        ) as client,
    ):
        yield Shop(github=GitHubRepository(client, fake.state.repository), fake=fake, slept=slept)
        assert fake.refused == []
        assert fake.violations == []


def with_pull() -> State:
    """Return a repository with one open pull request."""
    state = State()
    head = state.git.push("change", {"prompts/a/v2.md": "new"})
    state.add_pull(PROMPT, head)
    return state


def without(*permissions: str) -> State:
    """Return the same where the token lacks permissions."""
    state = with_pull()
    state.permissions.difference_update(permissions)
    return state
