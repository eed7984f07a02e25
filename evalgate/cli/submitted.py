"""Finds what a run without a key was about, and reads what it has handed in."""

import json
from importlib.resources import files

from evalgate.adapters.archive import read_archive
from evalgate.adapters.files import read_json
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.model.event import Event
from evalgate.model.github import PullRequest
from evalgate.model.github_port import GitHub
from evalgate.publishing.submission import (
    ARTIFACT,
    FILE,
    SCHEMA_FILE,
    Submission,
    read_submission,
)

MOST_ARCHIVE = 10_000_000
"""Bytes of an artifact that is downloaded, packed."""

MOST_BYTES = 10_000_000
"""Bytes of a submission that is read, unpacked."""

MOST_FILES = 100
"""Entries of an artifact's archive; a submission is one file."""


def pull_of(event: Event, github: GitHub) -> PullRequest | str:
    """Return the open pull request whose head is the event's commit, or say why there is none.

    A number that the run has left is not asked: it could be anybody else's.
    """
    found = [
        pull
        for pull in github.pull_requests_with(event.head, branch=event.head_branch)
        if pull.is_open and pull.head == event.head
    ]
    if not found:
        return "no open pull request has this head: it was closed, or a newer push came meanwhile"
    if len(found) > 1:
        numbers = ", ".join(str(pull.number) for pull in found)
        return f"several pull requests have this head: {numbers}"
    return found[0]


def submission_of(event: Event, github: GitHub) -> Submission | None:
    """Return what the run of an event has handed in, or None when it has not.

    Raises:
        GitHubError: when the artifact cannot be fetched.
        UsageError: when it is too large, or no archive of plain files.
        ConfigurationError: when it holds no submission.
    """
    uploads = github.artifacts(event.run, name=ARTIFACT)
    artifact = next((each for each in uploads if not each.expired), None)
    if artifact is None:
        return None
    if artifact.size > MOST_ARCHIVE:
        raise UsageError(f"the artifact {ARTIFACT} has more than {MOST_ARCHIVE:,} bytes")
    archive = read_archive(
        github.download(artifact.id, most=MOST_ARCHIVE),
        names=lambda name: name == FILE,
        most_files=MOST_FILES,
        most_bytes=MOST_BYTES,
    )
    if FILE not in archive:
        raise UsageError(f"the artifact {ARTIFACT} holds no {FILE}")
    submission = read_submission(read_json(FILE, archive[FILE]), _schema())
    if submission.head != event.head:
        raise UsageError(f"the {FILE} of this run is about another commit than the run itself")
    return submission


def _schema() -> dict[str, Data]:
    text = files("evalgate").joinpath("schemas", SCHEMA_FILE).read_text("utf-8")
    schema: dict[str, Data] = json.loads(text)
    return schema
