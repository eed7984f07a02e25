"""Facts about finding what a run without a key was about, and reading what it has handed in."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from evalgate.cli.submitted import pull_of, submission_of
from evalgate.errors import ConfigurationError, GitHubError, UsageError
from evalgate.model.event import Event
from evalgate.model.github import Artifact, PullRequest
from evalgate.simulator.fake_github import FakeGitHub

HEAD = "a" * 40
EVENT = Event(name="workflow_run", head=HEAD, run=9, head_branch="stranger:patch")
PULL = PullRequest(
    number=7,
    head=HEAD,
    head_ref="patch",
    head_repository="stranger/shop",
    base_ref="main",
    is_open=True,
    url="",
)
CONTENT = {"schema": "submission/1", "run_id": "r", "head": HEAD, "base": "b" * 40, "roots": {}}


class Sloppy(FakeGitHub):
    """A GitHub that lists pull requests whatever their state and head."""

    def pull_requests_with(self, head: str, *, branch: str = "") -> list[PullRequest]:
        assert (head, branch) == (HEAD, "stranger:patch")
        return list(self.pulls.values())


def zipped(content: object, *, name: str = "submission.json", beside: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content if isinstance(content, str) else json.dumps(content))
        for number in range(beside):
            archive.writestr(f"beside-{number}", "")
    return buffer.getvalue()


def hub(*uploads: bytes, run: int = 9, name: str = "evalgate-submission") -> FakeGitHub:
    made = FakeGitHub()
    for number, content in enumerate(uploads, start=1):
        artifact = Artifact(
            id=number,
            name=name,
            size=len(content),
            expired=content == b"expired",
            created_at=f"2027-01-0{number}T00:00:00Z",
        )
        made.add_artifact(run, artifact, content)
    return made


def with_pulls(*pulls: PullRequest) -> FakeGitHub:
    made = Sloppy()
    for pull in pulls:
        made.add_pull_request(pull)
    return made


def test_the_pull_request_is_found_by_its_head() -> None:
    others = (replace(PULL, number=8, head="c" * 40), replace(PULL, number=9, is_open=False))
    assert pull_of(EVENT, with_pulls(PULL, *others)) == PULL


def test_a_pull_request_that_is_closed_or_has_moved_on_is_none() -> None:
    moved = with_pulls(replace(PULL, head="c" * 40), replace(PULL, number=8, is_open=False))
    assert "no open pull request has this head" in str(pull_of(EVENT, moved))


def test_of_several_pull_requests_none_is_chosen() -> None:
    found = pull_of(EVENT, with_pulls(PULL, replace(PULL, number=8, base_ref="lax")))
    assert found == "several pull requests have this head: 7, 8"


def test_a_submission_is_read() -> None:
    found = submission_of(EVENT, hub(zipped(CONTENT)))
    assert found is not None
    assert (found.head, found.roots) == (HEAD, {})


def test_a_run_that_handed_nothing_in_has_none() -> None:
    assert submission_of(EVENT, hub()) is None
    assert submission_of(EVENT, hub(b"expired")) is None
    assert submission_of(EVENT, hub(zipped(CONTENT), run=8)) is None
    assert submission_of(EVENT, hub(zipped(CONTENT), name="other")) is None


def test_the_newest_one_that_is_still_there_counts() -> None:
    newer = zipped(CONTENT | {"run_id": "newer"})
    found = submission_of(EVENT, hub(b"older and broken", newer, b"expired"))
    assert found is not None
    assert found.run_id == "newer"


def test_what_is_too_large_is_not_downloaded() -> None:
    large = hub(b"x")
    run, artifact, content = large.uploads[1]
    large.uploads[1] = (run, replace(artifact, size=10_000_001), content)
    with pytest.raises(UsageError, match="more than 10,000,000 bytes"):
        submission_of(EVENT, large)


def test_a_size_that_is_a_lie_does_not_help() -> None:
    lying = hub(b"x" * 10_000_001)
    run, artifact, content = lying.uploads[1]
    lying.uploads[1] = (run, replace(artifact, size=1), content)
    with pytest.raises(GitHubError, match="more than 10000000 bytes"):
        submission_of(EVENT, lying)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK no archive", "it is no zip archive"),
        (zipped(CONTENT, name="../submission.json"), "leads elsewhere"),
        (zipped(CONTENT, name="other.json"), "holds no submission.json"),
        (zipped(CONTENT, name="below/submission.json"), "holds no submission.json"),
        (zipped(CONTENT, beside=100), "it has 101 entries"),
        (zipped("0" * 10_000_001), "larger than allowed"),
        (zipped(CONTENT | {"head": "c" * 40}), "about another commit"),
    ],
    ids=["noise", "path", "other", "below", "many", "bomb", "head"],
)
def test_what_holds_no_submission_of_this_run_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        submission_of(EVENT, hub(content))


@pytest.mark.parametrize(
    "content",
    ["", "[" * 100_000, "{}", '{"a": 1, "a": 2}', '{"schema": NaN}', '"\\ud800"', "\udcff"],
    ids=["empty", "deep", "blank", "twice", "nan", "surrogate", "bytes"],
)
def test_what_is_no_json_of_ours_is_refused(content: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("submission.json", content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationError):
        submission_of(EVENT, hub(buffer.getvalue()))
