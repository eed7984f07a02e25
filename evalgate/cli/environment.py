"""Reads the environment, once, into a frozen value that hides its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.adapters.claude_routes import Clouds


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says: how to reach Claude, and whether this is a GitHub workflow.

    `clouds` says how to reach it by other providers. `base_ref` is the branch that a pull request
    wants to merge into, `temporary` the folder of the runner that a checkout cannot reach.
    """

    api_key: str = field(default="", repr=False)
    base_url: str = ""
    clouds: Clouds = field(default_factory=Clouds)
    in_workflow: bool = False
    base_ref: str = ""
    temporary: str = ""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return what the given variables say."""
    return Environment(
        api_key=variables.get("ANTHROPIC_API_KEY", "").strip(),
        base_url=variables.get("ANTHROPIC_BASE_URL", "").strip(),
        clouds=_clouds(variables),
        in_workflow=variables.get("GITHUB_ACTIONS") == "true",
        base_ref=variables.get("GITHUB_BASE_REF", "").strip(),
        temporary=variables.get("RUNNER_TEMP", "").strip(),
    )


def _clouds(variables: Mapping[str, str]) -> Clouds:
    return Clouds(
        aws_token=variables.get("AWS_BEARER_TOKEN_BEDROCK", "").strip(),
        aws_access_key=variables.get("AWS_ACCESS_KEY_ID", "").strip(),
        aws_secret_key=variables.get("AWS_SECRET_ACCESS_KEY", "").strip(),
        aws_session_token=variables.get("AWS_SESSION_TOKEN", "").strip(),
        bedrock_url=variables.get("ANTHROPIC_BEDROCK_MANTLE_BASE_URL", "").strip(),
        bedrock_invoke_url=variables.get("ANTHROPIC_BEDROCK_BASE_URL", "").strip(),
        vertex_token=variables.get("CLOUDSDK_AUTH_ACCESS_TOKEN", "").strip(),
        vertex_url=variables.get("ANTHROPIC_VERTEX_BASE_URL", "").strip(),
        foundry_key=variables.get("ANTHROPIC_FOUNDRY_API_KEY", "").strip(),
        foundry_url=variables.get("ANTHROPIC_FOUNDRY_BASE_URL", "").strip(),
        foundry_resource=variables.get("ANTHROPIC_FOUNDRY_RESOURCE", "").strip(),
    )
