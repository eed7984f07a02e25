"""Says in one line what a plan will take."""

from evalgate.gate.estimating import PlanEstimate
from evalgate.model.chat import RateLimits
from evalgate.model.policy import RunSettings
from evalgate.reporting.numbers import UNKNOWN, count, money
from evalgate.running.duration import stated_limits
from evalgate.running.spending import Cost
from evalgate.running.time_words import cause, roughly

BATCH_TIME = "within a day, mostly within an hour (batches)"


def estimate_line(estimate: PlanEstimate) -> str:
    """Say what a plan takes: trials, calls, cost and time."""
    total = estimate.total.total
    calls = count(total.load.calls.expected, "call")
    return (
        f"{trials_words(estimate)}, {calls}; cost {cost_words(total.cost)}; "
        f"time {time_words(estimate)}"
    )


def trials_words(estimate: PlanEstimate) -> str:
    """Say how many trials are to be run, and how many more records answer."""
    trials = count(estimate.total.trials, "trial")
    return f"{trials} and {estimate.recorded:,} from records" if estimate.recorded else trials


def cost_words(cost: Cost) -> str:
    """Say what something costs, as expected and at most."""
    if cost.expected is None or cost.most is None:
        return UNKNOWN
    return f"about {money(cost.expected)}, at most {money(cost.most)}"


def time_words(estimate: PlanEstimate) -> str:
    """Say how long a plan takes, and what decides that."""
    if estimate.time is None:
        return BATCH_TIME
    return f"about {roughly(estimate.time.seconds)}, decided {cause(estimate.time)}"


def states_limits(settings: RunSettings) -> bool:
    """Return whether a policy states any rate limit."""
    return stated_limits(settings) != RateLimits()
