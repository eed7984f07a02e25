"""How fast calls may start: as many at once as the service bears, and no more than its limits.

The number of calls in flight grows and shrinks much as in TCP (RFC 5681, RFC 9438): it doubles from
round to round until a call is turned away, is halved then, comes back quickly to nine tenths of
where that happened, and feels its way from there, faster the longer it goes well. A rare refusal
well below that is chance, and changes nothing. The rates follow the limits that the responses
state: for each of them a bucket is kept that fills at the stated rate, and that every response
corrects.
"""

from dataclasses import dataclass, field
from math import inf

from evalgate.model.chat import CallFailure, Completion, FailureKind, RateLimits
from evalgate.running.allowances import Allowances, Mark

START = 8
"""Calls in flight before the first answer."""

SLOWER = 2.0
"""How much longer than at its best a call may take on average before growth pauses."""

CAUTION = 0.9
"""The share of the width at the last refusal that is soon tried again."""

EXHAUSTED = 0.01
"""A refusal that comes with less than this share of a limit left is about that limit."""

PROBING = 0.005
"""How much faster, from round to round without a refusal, the width grows beyond that share."""

PROOFS = 3
"""So many answers at a width at which a call was turned away prove that it is not too wide."""

CROWDED = 0.25
"""The share of refusals from which on one is no chance, whatever the width."""

MOSTLY = 0.5
"""The share of refusals from which on a wait that one of them asks for is meant for all calls."""

SMOOTHING = 0.1

LEARNING = 20
"""Calls after which the average latency means something: the first to end are the fastest."""

FORGETTING = 0.01
"""How fast the best latency follows the average, which answers of another length may change."""

