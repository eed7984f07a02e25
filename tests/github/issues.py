"""Issues, as the fake GitHub keeps them; it lists pull requests among them, as GitHub does."""

from collections.abc import Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, Route, invalid, missing, page_of
from tests.github.filling import filled
from tests.github.state import Issue, Pull

LONGEST_TITLE = 256
LONGEST_BODY = 65_536
"""Characters; the description says neither."""

AREAS = ("issues",)


def shown(call: Call, issue: Issue) -> dict[str, Data]:
    """Return an issue as GitHub shows it."""
    return filled(
        "issue",
        id=issue.number,
        number=issue.number,
        title=issue.title,
        body=issue.body,
        state="open" if issue.is_open else "closed",
        state_reason=issue.state_reason,
        labels=[{"name": name} for name in issue.labels],
        user=call.user(issue.author),
        author_association="MEMBER" if issue.is_member else "NONE",
        html_url=call.page_url(f"/issues/{issue.number}"),
        created_at=issue.created_at,
        updated_at=issue.updated_at,
        closed_at=None if issue.is_open else issue.updated_at,
    )


def listed(call: Call) -> Answer:
    """Answer with the issues that match, and the pull requests, newest first."""
    state, since = call.query.get("state", "open"), call.query.get("since", "")
    found = [
        issue
        for issue in call.state.issues.values()
        if state in {"all", "open" if issue.is_open else "closed"} and issue.updated_at >= since
    ]
    by_update = call.query.get("sort") == "updated"
    found.sort(key=lambda each: each.updated_at if by_update else each.created_at, reverse=True)
    pulls = [pull for pull in call.state.pulls.values() if pull.is_open and state != "closed"]
    rows = [*(_pull(call, pull) for pull in pulls), *(shown(call, each) for each in found)]
    page, headers = page_of(call, rows)
    return Answer(body=[*page], headers=headers)


def opened(call: Call) -> Answer:
    """Open an issue; labels are left out where the token may not push."""
    _check(call)
    labels = call.body.get("labels")
    names = [str(each) for each in labels] if isinstance(labels, list) else []
    may_label = "contents: write" in call.state.permissions
    issue = call.state.add_issue(call.text("title"), call.text("body"), author=call.author)
    issue.labels = names if may_label else []
    return Answer(status=201, body=shown(call, issue))


def read(call: Call) -> Answer:
    """Answer with one issue."""
    return Answer(body=shown(call, _issue(call)))


def updated(call: Call) -> Answer:
    """Change what is named of an issue."""
    issue = _issue(call)
    _check(call, title=issue.title)
    issue.title = call.text("title", issue.title)
    issue.body = call.text("body", issue.body)
    state = call.text("state", "open" if issue.is_open else "closed")
    if (state == "open") != issue.is_open:
        issue.is_open = state == "open"
        issue.state_reason = call.stated("state_reason") or "completed"
    issue.updated_at = call.state.moment()
    return Answer(body=shown(call, issue))


def _pull(call: Call, pull: Pull) -> dict[str, Data]:
    issue = Issue(
        number=pull.number,
        title=pull.title,
        body=pull.body,
        author=pull.author,
        created_at=pull.created_at,
        updated_at=pull.created_at,
    )
    places = dict.fromkeys(("diff_url", "html_url", "patch_url", "url"), call.page_url("/pull"))
    return {**shown(call, issue), "pull_request": {**places}}


def _check(call: Call, title: str = "") -> None:
    if not call.text("title", title).strip():
        raise invalid("Issue", "", field_name="title", code="missing_field")
    if len(call.text("title")) > LONGEST_TITLE:
        message = f"title is too long (maximum is {LONGEST_TITLE} characters)"
        raise invalid("Issue", message, field_name="title")
    if len(call.text("body")) > LONGEST_BODY:
        message = f"body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("Issue", message, field_name="body")


def _issue(call: Call) -> Issue:
    issue = call.state.issues.get(call.number("issue_number"))
    if issue is None:
        raise missing()
    return issue


ROUTES: Sequence[Route] = (
    Route(method="GET", template="/issues", areas=AREAS, act=listed),
    Route(method="POST", template="/issues", areas=AREAS, act=opened),
    Route(method="GET", template="/issues/{issue_number}", areas=AREAS, act=read),
    Route(method="PATCH", template="/issues/{issue_number}", areas=AREAS, act=updated),
)
