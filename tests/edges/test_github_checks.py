"""Statuses and check runs, against the fake GitHub."""

from collections.abc import Callable

import pytest

from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.github import (
    Annotation,
    CheckRun,
    CommitState,
    CommitStatus,
    Conclusion,
    Level,
)
from evalgate.model.github_port import GitHub
from tests.edges.github_shop import shop, without
from tests.github.faults import Fault, Kind
from tests.github.state import Remark, State

LONG = "word " * 40


def status(**changes: str) -> CommitStatus:
    return CommitStatus(
        context="evalgate",
        state=CommitState(changes.get("state", "success")),
        description=changes.get("description", "pass"),
        url=changes.get("url", "https://example.com/run"),
    )


def check(head: str, *annotations: Annotation, summary: str = "All fine.") -> CheckRun:
    return CheckRun(
        name="evalgate",
        head=head,
        conclusion=Conclusion.FAILURE,
        title="A title",
        summary=summary,
        url="https://example.com/run",
        annotations=annotations,
    )


def remark(number: int = 1, *, level: Level = Level.WARNING, path: str = "a.md") -> Annotation:
    return Annotation(level=level, title=f"T{number}", message="m", path=path, line=number)


def test_a_status_is_set() -> None:
    with shop() as at:
        at.github.set_status(at.main, status())
        [made] = at.state.statuses_of(at.main)
        assert (made.context, made.state, made.description, made.target_url) == (
            "evalgate",
            "success",
            "pass",
            "https://example.com/run",
        )


@pytest.mark.parametrize("state", list(CommitState))
def test_every_state_is_one_of_githubs(state: CommitState) -> None:
    with shop() as at:
        at.github.set_status(at.main, status(state=state, url=""))
        [made] = at.state.statuses_of(at.main)
        assert (made.state, made.target_url) == (state, None)


def test_a_long_description_is_cut_between_words() -> None:
    with shop() as at:
        at.github.set_status(at.main, status(description=LONG))
        [made] = at.state.statuses_of(at.main)
        assert made.description == "word " * 27 + "word…"


def test_a_status_is_set_again_when_the_answer_was_lost() -> None:
    with shop() as at:
        at.state.faults.append(Fault(kind=Kind.DROP_AFTER, method="POST"))
        at.github.set_status(at.main, status())
        assert {each.state for each in at.state.statuses_of(at.main)} == {"success"}


def test_a_check_run_is_created() -> None:
    with shop() as at:
        at.github.create_check_run(check(at.main))
        [made] = at.state.check_runs.values()
        assert (made.name, made.head, made.status, made.conclusion) == (
            "evalgate",
            at.main,
            "completed",
            "failure",
        )
        assert (made.title, made.summary) == ("A title", "All fine.")
        assert made.details_url == "https://example.com/run"
        assert made.annotations == []


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_every_conclusion_is_one_of_githubs(conclusion: Conclusion) -> None:
    with shop() as at:
        run = CheckRun(name="n", head=at.main, conclusion=conclusion, title="t", summary="s")
        at.github.create_check_run(run)
        [made] = at.state.check_runs.values()
        assert (made.conclusion, made.details_url) == (conclusion, None)


@pytest.mark.parametrize("count", [1, 50, 51, 125])
def test_all_annotations_arrive_fifty_at_a_time(count: int) -> None:
    with shop() as at:
        at.github.create_check_run(check(at.main, *map(remark, range(1, count + 1))))
        [made] = at.state.check_runs.values()
        assert [each.start_line for each in made.annotations] == list(range(1, count + 1))
        assert len(at.fake.requests) == -(-count // 50)


def test_an_annotation_says_where_how_loud_and_what() -> None:
    with shop() as at:
        rest = (
            remark(2, level=Level.NOTICE),
            remark(3, level=Level.ERROR, path=""),
            Annotation(level=Level.WARNING, title="", message="untitled", path="b.md", line=0),
        )
        at.github.create_check_run(check(at.main, remark(1), *rest))
        [made] = at.state.check_runs.values()
        assert made.annotations == [
            Remark(path="a.md", start_line=1, end_line=1, level="warning", title="T1", message="m"),
            Remark(path="a.md", start_line=2, end_line=2, level="notice", title="T2", message="m"),
            Remark(path=".github", start_line=3, end_line=3, level="failure", title="T3", message="m"),
            Remark(path="b.md", start_line=1, end_line=1, level="warning", title="", message="untitled"),
        ]  # fmt: skip


def test_a_long_remark_is_cut_to_what_github_takes() -> None:
    with shop() as at:
        loud = Annotation(level=Level.ERROR, title="t " * 400, message="🙂" * 70_000, path="a.md")
        at.github.create_check_run(check(at.main, loud))
        [made] = at.state.check_runs.values()
        [written] = made.annotations
        assert len(written.title) <= 255
        assert len(written.message.encode()) <= 64_000


def test_a_summary_that_is_too_long_is_not_sent() -> None:
    with shop() as at:
        with pytest.raises(GitHubError, match="65,536 characters is too long"):
            at.github.create_check_run(check(at.main, summary="x" * 65_536))
        assert at.fake.requests == []
        at.github.create_check_run(check(at.main, summary="x" * 65_535))


WRITES: dict[str, Callable[[GitHub, str], None]] = {
    "statuses: write": lambda github, head: github.set_status(head, status()),
    "checks: write": lambda github, head: github.create_check_run(check(head)),
}


@pytest.mark.parametrize("permission", WRITES)
def test_without_permission_the_missing_one_is_named(permission: str) -> None:
    with (
        shop(without(permission)) as at,
        pytest.raises(NotPermittedError, match=f"`permissions: {permission}`"),
    ):
        WRITES[permission](at.github, at.main)


@pytest.mark.parametrize("permission", WRITES)
def test_a_commit_that_is_not_there_is_told_in_githubs_words(permission: str) -> None:
    with shop(State()) as at, pytest.raises(GitHubError, match="No commit found for SHA"):
        WRITES[permission](at.github, "f" * 40)
