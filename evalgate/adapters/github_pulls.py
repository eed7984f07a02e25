"""Pull requests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.adapters.github_addresses import name_in_path
from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_comments import checked_body
from evalgate.adapters.github_exchange import Permission, Request
from evalgate.adapters.github_fields import Fields, one, several
from evalgate.adapters.github_words import message_of
from evalgate.model.github import PullRequest

_EXISTS = "already exists"


@dataclass(frozen=True, slots=True)
class PullRequests:
    """All pull requests of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def numbered(self, number: int) -> PullRequest:
        """Return a pull request."""
        request = Request(
            method="GET",
            path=f"{self.root}/pulls/{number}",
            needs=Permission.PULL_REQUESTS_READ,
        )
        return _pull_request(one(self.client.call(request)))

    def with_head(self, head: str, branch: str) -> Sequence[PullRequest]:
        """Return the open pull requests whose head is a commit.

        Args:
            head: the full id of the commit.
            branch: `owner:branch`, asked when the commit alone leads to none; may be empty.
        """
        of_commit = Request(
            method="GET",
            path=f"{self.root}/commits/{name_in_path(head)}/pulls",
            needs=Permission.PULL_REQUESTS_READ,
            # So GitHub says that it does not know the commit.
            allows=frozenset({404, 422}),
        )
        found = [pull for pull in self._listed(of_commit) if _is_at(pull, head)]
        if found or not branch:
            return found
        return [pull for pull in self._of_branch(branch) if _is_at(pull, head)]

    def open(self, head: str, *, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request between two branches, or return the one that is open."""
        request = Request(
            method="POST",
            path=f"{self.root}/pulls",
            needs=Permission.PULL_REQUESTS_WRITE,
            body={"head": head, "base": base, "title": title, "body": checked_body(body)},
            allows=frozenset({422}),
            # GitHub refuses to open a second one.
            is_repeatable=True,
        )
        answer = self.client.call(request)
        if answer.is_success:
            return _pull_request(one(answer))
        if _EXISTS in message_of(answer):
            owner = self.root.split("/")[1]
            for pull in self._of_branch(f"{owner}:{head}"):
                if (pull.head_ref, pull.base_ref) == (head, base):
                    return pull
        raise self.client.refusal(request, answer)

    def _of_branch(self, branch: str) -> Iterator[PullRequest]:
        """Yield the open pull requests of `owner:branch`."""
        request = Request(
            method="GET",
            path=f"{self.root}/pulls",
            needs=Permission.PULL_REQUESTS_READ,
            query={"state": "open", "head": branch},
        )
        return self._listed(request)

    def _listed(self, request: Request) -> Iterator[PullRequest]:
        for page in self.client.pages(request):
            if page.is_success:
                yield from map(_pull_request, several(page))


def _is_at(pull: PullRequest, head: str) -> bool:
    return pull.is_open and pull.head == head


def _pull_request(fields: Fields) -> PullRequest:
    head = fields.inner("head")
    return PullRequest(
        number=fields.whole("number"),
        head=head.text("sha"),
        head_ref=head.text("ref"),
        head_repository=head.optional_inner("repo").optional_text("full_name"),
        base_ref=fields.inner("base").text("ref"),
        is_open=fields.text("state") == "open",
        url=fields.text("html_url"),
    )
