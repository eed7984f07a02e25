"""Where the routes lead and what they need; nothing here loads the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from evalgate.model.route import Provider, Route

API_URL = "https://api.anthropic.com"
API_VERSION = "2026-10-21"
"""The version of the API that the SDK speaks; it shapes answers."""

NO_KEY = "none"
"""Sent as the key to a server that asks for none."""

_VERTEX_HOSTS: Mapping[str, str] = {
    "global": "aiplatform.googleapis.com",
    "us": "aiplatform.us.rep.googleapis.com",
    "eu": "aiplatform.eu.rep.googleapis.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """What the environment says about the clouds: credentials, and servers in place of theirs.

    `aws_token` is a bearer token and goes before the key pair; without either, boto3 looks for
    credentials. `vertex_token` is an access token; without one, google-auth looks for credentials.
    """

    aws_token: str = field(default="", repr=False)
    aws_access_key: str = field(default="", repr=False)
    aws_secret_key: str = field(default="", repr=False)
    aws_session_token: str = field(default="", repr=False)
    bedrock_url: str = ""
    bedrock_invoke_url: str = ""
    vertex_token: str = field(default="", repr=False)
    vertex_url: str = ""
    foundry_key: str = field(default="", repr=False)
    foundry_url: str = ""
    foundry_resource: str = ""

    def secrets(self, provider: Provider) -> tuple[str, ...]:
        """Return what no message of a provider may repeat."""
        match provider:
            case Provider.DIRECT:
                every: tuple[str, ...] = ()
            case Provider.BEDROCK | Provider.BEDROCK_INVOKE:
                pair = (self.aws_access_key, self.aws_secret_key)
                every = (self.aws_token, *pair, self.aws_session_token)
            case Provider.VERTEX:
                every = (self.vertex_token,)
            case Provider.FOUNDRY:
                every = (self.foundry_key,)
        return tuple(secret for secret in every if secret)


def clouds_at(url: str) -> Clouds:
    """Return clouds that are all served by one server without credentials, such as the simulator.

    Args:
        url: of the server, without a slash at its end.
    """
    return Clouds(
        aws_token=NO_KEY,
        bedrock_url=f"{url}/anthropic",
        bedrock_invoke_url=url,
        vertex_token=NO_KEY,
        vertex_url=f"{url}/v1",
        foundry_key=NO_KEY,
        foundry_url=f"{url}/anthropic/",
    )


def server(route: Route, *, base_url: str, clouds: Clouds) -> str:
    """Return the URL that a route's calls go to.

    Args:
        route: which server.
        base_url: of the server of the Claude API; empty means the API itself.
        clouds: what the environment says about the other providers.
    """
    region = route.region or ""
    match route.provider:
        case Provider.DIRECT:
            return base_url or API_URL
        case Provider.BEDROCK:
            return clouds.bedrock_url or f"https://bedrock-mantle.{region}.api.aws/anthropic"
        case Provider.BEDROCK_INVOKE:
            own = f"https://bedrock-runtime.{region}.amazonaws.com"
            return clouds.bedrock_invoke_url or own
        case Provider.VERTEX:
            host = _VERTEX_HOSTS.get(region, f"{region}-aiplatform.googleapis.com")
            return clouds.vertex_url or f"https://{host}/v1"
        case Provider.FOUNDRY:
            resource = route.resource or clouds.foundry_resource
            return clouds.foundry_url or f"https://{resource}.services.ai.azure.com/anthropic/"


def origin(route: Route, *, base_url: str, clouds: Clouds) -> str:
    """Return who answers the calls of a route, for keys of stored answers.

    It names the server without credentials, provider and region where there are any, and the API's
    version. The arguments are those of `server`.
    """
    parts = urlsplit(server(route, base_url=base_url, clouds=clouds))
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
    provider = "" if route.provider is Provider.DIRECT else route.provider
    return " ".join(filter(None, (place, provider, route.region, API_VERSION)))
