"""Gets the trials of a plan done: through one caller, within the policy's limits, into the log."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.trials import planned_trials
from evalgate.model.chat import ChatRequest
from evalgate.model.evalset import Case
from evalgate.model.policy import Policy
from evalgate.model.ports import Prices, Records, TrialLog
from evalgate.model.prompt import PromptVersion
from evalgate.model.route import Route
from evalgate.model.trial import Arm, Trial
from evalgate.prompts.render import render
from evalgate.running.account import Calls, known_sum
from evalgate.running.budget import Budget
from evalgate.running.caller import Caller, Means
from evalgate.running.late_model import LateModel
from evalgate.running.place import Places
from evalgate.running.plan import PlannedTrial
from evalgate.running.prefix import caching_pays, shared_characters
from evalgate.running.scheduler import RunLimits, StopReason, run_trials
from evalgate.running.shards import Shard, cases_of_shard
from evalgate.running.trial import Render, TrialRunner

Key = tuple[str, str, str, Arm, str, int]
"""What tells the trials of one run apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which trials of a plan are to be run here, and what earlier parts of the run left.

    `done` are trials that are in the log; `earlier` are those that ended without a grade and run
    again, with what they cost. `max_cost_usd` takes the place of the policy's limit.
    """

    shard: Shard | None = None
    done: frozenset[Key] = frozenset()
    earlier: Mapping[Key, Trial] | None = None
    spent_usd: float = 0.0
    max_cost_usd: float | None = None


def trial_key(trial: Trial) -> Key:
    """Return what tells a trial from all others of its run."""
    return (trial.prompt, trial.version, trial.evalset, trial.arm, trial.case, trial.trial)


async def execute(
    plan: Plan,
    outside: Outside,
    *,
    log: TrialLog,
    on_trial: Callable[[Trial], None],
    scope: Scope | None = None,
) -> StopReason | None:
    """Run the trials of a plan that the scope leaves, and return why it stopped early, if it did.

    Args:
        plan: from `plan_gate`.
        outside: what the run reaches for.
        log: where each trial is written.
        on_trial: told of each trial once it is written.
        scope: what is to be run here; by default everything.
    """
    scope = scope or Scope()
    policy = plan.sources.policy
    async with LateModel(lambda: outside.open_model(policy.routes)) as model:
        calls = Caller(_means(model, policy, outside, scope=scope))
        runner = trial_runner(plan, outside, calls=calls)
        return await run_trials(
            trials_in_scope(plan, scope, records=runner.records),
            work=_with_earlier(runner, scope),
            log=log,
            limits=RunLimits(
                concurrency=policy.run.concurrency, errored=_bearable_errors(plan, policy)
            ),
            on_trial=on_trial,
        )


def trial_runner(plan: Plan, outside: Outside, *, calls: Calls) -> TrialRunner:
    """Return what runs the trials of a plan over the given calls."""
    policy = plan.sources.policy
    return TrialRunner(
        calls=calls,
        prices=outside.prices,
        places=places(policy, outside),
        judge=policy.judge,
        render=_render(plan, outside.prices),
        draw_boundary=outside.draw_boundary,
        route=policy.run.route,
        code=plan.code,
        code_hash=plan.code_hash,
        records=plan.records,
    )


def places(policy: Policy, outside: Outside) -> Places:
    """Return where the calls of a policy's routes go."""
    routes = {"": Route(), **policy.routes}
    return Places(
        origins={name: outside.origin(route) for name, route in routes.items()},
        price_factors={name: route.price_factor for name, route in routes.items()},
    )


def trials_in_scope(
    plan: Plan, scope: Scope, *, records: Records | None = None
) -> Iterator[PlannedTrial]:
    """Yield the trials of a plan that are to be run here."""
    own = _own_cases(plan, scope.shard, records) if scope.shard else None
    for trial in planned_trials(plan):
        if own is not None and _unit(trial.evalset.name, trial.case.id) not in own:
            continue
        if not scope.done or planned_key(trial) not in scope.done:
            yield trial


