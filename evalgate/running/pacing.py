"""How fast calls may start: as many at once as the service bears, and no more than its limits.

The number of calls in flight grows and shrinks as in TCP (RFC 5681): it doubles from round to
round until a call is turned away, is halved then, comes back quickly to nine tenths of where that
happened, and feels its way from there. The rates follow the limits that the responses state: for
each of them a bucket is kept that fills at the stated rate, and that every response corrects.
"""

from dataclasses import dataclass, field
from math import inf

from evalgate.model.chat import Allowance, CallFailure, Completion, FailureKind, RateLimits
from evalgate.running.bucket import Bucket

START = 8
"""Calls in flight before the first answer."""

SLOWER = 2.0
"""How much longer than at its best a call may take on average before growth pauses."""

CAUTION = 0.9
"""The share of the width at the last refusal that is soon tried again."""

EXHAUSTED = 0.01
"""A refusal that comes with less than this share of a limit left is about that limit."""

SMOOTHING = 0.1
REFUSALS = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED})


@dataclass(frozen=True, slots=True)
class Ticket:
    """One call that was let through: when, its expected tokens, and what had been taken by then."""

    number: int
    at: float
    purpose: str
    input_tokens: float
    output_tokens: float
    taken: tuple[float, float, float]


@dataclass(slots=True)
class _Latency:
    """The average latency of one kind of call, and the lowest that it ever was."""

    average: float
    best: float

    def add(self, seconds: float) -> None:
        self.average += SMOOTHING * (seconds - self.average)
        self.best = min(self.best, self.average)


@dataclass(slots=True)
class _Mean:
    """A running mean that starts with a guess."""

    value: float
    seen: int = 0

    def add(self, value: float) -> None:
        self.seen += 1
        self.value += max(SMOOTHING, 1 / self.seen) * (value - self.value)


