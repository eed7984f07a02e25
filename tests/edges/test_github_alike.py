"""The GitHub in memory and the client of the real one behave alike: each fact is asked of both."""

from collections.abc import Callable, Iterator

import pytest

from evalgate.errors import BranchMovedError, GitHubError, NotPermittedError
from evalgate.model.github import (
    Annotation,
    CheckRun,
    CommitState,
    CommitStatus,
    Conclusion,
    DeploymentState,
    DeploymentStatus,
    Level,
    NewCommit,
    NewDeployment,
)
from evalgate.model.github_port import GitHub
from evalgate.simulator.fake_github import BOT
from tests.edges.github_pair import NUMBER, RUN, Side, a_side

UNKNOWN, NOBODY = 404_404, "f" * 40
STATUS = CommitStatus(context="evalgate", state=CommitState.SUCCESS, description="Passed.")
REMARK = Annotation(level=Level.ERROR, title="evalgate", message="Worse.", path="a.md", line=2)
CHECK = CheckRun(
    name="evalgate", head="", conclusion=Conclusion.FAILURE, title="Blocked", summary="Worse."
)
DEPLOYMENT = NewDeployment(ref="main", environment="production", description="v2 gets 5 %")
STANDS = DeploymentStatus(state=DeploymentState.IN_PROGRESS, description="v2 gets 5 %")


