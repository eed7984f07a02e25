"""Deployments, as the fake GitHub keeps them."""

from collections.abc import Mapping, Sequence

from evalgate.model.document import Data
from tests.github.exchange import Answer, Call, RefusedError, Route, invalid, missing, page_of
from tests.github.filling import filled
from tests.github.state import Deployment, DeploymentStatus

LONGEST_DESCRIPTION = 140
AREAS = ("deployments",)


def shown(call: Call, deployment: Deployment) -> Data:
    """Return a deployment as GitHub shows it."""
    url = call.url(f"/deployments/{deployment.id}")
    payload: Data = deployment.payload
    return filled(
        "deployment",
        id=deployment.id,
        ref=deployment.ref,
        sha=deployment.sha,
        task=deployment.task,
        environment=deployment.environment,
        description=deployment.description,
        payload=payload,
        production_environment=deployment.production,
        transient_environment=deployment.transient,
        creator=call.user(deployment.creator),
        created_at=deployment.created_at,
        url=url,
        statuses_url=f"{url}/statuses",
    )


def status_shown(call: Call, deployment: Deployment, *, status: DeploymentStatus) -> Data:
    """Return how a deployment stood, as GitHub shows it."""
    url = call.url(f"/deployments/{deployment.id}")
    return filled(
        "deployment-status",
        id=status.id,
        state=status.state,
        description=status.description,
        environment=deployment.environment,
        log_url=status.log_url,
        target_url=status.log_url,
        environment_url=status.environment_url,
        creator=call.user(status.creator),
        created_at=status.created_at,
        updated_at=status.created_at,
        url=f"{url}/statuses/{status.id}",
        deployment_url=url,
    )


def listed(call: Call) -> Answer:
    """Answer with the deployments that match, newest first."""
    found = [each for each in call.state.deployments.values() if _matches(call.query, each)]
    page, headers = page_of(call, sorted(found, key=lambda each: -each.id))
    return Answer(body=[shown(call, each) for each in page], headers=headers)


def created(call: Call) -> Answer:
    """Record a deployment, unless a required status of its commit is not green."""
    ref = call.text("ref")
    sha = call.state.resolve(ref)
    if sha is None:
        raise RefusedError(422, f"No ref found for: {ref}")
    if call.body.get("auto_merge", True) is True and _is_behind(call, ref, sha=sha):
        return Answer(status=202, body={"message": f"Auto-merged main into {ref} on deployment."})
    _check_contexts(call, sha)
    environment = call.text("environment", "production")
    payload = call.body.get("payload", "")
    production = call.body.get("production_environment", environment == "production")
    deployment = Deployment(
        id=call.state.new_id(),
        ref=ref,
        sha=sha,
        task=call.text("task", "deploy"),
        environment=environment,
        description=call.stated("description"),
        payload=payload if isinstance(payload, dict) else str(payload),
        production=production is True,
        transient=call.body.get("transient_environment") is True,
        creator=call.author,
        created_at=call.state.moment(),
    )
    call.state.deployments[deployment.id] = deployment
    return Answer(status=201, body=shown(call, deployment))


def statuses_listed(call: Call) -> Answer:
    """Answer with how a deployment stood, newest first."""
    deployment = _deployment(call)
    page, headers = page_of(call, deployment.statuses[::-1])
    body = [status_shown(call, deployment, status=status) for status in page]
    return Answer(body=body, headers=headers)


def status_created(call: Call) -> Answer:
    """Say how a deployment stands; a success puts earlier ones out of work."""
    deployment = _deployment(call)
    if len(call.text("description")) > LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {LONGEST_DESCRIPTION} characters)"
        raise invalid("DeploymentStatus", message, field_name="description")
    status = DeploymentStatus(
        id=call.state.new_id(),
        state=call.text("state"),
        description=call.text("description"),
        log_url=call.text("log_url") or call.text("target_url"),
        environment_url=call.text("environment_url"),
        creator=call.author,
        created_at=call.state.moment(),
    )
    deployment.statuses.append(status)
    if status.state == "success" and call.body.get("auto_inactive", True) is True:
        _retire_others(call, deployment)
    return Answer(status=201, body=status_shown(call, deployment, status=status))


def _matches(query: Mapping[str, str], deployment: Deployment) -> bool:
    has = {
        "sha": deployment.sha,
        "ref": deployment.ref,
        "task": deployment.task,
        "environment": deployment.environment,
    }
    return all(query.get(name, "none") in {"none", value} for name, value in has.items())


def _deployment(call: Call) -> Deployment:
    deployment = call.state.deployments.get(call.number("deployment_id"))
    if deployment is None:
        raise missing()
    return deployment


def _is_behind(call: Call, ref: str, *, sha: str) -> bool:
    """Say whether a branch lacks commits of main."""
    git, main = call.state.git, call.state.git.resolve("main")
    is_branch = f"refs/heads/{ref}" in git.refs
    return main is not None and is_branch and main not in git.history(sha)


def _check_contexts(call: Call, sha: str) -> None:
    """Refuse while one of the named contexts, or any when none are named, is not green."""
    newest = {status.context: status.state for status in reversed(call.state.statuses_of(sha))}
    required = call.body.get("required_contexts")
    contexts = required if isinstance(required, list) else [*newest]
    red: list[Data] = [each for each in contexts if newest.get(str(each)) != "success"]
    if red:
        names = ", ".join(map(str, red))
        error: Data = {"resource": "Deployment", "field": "required_contexts", "code": "invalid"}
        message = f"Conflict: Commit status checks failed for {names}."
        raise RefusedError(409, message, errors=[error])


def _retire_others(call: Call, deployment: Deployment) -> None:
    """Mark the earlier successes in the same environment as inactive, unless it is production."""
    for other in call.state.deployments.values():
        same = other.environment == deployment.environment and other is not deployment
        lasting = not other.transient and not other.production
        if same and lasting and other.statuses and other.statuses[-1].state == "success":
            other.statuses.append(
                DeploymentStatus(
                    id=call.state.new_id(),
                    state="inactive",
                    description="",
                    log_url="",
                    environment_url="",
                    creator=deployment.creator,
                    created_at=call.state.moment(),
                )
            )


ROUTES: Sequence[Route] = (
    Route(method="GET", template="/deployments", areas=AREAS, act=listed),
    Route(method="POST", template="/deployments", areas=AREAS, act=created),
    Route(
        method="GET",
        template="/deployments/{deployment_id}/statuses",
        areas=AREAS,
        act=statuses_listed,
    ),
    Route(
        method="POST",
        template="/deployments/{deployment_id}/statuses",
        areas=AREAS,
        act=status_created,
    ),
)
