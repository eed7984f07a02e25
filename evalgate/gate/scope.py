"""Which trials of a plan are run in one process: all, a shard, or what an earlier process left."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from evalgate.gate.planning import Plan
from evalgate.gate.trials import planned_trials
from evalgate.model.policy import RunSettings
from evalgate.model.trial import Arm, Trial
from evalgate.running.caller import OnLimits
from evalgate.running.plan import PlannedTrial
from evalgate.running.shards import Shard, cases_of_shard

Key = tuple[str, str, str, Arm, str, int]
"""What tells the trials of one run apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which trials of a plan are to be run here, and what earlier parts of the run left.

    `done` are trials that are in the log; `earlier` are those that ended without a grade and run
    again, with what they cost. `max_cost_usd` takes the place of the policy's limit. `on_limits` is
    told the rate limits that servers state.
    """

    shard: Shard | None = None
    done: frozenset[Key] = frozenset()
    earlier: Mapping[Key, Trial] | None = None
    spent_usd: float = 0.0
    max_cost_usd: float | None = None
    on_limits: OnLimits | None = None


def cost_limit(settings: RunSettings, scope: Scope) -> float | None:
    """Return what the trials here may cost in US dollars: a shard has its share of the run's."""
    most = settings.max_cost_usd if scope.max_cost_usd is None else scope.max_cost_usd
    return None if most is None else most / (scope.shard.of if scope.shard else 1)


def trial_key(trial: Trial) -> Key:
    """Return what tells a trial from all others of its run."""
    return (trial.prompt, trial.version, trial.evalset, trial.arm, trial.case, trial.trial)


def trials_in_scope(plan: Plan, scope: Scope) -> Iterator[PlannedTrial]:
    """Yield the trials of a plan that are to be run here."""
    return filter(in_scope(plan, scope), planned_trials(plan))


def in_scope(plan: Plan, scope: Scope) -> Callable[[PlannedTrial], bool]:
    """Return what tells whether a trial is to be run here."""
    own = _own_cases(plan, scope.shard) if scope.shard else None

    def is_ours(trial: PlannedTrial) -> bool:
        if own is not None and _unit(trial.evalset.name, trial.case.id) not in own:
            return False
        return not scope.done or planned_key(trial) not in scope.done

    return is_ours


def planned_key(planned: PlannedTrial) -> Key:
    """Return what will tell a planned trial from all others of its run."""
    version = planned.version
    set_name = planned.evalset.name
    return (version.prompt, version.version, set_name, planned.arm, planned.case.id, planned.index)


def _own_cases(plan: Plan, shard: Shard) -> frozenset[str]:
    units: set[str] = set()
    seconds: dict[str, float] = {}
    for matchup in plan.matchups:
        name = matchup.evalset.name
        units.update(_unit(name, case.case) for case in matchup.planned)
        past = plan.records.seconds(name) if plan.records else {}
        seconds.update({_unit(name, case): took for case, took in past.items()})
    known = {unit: took for unit, took in seconds.items() if unit in units}
    return cases_of_shard(units, shard, seconds=known)


def _unit(evalset: str, case: str) -> str:
    return f"{evalset}/{case}"
