"""How the calls of a run are answered: each by itself, or together in batches."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

from evalgate.errors import UsageError
from evalgate.gate.outside import Outside, Routes
from evalgate.gate.planning import Plan
from evalgate.gate.routes import routes_in_use
from evalgate.gate.runner import places, trial_runner
from evalgate.gate.scope import Scope, cost_limit, planned_key, trials_in_scope
from evalgate.model.policy import Policy
from evalgate.model.ports import BatchJournal, BatchService
from evalgate.model.route import Provider
from evalgate.running.account import Calls
from evalgate.running.batch_calls import BatchMeans
from evalgate.running.batches import answer_in_batches
from evalgate.running.budget import Budget
from evalgate.running.caller import Caller, Means, unheard
from evalgate.running.late_model import LateModel

Engine = Callable[[Plan, Outside, Scope], AbstractAsyncContextManager[Calls]]
"""Opens what answers the calls of a run."""


def one_by_one(plan: Plan, outside: Outside, scope: Scope) -> AbstractAsyncContextManager[Calls]:
    """Answer each call of a plan by itself, at the service's pace."""
    return open_calls(plan.sources.policy, outside, scope)


@asynccontextmanager
async def open_calls(policy: Policy, outside: Outside, scope: Scope) -> AsyncIterator[Calls]:
    """Answer each call by itself, at the service's pace and within the policy's limits."""
    parts = scope.shard.of if scope.shard else 1
    async with LateModel(lambda: outside.open_model(routes_in_use(policy))) as model:
        yield Caller(
            Means(
                model=model,
                prices=outside.prices,
                clock=outside.clock,
                random=outside.random,
                settings=policy.run,
                budget=_budget(policy, outside, scope),
                places=places(policy, outside),
                store=outside.store,
                share=1 / parts,
                on_limits=scope.on_limits or unheard,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """The engine that answers the calls of a run in batches; `say` is told how they get on."""

    open_service: Callable[[Routes], AbstractAsyncContextManager[BatchService]]
    journal: BatchJournal
    say: Callable[[str], None]

    @asynccontextmanager
    async def __call__(self, plan: Plan, outside: Outside, scope: Scope) -> AsyncIterator[Calls]:
        """Have all answers stored, then answer from the store.

        Raises:
            UsageError: when the answers cannot be stored, or a route takes no batches.
        """
        policy = plan.sources.policy
        _check_routes(policy)
        earlier = scope.earlier or {}
        if outside.store is None:
            raise UsageError("batches need a store of answers")

        async def collect(calls: Calls) -> None:
            runner = trial_runner(plan, outside, calls=calls)
            for planned in trials_in_scope(plan, scope):
                await runner.run(planned)

        async def recall(calls: Calls) -> None:
            runner = trial_runner(plan, outside, calls=calls)
            for planned in trials_in_scope(plan, replace(scope, done=frozenset())):
                if planned_key(planned) in scope.done or planned_key(planned) in earlier:
                    await runner.run(planned)

        async with self.open_service(routes_in_use(policy)) as service:
            means = BatchMeans(
                service=service,
                journal=self.journal,
                store=outside.store,
                prices=outside.prices,
                places=places(policy, outside),
                clock=outside.clock,
                settings=policy.run,
                budget=_budget(policy, outside, scope),
                say=self.say,
            )
            yield await answer_in_batches(means, collect, recall=recall)


def _budget(policy: Policy, outside: Outside, scope: Scope) -> Budget:
    """Return the budget of a run, or a shard's part of it."""
    return Budget(
        most=cost_limit(policy.run, scope),
        most_per_day=policy.run.max_cost_usd_per_day,
        book=outside.book,
        purse=outside.purse,
        spent=scope.spent_usd,
    )


def _check_routes(policy: Policy) -> None:
    for name, route in routes_in_use(policy).items():
        if route.provider is not Provider.DIRECT:
            message = f"the route {name} leads to {route.provider}, which takes no batches"
            raise UsageError(f"{message}: run without --engine batches")
        if route.models:
            # The results do not repeat what was asked, so that the names could not be told apart.
            message = f"the route {name} has names of its own for models, which batches do not know"
            raise UsageError(f"{message}: run without --engine batches")
