"""One repository on GitHub, as `evalgate.model.ports.GitHub` asks for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from evalgate.adapters.github_addresses import DEFAULT_API, checked_repository
from evalgate.adapters.github_artifacts import Artifacts
from evalgate.adapters.github_checks import Checks
from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_comments import Comments
from evalgate.adapters.github_deployments import Deployments
from evalgate.adapters.github_git import GitData
from evalgate.adapters.github_pulls import PullRequests
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


class GitHubRepository:
    """Joins what each kind of thing on GitHub knows how to do."""

    def __init__(self, client: GitHubClient, repository: str) -> None:
        """Speak about one repository.

        Args:
            client: carries the requests; it is the caller's to close.
            repository: `owner/name`.

        Raises:
            GitHubError: `repository` has another shape.
        """
        root = f"repos/{checked_repository(repository)}"
        self._comments = Comments(client, root)
        self._pulls = PullRequests(client, root)
        self._checks = Checks(client, root)
        self._artifacts = Artifacts(client, root)
        self._git = GitData(client, root)
        self._deployments = Deployments(client, root)

    def comments(self, number: int) -> Sequence[Comment]:
        """Return all comments on a pull request, oldest first."""
        return self._comments.on(number)

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a comment on a pull request."""
        return self._comments.create(number, body)

    def update_comment(self, comment: int, body: str) -> Comment:
        """Replace the text of a comment."""
        return self._comments.update(comment, body)

    def delete_comment(self, comment: int) -> None:
        """Delete a comment; one that is gone already is no error."""
        self._comments.delete(comment)

    def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        return self._pulls.numbered(number)

    def pull_requests_with(self, head: str, *, branch: str = "") -> Sequence[PullRequest]:
        """Return the open pull requests whose head is a commit, by its id or by its branch."""
        return self._pulls.with_head(head, branch)

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Set a status of a commit; a long description is cut."""
        self._checks.set_status(commit, status)

    def create_check_run(self, check: CheckRun) -> None:
        """Create a check run with all its annotations."""
        self._checks.create(check)

    def artifacts(self, run: int, *, name: str) -> Sequence[Artifact]:
        """Return what a workflow run has uploaded under a name, newest first."""
        return self._artifacts.of_run(run, name)

    def newest_artifact(self, name: str, *, branch: str) -> Artifact | None:
        """Return the newest artifact of a name that has not expired, made by a run on a branch."""
        return self._artifacts.newest(name, branch=branch)

    def download(self, artifact: int, *, most: int) -> bytes:
        """Return the archive of an artifact, of at most so many bytes."""
        return self._artifacts.download(artifact, most=most)

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch points to, or None when there is no such branch."""
        return self._git.tip(branch)

    def text(self, path: str, *, ref: str) -> str | None:
        """Return the text of a file at a ref, or None when it is not there."""
        return self._git.text(path, ref=ref)

    def commit(self, branch: str, commit: NewCommit) -> str:
        """Make a commit and move a branch onto it, and return its id."""
        return self._git.commit(branch, commit)

    def open_pull_request(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request from one branch to another, or return the one that is open."""
        return self._pulls.open(head, base=base, title=title, body=body)

    def create_deployment(self, deployment: NewDeployment) -> int:
        """Record a deployment and return its id; a long description is cut."""
        return self._deployments.create(deployment)

    def set_deployment_status(self, deployment: int, status: DeploymentStatus) -> None:
        """Say how a deployment stands; a long description is cut."""
        self._deployments.set_status(deployment, status)


@contextmanager
def open_repository(
    repository: str, *, token: str, api_url: str = DEFAULT_API
) -> Iterator[GitHubRepository]:
    """Open connections to a repository for as long as the context lasts."""
    with GitHubClient(token, api_url=api_url) as client:
        yield GitHubRepository(client, repository)