@dataclass(slots=True)
class Pace:
    """The pace of the calls to one model over one route; all times are in seconds of one clock.

    Args:
        most: how many calls may ever be in flight.
        share: the part of the account's limits that is ours, when several jobs share them.
    """

    most: int
    share: float = 1.0
    in_flight: int = 0
    width: float = 0.0
    _ceiling: float = inf
    _held_until: float = 0.0
    _refused_at: int = -1
    _started: int = 0
    _refusals: list[bool] = field(default_factory=list)
    _latencies: dict[str, _Latency] = field(default_factory=dict)
    _output: dict[str, _Mean] = field(default_factory=dict)
    _input_ratio: _Mean = field(default_factory=lambda: _Mean(1.0))
    _buckets: list[Bucket | None] = field(default_factory=lambda: [None, None, None])

    def __post_init__(self) -> None:
        self.width = min(self.width or START, self.most)

    def wait(self, now: float, *, purpose: str, input_tokens: float) -> float:
        """Return the seconds until a call may start; infinite until another one ends."""
        if self.in_flight >= int(self.width):
            return inf
        wanted = self._wanted(purpose, input_tokens)
        waits = [
            bucket.wait(amount, now)
            for bucket, amount in zip(self._buckets, wanted, strict=True)
            if bucket is not None
        ]
        return max(self._held_until - now, 0.0, *waits)

    def start(self, now: float, *, purpose: str, input_tokens: float) -> Ticket:
        """Count a call as started, and return what `end` needs."""
        wanted = self._wanted(purpose, input_tokens)
        for bucket, amount in zip(self._buckets, wanted, strict=True):
            if bucket is not None:
                bucket.take(amount, now)
        self.in_flight += 1
        self._started += 1
        return Ticket(self._started, now, purpose, input_tokens, wanted[2], self._taken())

    def end(self, now: float, ticket: Ticket, result: Completion | CallFailure | None) -> None:
        """Learn from how a call ended; nothing from one that was cancelled, which is None."""
        self.in_flight -= 1
        if result is None:
            return
        if isinstance(result, Completion):
            self._count_tokens(now, ticket, result)
        if result.limits is not None:
            self._read_limits(now, ticket, result.limits)
        refused = isinstance(result, CallFailure) and result.kind in REFUSALS
        self._refusals = [*self._refusals[-7:], refused]
        if isinstance(result, CallFailure):
            if refused:
                self._refuse(now, ticket, result)
            return
        self._grow(now, ticket)

    def _wanted(self, purpose: str, input_tokens: float) -> tuple[float, float, float]:
        output = self._output.get(purpose)
        return 1.0, input_tokens * self._input_ratio.value, output.value if output else 0.0

    def _taken(self) -> tuple[float, float, float]:
        requests, input_, output = (b.taken if b is not None else 0.0 for b in self._buckets)
        return requests, input_, output

    def _count_tokens(self, now: float, ticket: Ticket, answer: Completion) -> None:
        usage = answer.usage
        read = usage.input_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
        output = self._output.setdefault(ticket.purpose, _Mean(usage.output_tokens))
        output.add(usage.output_tokens)
        if ticket.input_tokens > 0:
            self._input_ratio.add(read / ticket.input_tokens)
        bucket = self._buckets[2]
        if bucket is not None:
            bucket.take(usage.output_tokens - ticket.output_tokens, now)

    def _read_limits(self, now: float, ticket: Ticket, limits: RateLimits) -> None:
        stated = (limits.requests, limits.input_tokens, limits.output_tokens)
        for index, allowance in enumerate(stated):
            if allowance is not None and allowance.limit > 0:
                self._buckets[index] = self._corrected(index, allowance, ticket=ticket, now=now)

    def _corrected(self, index: int, allowance: Allowance, *, ticket: Ticket, now: float) -> Bucket:
        limit, remaining = allowance.limit * self.share, allowance.remaining * self.share
        bucket = self._buckets[index]
        if bucket is None:
            sent_since = self._started - ticket.number
            guess = self._wanted(ticket.purpose, ticket.input_tokens)[index]
            return Bucket(limit, remaining - sent_since * guess, now)
        bucket.limit = limit
        bucket.correct(remaining, since=ticket.at, taken=ticket.taken[index], now=now)
        return bucket

    def _refuse(self, now: float, ticket: Ticket, failure: CallFailure) -> None:
        if failure.retry_after and self._is_general(failure):
            self._held_until = max(self._held_until, now + failure.retry_after)
        if ticket.number <= self._refused_at:
            return  # sent before the last refusal was known: the same event
        self._refused_at = self._started
        self._ceiling = CAUTION * self.width
        self.width = max(1.0, self.width / 2)

    def _is_general(self, failure: CallFailure) -> bool:
        """Whether the other calls would be refused as well."""
        limits = failure.limits or RateLimits()
        stated = (limits.requests, limits.input_tokens, limits.output_tokens)
        known = [each for each in stated if each is not None]
        if known:
            return any(each.remaining <= EXHAUSTED * each.limit for each in known)
        return sum(self._refusals) * 2 >= len(self._refusals)

    def _grow(self, now: float, ticket: Ticket) -> None:
        seconds = now - ticket.at
        latency = self._latencies.setdefault(ticket.purpose, _Latency(seconds, seconds))
        latency.add(seconds)
        if latency.average > SLOWER * latency.best:
            return
        if self._ceiling == inf and self._has_plenty():
            self.width = self.most
        elif self.width < self._ceiling:
            self.width = min(self.most, self.width + 1)
        else:
            self.width = min(self.most, self.width + 1 / self.width)

    def _has_plenty(self) -> bool:
        """Whether the stated limits leave room for all calls at once, several times over."""
        known = [bucket for bucket in self._buckets if bucket is not None]
        return bool(known) and all(b.level > 4 * self.most * self._unit(b) for b in known)

    def _unit(self, bucket: Bucket) -> float:
        return bucket.taken / max(1, self._started) if bucket is not self._buckets[0] else 1.0
