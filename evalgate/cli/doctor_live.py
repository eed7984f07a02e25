"""Calls each target of the live prompts for one token, side by side."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from evalgate.cli.connection import connection
from evalgate.cli.environment import read_environment
from evalgate.cli.example import read_rule_files
from evalgate.errors import EvalgateError
from evalgate.model.chat import CallFailure, ChatRequest
from evalgate.model.content import Turn
from evalgate.model.ports import ChatModel
from evalgate.model.serving import Serving
from evalgate.monitoring.readiness.facts import Probe, PromptFacts
from evalgate.runtime.failover.targets import Target, targets

WITHIN = 20.0
"""Seconds that an answer is waited for."""


def probed(
    serving: Serving,
    prompts: Sequence[PromptFacts],
    *,
    simulate: bool,
    variables: Mapping[str, str],
) -> tuple[Probe, ...]:
    """Return what each target answers.

    Args:
        serving: the routes, and who stands in for whom.
        prompts: whose live models are asked for.
        simulate: whether the simulator answers in place of all servers.
        variables: the environment, with the keys.
    """
    wanted = {
        target.key: target
        for prompt in prompts
        for model in prompt.models
        for target in targets(serving, prefer=serving.prefer, model=model)
    }
    return asyncio.run(_all(tuple(wanted.values()), simulate=simulate, variables=variables))


async def _all(
    wanted: Sequence[Target], *, simulate: bool, variables: Mapping[str, str]
) -> tuple[Probe, ...]:
    rules = read_rule_files(None) if simulate else ()
    async with AsyncExitStack() as stack:
        models: dict[str, ChatModel | str] = {}
        for target in wanted:
            if target.route_name not in models:
                routes = {target.route_name: target.route}
                try:
                    opened = connection(read_environment(variables), rules, routes)
                    model: ChatModel | str = await stack.enter_async_context(opened())
                except EvalgateError as error:
                    model = str(error)
                models[target.route_name] = model
        return tuple(
            await asyncio.gather(*(_one(models[each.route_name], each) for each in wanted))
        )


async def _one(model: ChatModel | str, target: Target) -> Probe:
    if isinstance(model, str):
        return Probe(route=target.route_name, model=target.model, failure=model)
    request = ChatRequest(
        model=target.model,
        max_tokens=1,
        turns=(Turn(role="user", content="Say yes."),),
        route=target.route_name,
    )
    begun = time.monotonic()
    answered = await model.send(request, within=WITHIN)
    failure = answered.kind.value if isinstance(answered, CallFailure) else ""
    return Probe(
        route=target.route_name,
        model=target.model,
        failure=failure,
        seconds=time.monotonic() - begun,
    )