@pytest.fixture(params=["memory", "http"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    with a_side(request.param) as side:
        yield side


def head_of(side: Side) -> str:
    return side.github.pull_request(NUMBER).head


def commit_of(parent: str | None, text: str = "one", *, path: str = "a.txt") -> NewCommit:
    return NewCommit(parent=parent, files={path: text}, message="Change")


def test_a_comment_is_written_as_the_job_and_found_again(side: Side) -> None:
    first = side.github.create_comment(NUMBER, "hello\nthere")
    second = side.github.create_comment(NUMBER, "again")
    assert side.github.comments(NUMBER) == [first, second]
    assert (first.author, first.body) == (BOT, "hello\nthere")
    assert first.url.endswith(f"/pull/{NUMBER}#issuecomment-{first.id}")
    assert first.id < second.id


def test_an_updated_comment_is_the_same_one_with_another_text(side: Side) -> None:
    made = side.github.create_comment(NUMBER, "old")
    updated = side.github.update_comment(made.id, "new")
    assert (updated.id, updated.body, updated.url) == (made.id, "new", made.url)
    assert side.github.comments(NUMBER) == [updated]


def test_a_deleted_comment_is_gone_and_can_be_deleted_again(side: Side) -> None:
    made = side.github.create_comment(NUMBER, "old")
    side.github.delete_comment(made.id)
    side.github.delete_comment(made.id)
    assert side.github.comments(NUMBER) == []


@pytest.mark.parametrize("length", [65_536, 65_537])
def test_a_comment_has_at_most_65536_characters(side: Side, length: int) -> None:
    if length <= 65_536:
        assert len(side.github.create_comment(NUMBER, "x" * length).body) == length
        return
    with pytest.raises(GitHubError):
        side.github.create_comment(NUMBER, "x" * length)
    assert side.github.comments(NUMBER) == []


ASKED: dict[str, Callable[[GitHub], object]] = {
    "comments": lambda github: github.comments(UNKNOWN),
    "pull_request": lambda github: github.pull_request(UNKNOWN),
    "download": lambda github: github.download(UNKNOWN, most=10),
    "commit": lambda github: github.commit("new", commit_of(NOBODY)),
    "status": lambda github: github.set_status(NOBODY, STATUS),
    "deployment": lambda github: github.create_deployment(
        NewDeployment(ref="gone", environment="production", description="v2")
    ),
    "head": lambda github: github.open_pull_request(head="gone", base="main", title="", body=""),
    "base": lambda github: github.open_pull_request(head="topic", base="gone", title="", body=""),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_not_there_is_an_error_but_no_missing_permission(side: Side, name: str) -> None:
    with pytest.raises(GitHubError) as caught:
        ASKED[name](side.github)
    assert not isinstance(caught.value, (NotPermittedError, BranchMovedError))
    assert side.github.tip("new") is None
    assert (side.statuses(), side.states()) == ([], [])


WRITTEN: dict[str, Callable[[GitHub], object]] = {
    "create": lambda github: github.create_comment(UNKNOWN, "hello"),
    "update": lambda github: github.update_comment(UNKNOWN, "hello"),
    "deployment": lambda github: github.set_deployment_status(UNKNOWN, STANDS),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_where_github_hides_what_may_not_be_written_that_may_be_why(side: Side, name: str) -> None:
    with pytest.raises(NotPermittedError):
        WRITTEN[name](side.github)


REFUSED: dict[str, Callable[[GitHub, str], object]] = {
    "statuses": lambda github, head: github.set_status(head, STATUS),
    "checks": lambda github, head: github.create_check_run(check_of(head)),
    "pull-requests": lambda github, _: github.create_comment(NUMBER, "hello"),
    "contents": lambda github, _: github.commit("main", commit_of(github.tip("main"))),
    "deployments": lambda github, _: github.create_deployment(DEPLOYMENT),
}


@pytest.mark.parametrize("permission", REFUSED)
def test_a_missing_permission_is_named_and_nothing_is_written(side: Side, permission: str) -> None:
    head, before = head_of(side), side.github.tip("main")
    side.refuse(permission)
    with pytest.raises(NotPermittedError, match=f"{permission}: write"):
        REFUSED[permission](side.github, head)
    assert side.github.tip("main") == before
    assert side.github.comments(NUMBER) == []
    assert (side.statuses(), side.states(), side.checks()) == ([], [], [])


def test_a_pull_request_is_found_by_the_commit_at_its_head_while_it_is_open(side: Side) -> None:
    head = head_of(side)
    side.add_pull(8, head, is_open=False)
    (found,) = side.github.pull_requests_with(head)
    assert found == side.github.pull_request(NUMBER)
    assert (found.number, found.head_ref, found.base_ref) == (NUMBER, "topic", "main")
    assert side.github.pull_requests_with(NOBODY) == []
    assert not side.github.pull_request(8).is_open


def test_a_status_stands_beside_its_commit(side: Side) -> None:
    head = head_of(side)
    side.github.set_status(head, STATUS)
    assert side.statuses() == [(head, "evalgate", "success", "Passed.")]


def check_of(head: str, *, remarks: int = 0, summary: str = "Worse.") -> CheckRun:
    return CheckRun(
        name="evalgate",
        head=head,
        conclusion=Conclusion.FAILURE,
        title="Blocked",
        summary=summary,
        annotations=(REMARK,) * remarks,
    )


@pytest.mark.parametrize("remarks", [0, 50, 51, 120])
def test_a_check_run_has_all_its_remarks(side: Side, remarks: int) -> None:
    side.github.create_check_run(check_of(head_of(side), remarks=remarks))
    assert side.checks() == [("evalgate", "failure", remarks)]


def test_a_check_run_with_too_long_a_summary_is_not_made(side: Side) -> None:
    with pytest.raises(GitHubError):
        side.github.create_check_run(check_of(head_of(side), summary="x" * 65_536))
    assert side.checks() == []


def test_what_is_not_on_a_branch_is_none(side: Side) -> None:
    assert side.github.tip("gone") is None
    assert side.github.text("README.md", ref="gone") is None
    assert side.github.text("gone.md", ref="main") is None


def test_a_file_is_read_at_a_branch_and_at_a_commit(side: Side) -> None:
    old = side.github.tip("main") or ""
    side.push("main", {"README.md": "# Other\n"})
    assert side.github.text("README.md", ref="main") == "# Other\n"
    assert side.github.text("README.md", ref=old) == "# Shop\n"


def test_a_commit_moves_its_branch_and_keeps_the_other_files(side: Side) -> None:
    made = side.github.commit("main", commit_of(side.github.tip("main")))
    assert side.github.tip("main") == made
    assert side.github.text("a.txt", ref="main") == "one"
    assert side.github.text("README.md", ref="main") == "# Shop\n"


def test_a_first_commit_has_nothing_else(side: Side) -> None:
    made = side.github.commit("records", commit_of(None))
    assert side.github.tip("records") == made
    assert side.github.text("README.md", ref="records") is None


def test_a_branch_can_begin_after_a_commit_of_another(side: Side) -> None:
    start = side.github.tip("main")
    side.github.commit("moves", commit_of(start))
    assert side.github.text("README.md", ref="moves") == "# Shop\n"
    assert side.github.tip("main") == start


@pytest.mark.parametrize("branch", ["main", "topic"])
def test_a_branch_that_others_have_moved_is_not_moved_back(side: Side, branch: str) -> None:
    behind = side.github.tip(branch)
    moved = side.push(branch, {"b.txt": "theirs"})
    for parent in (behind, None):
        with pytest.raises(BranchMovedError):
            side.github.commit(branch, commit_of(parent))
    assert side.github.tip(branch) == moved


def test_between_two_branches_there_is_one_open_pull_request(side: Side) -> None:
    side.github.commit("moves", commit_of(side.github.tip("main")))
    first = side.github.open_pull_request(head="moves", base="main", title="Move", body="Why.")
    again = side.github.open_pull_request(head="moves", base="main", title="Move", body="Why.")
    assert first == again == side.github.pull_request(first.number)
    assert (first.head, first.is_open) == (side.github.tip("moves"), True)
    assert first.url.endswith(f"/pull/{first.number}")


def test_a_pull_request_follows_its_branch(side: Side) -> None:
    made = side.github.commit("topic", commit_of(head_of(side)))
    assert head_of(side) == made


def test_a_deployment_goes_through_its_states(side: Side) -> None:
    made = side.github.create_deployment(DEPLOYMENT)
    side.github.set_deployment_status(made, STANDS)
    ended = DeploymentStatus(state=DeploymentState.SUCCESS, description="done")
    side.github.set_deployment_status(made, ended)
    assert side.states() == [["in_progress", "success"]]


def test_artifacts_are_those_of_the_run_and_the_name_newest_first(side: Side) -> None:
    older, _, newer = (side.add_artifact(name, b"PK12") for name in ("a", "b", "a"))
    found = side.github.artifacts(RUN, name="a")
    assert [(each.id, each.size, each.expired) for each in found] == [
        (newer, 4, False),
        (older, 4, False),
    ]
    assert side.github.artifacts(UNKNOWN, name="a") == []


def test_the_newest_artifact_is_that_of_a_run_on_the_branch_of_this_repository(side: Side) -> None:
    older, wanted = (side.add_artifact("log", b"PK12", branch="main") for _ in range(2))
    side.add_artifact("log", b"PK12", branch="main", expired=True)
    side.add_artifact("log", b"PK12", branch="topic")
    side.add_artifact("log", b"PK12")  # of a fork, whose branch is called `main`, too
    side.add_artifact("other", b"PK12", branch="main")
    found = side.github.newest_artifact("log", branch="main")
    assert found is not None
    assert (found.id, found.name, found.expired) == (wanted, "log", False)
    assert found.id > older
    assert side.github.newest_artifact("log", branch="release") is None


@pytest.mark.parametrize("most", [3, 4])
def test_a_download_has_at_most_so_many_bytes(side: Side, most: int) -> None:
    made = side.add_artifact("a", b"PK12")
    if most == 4:
        assert side.github.download(made, most=most) == b"PK12"
        return
    with pytest.raises(GitHubError):
        side.github.download(made, most=most)


def test_an_expired_artifact_is_listed_and_cannot_be_had(side: Side) -> None:
    made = side.add_artifact("a", b"PK12", expired=True)
    assert [each.expired for each in side.github.artifacts(RUN, name="a")] == [True]
    with pytest.raises(GitHubError):
        side.github.download(made, most=10)
