"""Facts about the GitHub in memory that tests build on."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from evalgate.errors import BranchMovedError, GitHubError, NotPermittedError
from evalgate.model.github import (
    Artifact,
    CheckRun,
    CommitState,
    CommitStatus,
    Conclusion,
    DeploymentState,
    DeploymentStatus,
    NewCommit,
    NewDeployment,
    PullRequest,
)
from evalgate.model.github_port import GitHub
from evalgate.simulator.fake_github import BOT, FakeGitHub

STATUS = CommitStatus(context="evalgate", state=CommitState.SUCCESS, description="fine")
PULL = PullRequest(
    number=7,
    head="a" * 40,
    head_ref="topic",
    head_repository="fork/shop",
    base_ref="main",
    is_open=True,
    url="https://github.example/7",
)


def with_pull() -> FakeGitHub:
    fake = FakeGitHub()
    fake.seed("topic", {}, commit="a")
    for number in (7, 8):
        fake.add_pull_request(replace(PULL, number=number))
    return fake


def test_it_is_a_github() -> None:
    port: GitHub = FakeGitHub()
    assert port.tip("main") is None


def test_comments_have_authors_and_an_order() -> None:
    fake = with_pull()
    first = fake.add_comment(7, "hello", author="ann")
    own = fake.create_comment(7, "a report")
    fake.create_comment(8, "elsewhere")
    assert fake.comments(7) == [first, own]
    assert (first.author, own.author) == ("ann", BOT)
    fake.update_comment(own.id, "a new report")
    assert fake.comments(7)[1].body == "a new report"
    fake.delete_comment(own.id)
    fake.delete_comment(own.id)
    assert fake.comments(7) == [first]
    with pytest.raises(GitHubError, match="no comment"):
        fake.update_comment(own.id, "x")


def test_a_comment_that_is_too_long_is_refused() -> None:
    with pytest.raises(GitHubError, match="body is too long"):
        FakeGitHub().create_comment(7, "x" * 65_537)


def test_a_branch_moves_forward_only_from_its_tip() -> None:
    fake = FakeGitHub()
    root = fake.commit("data", NewCommit(parent=None, files={"a": "1"}, message="first"))
    one = fake.commit("data", NewCommit(parent=root, files={"b": "2"}, message="second"))
    assert (fake.tip("data"), fake.files("data")) == (one, {"a": "1", "b": "2"})
    assert (fake.text("a", ref=root), fake.text("b", ref=root)) == ("1", None)
    assert fake.text("b", ref="data") == "2"
    for parent in (root, None):
        with pytest.raises(BranchMovedError):
            fake.commit("data", NewCommit(parent=parent, files={}, message="late"))
    topic = fake.commit("topic", NewCommit(parent=root, files={}, message="a branch"))
    assert fake.commits[topic].parents == (root,)
    with pytest.raises(GitHubError, match="no commit"):
        fake.commit("other", NewCommit(parent="b" * 40, files={}, message="x"))


def test_a_rival_may_act_just_before_a_write() -> None:
    fake = FakeGitHub()
    tip = fake.seed("main", {"a": "1"})
    fake.before = lambda _: fake.branches.update(main=fake.seed("main", {"a": "rival"}))
    with pytest.raises(BranchMovedError):
        fake.commit("main", NewCommit(parent=tip, files={"a": "2"}, message="mine"))
    assert fake.files("main") == {"a": "rival"}


def test_a_seed_takes_the_id_of_a_real_commit() -> None:
    fake = FakeGitHub()
    assert fake.seed("main", {"a": "1"}, commit="c" * 40) == "c" * 40
    assert fake.tip("main") == "c" * 40


@pytest.mark.parametrize(
    "permission", ["contents", "pull-requests", "statuses", "checks", "deployments"]
)
def test_a_permission_that_is_refused_is_named_and_others_are_not_touched(permission: str) -> None:
    fake = with_pull()
    fake.refused = {permission}
    check = CheckRun(name="n", head="a", conclusion=Conclusion.SUCCESS, title="t", summary="s")
    writes: Mapping[str, Callable[[], object]] = {
        "contents": lambda: fake.commit("new", NewCommit(parent=None, files={}, message="m")),
        "pull-requests": lambda: fake.create_comment(7, "x"),
        "statuses": lambda: fake.set_status("a", STATUS),
        "checks": lambda: fake.create_check_run(check),
        "deployments": lambda: fake.create_deployment(
            NewDeployment(ref="a", environment="e", description="d")
        ),
    }
    refused = []
    for name, write in writes.items():
        try:
            write()
        except NotPermittedError as error:
            assert f"`{name}: write`" in str(error)  # noqa: PT017 - four of five come through
            refused.append(name)
    assert refused == [permission]
    assert len(fake.writes) == 4


def test_an_open_pull_request_of_the_same_branches_is_returned_again() -> None:
    fake = FakeGitHub()
    fake.seed("main", {})
    head = fake.seed("topic", {"a": "1"})
    pull = fake.open_pull_request(head="topic", base="main", title="T", body="B")
    assert (pull.head, fake.bodies[pull.number]) == (head, "T\n\nB")
    assert fake.open_pull_request(head="topic", base="main", title="T2", body="B2") == pull
    assert fake.pull_requests_with(head) == [pull]
    assert fake.pull_requests_with("0" * 40) == []
    with pytest.raises(GitHubError, match="no branch"):
        fake.open_pull_request(head="none", base="main", title="T", body="B")


def test_pull_requests_of_others_are_found() -> None:
    fake = FakeGitHub()
    fake.add_pull_request(PULL)
    assert fake.pull_request(7) == PULL
    assert fake.pull_requests_with("a" * 40, branch="fork:topic") == [PULL]
    with pytest.raises(GitHubError, match="404"):
        fake.pull_request(8)


def test_artifacts_are_found_by_run_and_name_newest_first() -> None:
    fake = FakeGitHub()
    for number, (run, name) in enumerate([(1, "r"), (1, "r"), (1, "x"), (2, "r")]):
        made = f"2026-11-2{number}T00:00:00Z"
        artifact = Artifact(id=number, name=name, size=3, expired=False, created_at=made)
        fake.add_artifact(run, artifact, b"zip")
    assert [each.id for each in fake.artifacts(1, name="r")] == [1, 0]
    assert fake.download(1, most=3) == b"zip"
    with pytest.raises(GitHubError, match="more than 2 bytes"):
        fake.download(1, most=2)
    with pytest.raises(GitHubError, match="404"):
        fake.download(9, most=2)


def test_deployments_keep_all_their_states() -> None:
    fake = with_pull()
    identity = fake.create_deployment(NewDeployment(ref="a", environment="e", description="d"))
    for state in (DeploymentState.IN_PROGRESS, DeploymentState.SUCCESS):
        fake.set_deployment_status(identity, DeploymentStatus(state=state, description="d"))
    assert fake.states(identity) == ["in_progress", "success"]
    with pytest.raises(GitHubError, match="description is too long"):
        fake.set_status("a", CommitStatus(context="c", state=STATUS.state, description="x" * 141))


def test_writes_are_listed_in_order() -> None:
    fake = with_pull()
    fake.set_status("a", STATUS)
    fake.create_comment(7, "x")
    assert fake.writes == ["set_status", "create_comment"]
    assert fake.statuses == [("a", STATUS)]
