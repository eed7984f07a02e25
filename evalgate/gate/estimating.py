"""What a plan will take, before any call: per matchup and together, in calls, money and time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from evalgate.gate.looks import BEGINNING, planned_at, planned_in_full
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.gate.scope import Scope, cost_limit, in_scope
from evalgate.gate.trials import trials_by_matchup
from evalgate.model.comparison import CaseKind
from evalgate.model.ports import Prices
from evalgate.model.preflight import Preflight
from evalgate.model.trial import Arm
from evalgate.prompts.render import render
from evalgate.reporting.numbers import money
from evalgate.running.duration import Duration, run_time
from evalgate.running.estimate import Estimate, Tariff, estimate, extended, joined
from evalgate.running.foreseen import Foresight, Past
from evalgate.running.plan import PlannedTrial
from evalgate.running.time_words import passes, too_long


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchupEstimate:
    """What one matchup takes; trials that it shares with an earlier one are that one's.

    `trials` are all of an arm, as planned at the first look at all cases; `recorded` of them need
    no call, because a record answers them. `estimate` holds what may follow on them too.
    """

    matchup: Matchup
    trials: Mapping[Arm, int]
    recorded: int
    estimate: Estimate

    @property
    def cases(self) -> Mapping[CaseKind, int]:
        """How many cases of each kind are run."""
        return Counter(case.kind for case in self.matchup.planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEstimate:
    """What a plan takes; `time` is None for batches, which end within a day, mostly an hour."""

    matchups: tuple[MatchupEstimate, ...]
    total: Estimate
    time: Duration | None
    warnings: tuple[str, ...]

    @property
    def recorded(self) -> int:
        """How many trials need no call, because records answer them."""
        return sum(each.recorded for each in self.matchups)


def _none(planned: PlannedTrial) -> bool:  # noqa: ARG001 - the shape of a filter
    """Say of no trial that a record answers it."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What earlier runs have left.

    `is_recorded` tells of a trial whether it needs no call (see `evalgate.gate.recorded`); `past`
    says how long answers are.
    """

    is_recorded: Callable[[PlannedTrial], bool] = _none
    past: Past = field(default_factory=Past)


NOTHING_KNOWN = Known()
EVERYTHING = Scope()


def estimate_plan(
    plan: Plan,
    prices: Prices,
    *,
    scope: Scope = EVERYTHING,
    known: Known = NOTHING_KNOWN,
    batches: bool = False,
) -> PlanEstimate:
    """Return what a plan will take, as if no answer were stored.

    Args:
        plan: what is to be run.
        prices: the list prices.
        scope: which of its trials are to be run here, and what they may cost.
        known: what earlier runs have left.
        batches: whether calls go in batches, at half the price.
    """
    policy = plan.sources.policy
    plan = in_full(plan)
    means = _Means(
        foresight=Foresight(
            render=render, judge=policy.judge, route=policy.run.route, past=known.past
        ),
        tariff=Tariff(prices=prices, routes=policy.routes, batches=batches),
        is_ours=in_scope(plan, scope),
        is_recorded=known.is_recorded,
    )
    matchups = tuple(
        _matchup(matchup, trials, means) for matchup, trials in trials_by_matchup(plan)
    )
    total = joined([each.estimate for each in matchups])
    time = None if batches else run_time(total, policy.run)
    return PlanEstimate(
        matchups=matchups,
        total=total,
        time=time,
        warnings=tuple(_warnings(plan, total, time=time, scope=scope)),
    )


def in_full(plan: Plan) -> Plan:
    """Return the plan with every case run, where its first look is at half of them."""
    matchups = tuple(
        replace(each, planned=planned_in_full(each.history))
        if each.history
        and each.planned in (each.history.usual, planned_at(each.history, BEGINNING))
        else each
        for each in plan.matchups
    )
    return replace(plan, matchups=matchups)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    """What it takes to estimate trials."""

    foresight: Foresight
    tariff: Tariff
    is_ours: Callable[[PlannedTrial], bool]
    is_recorded: Callable[[PlannedTrial], bool]


def _matchup(matchup: Matchup, trials: Iterator[PlannedTrial], means: _Means) -> MatchupEstimate:
    arms: Counter[Arm] = Counter()

    def to_be_run() -> Iterator[PlannedTrial]:
        for trial in filter(means.is_ours, trials):
            arms[trial.arm] += 1
            if not means.is_recorded(trial):
                yield trial

    total = estimate(means.foresight.trials(to_be_run()), means.tariff)
    return MatchupEstimate(
        matchup=matchup,
        trials=arms,
        recorded=arms.total() - total.trials,
        estimate=_with_further(total, matchup.preflight),
    )


def _with_further(first: Estimate, foreseen: Preflight | None) -> Estimate:
    """Return an estimate with the trials that may follow on those of the first full look."""
    if foreseen is None or not foreseen.first_trials_per_case:
        return first
    now = foreseen.first_trials_per_case
    expected, most = foreseen.trials_per_case / now, foreseen.most_trials_per_case / now
    return extended(first, expected=max(1.0, expected), most=max(1.0, most))


def _warnings(plan: Plan, total: Estimate, *, time: Duration | None, scope: Scope) -> Iterator[str]:
    run = plan.sources.policy.run
    if time is not None and passes(time, run.job_minutes):
        yield f"The run takes {too_long(time, run.job_minutes)}."
    limit = cost_limit(run, scope)
    if total.unpriced:
        models = ", ".join(sorted(total.unpriced))
        is_limited = limit is not None or run.max_cost_usd_per_day is not None
        barred = ", and a cost limit stops it at the first call" if is_limited else ""
        yield f"No price is known for {models}: what the run costs is unknown{barred}."
    expected = total.total.cost.expected
    if limit is not None and expected is not None and expected + scope.spent_usd > limit:
        name = "run.max_cost_usd" if scope.max_cost_usd is None else "--max-cost"
        yield (
            f"The run is expected to cost {money(expected + scope.spent_usd)}, and `{name}` stops "
            f"it at {money(limit)}: plan fewer trials or raise the limit."
        )
