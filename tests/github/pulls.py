"""Pull requests, as the fake GitHub keeps them."""

from collections.abc import Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, invalid, missing, page_of
from tests.github.filling import filled
from tests.github.state import Pull

AREAS = ("pull-requests",)


def shown(call: Call, pull: Pull, *, schema: str = "pull-request") -> Data:
    """Return a pull request as GitHub shows it, whole or as part of a list."""
    return filled(
        schema,
        id=pull.number,
        number=pull.number,
        state="open" if pull.is_open else "closed",
        title=pull.title,
        body=pull.body,
        locked=pull.locked,
        user=call.user(pull.author),
        url=call.url(f"/pulls/{pull.number}"),
        html_url=call.page_url(f"/pull/{pull.number}"),
        created_at=pull.created_at,
        head=_end(call, pull.head_ref, sha=pull.head, repository=pull.head_repository),
        base=_end(
            call,
            pull.base_ref,
            sha=call.state.git.resolve(pull.base_ref) or "0" * 40,
            repository=call.state.repository,
        ),
    )


def listed(call: Call) -> Answer:
    """Answer with the pull requests that match, newest first unless asked otherwise."""
    found = [pull for pull in call.state.pulls.values() if _matches(call, pull)]
    upwards = call.query.get("direction", "desc") == "asc"
    found.sort(key=lambda pull: pull.number, reverse=not upwards)
    return _many(call, found)


def listed_by_commit(call: Call) -> Answer:
    """Answer with the pull requests, open or not, that contain a commit."""
    sha = call.asked.parts["commit_sha"]
    if not call.state.knows(sha):
        raise RefusedError(422, f"No commit found for SHA: {sha}")
    pulls = [pull for pull in call.state.pulls.values() if pull.listed_by_commit]
    return _many(call, [pull for pull in pulls if _contains(call, pull, sha=sha)])


def read(call: Call) -> Answer:
    """Answer with one pull request."""
    pull = call.state.pulls.get(call.number("pull_number"))
    if pull is None:
        raise missing()
    return Answer(body=shown(call, pull))


def opened(call: Call) -> Answer:
    """Open a pull request between two branches of the repository."""
    if not call.state.may_open_pull_requests:
        message = "GitHub Actions is not permitted to create or approve pull requests."
        raise RefusedError(403, message)
    branch, base = call.text("head").rpartition(":")[2], call.text("base")
    head = _tip(call, branch, field_name="head")
    _tip(call, base, field_name="base")
    _check_new(call, branch, base=base)
    pull = call.state.add_pull(_next_number(call), head, head_ref=branch, base_ref=base)
    pull.title, pull.body, pull.author = call.text("title"), call.text("body"), call.author
    return Answer(status=201, body=shown(call, pull))


def _end(call: Call, ref: str, *, sha: str, repository: str | None) -> Data:
    """Return the head or the base of a pull request; a fork that was deleted has no repository."""
    owner, _, name = (repository or "ghost/").partition("/")
    home: Data = None
    if repository:
        home = filled(
            "repository",
            full_name=repository,
            name=name,
            fork=repository != call.state.repository,
            owner=call.user(owner),
            private=call.state.private,
        )
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": call.user(owner),
        "repo": home,
    }


def _matches(call: Call, pull: Pull) -> bool:
    state, head = call.query.get("state", "open"), call.query.get("head", "")
    owner = (pull.head_repository or "").partition("/")[0]
    return (
        state in {"all", "open" if pull.is_open else "closed"}
        # GitHub passes over a head that names no owner
        and (":" not in head or head == f"{owner}:{pull.head_ref}")
        and call.query.get("base", pull.base_ref) == pull.base_ref
    )


def _contains(call: Call, pull: Pull, *, sha: str) -> bool:
    if pull.head == sha:
        return True
    base = call.state.git.resolve(pull.base_ref)
    history = call.state.git.history
    return sha in history(pull.head) and not (base and sha in history(base))


def _many(call: Call, pulls: Sequence[Pull]) -> Answer:
    page, headers = page_of(call, pulls)
    body = [shown(call, pull, schema="pull-request-simple") for pull in page]
    return Answer(body=body, headers=headers)


def _tip(call: Call, branch: str, *, field_name: str) -> str:
    tip = call.state.git.refs.get(f"refs/heads/{branch}")
    if tip is None:
        raise invalid("PullRequest", "", field_name=field_name, code="invalid")
    return tip


def _check_new(call: Call, branch: str, *, base: str) -> None:
    """Refuse a second pull request between two branches, and one that changes nothing."""
    git = call.state.git
    for pull in call.state.pulls.values():
        same = (pull.head_ref, pull.base_ref, pull.head_repository)
        if pull.is_open and same == (branch, base, call.state.repository):
            message = f"A pull request already exists for {call.state.owner()}:{branch}."
            raise invalid("PullRequest", message, field_name="head")
    if git.refs[f"refs/heads/{branch}"] in git.history(git.refs[f"refs/heads/{base}"]):
        message = f"No commits between {base} and {branch}"
        raise invalid("PullRequest", message, field_name="head")


def _next_number(call: Call) -> int:
    return max(call.state.pulls, default=0) + 1


ROUTES: Sequence[Route] = (
    Route(method="GET", template="/pulls", areas=AREAS, act=listed),
    Route(method="POST", template="/pulls", areas=AREAS, act=opened),
    Route(method="GET", template="/pulls/{pull_number}", areas=AREAS, act=read),
    Route(method="GET", template="/commits/{commit_sha}/pulls", areas=AREAS, act=listed_by_commit),
)
