"""Reads from the environment how to reach Claude: keys, and servers in place of the usual ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from evalgate.adapters.claude_routes import NO_KEY, Clouds, clouds_at
from evalgate.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Credentials and servers of all providers; secrets do not show in its `repr`."""

    api_key: str = field(default="", repr=False)
    base_url: str = ""
    clouds: Clouds = field(default_factory=Clouds)


def read_access(variables: Mapping[str, str]) -> Access:
    """Return what the given variables say.

    Raises:
        UsageError: when the address of a server is none.
    """
    return Access(
        api_key=variables.get("ANTHROPIC_API_KEY", "").strip(),
        base_url=_address(variables, "ANTHROPIC_BASE_URL"),
        clouds=_clouds(variables),
    )


def access_to(url: str) -> Access:
    """Return the access to one server that stands in for all providers and asks for no key.

    Args:
        url: of the server, such as that of the simulator, without a slash at its end.
    """
    return Access(api_key=NO_KEY, base_url=url, clouds=clouds_at(url))


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
