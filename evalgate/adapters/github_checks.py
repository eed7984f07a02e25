"""Commit statuses and check runs: what stands beside a commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalgate.adapters.github_addresses import name_in_path
from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_exchange import Permission, Request
from evalgate.adapters.github_fields import one
from evalgate.adapters.github_words import shortened
from evalgate.errors import GitHubError
from evalgate.model.document import Data
from evalgate.model.github import Annotation, CheckRun, CommitStatus, Level

LONGEST_DESCRIPTION = 140
LONGEST_SUMMARY = 65_535
MOST_ANNOTATIONS = 50
"""Annotations in one request. Source: GitHub's OpenAPI description, like the lengths here."""

_LONGEST_TITLE = 255
_LONGEST_MESSAGE = 16_000
"""Characters of a remark: GitHub takes 64 KB, and a character has at most four bytes."""

_WHOLE_RUN = ".github"
"""Where a remark stands that has no place: GitHub wants a path."""

_LEVELS: Mapping[Level, str] = {
    Level.NOTICE: "notice",
    Level.WARNING: "warning",
    Level.ERROR: "failure",
}


@dataclass(frozen=True, slots=True)
class Checks:
    """Statuses and check runs of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def set_status(self, commit: str, status: CommitStatus) -> None:
        """Set a status of a commit."""
        body: dict[str, Data] = {
            "context": status.context,
            "state": status.state.value,
            "description": shortened(status.description, LONGEST_DESCRIPTION),
        }
        self.client.call(
            Request(
                method="POST",
                path=f"{self.root}/statuses/{name_in_path(commit)}",
                needs=Permission.STATUSES_WRITE,
                body=body | ({"target_url": status.url} if status.url else {}),
                # The newest of a context counts, and both say the same.
                is_repeatable=True,
            )
        )

    def create(self, check: CheckRun) -> None:
        """Create a check run, and append the annotations that one request cannot hold."""
        if len(check.summary) > LONGEST_SUMMARY:
            raise GitHubError(
                f"a summary of {len(check.summary):,} characters is too long for a check run: "
                f"at most {LONGEST_SUMMARY:,}; nothing was sent"
            )
        first, *rest = _portions(check.annotations)
        identity = self._started(check, first)
        for portion in rest:
            self.client.call(
                Request(
                    method="PATCH",
                    path=f"{self.root}/check-runs/{identity}",
                    needs=Permission.CHECKS_WRITE,
                    body={"output": _output(check, portion)},
                )
            )

    def _started(self, check: CheckRun, annotations: Sequence[Annotation]) -> int:
        body: dict[str, Data] = {
            "name": check.name,
            "head_sha": check.head,
            "status": "completed",
            "conclusion": check.conclusion.value,
            "output": _output(check, annotations),
        }
        request = Request(
            method="POST",
            path=f"{self.root}/check-runs",
            needs=Permission.CHECKS_WRITE,
            body=body | ({"details_url": check.url} if check.url else {}),
            # The newest of a name counts, and both say the same.
            is_repeatable=True,
        )
        return one(self.client.call(request)).whole("id")


def _portions(annotations: Sequence[Annotation]) -> list[Sequence[Annotation]]:
    """Return what each request holds; the first may hold nothing."""
    starts = range(0, max(len(annotations), 1), MOST_ANNOTATIONS)
    return [annotations[start : start + MOST_ANNOTATIONS] for start in starts]


def _output(check: CheckRun, annotations: Sequence[Annotation]) -> dict[str, Data]:
    return {
        "title": shortened(check.title, _LONGEST_TITLE),
        "summary": check.summary,
        "annotations": [_written(annotation) for annotation in annotations],
    }


def _written(annotation: Annotation) -> Data:
    line = max(annotation.line, 1)
    title = shortened(annotation.title, _LONGEST_TITLE)
    written: dict[str, Data] = {
        "path": annotation.path or _WHOLE_RUN,
        "start_line": line,
        "end_line": line,
        "annotation_level": _LEVELS[annotation.level],
        "message": annotation.message[:_LONGEST_MESSAGE],
    }
    return written | ({"title": title} if title else {})
