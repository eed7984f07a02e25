"""What evalgate asks of GitHub, apart from the other ports: an application loads none of it."""

from collections.abc import Sequence
from typing import Protocol

from evalgate.model.github import (
    Artifact,
    CheckRun,
    Comment,
    CommitStatus,
    DeploymentStatus,
    NewCommit,
    NewDeployment,
    PullRequest,
)


class GitHub(Protocol):
    """One repository on GitHub, as far as evalgate reads and writes it.

    Every method raises GitHubError when GitHub cannot answer, and NotPermittedError when the token
    lacks a permission.
    """

    def comments(self, number: int) -> Sequence[Comment]:
        """Return all comments on a pull request, oldest first."""
        ...

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a comment on a pull request."""
        ...

    def update_comment(self, comment: int, body: str) -> Comment:
        """Replace the text of a comment."""
        ...

    def delete_comment(self, comment: int) -> None:
        """Delete a comment; one that is gone already is no error."""
        ...

    def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        ...

    def pull_requests_with(self, head: str, *, branch: str = "") -> Sequence[PullRequest]:
        """Return the open pull requests whose head is a commit.

        Args:
            head: the full id of the commit.
            branch: `owner:branch` of the head, where it is known: a fork's commits are not
                always found by their id alone.
        """
        ...

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Set a status of a commit."""
        ...

    def create_check_run(self, check: CheckRun) -> None:
        """Create a check run with all its annotations."""
        ...

    def artifacts(self, run: int, *, name: str) -> Sequence[Artifact]:
        """Return what a workflow run has uploaded under a name, newest first."""
        ...

    def newest_artifact(self, name: str, *, branch: str) -> Artifact | None:
        """Return the newest artifact of a name that has not expired, made by a run on a branch.

        Only runs on the repository's own branch count: a fork may name its branch alike. None when
        there is no such artifact.
        """
        ...

    def download(self, artifact: int, *, most: int) -> bytes:
        """Return the archive of an artifact, of at most so many bytes."""
        ...

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch points to, or None when there is no such branch."""
        ...

    def text(self, path: str, *, ref: str) -> str | None:
        """Return the text of a file at a ref, or None when it is not there."""
        ...

    def commit(self, branch: str, commit: NewCommit) -> str:
        """Make a commit and move a branch onto it, and return its id.

        A branch that does not exist is made. The branch moves only forward: when it is no longer at
        the commit's parent, BranchMovedError is raised and nothing has changed.
        """
        ...

    def open_pull_request(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request from one branch to another, or return the one that is open."""
        ...

    def create_deployment(self, deployment: NewDeployment) -> int:
        """Record a deployment and return its id."""
        ...

    def set_deployment_status(self, deployment: int, status: DeploymentStatus) -> None:
        """Say how a deployment stands."""
        ...
