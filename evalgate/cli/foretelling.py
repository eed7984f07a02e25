"""Says before a run what it will take, and during it when that turns out to be too long."""

import sys
import time
from collections.abc import Callable

from evalgate.gate.estimate_words import estimate_line
from evalgate.gate.estimating import Known, estimate_plan
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.recorded import recorded
from evalgate.model.chat import RateLimits
from evalgate.running.caller import OnLimits
from evalgate.running.estimate import Lane
from evalgate.running.plan import PlannedTrial
from evalgate.running.small_account import SmallAccount


def foretell(
    plan: Plan, world: Outside, *, ours: Callable[[PlannedTrial], bool], batches: bool
) -> OnLimits:
    """Print the estimate of a run, and return what watches the rate limits that servers state.

    Args:
        plan: what is planned.
        world: its prices.
        ours: whether a trial is to be run here.
        batches: whether the calls go in batches.
    """
    estimate = estimate_plan(
        plan,
        world.prices,
        is_ours=ours,
        known=Known(is_recorded=recorded(plan, world)),
        batches=batches,
    )
    _say(estimate_line(estimate))
    for warning in estimate.warnings:
        _say(f"warning: {warning}")
    account = SmallAccount(estimate.total, job_minutes=plan.sources.policy.run.job_minutes)
    start = time.monotonic()

    def on_limits(lane: Lane, limits: RateLimits) -> None:
        passed = time.monotonic() - start
        warning = account.warning(lane, limits, left=1.0, passed=passed)
        if warning:
            _say(f"warning: {warning}")

    return on_limits


def _say(line: str) -> None:
    print(f"evalgate: {line}", file=sys.stderr, flush=True)  # noqa: T201