REFUSALS = frozenset({FailureKind.RATE_LIMIT, FailureKind.OVERLOADED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One call that was let through: when, its expected tokens, and what had been taken by then.

    `beside` counts the calls in flight at that time, itself included.
    """

    number: int
    at: float
    beside: int
    purpose: str
    input_tokens: float
    wanted: tuple[float, float, float]
    mark: Mark


@dataclass(slots=True)
class _Mean:
    """A running mean that starts with a guess."""

    value: float = 0.0
    seen: int = 0

    def add(self, value: float) -> None:
        self.seen += 1
        self.value += max(SMOOTHING, 1 / self.seen) * (value - self.value)


@dataclass(slots=True)
class _Latency:
    """The average latency of one kind of call, and about the lowest that it ever was."""

    average: _Mean = field(default_factory=_Mean)
    best: float = inf

    def add(self, seconds: float, *, beside: int) -> None:
        self.average.add(seconds)
        if self.average.seen < max(LEARNING, beside):
            return
        average = self.average.value
        self.best = min(average, self.best + FORGETTING * (average - min(self.best, average)))

    @property
    def has_grown(self) -> bool:
        return self.average.value > SLOWER * self.best


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
    _wall: float = inf
    _proofs: int = 0
    _held_until: float = 0.0
    _refused_at: int = -1
    _since_refusal: int = 0
    _started: int = 0
    _refused: float = 0.0
    _latencies: dict[str, _Latency] = field(default_factory=dict)
    _output: dict[str, _Mean] = field(default_factory=dict)
    _input_ratio: _Mean = field(default_factory=lambda: _Mean(1.0))
    allowances: Allowances = field(default_factory=Allowances)

    def __post_init__(self) -> None:
        self.width = min(self.width or START, self.most)
        self.allowances.share = self.share

    def join(self, sibling: "Pace") -> None:
        """Watch out for what another lane over the same route takes, and let it do so too."""
        self.allowances.siblings.append(sibling.allowances)
        sibling.allowances.siblings.append(self.allowances)

    def wait(self, now: float, *, purpose: str, input_tokens: float) -> float:
        """Return the seconds until a call may start; infinite until another one ends."""
        if self.in_flight >= int(self.width):
            return inf
        wanted = self._wanted(purpose, input_tokens)
        return max(self._held_until - now, self.allowances.wait(wanted, now))

    def held(self, now: float) -> float:
        """Return the seconds for which the server wants no call at all."""
        return max(0.0, self._held_until - now)

    def start(self, now: float, *, purpose: str, input_tokens: float) -> Ticket:
        """Count a call as started, and return what `end` needs."""
        wanted = self._wanted(purpose, input_tokens)
        for index, amount in enumerate(wanted):
            self.allowances.take(index, amount, now)
        self.in_flight += 1
        self._started += 1
        self._refused -= self._refused / self._window
        return Ticket(
            number=self._started,
            at=now,
            beside=self.in_flight,
            purpose=purpose,
            input_tokens=input_tokens,
            wanted=wanted,
            mark=self.allowances.mark(),
        )

    def end(self, now: float, ticket: Ticket, result: Completion | CallFailure | None) -> None:
        """Learn from how a call ended; nothing from one that was cancelled, which is None."""
        self.in_flight -= 1
        if result is None:
            return
        if isinstance(result, Completion):
            self._count_tokens(now, ticket, result)
        if result.limits is not None:
            self.allowances.read(result.limits, mark=ticket.mark, since=ticket.at, now=now)
        if isinstance(result, Completion):
            self._grow(now, ticket)
        elif result.kind in REFUSALS:
            self._refuse(now, ticket, result)

    @property
    def _window(self) -> float:
        """How many calls the share of refusals looks back on: at least those of one round."""
        return max(1 / SMOOTHING, self.width)

    def _wanted(self, purpose: str, input_tokens: float) -> tuple[float, float, float]:
        output = self._output.get(purpose)
        return 1.0, input_tokens * self._input_ratio.value, output.value if output else 0.0

    def _count_tokens(self, now: float, ticket: Ticket, answer: Completion) -> None:
        usage = answer.usage
        read = usage.input_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
        output = self._output.setdefault(ticket.purpose, _Mean())
        output.add(usage.output_tokens)
        if ticket.input_tokens > 0:
            self._input_ratio.add(read / ticket.input_tokens)
        self.allowances.take(1, read - ticket.wanted[1], now)
        self.allowances.take(2, usage.output_tokens - ticket.wanted[2], now)

    def _refuse(self, now: float, ticket: Ticket, failure: CallFailure) -> None:
        self._refused += 1 / self._window
        is_known = _is_exhausted(failure.limits)
        is_general = self.width <= 1 or self._refused >= MOSTLY if is_known is None else is_known
        if failure.retry_after and is_general:
            self._held_until = max(self._held_until, now + failure.retry_after)
        if is_known or ticket.number <= self._refused_at:
            return  # the limit's bucket knows; or sent before the last refusal: the same event
        self._refused_at = self._started
        self._since_refusal = 0
        is_chance = self._proofs >= PROOFS or ticket.beside < self._wall < inf
        self._proofs = 0
        if is_chance and self._refused < CROWDED:
            self._wall = inf  # fewer calls at once are no remedy
            return
        if ticket.beside < self.width / 2:
            self.width /= 2  # it was not used: what was in flight may not have been too much
            return
        self._wall = ticket.beside
        self.width = max(1.0, min(self.width, ticket.beside) / 2)

    def _grow(self, now: float, ticket: Ticket) -> None:
        self._since_refusal += 1
        self._proofs += ticket.beside >= self._wall
        latency = self._latencies.setdefault(ticket.purpose, _Latency())
        latency.add(now - ticket.at, beside=max(ticket.beside, self.in_flight))
        if self.width >= self.most or latency.has_grown:
            return
        if self._wall == inf and self._has_plenty():
            self.width = self.most
        elif self.width < CAUTION * self._wall:
            self.width = min(self.most, self.width + 1)
        else:
            rounds = self._since_refusal / self.width
            self.width = min(self.most, self.width + PROBING * rounds)

    def _has_plenty(self) -> bool:
        """Whether the stated limits leave room for all calls at once, several times over."""
        allowances = self.allowances
        return any(bucket is not None for bucket in allowances.buckets) and all(
            bucket is None or bucket.level > 4 * self.most * taken / self._started
            for bucket, taken in zip(allowances.buckets, allowances.taken, strict=True)
        )


def _is_exhausted(limits: RateLimits | None) -> bool | None:
    """Whether nothing is left of one of the stated limits; None when none is stated."""
    stated = (limits.requests, limits.input_tokens, limits.output_tokens) if limits else ()
    known = [each for each in stated if each is not None]
    return any(each.remaining <= EXHAUSTED * each.limit for each in known) if known else None
