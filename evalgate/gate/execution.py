"""Gets the trials of a plan done, within what the policy bears, and into the log."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from evalgate.gate.engines import Engine, one_by_one
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.runner import trial_runner
from evalgate.gate.scope import Key, Scope, planned_key, trial_key, trials_in_scope
from evalgate.gate.standing import PlanTrials
from evalgate.gate.trials import planned_trials
from evalgate.model.policy import Policy
from evalgate.model.ports import TrialLog
from evalgate.model.trial import Trial
from evalgate.running.account import known_sum
from evalgate.running.batch_calls import Answered
from evalgate.running.plan import PlannedTrial
from evalgate.running.scheduler import RunLimits, StopReason, run_trials


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

    What the trials say may call for further ones, until every matchup is settled.

    Args:
        plan: from `plan_gate`.
        outside: what the run reaches for.
        log: where each trial is written.
        on_trial: told of each trial once it is written.
        mode: what is to be run here, and how; by default everything, each call by itself.
    """
    policy, scope = plan.sources.policy, mode.scope
    told = PlanTrials(plan)
    if scope.done:
        for trial in log.read():
            told.add(trial)

    def tell(trial: Trial) -> None:
        told.add(trial)
        on_trial(trial)

    async with mode.engine(plan, outside, scope) as calls:
        runner = trial_runner(plan, outside, calls=calls)
        begun: Plan | None = None
        now = plan
        while begun != now:
            stopped = await run_trials(
                _fresh(trials_in_scope(now, scope), begun),
                work=runner.run,
                log=_WithEarlier(log, scope.earlier) if scope.earlier else log,
                limits=RunLimits(
                    concurrency=policy.run.concurrency,
                    errored=_bearable_errors(now, policy),
                    # What batches have cost is told by the trials that they answer.
                    to_the_end=isinstance(calls, Answered),
                ),
                on_trial=tell,
            )
            if stopped is not None:
                return stopped
            begun, now = now, told.plan()
    return None


def _fresh(trials: Iterator[PlannedTrial], begun: Plan | None) -> Iterator[PlannedTrial]:
    """Yield the trials that were not called for before."""
    before = set() if begun is None else {planned_key(each) for each in planned_trials(begun)}
    return (trial for trial in trials if planned_key(trial) not in before)


@dataclass(frozen=True, slots=True)
class _WithEarlier:
    """A log that adds to each trial what earlier attempts at it have cost, skipped or not."""

    log: TrialLog
    earlier: Mapping[Key, Trial]

    def append(self, trial: Trial) -> None:
        past = self.earlier.get(trial_key(trial))
        self.log.append(trial if past is None else _after(trial, past))

    def read(self) -> Iterator[Trial]:
        return self.log.read()


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
    pairs = sum(len(case.candidate) for matchup in plan.matchups for case in matchup.planned)
    return int(2 * policy.gate.error_budget * pairs)