def planned_key(planned: PlannedTrial) -> Key:
    """Return what will tell a planned trial from all others of its run."""
    version = planned.version
    set_name = planned.evalset.name
    return (version.prompt, version.version, set_name, planned.arm, planned.case.id, planned.index)


def _means(model: LateModel, policy: Policy, outside: Outside, *, scope: Scope) -> Means:
    most = policy.run.max_cost_usd if scope.max_cost_usd is None else scope.max_cost_usd
    parts = scope.shard.of if scope.shard else 1
    per_day = policy.run.max_cost_usd_per_day
    return Means(
        model=model,
        prices=outside.prices,
        clock=outside.clock,
        random=outside.random,
        settings=policy.run,
        budget=Budget(
            most=None if most is None else most / parts,
            most_per_day=None if per_day is None else per_day / parts,
            book=outside.book,
            spent=scope.spent_usd,
        ),
        places=places(policy, outside),
        store=outside.store,
        share=1 / parts,
    )


def _render(plan: Plan, prices: Prices) -> Render:
    """Return a renderer that marks the prefixes that are worth caching by the provider."""
    uses: dict[str, int] = {}
    for matchup in plan.matchups:
        candidate = matchup.candidate
        for version, arm in (
            (candidate.version, Arm.CANDIDATE),
            (candidate.baseline, Arm.BASELINE),
        ):
            if version is not None:
                trials = sum(case.trials(arm) for case in matchup.planned)
                uses[version.hash] = uses.get(version.hash, 0) + trials

    marked: dict[str, bool] = {}

    def rendered(version: PromptVersion, case: Case) -> ChatRequest:
        if version.hash not in marked:
            marked[version.hash] = caching_pays(
                prices,
                version.model,
                characters=shared_characters(version),
                uses=uses.get(version.hash, 0),
            )
        request = render(version, case)
        return replace(request, caches_prefix=True) if marked[version.hash] else request

    return rendered


def _own_cases(plan: Plan, shard: Shard, records: Records | None) -> frozenset[str]:
    units: set[str] = set()
    seconds: dict[str, float] = {}
    for matchup in plan.matchups:
        name = matchup.evalset.name
        units.update(_unit(name, case.case) for case in matchup.planned)
        past = records.seconds(name) if records else {}
        seconds.update({_unit(name, case): took for case, took in past.items()})
    known = {unit: took for unit, took in seconds.items() if unit in units}
    return cases_of_shard(units, shard, seconds=known)


def _unit(evalset: str, case: str) -> str:
    return f"{evalset}/{case}"


def _with_earlier(runner: TrialRunner, scope: Scope) -> Callable[[PlannedTrial], Awaitable[Trial]]:
    """Return work that adds to a trial what earlier attempts at it have cost."""
    earlier = scope.earlier
    if not earlier:
        return runner.run

    async def run(planned: PlannedTrial) -> Trial:
        trial = await runner.run(planned)
        past = earlier.get(planned_key(planned))
        return trial if past is None else _after(trial, past)

    return run


def _after(trial: Trial, past: Trial) -> Trial:
    return replace(
        trial,
        cost_usd=known_sum(trial.cost_usd, past.cost_usd),
        judge_cost_usd=known_sum(trial.judge_cost_usd, past.judge_cost_usd),
        booked_usd=trial.booked_usd + past.booked_usd,
        calls=trial.calls + past.calls,
    )


def _bearable_errors(plan: Plan, policy: Policy) -> int:
    """Return how many trials may error before some matchup must be over its error budget.

    A lost pair has at most two errored trials, hence the factor.
    """
    pairs = sum(case.candidate_trials for matchup in plan.matchups for case in matchup.planned)
    return int(2 * policy.gate.error_budget * pairs)
