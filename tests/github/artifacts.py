"""Artifacts of workflow runs, as the fake GitHub keeps them."""

import hashlib
from collections.abc import Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, missing, page_of
from tests.github.filling import filled
from tests.github.state import Artifact

AREAS = ("actions",)


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
        digest=f"sha256:{hashlib.sha256(artifact.archive).hexdigest()}",
    )


def listed(call: Call) -> Answer:
    """Answer with what a workflow run has uploaded, newest first unless asked otherwise."""
    run, name = call.number("run_id"), call.query.get("name")
    kept = call.state.artifacts.values()
    found = [each for each in kept if each.run == run and name in {None, each.name}]
    upwards = call.query.get("direction", "desc") == "asc"
    found.sort(key=lambda artifact: artifact.id, reverse=not upwards)
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
    Route(method="GET", template="/actions/runs/{run_id}/artifacts", areas=AREAS, act=listed),
    Route(
        method="GET",
        template="/actions/artifacts/{artifact_id}/{archive_format}",
        areas=AREAS,
        act=located,
    ),
)
