"""One repository on either GitHub: the one in memory, and the one that is spoken to over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from evalgate.errors import GitHubError
from evalgate.model.github import Artifact, PullRequest
from evalgate.model.github_port import GitHub
from evalgate.simulator.fake_github import FakeGitHub
from tests.edges.github_shop import Shop, shop
from tests.github.state import EVERYTHING, State

NUMBER, RUN = 7, 55


class Side(Protocol):
    """What a test prepares before it asks, and looks at afterwards."""

    @property
    def github(self) -> GitHub:
        """The repository as evalgate sees it."""
        ...

    def push(self, branch: str, files: Mapping[str, str]) -> str:
        """Put files on a branch, as somebody with git does, and return the commit."""
        ...

    def add_pull(self, number: int, head: str, *, is_open: bool = True) -> None:
        """Add a pull request of somebody."""
        ...

    def add_artifact(
        self, name: str, content: bytes, *, expired: bool = False, branch: str = ""
    ) -> int:
        """Add what the run has uploaded, a fork's where no branch is named, and return its id."""
        ...

    def refuse(self, *permissions: str) -> None:
        """Take permissions to write from the token, such as `statuses`."""
        ...

    def statuses(self) -> list[tuple[str, str, str, str]]:
        """Return commit, context, state and description of each status, in order."""
        ...

    def states(self) -> list[list[str]]:
        """Return the states of each deployment, in order."""
        ...

    def checks(self) -> list[tuple[str, str, int]]:
        """Return name, conclusion and number of annotations of each check run."""
        ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """The one in memory."""

    github: FakeGitHub

    def push(self, branch: str, files: Mapping[str, str]) -> str:
        known = self.github.files(branch) if branch in self.github.branches else {}
        return self.github.seed(branch, {**known, **files})

    def add_pull(self, number: int, head: str, *, is_open: bool = True) -> None:
        pull = PullRequest(
            number=number,
            head=head,
            head_ref="topic",
            head_repository=self.github.repository,
            base_ref="main",
            is_open=is_open,
            url=f"https://github.example/{self.github.repository}/pull/{number}",
        )
        self.github.add_pull_request(pull)

    def add_artifact(
        self, name: str, content: bytes, *, expired: bool = False, branch: str = ""
    ) -> int:
        number = len(self.github.uploads) + 1
        artifact = Artifact(
            id=number,
            name=name,
            size=len(content),
            expired=expired,
            created_at=f"2026-01-01T00:00:{number:02}Z",
        )
        self.github.add_artifact(RUN, artifact, content, branch=branch)
        return number

    def refuse(self, *permissions: str) -> None:
        self.github.refused = permissions

    def statuses(self) -> list[tuple[str, str, str, str]]:
        return [
            (commit, status.context, status.state.value, status.description)
            for commit, status in self.github.statuses
        ]

    def states(self) -> list[list[str]]:
        return [self.github.states(deployment) for deployment in self.github.deployments]

    def checks(self) -> list[tuple[str, str, int]]:
        found = self.github.checks
        return [(each.name, each.conclusion.value, len(each.annotations)) for each in found]


@dataclass(frozen=True, slots=True)
class OverHttp:
    """The one that answers as GitHub describes itself, behind evalgate's client."""

    shop: Shop

    @property
    def github(self) -> GitHub:
        return self.shop.github

    @property
    def state(self) -> State:
        return self.shop.state

    def push(self, branch: str, files: Mapping[str, str]) -> str:
        return self.state.git.push(branch, files)

    def add_pull(self, number: int, head: str, *, is_open: bool = True) -> None:
        self.state.add_pull(number, head, head_ref="topic").is_open = is_open

    def add_artifact(
        self, name: str, content: bytes, *, expired: bool = False, branch: str = ""
    ) -> int:
        return self.state.add_artifact(RUN, content, name=name, expired=expired, branch=branch)

    def refuse(self, *permissions: str) -> None:
        taken = {f"{permission}: write" for permission in permissions}
        if "pull-requests" in permissions:  # by either of the two a comment may be written
            taken.add("issues: write")
        reading = {f"{permission}: read" for permission in permissions}
        self.state.permissions = set(EVERYTHING - taken | reading)

    def statuses(self) -> list[tuple[str, str, str, str]]:
        return [
            (status.sha, status.context, status.state, status.description or "")
            for status in self.state.statuses
        ]

    def states(self) -> list[list[str]]:
        found = self.state.deployments.values()
        return [[status.state for status in each.statuses] for each in found]

    def checks(self) -> list[tuple[str, str, int]]:
        found = self.state.check_runs.values()
        return [(each.name, each.conclusion or "", len(each.annotations)) for each in found]


@contextmanager
def a_side(name: str) -> Iterator[Side]:
    """Open one of the two, with a pull request from the branch `topic` onto `main`."""
    if name == "memory":
        yield _prepared(InMemory(FakeGitHub()))
        return
    with shop() as opened:
        yield _prepared(OverHttp(opened))


def _prepared(side: Side) -> Side:
    side.push("main", {"README.md": "# Shop\n"})
    side.add_pull(NUMBER, side.push("topic", {"prompts/p/v2.md": "new"}))
    return side


def kind_of(error: GitHubError) -> str:
    """Return the name of an error's class, on which callers decide."""
    return type(error).__name__
