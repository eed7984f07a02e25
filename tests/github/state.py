"""What the fake GitHub knows: one repository with all that evalgate reads and writes there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.github.faults import Fault
from tests.github.git_data import GitData, with_main

BOT = "github-actions[bot]"
START = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = frozenset(
    {
        "actions: write",
        "checks: write",
        "contents: write",
        "deployments: write",
        "issues: write",
        "pull-requests: write",
        "statuses: write",
    }
)


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment on a pull request or an issue."""

    id: int
    number: int
    author: str
    body: str
    created_at: str
    updated_at: str


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request; `head_repository` is None when it has been deleted.

    `listed_by_commit` is False for one that GitHub does not find by its head commit alone.
    """

    number: int
    head: str
    head_ref: str
    head_repository: str | None
    base_ref: str
    title: str
    body: str
    author: str
    created_at: str
    is_open: bool = True
    locked: bool = False
    listed_by_commit: bool = True


@dataclass(slots=True, kw_only=True)
class Issue:
    """An issue; `is_member` tells that its author may write to the repository."""

    number: int
    title: str
    body: str
    author: str
    created_at: str
    updated_at: str
    is_open: bool = True
    is_member: bool = False
    state_reason: str | None = None
    labels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A commit status as it was set."""

    id: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    creator: str
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """An annotation of a check run."""

    path: str
    start_line: int
    end_line: int
    level: str
    title: str
    message: str


@dataclass(slots=True, kw_only=True)
class CheckRun:
    """A check run."""

    id: int
    name: str
    head: str
    status: str
    conclusion: str | None
    title: str | None
    summary: str | None
    text: str | None
    details_url: str | None
    external_id: str
    started_at: str
    completed_at: str | None
    annotations: list[Remark] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Artifact:
    """What a workflow run has uploaded, as the archive that a download gives.

    `branch` is the one that the run was about, empty for a fork's, and None where GitHub does not
    say.
    """

    id: int
    run: int
    name: str
    archive: bytes
    created_at: str
    expired: bool = False
    branch: str | None = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStatus:
    """How a deployment stood at one time."""

    id: int
    state: str
    description: str
    log_url: str
    environment_url: str
    creator: str
    created_at: str


@dataclass(slots=True, kw_only=True)
class Deployment:
    """A deployment with its statuses, oldest first."""

    id: int
    ref: str
    sha: str
    task: str
    environment: str
    description: str | None
    payload: dict[str, Any] | str
    production: bool
    transient: bool
    creator: str
    created_at: str
    statuses: list[DeploymentStatus] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class State:
    """Everything about the repository, to be prepared before and inspected after.

    Args:
        repository: its full name.
        repository_id: the number that stands in the links between pages.
        private: reading needs a permission too.
        permissions: what tokens may do, such as `statuses: write`; writing includes reading.
        may_open_pull_requests: the setting that lets workflows open pull requests.
        commits: ids of commits that exist, beside those of `git` and the heads of pull requests.
    """

    repository: str = "octo/shop"
    repository_id: int = 712_345_678
    private: bool = False
    permissions: set[str] = field(default_factory=lambda: set(EVERYTHING))
    may_open_pull_requests: bool = True
    commits: set[str] = field(default_factory=set)
    git: GitData = field(default_factory=with_main)
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    artifacts: dict[int, Artifact] = field(default_factory=dict)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    last_id: int = 3_000_000_000
    seconds: int = 0

    def new_id(self) -> int:
        """Return a number that nothing else has."""
        self.last_id += 1
        return self.last_id

    def moment(self) -> str:
        """Return a time one second after the last, as GitHub writes it."""
        self.seconds += 1
        return f"{START + timedelta(seconds=self.seconds):%Y-%m-%dT%H:%M:%SZ}"

    def owner(self) -> str:
        """Return who owns the repository."""
        return self.repository.partition("/")[0]

    def knows(self, sha: str) -> bool:
        """Say whether a commit of this id exists."""
        heads = {pull.head for pull in self.pulls.values()}
        return sha in self.git.commits or sha in self.commits or sha in heads

    def resolve(self, ref: str) -> str | None:
        """Return the commit that a branch, a tag, a ref or a full id names."""
        return self.git.resolve(ref) or (ref if self.knows(ref) else None)

    def add_pull(
        self,
        number: int,
        head: str,
        *,
        head_ref: str = "change",
        head_repository: str | None = "",
        base_ref: str = "main",
    ) -> Pull:
        """Add a pull request, from the repository itself unless another is named."""
        self.pulls[number] = Pull(
            number=number,
            head=head,
            head_ref=head_ref,
            head_repository=self.repository if head_repository == "" else head_repository,
            base_ref=base_ref,
            title="Change a prompt",
            body="",
            author="octocat",
            created_at=self.moment(),
        )
        return self.pulls[number]

    def add_issue(self, title: str, body: str, *, author: str = BOT) -> Issue:
        """Open an issue."""
        made, number = self.moment(), max((*self.issues, *self.pulls), default=0) + 1
        self.issues[number] = Issue(
            number=number, title=title, body=body, author=author, created_at=made, updated_at=made
        )
        return self.issues[number]

    def add_comment(self, number: int, body: str, *, author: str = BOT) -> int:
        """Add a comment to a pull request and return its id."""
        made, comment = self.moment(), self.new_id()
        self.comments[comment] = Comment(
            id=comment, number=number, author=author, body=body, created_at=made, updated_at=made
        )
        return comment

    def add_artifact(
        self,
        run: int,
        archive: bytes,
        *,
        name: str,
        expired: bool = False,
        branch: str = "",
    ) -> int:
        """Add an artifact to a workflow run and return its id.

        Args:
            run: its number.
            archive: what a download gives.
            name: of the artifact.
            expired: whether it can only be listed any more.
            branch: that the run was about; without one it was about a fork's.
        """
        artifact = self.new_id()
        self.artifacts[artifact] = Artifact(
            id=artifact,
            run=run,
            name=name,
            archive=archive,
            created_at=self.moment(),
            expired=expired,
            branch=branch,
        )
        return artifact

    def bodies(self, number: int) -> Sequence[str]:
        """Return the texts of the comments on a pull request, oldest first."""
        return [each.body for each in self.comments_on(number)]

    def comments_on(self, number: int) -> Sequence[Comment]:
        """Return the comments on a pull request, oldest first."""
        return _by_id(each for each in self.comments.values() if each.number == number)

    def statuses_of(self, sha: str) -> Sequence[Status]:
        """Return the statuses of a commit, newest first."""
        return [each for each in reversed(self.statuses) if each.sha == sha]


def _by_id(comments: Iterable[Comment]) -> Sequence[Comment]:
    return sorted(comments, key=lambda comment: comment.id)
