"""Connects to Claude over the routes of an application; the SDK is loaded when one is set up."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from evalgate.adapters.claude_access import Access
from evalgate.adapters.claude_obstacles import obstacles
from evalgate.adapters.claude_routes import NO_KEY, Clouds
from evalgate.errors import UsageError
from evalgate.model.call_ports import StreamingModel
from evalgate.model.route import Provider, Route
from evalgate.runtime.line import Connect

_NO_WAY = (
    "no way to reach Claude: set ANTHROPIC_API_KEY, or name a server that asks for no key, such as "
    "that of `evalgate simulate`, by `server` or ANTHROPIC_BASE_URL"
)


class _Claude(Protocol):
    def load_all(self) -> None: ...

    def ClaudeModel(  # noqa: N802 - the name of a class
        self,
        *,
        api_key: str,
        base_url: str | None,
        clouds: Clouds,
        routes: Mapping[str, Route],
    ) -> StreamingModel: ...


def connecting(access: Access) -> Connect:
    """Return what prepares connections; it has loaded the SDK, which takes a second, by then."""
    module = cast("_Claude", import_module("evalgate.adapters.claude"))
    # A process that is forked while a thread imports something cannot import it any more.
    module.load_all()

    def connect(routes: Mapping[str, Route]) -> StreamingModel:
        return module.ClaudeModel(
            api_key=access.api_key or NO_KEY,
            base_url=access.base_url or None,
            clouds=access.clouds,
            routes=routes,
        )

    return connect


def check_access(routes: Mapping[str, Route], access: Access) -> None:
    """Raise UsageError for the first route that lacks a key, a package or an address."""
    for name, route in routes.items():
        if route.provider is Provider.DIRECT and not (access.api_key or access.base_url):
            raise UsageError(f"route `{name}`: {_NO_WAY}")
        found = obstacles(
            route, api_key=access.api_key, base_url=access.base_url, clouds=access.clouds
        )
        obstacle = next(found, None)
        if obstacle is not None:
            raise UsageError(f"route `{name}`: {obstacle}")
