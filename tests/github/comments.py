"""Comments on pull requests and issues, as the fake GitHub keeps them."""

from collections.abc import Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, invalid, missing, page_of
from tests.github.filling import filled
from tests.github.state import Comment

LONGEST_BODY = 65_536
"""Characters; the description does not say so."""

AREAS = ("issues", "pull-requests")


def shown(call: Call, comment: Comment) -> Data:
    """Return a comment as GitHub shows it."""
    return filled(
        "issue-comment",
        id=comment.id,
        body=comment.body,
        user=call.user(comment.author),
        url=call.url(f"/issues/comments/{comment.id}"),
        html_url=call.page_url(f"/pull/{comment.number}#issuecomment-{comment.id}"),
        issue_url=call.url(f"/issues/{comment.number}"),
        created_at=comment.created_at,
        updated_at=comment.updated_at,
    )


def listed(call: Call) -> Answer:
    """Answer with the comments on a pull request or an issue, oldest first."""
    _subject(call)
    since = call.query.get("since", "")
    found = call.state.comments_on(call.number("issue_number"))
    recent = [comment for comment in found if comment.updated_at >= since]
    page, headers = page_of(call, recent)
    return Answer(body=[shown(call, each) for each in page], headers=headers)


def created(call: Call) -> Answer:
    """Write a comment."""
    _subject(call)
    pull = call.state.pulls.get(call.number("issue_number"))
    if pull is not None and pull.locked:
        raise RefusedError(403, "Unable to create comment because issue is locked.")
    body = _body(call)
    comment = call.state.add_comment(call.number("issue_number"), body, author=call.author)
    return Answer(status=201, body=shown(call, call.state.comments[comment]))


def read(call: Call) -> Answer:
    """Answer with one comment."""
    return Answer(body=shown(call, _comment(call)))


def updated(call: Call) -> Answer:
    """Replace the text of a comment, whoever wrote it."""
    comment = _comment(call)
    comment.body = _body(call)
    comment.updated_at = call.state.moment()
    return Answer(body=shown(call, comment))


def deleted(call: Call) -> Answer:
    """Delete a comment, whoever wrote it."""
    del call.state.comments[_comment(call).id]
    return Answer(status=204)


def _subject(call: Call) -> None:
    number = call.number("issue_number")
    if number not in call.state.pulls and number not in call.state.issues:
        raise missing()


def _comment(call: Call) -> Comment:
    comment = call.state.comments.get(call.number("comment_id"))
    if comment is None:
        raise missing()
    return comment


def _body(call: Call) -> str:
    body = call.text("body")
    if not body.strip():
        raise invalid(
            "IssueComment", "Body cannot be blank", field_name="body", code="missing_field"
        )
    if len(body) > LONGEST_BODY:
        message = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("IssueComment", message, field_name="data", code="unprocessable")
    return body


ROUTES: Sequence[Route] = (
    Route(method="GET", template="/issues/{issue_number}/comments", areas=AREAS, act=listed),
    Route(method="POST", template="/issues/{issue_number}/comments", areas=AREAS, act=created),
    Route(method="GET", template="/issues/comments/{comment_id}", areas=AREAS, act=read),
    Route(method="PATCH", template="/issues/comments/{comment_id}", areas=AREAS, act=updated),
    Route(method="DELETE", template="/issues/comments/{comment_id}", areas=AREAS, act=deleted),
)
