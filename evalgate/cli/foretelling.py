"""Says before a run what it will take, and during it when that turns out to be too long."""

import time

from evalgate.cli.complaint import say
from evalgate.gate.estimate_words import estimate_line
from evalgate.gate.estimating import Known, estimate_plan
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.recorded import recorded
from evalgate.gate.scope import Scope
from evalgate.model.chat import RateLimits
from evalgate.running.caller import OnLimits
from evalgate.running.estimate import Lane
from evalgate.running.small_account import SmallAccount


def foretell(plan: Plan, world: Outside, *, scope: Scope, batches: bool) -> OnLimits:
    """Print the estimate of a run, and return what watches the rate limits that servers state.

    Args:
        plan: what is planned.
        world: its prices.
        scope: which of its trials are to be run here, and what they may cost.
        batches: whether the calls go in batches.
    """
    estimate = estimate_plan(
        plan,
        world.prices,
        scope=scope,
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
    say(f"evalgate: {line}")
