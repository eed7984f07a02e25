"""What keeps a route from being called, told before anything is; nothing here loads the SDK."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from evalgate.adapters.claude_routes import Clouds, server
from evalgate.model.route import Provider, Route

_VARIABLES: Mapping[Provider, tuple[str, str]] = {
    Provider.DIRECT: ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    Provider.BEDROCK: ("a key of AWS", "ANTHROPIC_BEDROCK_MANTLE_BASE_URL"),
    Provider.BEDROCK_INVOKE: ("a key of AWS", "ANTHROPIC_BEDROCK_BASE_URL"),
    Provider.VERTEX: ("CLOUDSDK_AUTH_ACCESS_TOKEN", "ANTHROPIC_VERTEX_BASE_URL"),
    Provider.FOUNDRY: ("ANTHROPIC_FOUNDRY_API_KEY", "ANTHROPIC_FOUNDRY_BASE_URL"),
}
"""Where the key and the address of a server come from."""


def is_installed(package: str) -> bool:
    """Whether a package, such as `google.auth`, can be imported; it is not."""
    parent = package.rpartition(".")[0]
    return (not parent or is_installed(parent)) and find_spec(package) is not None


def obstacles(
    route: Route,
    *,
    api_key: str,
    base_url: str,
    clouds: Clouds,
    has_package: Callable[[str], bool] = is_installed,
) -> Iterator[str]:
    """Yield what keeps a route from being called, each as a sentence that says what to do.

    Args:
        route: which server.
        api_key: of the Claude API.
        base_url: of the server of the Claude API; empty means the API itself.
        clouds: what the environment says about the other providers.
        has_package: tells which packages are installed.
    """
    match route.provider:
        case Provider.DIRECT:
            yield from _missing_key(api_key, base_url)
        case Provider.BEDROCK | Provider.BEDROCK_INVOKE:
            yield from _missing_aws_key(route, clouds, has_boto=has_package("boto3"))
        case Provider.VERTEX:
            if not clouds.vertex_token and not has_package("google.auth"):
                yield (
                    "a route over vertex needs google-auth to sign in: "
                    'run `pip install "anthropic[vertex]"`, or set CLOUDSDK_AUTH_ACCESS_TOKEN'
                )
        case Provider.FOUNDRY:
            yield from _missing_foundry(route, clouds)
    key, address = _VARIABLES[route.provider]
    if not server(route, base_url=base_url, clouds=clouds).startswith(("http://", "https://")):
        yield f"{address} must start with http:// or https://"
    is_direct = route.provider is Provider.DIRECT
    if any(map(_is_unfit, (api_key,) if is_direct else clouds.secrets(route.provider))):
        yield f"{key} holds a character that no key has: set it again"


def _missing_key(api_key: str, base_url: str) -> Iterator[str]:
    if not api_key and not base_url:
        yield (
            "there are trials to run, but no way to reach Claude: set ANTHROPIC_API_KEY (in a "
            "workflow the Action's input anthropic-api-key), or ANTHROPIC_BASE_URL for a server "
            "that speaks its API, or add --simulate"
        )


def _missing_aws_key(route: Route, clouds: Clouds, *, has_boto: bool) -> Iterator[str]:
    if bool(clouds.aws_access_key) != bool(clouds.aws_secret_key):
        yield "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both or none"
    elif not clouds.aws_token and not has_boto:
        yield (
            f"a route over {route.provider} needs boto3 to sign in: "
            'run `pip install "anthropic[bedrock]"`, or set AWS_BEARER_TOKEN_BEDROCK'
        )


def _missing_foundry(route: Route, clouds: Clouds) -> Iterator[str]:
    if not clouds.foundry_key:
        yield "a route over foundry needs its key: set ANTHROPIC_FOUNDRY_API_KEY"
    if not (clouds.foundry_url or route.resource or clouds.foundry_resource):
        yield (
            "a route over foundry needs its `resource`, or ANTHROPIC_FOUNDRY_RESOURCE "
            "or ANTHROPIC_FOUNDRY_BASE_URL"
        )


def _is_unfit(secret: str) -> bool:
    return not secret.isascii() or not secret.isprintable() or " " in secret
