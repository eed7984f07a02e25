"""Results shown on a GitHub in memory: status, comment and check run, with refusals and races."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalgate.errors import ExitCode, GitHubError
from evalgate.model.github import Annotation, CommitState, Conclusion, Level, PullRequest
from evalgate.model.verdict import Verdict
from evalgate.publishing.handover import Standing
from evalgate.publishing.results import RootResult
from evalgate.publishing.sticky import Marker
from evalgate.publishing.surfaces import Place, Published, show
from evalgate.simulator.fake_github import BOT, FakeGitHub

HEAD, NEWER = "a" * 40, "b" * 40
MARKER = Marker(key="all", head=HEAD, at=1_000, run=50, attempt=1)
PLACE = Place(
    commit=HEAD,
    number=7,
    marker=MARKER,
    author=BOT,
    run_url="https://host/runs/50",
    report_url="https://host/artifacts/9",
)
BLOCKED = RootResult(
    root="main",
    verdict=Verdict.FAIL,
    headline="Blocked: the drop is real.",
    exit_code=ExitCode.FAIL,
    page="## ✗ Blocked: the drop is real.\n",
)
PASSED = replace(BLOCKED, verdict=Verdict.PASS, exit_code=ExitCode.OK, page="## ✓ Passed.\n")
QUIET = replace(PASSED, verdict=Verdict.NOT_APPLICABLE, page="## – Nothing to judge.\n")


@pytest.fixture
def github() -> FakeGitHub:
    github = FakeGitHub()
    github.seed("topic", {}, commit=HEAD)
    github.add_pull_request(pull_request(HEAD))
    return github


def pull_request(head: str) -> PullRequest:
    return PullRequest(
        number=7,
        head=head,
        head_ref="topic",
        head_repository="team/shop",
        base_ref="main",
        is_open=True,
        url="https://host/pull/7",
    )


def bodies(github: FakeGitHub, author: str = BOT) -> list[str]:
    return [each.body for each in github.comments(7) if each.author == author]


def shown(
    github: FakeGitHub, results: Sequence[RootResult] = (BLOCKED,), place: Place = PLACE
) -> Published:
    return show(github, results, place=place)


def test_a_result_is_a_status_and_a_comment_that_lead_to_the_report(github: FakeGitHub) -> None:
    published = shown(github)
    ((commit, status),) = github.statuses
    assert (commit, status.context, status.state) == (HEAD, "evalgate", CommitState.FAILURE)
    assert status.url == "https://host/artifacts/9"
    (body,) = bodies(github)
    assert body.startswith(str(MARKER))
    assert "[The full report](<https://host/artifacts/9>)" in body
    assert published.comment_url == github.comments(7)[0].url
    assert not published.warnings


def test_the_next_run_updates_the_one_comment(github: FakeGitHub) -> None:
    shown(github)
    later = replace(PLACE, marker=replace(MARKER, run=51))
    shown(github, [PASSED], later)
    (body,) = bodies(github)
    assert "Passed" in body
    assert "Blocked" not in body
    assert "run=51" in body


def test_nobody_hears_of_a_change_that_touches_no_prompt(github: FakeGitHub) -> None:
    shown(github, [QUIET])
    assert bodies(github) == []
    assert github.statuses[0][1].state is CommitState.SUCCESS


def test_a_comment_that_says_blocked_is_corrected_when_nothing_is_left_to_judge(
    github: FakeGitHub,
) -> None:
    shown(github)
    shown(github, [QUIET], replace(PLACE, marker=replace(MARKER, run=51)))
    (body,) = bodies(github)
    assert "Nothing to judge" in body


def test_a_planted_marker_draws_no_result_into_the_comment_of_somebody_else(
    github: FakeGitHub,
) -> None:
    planted = f"{replace(MARKER, run=10**17)}## ✓ Passed.\n"
    github.add_comment(7, planted, author="mallory")
    shown(github)
    assert bodies(github, "mallory") == [planted]
    assert len(bodies(github)) == 1


@pytest.mark.parametrize("permission", ["statuses", "pull-requests", "checks"])
def test_a_missing_permission_is_one_warning_and_hides_nothing_else(
    github: FakeGitHub, permission: str
) -> None:
    github.refused = {permission}
    published = shown(github, place=replace(PLACE, check_runs=True))
    (warning,) = published.warnings
    assert f"`{permission}: write`" in warning
    assert "The verdict stands all the same." in warning
    seen = {
        "statuses": bool(github.statuses),
        "pull-requests": bool(bodies(github)),
        "checks": bool(github.checks),
    }
    assert {name for name, there in seen.items() if not there} == {permission}


def test_of_two_runs_that_create_at_once_one_comment_is_left(github: FakeGitHub) -> None:
    def another_run_is_faster(write: str) -> None:
        if write == "create_comment":
            github.before = lambda _: None
            older = replace(MARKER, run=49)
            github.add_comment(7, f"{older}## ✓ Passed.\n", author=BOT)

    github.before = another_run_is_faster
    shown(github)
    (body,) = bodies(github)
    assert body.startswith(str(MARKER))
    assert "Blocked" in body


def test_a_newer_run_that_was_faster_keeps_its_comment(github: FakeGitHub) -> None:
    newer = f"{replace(MARKER, run=51)}## ✓ Passed.\n"

    def the_newer_run_is_faster(write: str) -> None:
        if write == "create_comment":
            github.before = lambda _: None
            github.add_comment(7, newer, author=BOT)

    github.before = the_newer_run_is_faster
    published = shown(github)
    assert bodies(github) == [newer]
    assert published.comment_url == github.comments(7)[0].url


def test_a_result_about_an_older_commit_is_a_status_there_and_no_comment(
    github: FakeGitHub,
) -> None:
    github.add_pull_request(pull_request(NEWER))
    published = shown(github)
    assert bodies(github) == []
    assert github.statuses[0][0] == HEAD
    assert "newer commit" in published.notices[0]


def test_a_newer_result_about_the_same_commit_keeps_its_status_and_its_comment(
    github: FakeGitHub,
) -> None:
    shown(github, [PASSED], replace(PLACE, marker=replace(MARKER, at=2_000, run=60)))
    before = list(github.writes)
    published = shown(github)
    assert github.writes == before
    assert published.notices == ("A newer run has told of this commit, so all is left as it is.",)
    assert published.comment_url == github.comments(7)[0].url


def test_an_old_run_that_is_run_again_shows_its_result_on_both(github: FakeGitHub) -> None:
    shown(github, [PASSED], replace(PLACE, marker=replace(MARKER, run=60)))
    shown(github, [BLOCKED], replace(PLACE, marker=replace(MARKER, at=2_000, attempt=2)))
    assert github.statuses[-1][1].state is CommitState.FAILURE
    (body,) = bodies(github)
    assert "Blocked" in body


def test_whoever_the_token_belongs_to_there_is_one_comment(github: FakeGitHub) -> None:
    github.author = "our-app[bot]"
    shown(github)
    shown(github, [PASSED], replace(PLACE, marker=replace(MARKER, run=51)))
    (body,) = bodies(github, "our-app[bot]")
    assert "Passed" in body


def test_a_comment_that_is_not_wanted_is_not_even_looked_for(github: FakeGitHub) -> None:
    shown(github, place=replace(PLACE, comments=False))
    shown(github, place=replace(PLACE, number=0))
    assert github.writes == ["set_status", "set_status"]


def test_a_check_run_carries_the_remarks(github: FakeGitHub) -> None:
    remark = Annotation(level=Level.ERROR, title="evalgate", message="Worse.", path="prompts/a.md")
    shown(github, [replace(BLOCKED, remarks=(remark,))], replace(PLACE, check_runs=True))
    (check,) = github.checks
    assert (check.name, check.conclusion) == ("evalgate", Conclusion.FAILURE)
    assert check.annotations == (remark,)


def test_an_outage_of_github_is_a_warning_for_each_surface(github: FakeGitHub) -> None:
    def down(_: str) -> None:
        raise GitHubError("502 Bad Gateway")

    github.before = down
    assert len(shown(github).warnings) == 2


def test_each_root_has_its_status_and_all_share_the_comment(github: FakeGitHub) -> None:
    shown(github, [replace(BLOCKED, root="billing"), replace(PASSED, root="search")])
    assert [status.context for _, status in github.statuses] == [
        "evalgate / billing",
        "evalgate / search",
    ]
    (body,) = bodies(github)
    assert "<code>billing</code>" in body
    assert "<code>search</code>" in body


def test_a_check_run_has_the_remarks_at_files_alone(github: FakeGitHub) -> None:
    remarks = tuple(
        Annotation(level=Level.ERROR, title="evalgate", message="Worse.", path=path)
        for path in ("prompts/p/v2.md", "")
    )
    shown(github, [replace(BLOCKED, remarks=remarks)], replace(PLACE, check_runs=True))
    assert github.checks[0].annotations == remarks[:1]


def test_a_check_run_of_what_is_not_judged_yet_is_neutral(github: FakeGitHub) -> None:
    waiting = Standing(state=CommitState.PENDING, description="Waiting for approval.")
    shown(github, [replace(BLOCKED, standing=waiting)], replace(PLACE, check_runs=True))
    assert github.checks[0].conclusion is Conclusion.NEUTRAL
