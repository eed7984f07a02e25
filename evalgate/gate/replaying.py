"""The engine that calls nothing: a run is answered from records and stored answers alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.runner import places
from evalgate.gate.scope import Scope
from evalgate.running.account import Calls
from evalgate.running.replay import Replay


@asynccontextmanager
async def from_store(plan: Plan, outside: Outside, scope: Scope) -> AsyncIterator[Calls]:
    """Answer calls from the store; a trial that needs any other is skipped."""
    del scope  # limits and paces are for calls
    yield Replay(places=places(plan.sources.policy, outside), store=outside.store)
