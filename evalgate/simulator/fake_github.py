"""A GitHub in memory: branches, comments, statuses and deployments, with refusals and races."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha1
from itertools import count

from evalgate.errors import BranchMovedError, GitHubError, NotPermittedError
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

BOT = "github-actions[bot]"
_MOST_BODY = 65_536
_MOST_DESCRIPTION = 140
_MOST_SUMMARY = 65_535


def _nothing(_: str) -> None:
    """Do nothing before a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeCommit:
    """One commit: the whole of its files, path → text."""

    id: str
    files: Mapping[str, str]
    parents: tuple[str, ...] = ()
    message: str = ""


@dataclass(slots=True, kw_only=True)
class FakeGitHub:
    """One repository, in memory; see `model.ports.GitHub`.

    `author` is whom the token writes as. `refused` are the permissions that the token lacks, by
    their names in a workflow: `contents`, `pull-requests`, `statuses`, `checks`, `deployments`;
    reading needs none. `made_on` is the branch of the repository that the run of an upload was
    about, by the artifact's id; a fork's run has none. `before` is called before each write, with
    the name of the method: a test lets somebody else act in between, or raises GitHubError.
    `writes` are the names of the writes that were made, in order.
    """

    repository: str = "team/shop"
    default_branch: str = "main"
    author: str = BOT
    refused: Collection[str] = ()
    before: Callable[[str], None] = _nothing
    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, FakeCommit] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    remarks: dict[int, tuple[int, Comment]] = field(default_factory=dict)
    statuses: list[tuple[str, CommitStatus]] = field(default_factory=list)
    checks: list[CheckRun] = field(default_factory=list)
    uploads: dict[int, tuple[int, Artifact, bytes]] = field(default_factory=dict)
    made_on: dict[int, str] = field(default_factory=dict)
    deployments: dict[int, NewDeployment] = field(default_factory=dict)
    deployment_statuses: dict[int, list[DeploymentStatus]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def seed(
        self, branch: str, files: Mapping[str, str], *, commit: str = "", message: str = "seed"
    ) -> str:
        """Put a branch at a new commit with exactly these files, and return the commit's id.

        Args:
            branch: made, or moved onto the new commit.
            files: path → text, all of them.
            commit: the id, where a test needs that of a real one.
            message: of the commit.
        """
        parent = self.branches.get(branch)
        return self._add(branch, files, parent=parent, message=message, commit=commit)

    def add_pull_request(self, pull: PullRequest) -> None:
        """Add a pull request of somebody."""
        self.pulls[pull.number] = pull

    def add_comment(self, number: int, body: str, *, author: str) -> Comment:
        """Add a comment of somebody; it counts as no write."""
        identity = next(self._numbers)
        url = f"https://github.example/{self.repository}/pull/{number}#issuecomment-{identity}"
        comment = Comment(id=identity, author=author, body=body, url=url)
        self.remarks[identity] = (number, comment)
        return comment

    def add_artifact(
        self, run: int, artifact: Artifact, content: bytes, *, branch: str = ""
    ) -> None:
        """Add what a run has uploaded, one on a branch of the repository where that is named."""
        self.uploads[artifact.id] = (run, artifact, content)
        self.made_on[artifact.id] = branch

    def states(self, deployment: int) -> list[str]:
        """Return the states that a deployment went through, in order."""
        return [each.state.value for each in self.deployment_statuses.get(deployment, [])]

    def files(self, branch: str) -> Mapping[str, str]:
        """Return the files of a branch."""
        return self.commits[self.branches[branch]].files

    def comments(self, number: int) -> Sequence[Comment]:
        """Return all comments on a pull request, oldest first."""
        self.pull_request(number)
        return [comment for on, comment in self.remarks.values() if on == number]

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a comment on a pull request."""
        self._write("create_comment", "pull-requests")
        _check_body(body)
        if number not in self.pulls:
            raise _hidden(f"pull request {number}")
        return self.add_comment(number, body, author=self.author)

    def update_comment(self, comment: int, body: str) -> Comment:
        """Replace the text of a comment."""
        self._write("update_comment", "pull-requests")
        _check_body(body)
        if comment not in self.remarks:
            raise _hidden(f"comment {comment}")
        number, old = self.remarks[comment]
        new = replace(old, body=body)
        self.remarks[comment] = (number, new)
        return new

    def delete_comment(self, comment: int) -> None:
        """Delete a comment; one that is gone already is no error."""
        self._write("delete_comment", "pull-requests")
        self.remarks.pop(comment, None)

    def pull_request(self, number: int) -> PullRequest:
        """Return a pull request."""
        if number not in self.pulls:
            raise GitHubError(f"404 Not Found: there is no pull request {number}")
        return self.pulls[number]

    def pull_requests_with(self, head: str, *, branch: str = "") -> Sequence[PullRequest]:
        """Return the open pull requests whose head is a commit."""
        del branch  # here a fork's commits are found by their id alone
        return [pull for pull in self.pulls.values() if pull.head == head and pull.is_open]

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Set a status of a commit."""
        self._write("set_status", "statuses")
        _check_description(status.description)
        self._check_known(commit)
        self.statuses.append((commit, status))

    def create_check_run(self, check: CheckRun) -> None:
        """Create a check run with all its annotations."""
        self._write("create_check_run", "checks")
        self._check_known(check.head)
        if len(check.summary) > _MOST_SUMMARY:
            raise GitHubError(f"422: summary is too long (maximum is {_MOST_SUMMARY})")
        self.checks.append(check)

    def artifacts(self, run: int, *, name: str) -> Sequence[Artifact]:
        """Return what a workflow run has uploaded under a name, newest first."""
        found = [each for of, each, _ in self.uploads.values() if of == run and each.name == name]
        return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)

    def newest_artifact(self, name: str, *, branch: str) -> Artifact | None:
        """Return the newest artifact of a name that has not expired, made by a run on a branch."""
        found = [
            each
            for _, each, _ in self.uploads.values()
            if each.name == name and not each.expired and self.made_on[each.id] == branch
        ]
        return max(found, key=lambda each: (each.created_at, each.id), default=None)

    def download(self, artifact: int, *, most: int) -> bytes:
        """Return the archive of an artifact, of at most so many bytes."""
        if artifact not in self.uploads:
            raise GitHubError(f"404 Not Found: there is no artifact {artifact}")
        _, listed, content = self.uploads[artifact]
        if listed.expired:
            raise GitHubError(f"410 Gone: the artifact {artifact} has expired")
        if len(content) > most:
            raise GitHubError(f"the artifact {artifact} has more than {most} bytes")
        return content

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch points to, or None when there is no such branch."""
        return self.branches.get(branch)

    def text(self, path: str, *, ref: str) -> str | None:
        """Return the text of a file at a ref, or None when it is not there."""
        commit = self.commits.get(self.branches.get(ref, ref))
        return None if commit is None else commit.files.get(path)

    def commit(self, branch: str, commit: NewCommit) -> str:
        """Make a commit and move a branch onto it, unless it is no longer at the parent."""
        self._write("commit", "contents")
        tip = self.branches.get(branch)
        if tip is not None and tip != commit.parent:
            raise BranchMovedError(f"the branch {branch} is at {tip}, and no longer where it was")
        if commit.parent is not None and commit.parent not in self.commits:
            raise GitHubError(f"404 Not Found: there is no commit {commit.parent}")
        before = {} if commit.parent is None else self.commits[commit.parent].files
        files = {**before, **commit.files}
        return self._add(branch, files, parent=commit.parent, message=commit.message)

    def open_pull_request(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request from one branch to another, or return the one that is open."""
        self._write("open_pull_request", "pull-requests")
        _check_body(body)
        for branch in (head, base):
            if branch not in self.branches:
                raise GitHubError(f"422 Validation Failed: there is no branch {branch}")
        for pull in self.pulls.values():
            if pull.is_open and (pull.head_ref, pull.base_ref) == (head, base):
                return pull
        number = max(self.pulls, default=0) + 1
        pull = PullRequest(
            number=number,
            head=self.branches[head],
            head_ref=head,
            head_repository=self.repository,
            base_ref=base,
            is_open=True,
            url=f"https://github.example/{self.repository}/pull/{number}",
        )
        self.pulls[number] = pull
        self.bodies[number] = f"{title}\n\n{body}"
        return pull

    def create_deployment(self, deployment: NewDeployment) -> int:
        """Record a deployment and return its id."""
        self._write("create_deployment", "deployments")
        _check_description(deployment.description)
        self._check_known(self.branches.get(deployment.ref, deployment.ref))
        identity = next(self._numbers)
        self.deployments[identity] = deployment
        return identity

    def set_deployment_status(self, deployment: int, status: DeploymentStatus) -> None:
        """Say how a deployment stands."""
        self._write("set_deployment_status", "deployments")
        _check_description(status.description)
        if deployment not in self.deployments:
            raise _hidden(f"deployment {deployment}")
        self.deployment_statuses.setdefault(deployment, []).append(status)

    def _write(self, name: str, permission: str) -> None:
        if permission in self.refused:
            raise NotPermittedError(f"the token lacks the permission `{permission}: write`")
        self.before(name)
        self.writes.append(name)

    def _check_known(self, commit: str) -> None:
        heads = {pull.head for pull in self.pulls.values()}
        if commit not in self.commits and commit not in heads:
            raise GitHubError(f"422 Validation Failed: there is no commit {commit}")

    def _add(
        self,
        branch: str,
        files: Mapping[str, str],
        *,
        parent: str | None,
        message: str,
        commit: str = "",
    ) -> str:
        content = repr((sorted(files.items()), parent, message)).encode()
        identity = commit or sha1(content, usedforsecurity=False).hexdigest()
        parents = () if parent is None else (parent,)
        self.commits[identity] = FakeCommit(
            id=identity, files=dict(files), parents=parents, message=message
        )
        self.branches[branch] = identity
        for number, pull in self.pulls.items():
            if (pull.head_repository, pull.head_ref) == (self.repository, branch):
                self.pulls[number] = replace(pull, head=identity)
        return identity


def _hidden(what: str) -> NotPermittedError:
    """Return what GitHub says of a write to something that is not there, or may not be seen."""
    return NotPermittedError(f"404 Not Found: there is no {what}, or the token may not write there")


def _check_body(body: str) -> None:
    if len(body) > _MOST_BODY:
        raise GitHubError(f"422 Validation Failed: body is too long (maximum is {_MOST_BODY})")


def _check_description(description: str) -> None:
    if len(description) > _MOST_DESCRIPTION:
        raise GitHubError(
            f"422 Validation Failed: description is too long (maximum is {_MOST_DESCRIPTION})"
        )
