"""Moves a live pointer on GitHub: by a commit or a pull request, and only from what was judged."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from evalgate.errors import BranchMovedError, GitHubError, NotPermittedError
from evalgate.model.github import NewCommit, PullRequest
from evalgate.model.github_port import GitHub

ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerMove:
    """One file of a branch that is to change, from one text to another.

    `before` is None when there is no such file yet. `judged` are the files that the verdict is
    about, path → text: when they are not the same any more, neither is the verdict. `beside` are
    new files that come with it, and `what` is how messages call it.
    """

    branch: str
    path: str
    before: str | None
    after: str
    message: str
    judged: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    what: str = "the promotion"


def check_unmoved(github: GitHub, move: PointerMove) -> str:
    """Return the tip of the branch, on which nothing of what is judged has changed.

    Raises:
        BranchMovedError: when something has; says what.
        GitHubError: when there is no such branch, or GitHub cannot answer.
    """
    tip = github.tip(move.branch)
    if tip is None:
        raise GitHubError(f"GitHub has no branch `{move.branch}`: dispatch on the default branch")
    for path, text in {move.path: move.before, **move.judged}.items():
        if github.text(path, ref=tip) != text:
            raise BranchMovedError(
                f"{path} is no longer on `{move.branch}` as it was judged, so the live pointer "
                f"stays where it is: look at what changed and dispatch {move.what} again"
            )
    return tip


def move_by_commit(github: GitHub, move: PointerMove) -> str:
    """Commit the pointer onto the branch, and return the commit.

    A branch that other work moves is tried again.

    Raises:
        BranchMovedError: when what was judged has changed, or others are quicker every time.
        NotPermittedError: when the token may not write contents.
        GitHubError: when GitHub cannot answer.
    """
    for _ in range(ATTEMPTS):
        tip = check_unmoved(github, move)
        with suppress(BranchMovedError):
            return _commit(github, move, branch=move.branch, tip=tip)
    raise BranchMovedError(
        f"`{move.branch}` moved {ATTEMPTS} times while the live pointer was to be committed: "
        f"dispatch {move.what} again"
    )


def move_by_pull_request(
    github: GitHub, move: PointerMove, *, branch: str, title: str, body: str
) -> PullRequest:
    """Commit the pointer onto a branch of its own, and open a pull request.

    Raises:
        BranchMovedError: when what was judged has changed, or the new branch is there already.
        NotPermittedError: when the token may not write contents or pull requests.
        GitHubError: when GitHub cannot answer.
    """
    tip = check_unmoved(github, move)
    _commit(github, move, branch=branch, tip=tip)
    try:
        return github.open_pull_request(head=branch, base=move.branch, title=title, body=body)
    except NotPermittedError as error:
        raise NotPermittedError(
            f"{_stop(error)}: opening a pull request needs `pull-requests: write`, and the "
            "repository's setting that lets GitHub Actions create pull requests; the commit is on "
            f"the branch {branch}: open one by hand, or delete it"
        ) from error
    except GitHubError as error:
        raise GitHubError(
            f"{_stop(error)}: the commit is on the branch {branch}, perhaps without a pull "
            "request: open one by hand, or delete it"
        ) from error


def _commit(github: GitHub, move: PointerMove, *, branch: str, tip: str) -> str:
    files = {**move.beside, move.path: move.after}
    commit = NewCommit(parent=tip, files=files, message=move.message)
    try:
        return github.commit(branch, commit)
    except NotPermittedError as error:
        raise NotPermittedError(
            f"{_stop(error)}: moving the live pointer needs `contents: write` in the job's "
            "permissions, and a rule of the branch that lets it"
        ) from error
    except GitHubError as error:
        # The answer may be lost and not the commit.
        moved = _moved_to(github, move, branch=branch, because=error)
        if moved is None:
            raise
        return moved


def _moved_to(
    github: GitHub, move: PointerMove, *, branch: str, because: GitHubError
) -> str | None:
    """Return the tip of a branch that has the new text, or None when it has not.

    Raises:
        GitHubError: when that cannot be known.
    """
    try:
        tip = github.tip(branch)
        return tip if tip and github.text(move.path, ref=tip) == move.after else None
    except GitHubError:
        raise GitHubError(
            f"{_stop(because)}: whether {move.path} has moved on `{branch}` is not known; look "
            "there before you dispatch again"
        ) from because


def _stop(error: GitHubError) -> str:
    return str(error).rstrip(".")
