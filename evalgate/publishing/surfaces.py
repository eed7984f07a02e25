"""Shows results on GitHub by status, comment and check run; what is refused becomes a warning."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from evalgate.errors import GitHubError
from evalgate.model.github import CheckRun, Comment, CommitStatus, Conclusion
from evalgate.model.github_port import GitHub
from evalgate.publishing.page import comment_text, is_worth_a_comment
from evalgate.publishing.results import RootResult, shortened, status_of
from evalgate.publishing.sticky import CommentPlan, Marker, newer_about, plan_comment
from evalgate.reporting.annotations import capped

MOST_TITLE = 255
"""The most characters of a check run's title."""

MOST_REMARKS = 500
"""The most remarks of each level at a check run, which takes 50 a request."""

Result = TypeVar("Result")

_SUPERSEDED = "A newer run has told of this commit, so all is left as it is."
_OUTDATED = "The pull request has a newer commit, so the comment is left to the run about that one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where results are shown: on a commit, and on a pull request when `number` is not 0.

    `target` is the branch that was judged against, where that is not the default one.
    `marker` is that of our comment and `author` the login that we write under. `run_url` is the
    page of the run and `report_url` that of the full report, if there is one.
    """

    commit: str
    number: int
    marker: Marker
    author: str
    run_url: str = ""
    report_url: str = ""
    target: str = ""
    comments: bool = True
    check_runs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of it: the comment's address, what was left alone, and what was refused."""

    comment_url: str = ""
    notices: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def show_statuses(github: GitHub, commit: str, statuses: Sequence[CommitStatus]) -> list[str]:
    """Set statuses on a commit, and return a warning when they cannot be set."""
    warnings, _ = _tried("the commit status", lambda: _set_statuses(github, commit, statuses))
    return warnings


def show(github: GitHub, results: Sequence[RootResult], *, place: Place) -> Published:
    """Show the results of a run wherever they belong.

    Args:
        github: where they are shown.
        results: of all roots.
        place: the commit, the pull request and the addresses.
    """
    if (newer := _newer(github, place)) is not None:
        return Published(comment_url=newer.url, notices=(_SUPERSEDED,))
    url = place.report_url or place.run_url
    statuses = [status_of(each, url=url, target=place.target) for each in results]
    warnings = show_statuses(github, place.commit, statuses)
    if place.check_runs:
        checks = [check_run(each, place=place) for each in results]
        refused, _ = _tried("the check run", lambda: _create_checks(github, checks))
        warnings += refused
    if not (place.comments and place.number):
        return Published(warnings=tuple(warnings))
    refused, shown = _tried("the comment", lambda: _comment(github, results, place=place))
    return replace(shown or Published(), warnings=(*warnings, *refused))


def _newer(github: GitHub, place: Place) -> Comment | None:
    """Return the comment in which a newer run has told of the same commit, if there is one.

    What that one says, the status says too, and so it has to stay.
    """
    if not (place.comments and place.number):
        return None
    with suppress(GitHubError):  # which is met and said again where the comment is written
        comments = github.comments(place.number)
        return newer_about(comments, marker=place.marker, author=place.author)
    return None


def check_run(result: RootResult, *, place: Place) -> CheckRun:
    """Return the check run of a root, with its remarks about files."""
    status = status_of(result, url=place.run_url, target=place.target)
    conclusions = {"success": Conclusion.SUCCESS, "pending": Conclusion.NEUTRAL}
    return CheckRun(
        name=status.context,
        head=place.commit,
        conclusion=conclusions.get(status.state, Conclusion.FAILURE),
        title=shortened(result.headline, MOST_TITLE),
        summary=comment_text([result], report=place.report_url),
        url=place.run_url,
        annotations=tuple(capped((each for each in result.remarks if each.path), MOST_REMARKS)),
    )


def _set_statuses(github: GitHub, commit: str, statuses: Sequence[CommitStatus]) -> None:
    for status in statuses:
        github.set_status(commit, status)


def _create_checks(github: GitHub, checks: Sequence[CheckRun]) -> None:
    for check in checks:
        github.create_check_run(check)


def _comment(github: GitHub, results: Sequence[RootResult], *, place: Place) -> Published:
    comments = github.comments(place.number)
    # Asked last, so that as little time as possible lies between this and what is written.
    if github.pull_request(place.number).head != place.commit:
        return Published(notices=(_OUTDATED,))
    text = comment_text(results, report=place.report_url)
    plan = plan_comment(
        comments,
        text,
        marker=place.marker,
        author=place.author,
        may_create=is_worth_a_comment(results),
    )
    shown = _written(github, plan, text, place=place) or plan.found
    kept = plan.kept and plan.found is not None
    return Published(
        comment_url=shown.url if shown else "",
        notices=(f"The comment was left as it is: {plan.kept}.",) if kept else (),
    )


def _written(github: GitHub, plan: CommentPlan, text: str, *, place: Place) -> Comment | None:
    """Do what is planned about the comment, and return the one that was written, if one was."""
    body = f"{place.marker}{text}"
    if plan.write and plan.update is None:
        created = github.create_comment(place.number, body)
        # Another run may have written one since we looked; only now is it known who we are.
        again = plan_comment(
            github.comments(place.number),
            text,
            marker=place.marker,
            author=created.author,
            may_create=False,
        )
        return _written(github, again, text, place=place) or again.found or created
    written = None if plan.update is None else github.update_comment(plan.update, body)
    for superfluous in plan.delete:
        github.delete_comment(superfluous)
    return written


def _tried(what: str, act: Callable[[], Result]) -> tuple[list[str], Result | None]:
    """Return a warning when GitHub refuses, and otherwise what came of it."""
    try:
        return [], act()
    except GitHubError as error:
        said = str(error).rstrip(".")
        return [f"Could not write {what}: {said}. The verdict stands all the same."], None
