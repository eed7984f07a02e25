"""How long calls take: by how many are in flight, and by the account's rate limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.chat import Allowance, RateLimits
from evalgate.model.policy import RunSettings
from evalgate.running.estimate import Estimate, Lane
from evalgate.running.spending import Load

MINUTE = 60.0


class Bottleneck(StrEnum):
    """What decides how long a run takes."""

    CONCURRENCY = "concurrency"
    REQUESTS = "requests"
    INPUT_TOKENS = "input_tokens"
    OUTPUT_TOKENS = "output_tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long something takes, what decides that, and, for a rate limit, of which model."""

    seconds: float
    decided_by: Bottleneck
    model: str = ""


def stated_limits(settings: RunSettings) -> RateLimits:
    """Return the rate limits that a policy states; those that it does not state are None."""
    return RateLimits(
        requests=_allowance(settings.requests_per_minute),
        input_tokens=_allowance(settings.input_tokens_per_minute),
        output_tokens=_allowance(settings.output_tokens_per_minute),
    )


def time_by_limits(
    lanes: Mapping[Lane, Load], limits: Mapping[Lane, RateLimits]
) -> Duration | None:
    """Return how long expected calls take at full use of rate limits; None when no limit is known.

    Each route and model has limits of its own, and all are used at once: the slowest decides.

    Args:
        lanes: what is to be done.
        limits: those that are known.
    """
    found = (
        duration
        for lane, load in lanes.items()
        if lane in limits
        for duration in _by_limits(load, limits[lane], model=lane[1])
    )
    return max(found, key=lambda duration: duration.seconds, default=None)


def time_by_concurrency(estimate: Estimate, concurrency: int) -> Duration:
    """Return how long the expected calls take with so many trials in flight, by a guess of each."""
    seconds = max(estimate.work_seconds / max(1, concurrency), estimate.longest_trial)
    return Duration(seconds=seconds, decided_by=Bottleneck.CONCURRENCY)


def run_time(estimate: Estimate, settings: RunSettings) -> Duration:
    """Return how long a run takes by what the policy states: the slowest decides.

    The policy's limits hold for each route and model by itself.
    """
    limits = dict.fromkeys(estimate.lanes, stated_limits(settings))
    by_limits = time_by_limits(estimate.lanes, limits)
    by_concurrency = time_by_concurrency(estimate, settings.concurrency)
    if by_limits is None or by_limits.seconds <= by_concurrency.seconds:
        return by_concurrency
    return by_limits


def _by_limits(load: Load, limits: RateLimits, *, model: str) -> Iterator[Duration]:
    amounts = (
        (Bottleneck.REQUESTS, load.calls.expected, limits.requests),
        (Bottleneck.INPUT_TOKENS, load.input_tokens.expected, limits.input_tokens),
        (Bottleneck.OUTPUT_TOKENS, load.output_tokens.expected, limits.output_tokens),
    )
    for bottleneck, amount, allowance in amounts:
        if allowance is not None:
            # What is left this minute is not counted: servers spread a limit over the minute.
            seconds = MINUTE * amount / max(1, allowance.limit)
            yield Duration(seconds=seconds, decided_by=bottleneck, model=model)


def _allowance(limit: int | None) -> Allowance | None:
    return None if limit is None else Allowance(limit=limit, remaining=limit)
