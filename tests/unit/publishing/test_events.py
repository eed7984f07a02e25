"""Tests for evalgate.publishing.events."""

from typing import cast

import pytest

from evalgate.errors import ConfigurationError
from evalgate.model.document import Data, Document
from evalgate.model.event import Event
from evalgate.publishing.events import read_event

OURS = "team/shop"
COMMIT = "c" * 40


def read(name: str, payload: object, *, actor: str = "ada", ref: str = "") -> Event:
    document = Document(path="event.json", data=cast("Data", payload), lines={})
    return read_event(name, document, commit=COMMIT, ref=ref, actor=actor)


def pull_request(head_repository: str | None = OURS) -> dict[str, object]:
    repository = None if head_repository is None else {"full_name": head_repository}
    return {
        "pull_request": {
            "number": 7,
            "head": {"sha": "a" * 40, "ref": "topic", "repo": repository},
            "base": {"ref": "main", "repo": {"full_name": OURS}},
        },
        "repository": {"full_name": OURS, "default_branch": "main"},
    }


def test_a_pull_request_is_judged_at_its_own_head_and_not_at_the_merge() -> None:
    assert read("pull_request", pull_request()) == Event(
        name="pull_request", head="a" * 40, number=7, base_ref="main", default_branch="main"
    )


@pytest.mark.parametrize("repository", ["stranger/shop", None])
def test_a_pull_request_of_a_fork_is_foreign_also_when_the_fork_is_gone(
    repository: str | None,
) -> None:
    assert read("pull_request", pull_request(repository)).is_foreign


def test_a_run_that_dependabot_started_has_no_secrets_either() -> None:
    assert read("pull_request", pull_request(), actor="dependabot[bot]").is_foreign


def test_a_merge_queue_names_the_commit_to_merge_onto() -> None:
    payload = {
        "merge_group": {
            "head_sha": "d" * 40,
            "base_sha": "e" * 40,
            "base_ref": "refs/heads/main",
        }
    }
    event = read("merge_group", payload)
    assert (event.head, event.base, event.base_ref) == ("d" * 40, "e" * 40, "main")


def test_a_push_names_its_branch_and_a_tag_has_none() -> None:
    payload = {"ref": "refs/heads/a/b", "after": "f" * 40, "repository": {"default_branch": "main"}}
    event = read("push", payload)
    assert (event.branch, event.head, event.deleted) == ("a/b", "f" * 40, False)
    assert read("push", payload | {"ref": "refs/tags/v1"}).branch == ""
    assert read("push", payload | {"deleted": True}).deleted


def test_a_run_that_has_ended_names_what_it_ran_for() -> None:
    payload = {
        "workflow_run": {
            "id": 42,
            "head_sha": "a" * 40,
            "head_branch": "topic",
            "head_repository": {"owner": {"login": "stranger"}},
            "event": "pull_request",
        }
    }
    event = read("workflow_run", payload)
    assert (event.run, event.source) == (42, "pull_request")
    assert event.head_branch == "stranger:topic"


def test_any_other_event_is_about_the_commit_that_is_checked_out() -> None:
    payload = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}
    event = read("workflow_dispatch", payload)
    assert (event.head, event.branch, event.default_branch) == (COMMIT, "main", "main")


def test_a_schedule_runs_on_the_default_branch_also_where_the_payload_does_not_name_it() -> None:
    event = read("schedule", {"schedule": "17 3 * * 1"}, ref="refs/heads/trunk")
    assert (event.branch, event.default_branch, event.head) == ("trunk", "trunk", COMMIT)


def test_a_dispatch_on_a_tag_is_on_no_branch() -> None:
    payload = {"ref": "refs/tags/main", "repository": {"default_branch": "main"}}
    assert read("workflow_dispatch", payload, ref="refs/tags/main").branch == ""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("pull_request.head.sha", None),
        ("pull_request.number", True),
        ("pull_request.number", 0),
        ("pull_request.base.repo.full_name", 3),
    ],
)
def test_a_payload_that_lacks_what_it_must_have_is_an_error_that_names_it(
    path: str, value: object
) -> None:
    payload = pull_request()
    *parents, last = path.split(".")
    place = payload
    for parent in parents:
        place = cast("dict[str, object]", place[parent])
    place[last] = value
    with pytest.raises(ConfigurationError, match=rf"event.json: {path}: expected"):
        read("pull_request", payload)


@pytest.mark.parametrize("payload", [None, [], "text", {"pull_request": []}])
def test_a_payload_of_another_shape_is_an_error(payload: object) -> None:
    with pytest.raises(ConfigurationError):
        read("pull_request", payload)
