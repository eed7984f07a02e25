"""Check runs, as the fake GitHub keeps them."""

from collections.abc import Mapping, Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, invalid, missing, page_of
from tests.github.filling import filled
from tests.github.state import CheckRun, Remark

AREAS = ("checks",)


def shown(call: Call, check: CheckRun) -> Data:
    """Return a check run as GitHub shows it."""
    url = call.url(f"/check-runs/{check.id}")
    return filled(
        "check-run",
        id=check.id,
        name=check.name,
        head_sha=check.head,
        status=check.status,
        conclusion=check.conclusion,
        url=url,
        html_url=call.page_url(f"/runs/{check.id}"),
        details_url=check.details_url,
        external_id=check.external_id,
        started_at=check.started_at,
        completed_at=check.completed_at,
        check_suite={"id": 1},
        output={
            "title": check.title,
            "summary": check.summary,
            "text": check.text,
            "annotations_count": len(check.annotations),
            "annotations_url": f"{url}/annotations",
        },
    )


def created(call: Call) -> Answer:
    """Create a check run."""
    head = call.text("head_sha")
    if not call.state.knows(head):
        raise RefusedError(422, f"No commit found for SHA: {head}")
    check = CheckRun(
        id=call.state.new_id(),
        name=call.text("name"),
        head=head,
        status="queued",
        conclusion=None,
        title=None,
        summary=None,
        text=None,
        details_url=None,
        external_id="",
        started_at=call.state.moment(),
        completed_at=None,
    )
    _take(call, check)
    call.state.check_runs[check.id] = check
    return Answer(status=201, body=shown(call, check))


def updated(call: Call) -> Answer:
    """Change a check run; annotations are added to those it has."""
    check = call.state.check_runs.get(call.number("check_run_id"))
    if check is None:
        raise missing()
    _take(call, check)
    return Answer(body=shown(call, check))


def listed(call: Call) -> Answer:
    """Answer with the check runs of a commit, newest first, of each name the newest alone."""
    sha = call.state.resolve(call.asked.parts["ref"])
    name, status = call.query.get("check_name"), call.query.get("status")
    found = [
        check
        for check in sorted(call.state.check_runs.values(), key=lambda each: -each.id)
        if check.head == sha and name in {None, check.name} and status in {None, check.status}
    ]
    if call.query.get("filter", "latest") == "latest":
        newest = {check.name: check for check in reversed(found)}
        found = [check for check in found if newest[check.name] is check]
    page, headers = page_of(call, found)
    runs: Data = [shown(call, check) for check in page]
    return Answer(body={"total_count": len(found), "check_runs": runs}, headers=headers)


def _take(call: Call, check: CheckRun) -> None:
    """Change what the body speaks of."""
    conclusion = call.stated("conclusion")
    if call.text("status") == "completed" and conclusion is None:
        raise invalid("CheckRun", "", field_name="conclusion", code="missing_field")
    check.name = call.text("name", check.name)
    check.status = "completed" if conclusion else call.text("status", check.status)
    check.conclusion = conclusion or check.conclusion
    check.details_url = call.text("details_url") or check.details_url
    check.external_id = call.text("external_id", check.external_id)
    if check.status == "completed":
        check.completed_at = call.text("completed_at") or call.state.moment()
    output = call.body.get("output")
    if isinstance(output, dict):
        _take_output(output, check)


def _take_output(output: Mapping[str, Data], check: CheckRun) -> None:
    for name in ("title", "summary", "text"):
        value = output.get(name)
        if isinstance(value, str):
            setattr(check, name, value)
    remarks = output.get("annotations", [])
    assert isinstance(remarks, list)
    check.annotations.extend(_remark(each) for each in remarks if isinstance(each, dict))


def _remark(stated: Mapping[str, Data]) -> Remark:
    first, last = stated["start_line"], stated["end_line"]
    assert isinstance(first, int)
    assert isinstance(last, int)
    return Remark(
        path=str(stated["path"]),
        start_line=first,
        end_line=last,
        level=str(stated["annotation_level"]),
        title=str(stated.get("title", "")),
        message=str(stated["message"]),
    )


ROUTES: Sequence[Route] = (
    Route(method="POST", template="/check-runs", areas=AREAS, act=created),
    Route(method="PATCH", template="/check-runs/{check_run_id}", areas=AREAS, act=updated),
    Route(method="GET", template="/commits/{ref}/check-runs", areas=AREAS, act=listed),
)
