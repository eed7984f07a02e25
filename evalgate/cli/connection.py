"""Chooses how to reach Claude: the API, another server that speaks it, or the simulator."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256

from evalgate.cli import adapters
from evalgate.cli.environment import Environment
from evalgate.errors import UsageError
from evalgate.gate.outside import Routes
from evalgate.model.ports import ChatModel
from evalgate.model.route import Route
from evalgate.simulator.rules import Rules

NO_KEY = "none"
"""Sent as the key to a server of the user's own when there is no key."""


def connection(
    environment: Environment, rules: Sequence[Rules]
) -> Callable[[Routes], AbstractAsyncContextManager[ChatModel]]:
    """Return what opens the connection; nothing is opened, loaded or checked before it is called.

    Args:
        environment: holds the key and the server's address.
        rules: of the simulator; when there are any, it answers and nothing else is called.
    """

    def to_claude(_: Routes) -> AbstractAsyncContextManager[ChatModel]:
        _check(environment)
        return adapters.claude(
            api_key=environment.api_key or NO_KEY, base_url=environment.base_url or None
        )

    @asynccontextmanager
    async def to_simulator(_: Routes) -> AsyncIterator[ChatModel]:
        async with (
            adapters.simulator(rules) as server,
            adapters.claude(api_key=NO_KEY, base_url=server.base_url) as model,
        ):
            yield model

    return to_simulator if rules else to_claude


def origin(environment: Environment, rules: Sequence[Rules]) -> Callable[[Route], str]:
    """Return what names the server behind a route; the simulator's name has a hash of its rules."""
    if rules:
        simulated = f"simulator {sha256(repr(rules).encode()).hexdigest()}"
        return lambda _: simulated
    return lambda route: f"{environment.base_url} {route.provider}"


def _check(environment: Environment) -> None:
    key, url = environment.api_key, environment.base_url
    if not key and not url:
        raise UsageError(
            "there are trials to run, but no way to reach Claude: set ANTHROPIC_API_KEY, or "
            "ANTHROPIC_BASE_URL for a server that speaks its API, or add --simulate"
        )
    if url and not url.startswith(("http://", "https://")):
        raise UsageError("ANTHROPIC_BASE_URL must start with http:// or https://")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError("ANTHROPIC_API_KEY holds a character that no key has: set it again")
