"""Chooses how to reach Claude: over the routes of the policy, or the simulator in place of all."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256

from evalgate.adapters import claude_routes
from evalgate.adapters.claude_obstacles import obstacles
from evalgate.adapters.claude_routes import NO_KEY, clouds_at
from evalgate.cli import adapters
from evalgate.cli.environment import Environment
from evalgate.errors import UsageError
from evalgate.model.ports import BatchService, ChatModel
from evalgate.model.route import Route
from evalgate.simulator.rules import Rules

DIRECT: Mapping[str, Route] = {"": Route()}
"""The one route of a policy that names none."""


def connection(
    environment: Environment, rules: Sequence[Rules], routes: Mapping[str, Route] = DIRECT
) -> Callable[[], AbstractAsyncContextManager[ChatModel]]:
    """Return what opens the connection; nothing is opened, loaded or checked before it is called.

    Args:
        environment: holds the keys and the servers' addresses.
        rules: of the simulator; when there are any, it answers and nothing else is called.
        routes: those that are called, by name; the name of the Claude API itself is empty.
    """

    def to_claude() -> AbstractAsyncContextManager[ChatModel]:
        _check(environment, routes)
        return adapters.claude(
            api_key=environment.api_key or NO_KEY,
            base_url=environment.base_url or None,
            clouds=environment.clouds,
            routes=routes,
        )

    @asynccontextmanager
    async def to_simulator() -> AsyncIterator[ChatModel]:
        async with (
            adapters.simulator(rules) as server,
            adapters.claude(
                api_key=NO_KEY,
                base_url=server.base_url,
                clouds=clouds_at(server.base_url),
                routes=routes,
            ) as model,
        ):
            yield model

    return to_simulator if rules else to_claude


def _check(environment: Environment, routes: Mapping[str, Route]) -> None:
    for name, route in routes.items():
        obstacle = next(
            obstacles(
                route,
                api_key=environment.api_key,
                base_url=environment.base_url,
                clouds=environment.clouds,
            ),
            None,
        )
        if obstacle is not None:
            raise UsageError(f"route `{name}`: {obstacle}" if name else obstacle)


def origin(environment: Environment, rules: Sequence[Rules]) -> Callable[[Route], str]:
    """Return what names who answers over a route, for the keys of stored answers.

    The simulator's name has a hash of its rules, because its port is another one each time.
    """
    if rules:
        simulated = f"simulator {sha256(repr(rules).encode()).hexdigest()}"
        return lambda _: simulated
    return lambda route: claude_routes.origin(
        route, base_url=environment.base_url, clouds=environment.clouds
    )


def batch_service(
    environment: Environment, rules: Sequence[Rules]
) -> Callable[[Mapping[str, Route]], AbstractAsyncContextManager[BatchService]]:
    """Return what opens the service of batches; as `connection` does for single calls."""

    def of_claude(routes: Mapping[str, Route]) -> AbstractAsyncContextManager[BatchService]:
        _check(environment, routes)
        return adapters.batches(
            api_key=environment.api_key or NO_KEY,
            base_url=environment.base_url or None,
            routes=routes,
        )

    @asynccontextmanager
    async def of_simulator(routes: Mapping[str, Route]) -> AsyncIterator[BatchService]:
        async with (
            adapters.simulator(rules) as server,
            adapters.batches(api_key=NO_KEY, base_url=server.base_url, routes=routes) as service,
        ):
            yield service

    return of_simulator if rules else of_claude
