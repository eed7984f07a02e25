"""What evalgate reads from GitHub and writes there, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment on a pull request."""

    id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """One pull request.

    `head_repository` is the full name of the repository that the head lies in, empty when it has
    been deleted.
    """

    number: int
    head: str
    head_ref: str
    head_repository: str
    base_ref: str
    is_open: bool
    url: str


class CommitState(StrEnum):
    """What a commit status says."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatus:
    """A commit status: `description` has at most 140 characters, `url` leads to more."""

    context: str
    state: CommitState
    description: str
    url: str = ""


class Level(StrEnum):
    """How loudly an annotation speaks."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A remark at a line of a file; without a path it is about the whole run."""

    level: Level
    title: str
    message: str
    path: str = ""
    line: int = 1


class Conclusion(StrEnum):
    """What a check run came to."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A check run that has ended; `summary` is Markdown of at most 65,535 characters."""

    name: str
    head: str
    conclusion: Conclusion
    title: str
    summary: str
    url: str = ""
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What a workflow run has uploaded under a name; `size` is in bytes of its archive."""

    id: int
    name: str
    size: int
    expired: bool
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommit:
    """A commit to be made: on `parent`, or as the first of a branch when that is None.

    `files` are path → text; everything else stays as the parent has it.
    """

    parent: str | None
    files: Mapping[str, str]
    message: str


class DeploymentState(StrEnum):
    """What became of a deployment."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeployment:
    """A deployment to be recorded; `description` has at most 140 characters."""

    ref: str
    environment: str
    description: str
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStatus:
    """How a deployment stands; `description` has at most 140 characters, `log_url` shows more."""

    state: DeploymentState
    description: str
    log_url: str = ""
