"""Artifacts of workflow runs, as the fake GitHub keeps them."""

import hashlib
from collections.abc import Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, missing, page_of
from tests.github.filling import filled
from tests.github.state import Artifact

AREAS = ("actions",)
FORK = 4_711
"""The number of another repository, whose branch is called like this one's."""


def shown(call: Call, artifact: Artifact) -> Data:
    """Return an artifact as GitHub shows it."""
    url = call.url(f"/actions/artifacts/{artifact.id}")
    return filled(
        "artifact",
        id=artifact.id,
        name=artifact.name,
        size_in_bytes=len(artifact.archive),
        url=url,
        archive_download_url=f"{url}/zip",
        expired=artifact.expired,
        created_at=artifact.created_at,
        updated_at=artifact.created_at,
        workflow_run=_run_of(call, artifact),
        digest=f"sha256:{hashlib.sha256(artifact.archive).hexdigest()}",
    )


def _run_of(call: Call, artifact: Artifact) -> Data:
    if artifact.branch is None:
        return None
    return {
        "id": artifact.run,
        "repository_id": call.state.repository_id,
        "head_repository_id": call.state.repository_id if artifact.branch else FORK,
        "head_branch": artifact.branch or "main",
        "head_sha": "0" * 40,
    }


def everywhere(call: Call) -> Answer:
    """Answer with what all runs have uploaded, newest first."""
    name = call.query.get("name")
    return _answer(call, [each for each in _newest(call) if name in {None, each.name}])


def listed(call: Call) -> Answer:
    """Answer with what a workflow run has uploaded, newest first unless asked otherwise."""
    run, name = call.number("run_id"), call.query.get("name")
    found = [each for each in _newest(call) if each.run == run and name in {None, each.name}]
    upwards = call.query.get("direction", "desc") == "asc"
    return _answer(call, found[::-1] if upwards else found)


def _newest(call: Call) -> list[Artifact]:
    return sorted(call.state.artifacts.values(), key=lambda each: each.id, reverse=True)


def _answer(call: Call, found: Sequence[Artifact]) -> Answer:
    page, headers = page_of(call, found)
    items: Data = [shown(call, artifact) for artifact in page]
    return Answer(body={"total_count": len(found), "artifacts": items}, headers=headers)


def located(call: Call) -> Answer:
    """Answer with the place of an archive, which lies on another server."""
    artifact = call.state.artifacts.get(call.number("artifact_id"))
    if artifact is None or call.asked.parts["archive_format"] != "zip":
        raise missing()
    if artifact.expired:
        raise RefusedError(410, "Artifact has expired")
    return Answer(status=302, headers={"Location": f"{call.blobs}/{artifact.id}?sig=signed"})


ROUTES: Sequence[Route] = (
    Route(method="GET", template="/actions/artifacts", areas=AREAS, act=everywhere),
    Route(method="GET", template="/actions/runs/{run_id}/artifacts", areas=AREAS, act=listed),
    Route(
        method="GET",
        template="/actions/artifacts/{artifact_id}/{archive_format}",
        areas=AREAS,
        act=located,
    ),
)
