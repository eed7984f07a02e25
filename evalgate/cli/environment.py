"""Reads the environment, once, into a frozen value that hides its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from evalgate.adapters.claude_routes import Clouds
from evalgate.errors import UsageError


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
    """Return what the given variables say.

    Raises:
        UsageError: when the address of a server is none.
    """
    return Environment(
        api_key=variables.get("ANTHROPIC_API_KEY", "").strip(),
        base_url=_address(variables, "ANTHROPIC_BASE_URL"),
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
        bedrock_url=_address(variables, "ANTHROPIC_BEDROCK_MANTLE_BASE_URL"),
        bedrock_invoke_url=_address(variables, "ANTHROPIC_BEDROCK_BASE_URL"),
        vertex_token=variables.get("CLOUDSDK_AUTH_ACCESS_TOKEN", "").strip(),
        vertex_url=_address(variables, "ANTHROPIC_VERTEX_BASE_URL"),
        foundry_key=variables.get("ANTHROPIC_FOUNDRY_API_KEY", "").strip(),
        foundry_url=_address(variables, "ANTHROPIC_FOUNDRY_BASE_URL"),
        foundry_resource=variables.get("ANTHROPIC_FOUNDRY_RESOURCE", "").strip(),
    )


def _address(variables: Mapping[str, str], name: str) -> str:
    address = variables.get(name, "").strip()
    try:
        urlsplit(address)
    except ValueError:  # whose words may hold a password
        raise UsageError(f"{name} is no address: write one such as https://host.example") from None
    return address
