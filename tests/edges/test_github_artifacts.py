"""Artifacts of workflow runs, against the fake GitHub."""

import pytest

from evalgate.adapters.github import GitHubRepository
from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.github import Artifact
from tests.edges.github_shop import SOON, shop, without
from tests.edges.scripted_github import Reply, talking
from tests.github.faults import Fault, Kind

RUN = 21_000_000_000


def test_the_artifacts_of_a_name_are_listed_newest_first() -> None:
    with shop() as at:
        old = at.state.add_artifact(RUN, b"old", name="result")
        at.state.add_artifact(RUN, b"other", name="result-2")
        at.state.add_artifact(RUN + 1, b"strange", name="result")
        new = at.state.add_artifact(RUN, b"newer", name="result", expired=True)
        found = at.github.artifacts(RUN, name="result")
        assert found == [
            Artifact(id=new, name="result", size=5, expired=True, created_at=found[0].created_at),
            Artifact(id=old, name="result", size=3, expired=False, created_at=found[1].created_at),
        ]
        assert found[0].created_at > found[1].created_at


def test_a_server_that_passes_over_the_name_is_corrected() -> None:
    about = {"size_in_bytes": 1, "expired": False, "created_at": None}
    listed = [{"id": 1, "name": "other", **about}, {"id": 2, "name": "result", **about}]
    with talking(Reply(body={"total_count": 2, "artifacts": listed})) as (client, _):
        [found] = GitHubRepository(client, "octo/shop").artifacts(RUN, name="result")
    assert (found.id, found.created_at) == (2, "")


def test_many_artifacts_are_read_from_all_pages() -> None:
    with shop() as at:
        for _ in range(101):
            at.state.add_artifact(RUN, b"", name="a b&c")
        assert len(at.github.artifacts(RUN, name="a b&c")) == 101


def a_listing(*numbers: int, following: str = "") -> Reply:
    """Return a page of artifacts, each made by a run on `main`."""
    run = {"id": RUN, "repository_id": 1, "head_repository_id": 1, "head_branch": "main"}
    listed = [
        {
            "id": number,
            "name": "log",
            "size_in_bytes": 1,
            "expired": False,
            "created_at": f"2026-01-01T00:00:{number:02}Z",
            "workflow_run": run,
        }
        for number in numbers
    ]
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return Reply(body={"total_count": 9, "artifacts": listed}, headers=headers)


def test_the_newest_artifact_is_looked_for_no_further_than_it_must_be() -> None:
    with talking(a_listing(9, 8, following="/next")) as (client, server):
        found = GitHubRepository(client, "octo/shop").newest_artifact("log", branch="main")
    assert found is not None
    assert (found.id, len(server.received)) == (9, 1)


def test_a_server_that_lists_the_oldest_first_is_read_to_the_end() -> None:
    with talking(a_listing(7, 8, following="/next"), a_listing(9)) as (client, server):
        found = GitHubRepository(client, "octo/shop").newest_artifact("log", branch="main")
    assert found is not None
    assert (found.id, len(server.received)) == (9, 2)


def test_an_artifact_of_whose_run_nothing_is_said_is_nobodys() -> None:
    with shop() as at:
        number = at.state.add_artifact(RUN, b"x", name="log", branch="main")
        at.state.artifacts[number].branch = None
        assert at.github.newest_artifact("log", branch="main") is None


def test_a_run_that_uploaded_nothing_has_none() -> None:
    with shop() as at:
        assert at.github.artifacts(RUN, name="result") == []


def test_an_archive_is_fetched_from_where_it_lies() -> None:
    with shop() as at:
        artifact = at.state.add_artifact(RUN, b"PK\x03\x04" * 100, name="result")
        assert at.github.download(artifact, most=400) == b"PK\x03\x04" * 100


def test_an_archive_that_is_too_large_is_refused() -> None:
    with shop() as at:
        artifact = at.state.add_artifact(RUN, b"x" * 401, name="result")
        with pytest.raises(GitHubError, match="larger than 400 bytes"):
            at.github.download(artifact, most=400)


@pytest.mark.parametrize("fault", [Kind.DROP_BEFORE, Kind.BROKEN, Kind.SLOW, Kind.SECONDARY_LIMIT])
def test_trouble_on_the_way_is_overcome(fault: Kind) -> None:
    with shop(read=SOON) as at:
        artifact = at.state.add_artifact(RUN, b"PK", name="result")
        at.state.faults.append(Fault(kind=fault, seconds=3))
        assert at.github.download(artifact, most=10) == b"PK"


def test_an_archive_that_has_expired_is_told() -> None:
    with shop() as at:
        artifact = at.state.add_artifact(RUN, b"", name="result", expired=True)
        with pytest.raises(GitHubError, match="HTTP 410: Artifact has expired"):
            at.github.download(artifact, most=10)


def test_an_archive_that_is_not_there_is_told() -> None:
    with shop() as at, pytest.raises(GitHubError, match=r"`actions: read`"):
        at.github.download(1, most=10)


def test_without_permission_the_missing_one_is_named() -> None:
    state = without("actions: write")
    state.private = True
    with shop(state) as at:
        with pytest.raises(NotPermittedError, match="`permissions: actions: read`"):
            at.github.artifacts(RUN, name="result")
        with pytest.raises(NotPermittedError, match="`permissions: actions: read`"):
            at.github.download(1, most=10)
