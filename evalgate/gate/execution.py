"""Gets the trials of a plan done, within what the policy bears, and into the log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from evalgate.gate.engines import Engine, one_by_one
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.runner import trial_runner
from evalgate.gate.scope import Scope, planned_key, trials_in_scope
from evalgate.model.policy import Policy
from evalgate.model.ports import TrialLog
from evalgate.model.trial import Trial
from evalgate.running.account import known_sum
from evalgate.running.plan import PlannedTrial
from evalgate.running.scheduler import RunLimits, StopReason, run_trials
from evalgate.running.trial import TrialRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """Which trials of a plan are run here, and how their calls are answered."""

    scope: Scope = field(default_factory=Scope)
    engine: Engine = one_by_one


WHOLE = Mode()
"""All trials, each call by itself."""


async def execute(
    plan: Plan,
    outside: Outside,
    *,
    log: TrialLog,
    on_trial: Callable[[Trial], None],
    mode: Mode = WHOLE,
) -> StopReason | None:
    """Run the trials of a plan that are to be run here, and return why it stopped early, if it did.

    Args:
        plan: from `plan_gate`.
        outside: what the run reaches for.
        log: where each trial is written.
        on_trial: told of each trial once it is written.
        mode: what is to be run here, and how; by default everything, each call by itself.
    """
    policy, scope = plan.sources.policy, mode.scope
    async with mode.engine(plan, outside, scope) as calls:
        runner = trial_runner(plan, outside, calls=calls)
        return await run_trials(
            trials_in_scope(plan, scope),
            work=_with_earlier(runner, scope),
            log=log,
            limits=RunLimits(
                concurrency=policy.run.concurrency, errored=_bearable_errors(plan, policy)
            ),
            on_trial=on_trial,
        )


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
