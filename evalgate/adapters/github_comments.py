"""The comments on a pull request."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_exchange import Permission, Request
from evalgate.adapters.github_fields import Fields, one, several
from evalgate.errors import GitHubError
from evalgate.model.github import Comment

LONGEST_BODY = 65_536
"""Characters of a comment. Source: GitHub's answer to a longer one."""

_SETTLING_SECONDS = 2.0
_MOST_WRITES = 2


@dataclass(frozen=True, slots=True)
class Comments:
    """All comments of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def on(self, number: int) -> Sequence[Comment]:
        """Return the comments on a pull request, oldest first."""
        request = Request(
            method="GET", path=self._path(number), needs=Permission.PULL_REQUESTS_READ
        )
        found = [
            _comment(fields) for page in self.client.pages(request) for fields in several(page)
        ]
        return sorted(found, key=lambda comment: comment.id)

    def create(self, number: int, body: str) -> Comment:
        """Write a comment once, also when it is not known at first whether it was written."""
        request = Request(
            method="POST",
            path=self._path(number),
            needs=Permission.PULL_REQUESTS_WRITE,
            body={"body": checked_body(body)},
        )
        for _ in range(_MOST_WRITES):
            outcome = self.client.exchange(request)
            if outcome.is_settled:
                break
            # What a server does after it lost the line takes a moment to be seen.
            self.client.wait(_SETTLING_SECONDS)
            written = self._find(number, body)
            if written is not None:
                return written
        return _comment(one(self.client.settle(request, outcome)))

    def update(self, comment: int, body: str) -> Comment:
        """Replace the text of a comment."""
        request = Request(
            method="PATCH",
            path=f"{self.root}/issues/comments/{comment}",
            needs=Permission.PULL_REQUESTS_WRITE,
            body={"body": checked_body(body)},
        )
        return _comment(one(self.client.call(request)))

    def delete(self, comment: int) -> None:
        """Delete a comment; one that is gone already is no error."""
        self.client.call(
            Request(
                method="DELETE",
                path=f"{self.root}/issues/comments/{comment}",
                needs=Permission.PULL_REQUESTS_WRITE,
                allows=frozenset({404, 410}),
            )
        )

    def _path(self, number: int) -> str:
        return f"{self.root}/issues/{number}/comments"

    def _find(self, number: int, body: str) -> Comment | None:
        """Return the newest comment with a text."""
        same = [comment for comment in self.on(number) if _plain(comment.body) == _plain(body)]
        return same[-1] if same else None


def checked_body(body: str) -> str:
    """Return the text of a comment or of a pull request.

    Raises:
        GitHubError: it is longer than GitHub takes.
    """
    if len(body) > LONGEST_BODY:
        raise GitHubError(
            f"a text of {len(body):,} characters is too long for GitHub: at most "
            f"{LONGEST_BODY:,}; nothing was sent"
        )
    return body


def _plain(body: str) -> str:
    """Return a text without what GitHub may change about it."""
    return body.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").strip()


def _comment(fields: Fields) -> Comment:
    return Comment(
        id=fields.whole("id"),
        author=fields.optional_inner("user").optional_text("login"),
        body=fields.optional_text("body"),
        url=fields.text("html_url"),
    )
