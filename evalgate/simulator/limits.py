"""Rate limits by token bucket: who is let in, who waits how long, and the headers that tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil, floor
from typing import TypeVar

Number = TypeVar("Number", int, float)

MINUTE = 60.0
TOLERANCE = 1e-6
"""Seconds by which a request may come early; instants since 1970 are no more exact than that."""

MOST_PER_MINUTE = 1_000_000_000
LEAST_BURST = 0.001

ROUNDED_FROM = 10_000
"""The limit from which on the tokens that remain are told in thousands."""

UNLIMITED: Mapping[str, int] = {
    "requests": 1_000_000,
    "input-tokens": 1_000_000_000,
    "output-tokens": 1_000_000_000,
}
"""What the headers state where there is no limit; no client needs to pace itself by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rates that the server keeps to; None puts no limit.

    `burst` is how much of a minute's worth can be taken at once.
    """

    requests_per_minute: int | None = None
    input_tokens_per_minute: int | None = None
    output_tokens_per_minute: int | None = None
    burst: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket that is refilled continuously.

    It holds `capacity` units at most, and `level` of them at the instant `at`, in seconds. A level
    below 0 is a debt that the refill has to pay first.
    """

    per_minute: int
    capacity: float
    level: float
    at: float

    def refilled(self, now: float) -> "Bucket":
        """Return the bucket as it is at an instant; a clock that was set back refills nothing."""
        gained = max(0.0, now - self.at) * self.per_minute / MINUTE
        return replace(self, level=min(self.capacity, self.level + gained), at=now)

    def after(self, amount: float) -> "Bucket":
        """Return the bucket with an amount taken, be it there or not."""
        return replace(self, level=self.level - amount)

    def seconds_until(self, amount: float) -> float:
        """Return how long it takes until an amount is there; what can never be, counts as full."""
        missing = min(amount, self.capacity) - self.level
        return max(0.0, missing * MINUTE / self.per_minute)


class Meter:
    """The buckets of one server. Every `now` is in seconds since 1970."""

    def __init__(self, limits: Limits, *, now: float) -> None:
        """Start with full buckets."""
        burst = 1.0 if limits.burst is None else limits.burst
        rates = {
            "requests": limits.requests_per_minute,
            "input-tokens": limits.input_tokens_per_minute,
            "output-tokens": limits.output_tokens_per_minute,
        }
        self._buckets = {
            name: _full(rate, burst, now=now) for name, rate in rates.items() if rate is not None
        }
        self._told: tuple[int, Mapping[str, str]] = (0, {})

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit."""
        return bool(self._buckets)

    def admit(self, input_tokens: int, *, now: float) -> float | None:
        """Take a request out of the buckets; return the seconds to wait when it does not fit.

        A request that is turned away takes nothing. One with more tokens than a bucket holds fits
        once the bucket is full, and leaves a debt. What an answer will take is not known yet, so
        for the output it is enough that anything is left.
        """
        if not self._buckets:
            return None
        self._refill(now)
        wanted = {"requests": 1, "input-tokens": input_tokens, "output-tokens": 1}
        wait = max(bucket.seconds_until(wanted[name]) for name, bucket in self._buckets.items())
        if wait > TOLERANCE:
            return wait
        self._take("requests", 1)
        self._take("input-tokens", input_tokens)
        return None

    def settle(self, output_tokens: int, *, now: float) -> Mapping[str, str]:
        """Take the tokens of an answer, and return the headers that tell what is left then."""
        if not self._buckets:
            return self._unlimited(int(now))
        self._refill(now)
        self._take("output-tokens", output_tokens)
        return rate_headers(self._buckets, now=now)

    def _refill(self, now: float) -> None:
        self._buckets = {name: each.refilled(now) for name, each in self._buckets.items()}

    def _take(self, name: str, amount: int) -> None:
        if name in self._buckets:
            self._buckets[name] = self._buckets[name].after(amount)

    def _unlimited(self, second: int) -> Mapping[str, str]:
        """Return the headers of a server without limits, which change once in a second."""
        if self._told[0] != second:
            self._told = (second, rate_headers({}, now=second))
        return self._told[1]


def first_stated(limits: Sequence[Limits]) -> Limits:
    """Return limits of which each is the first that is stated."""
    return Limits(
        requests_per_minute=_first(each.requests_per_minute for each in limits),
        input_tokens_per_minute=_first(each.input_tokens_per_minute for each in limits),
        output_tokens_per_minute=_first(each.output_tokens_per_minute for each in limits),
        burst=_first(each.burst for each in limits),
    )


def rate_headers(buckets: Mapping[str, Bucket], *, now: float) -> dict[str, str]:
    """Return limit, rest and instant of the full refill for requests, input, output and tokens.

    `tokens` is the sum of input and output, full when both are.
    """
    states = {name: _state(buckets.get(name), free=free) for name, free in UNLIMITED.items()}
    given, made = states["input-tokens"], states["output-tokens"]
    states["tokens"] = (given[0] + made[0], given[1] + made[1], max(given[2], made[2]))
    headers: dict[str, str] = {}
    for name, (limit, level, wait) in states.items():
        exact = name == "requests" or limit < ROUNDED_FROM
        headers[f"anthropic-ratelimit-{name}-limit"] = str(limit)
        headers[f"anthropic-ratelimit-{name}-remaining"] = str(_told(level, exact=exact))
        headers[f"anthropic-ratelimit-{name}-reset"] = instant(ceil(now + wait))
    return headers


def instant(second: float) -> str:
    """Return an instant in RFC 3339, in whole seconds."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _full(per_minute: int, burst: float, *, now: float) -> Bucket:
    capacity = max(1.0, per_minute * burst)
    return Bucket(per_minute=per_minute, capacity=capacity, level=capacity, at=now)


def _state(bucket: Bucket | None, *, free: int) -> tuple[int, float, float]:
    """Return the limit, what is left of it, and the seconds until it is full again."""
    if bucket is None:
        return free, float(free), 0.0
    return bucket.per_minute, max(0.0, bucket.level), bucket.seconds_until(bucket.capacity)


def _told(level: float, *, exact: bool) -> int:
    return floor(level + TOLERANCE) if exact else round(level / 1000) * 1000


def _first(values: Iterable[Number | None]) -> Number | None:
    return next((value for value in values if value is not None), None)
