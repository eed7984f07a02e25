"""What is asked of GitHub over HTTP, and what came of it, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.document import Data

JSON = "application/vnd.github+json"
RAW = "application/vnd.github.raw+json"
"""The media type under which GitHub hands out a file as it is."""

IDEMPOTENT = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Methods that do no more when they are sent twice."""


class Permission(StrEnum):
    """What a token may do, in the words of a workflow file."""

    ACTIONS_READ = "actions: read"
    CHECKS_WRITE = "checks: write"
    CONTENTS_READ = "contents: read"
    CONTENTS_WRITE = "contents: write"
    DEPLOYMENTS_WRITE = "deployments: write"
    ISSUES_READ = "issues: read"
    ISSUES_WRITE = "issues: write"
    PULL_REQUESTS_READ = "pull-requests: read"
    PULL_REQUESTS_WRITE = "pull-requests: write"
    STATUSES_WRITE = "statuses: write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing asked of GitHub.

    `path` is percent-encoded and starts below the address of the API. `allows` are the statuses
    above 299 that whoever asks wants to read himself. `is_repeatable` marks a POST that does no
    harm when it is done twice.
    """

    method: str
    path: str
    needs: Permission
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Data] | None = None
    accept: str = JSON
    allows: frozenset[int] = frozenset()
    is_repeatable: bool = False

    @property
    def place(self) -> str:
        """Method and path, as messages name it; never the query."""
        return f"{self.method} {self.path}"

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    @property
    def may_repeat(self) -> bool:
        """Whether it may be sent again when nobody knows what became of it."""
        return self.is_repeatable or self.method in IDEMPOTENT

    def takes(self, status: int) -> bool:
        """Whether an answer of this status is wanted, and no error."""
        return _is_success(status) or status in self.allows

    def content(self) -> bytes | None:
        """Return the body as JSON; halves of surrogate pairs, which no JSON can carry, as `?`."""
        if self.body is None:
            return None
        return json.dumps(self.body, ensure_ascii=False).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What GitHub answered; the names of `headers` are in lower case."""

    place: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it was done."""
        return _is_success(self.status)

    @property
    def is_settled(self) -> bool:
        """Whether it is known if it was done: a server that fails may have done it before."""
        return self.status < 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No answer came; `was_sent` says whether GitHub may have done what was asked."""

    reason: str
    was_sent: bool
    may_pass: bool = True

    @property
    def is_settled(self) -> bool:
        """Whether it is known that it was not done."""
        return not self.was_sent


Outcome = Response | Lost


def _is_success(status: int) -> bool:
    return 200 <= status < 300
