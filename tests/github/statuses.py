"""Commit statuses, as the fake GitHub keeps them."""

from collections.abc import Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, invalid, page_of
from tests.github.filling import filled
from tests.github.state import Status

LONGEST_DESCRIPTION = 140
MOST_OF_ONE_CONTEXT = 1000
AREAS = ("statuses",)


def shown(call: Call, status: Status) -> Data:
    """Return a status as GitHub shows it."""
    return filled(
        "status",
        id=status.id,
        url=call.url(f"/statuses/{status.sha}"),
        state=status.state,
        context=status.context,
        description=status.description,
        target_url=status.target_url,
        creator=call.user(status.creator),
        created_at=status.created_at,
        updated_at=status.created_at,
    )


def created(call: Call) -> Answer:
    """Set a status of a commit."""
    sha, context = call.asked.parts["sha"], call.text("context", "default")
    if not call.state.knows(sha):
        raise RefusedError(422, f"No commit found for SHA: {sha}")
    if len(call.text("description")) > LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {LONGEST_DESCRIPTION} characters)"
        raise invalid("Status", message, field_name="description")
    same = [each for each in call.state.statuses_of(sha) if each.context == context]
    if len(same) >= MOST_OF_ONE_CONTEXT:
        message = "This SHA and context has reached the maximum number of statuses."
        raise invalid("Status", message, field_name="context")
    status = Status(
        id=call.state.new_id(),
        sha=sha,
        context=context,
        state=call.text("state"),
        description=call.stated("description"),
        target_url=call.stated("target_url"),
        creator=call.author,
        created_at=call.state.moment(),
    )
    call.state.statuses.append(status)
    return Answer(status=201, body=shown(call, status))


def listed(call: Call) -> Answer:
    """Answer with the statuses of a commit, newest first."""
    sha = call.state.resolve(call.asked.parts["ref"])
    page, headers = page_of(call, call.state.statuses_of(sha) if sha else ())
    return Answer(body=[shown(call, status) for status in page], headers=headers)


ROUTES: Sequence[Route] = (
    Route(method="POST", template="/statuses/{sha}", areas=AREAS, act=created),
    Route(method="GET", template="/commits/{ref}/statuses", areas=AREAS, act=listed),
)
