"""The issues of a repository: found again by words in their text, written, closed, reopened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_comments import checked_body
from evalgate.adapters.github_exchange import Permission, Request
from evalgate.adapters.github_fields import Fields, one, several
from evalgate.model.document import Data

LONGEST_TITLE = 256
"""Characters. Source: GitHub's answer to a longer one."""

_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue; `is_ours` tells that a bot wrote it, or somebody who may write here."""

    number: int
    url: str
    title: str
    body: str
    is_open: bool
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Issues:
    """All issues of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def numbered(self, number: int) -> Issue | None:
        """Return an issue; None when it is gone, or is a pull request."""
        request = Request(
            method="GET",
            path=f"{self.root}/issues/{number}",
            needs=Permission.ISSUES_READ,
            allows=_GONE | {301},
        )
        answer = self.client.call(request)
        return _issue(one(answer)) if answer.is_success else None

    def marked(self, marker: str, *, since: str) -> Issue | None:
        """Return the issue of ours with a marker in its text: an open one, else the newest.

        Args:
            marker: what its text holds.
            since: an instant; issues that were closed and left alone since then do not count.
        """
        closed = {"state": "closed", "sort": "updated", "since": since}
        for query in ({"state": "open"}, closed):
            for issue in self._listed(query):
                if issue.is_ours and marker in issue.body:
                    return issue
        return None

    def create(self, title: str, body: str, *, labels: Sequence[str]) -> Issue:
        """Open an issue; labels that the token may not set are left out by GitHub."""
        return self._write(
            "POST", "", {"title": title, "body": checked_body(body), "labels": [*labels]}
        )

    def update(self, number: int, **fields: str) -> Issue:
        """Change what is named of an issue: its title, body or state."""
        return self._write("PATCH", f"/{number}", fields)

    def comment(self, number: int, body: str) -> None:
        """Write a comment on an issue."""
        self.client.call(
            Request(
                method="POST",
                path=f"{self.root}/issues/{number}/comments",
                needs=Permission.ISSUES_WRITE,
                body={"body": checked_body(body)},
            )
        )

    def _write(self, method: str, path: str, body: Mapping[str, Data]) -> Issue:
        request = Request(
            method=method,
            path=f"{self.root}/issues{path}",
            needs=Permission.ISSUES_WRITE,
            body=body,
        )
        fields = one(self.client.call(request))
        return _of(fields)

    def _listed(self, query: Mapping[str, str]) -> Iterator[Issue]:
        request = Request(
            method="GET", path=f"{self.root}/issues", needs=Permission.ISSUES_READ, query=query
        )
        for page in self.client.pages(request):
            for fields in several(page):
                issue = _issue(fields)
                if issue is not None:
                    yield issue


def _issue(fields: Fields) -> Issue | None:
    """Return an issue; None for a pull request, which GitHub lists among them."""
    return None if fields.data.get("pull_request") is not None else _of(fields)


def _of(fields: Fields) -> Issue:
    is_bot = fields.optional_inner("user").optional_text("type") == "Bot"
    return Issue(
        number=fields.whole("number"),
        url=fields.text("html_url"),
        title=fields.text("title"),
        body=fields.optional_text("body"),
        is_open=fields.text("state") == "open",
        is_ours=is_bot or fields.optional_text("author_association") in _TRUSTED,
    )
