"""What the rate limits leave to the calls of one lane: requests, input tokens, output tokens.

Some accounts have limits for each model, some for several together, and no response says which. So
each lane watches whether what its siblings take is missing from what the server states to it.
"""

from dataclasses import dataclass, field

from evalgate.model.chat import RateLimits
from evalgate.running.bucket import MINUTE, Bucket

Amounts = tuple[float, float, float]
"""Requests, input tokens and output tokens."""

FULL = 0.95
"""The share of what it holds above which a bucket may run over, so that nothing can be told."""

MEMORY = 0.98
"""How much of the evidence is kept from one response to the next."""

LEAST_EVIDENCE = 8
"""Responses before anything is concluded."""

SHARED, APART = 0.6, 0.3
"""The missing part of what siblings took, from which on a limit is theirs too, or is not."""


@dataclass(slots=True)
class Sharing:
    """Whether one limit counts the calls of the sibling lanes as well."""

    is_shared: bool = False
    _last: tuple[float, float, float, float] | None = None
    _missing: float = 0.0
    _theirs: float = 0.0
    _seen: int = 0

    def observe(
        self, now: float, stated: float, *, bucket: Bucket, taken: tuple[float, float]
    ) -> None:
        """Learn from one response.

        Args:
            now: the time.
            stated: what the server says is left.
            bucket: what is known of the limit.
            taken: what this lane, and what its siblings have taken in all.
        """
        own, theirs = taken
        last, self._last = self._last, (now, stated, own, theirs)
        full = FULL * bucket.capacity
        if last is None or max(stated, last[1]) >= full:
            return
        filled = (now - last[0]) * bucket.limit / MINUTE
        self._missing = MEMORY * self._missing + last[1] + filled - (own - last[2]) - stated
        self._theirs = MEMORY * self._theirs + theirs - last[3]
        self._seen += 1
        if self._seen < LEAST_EVIDENCE or self._theirs <= 0:
            return
        if self._missing > SHARED * self._theirs:
            self.is_shared = True
        elif self._missing < APART * self._theirs:
            self.is_shared = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What had been taken when a call started: by its own lane, and by the siblings."""

    own: Amounts
    theirs: Amounts


@dataclass(slots=True)
class Allowances:
    """The buckets of one lane.

    Args:
        share: the part of the account's limits that is ours, when several jobs share them.
        siblings: those of the other lanes over the same route.
    """

    share: float = 1.0
    siblings: list["Allowances"] = field(default_factory=list)
    taken: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    _buckets: list[Bucket | None] = field(default_factory=lambda: [None, None, None])
    _sharings: list[Sharing] = field(default_factory=lambda: [Sharing(), Sharing(), Sharing()])

    @property
    def buckets(self) -> tuple[Bucket | None, Bucket | None, Bucket | None]:
        """What is known of each limit; None where none was stated."""
        requests, input_, output = self._buckets
        return requests, input_, output

    def wait(self, wanted: Amounts, now: float) -> float:
        """Return the seconds until so much can be taken."""
        waits = [
            bucket.wait(amount, now)
            for bucket, amount in zip(self._buckets, wanted, strict=True)
            if bucket is not None
        ]
        return max(0.0, *waits) if waits else 0.0

    def take(self, index: int, amount: float, now: float) -> None:
        """Take so much of one allowance; a negative amount gives back."""
        self.taken[index] += amount
        self._take(index, amount, now)
        for sibling in self.siblings:
            sibling.feel(index, amount, now)

    def mark(self) -> Mark:
        """Return what has been taken by now."""
        requests, input_, output = self.taken
        return Mark((requests, input_, output), (self._theirs(0), self._theirs(1), self._theirs(2)))

    def read(self, limits: RateLimits, *, mark: Mark, since: float, now: float) -> None:
        """Learn what a response states.

        Args:
            limits: what it states.
            mark: what had been taken when its call started.
            since: when that was.
            now: the time.
        """
        stated = (limits.requests, limits.input_tokens, limits.output_tokens)
        for index, allowance in enumerate(stated):
            if allowance is None or allowance.limit <= 0:
                continue
            limit, rest = allowance.limit * self.share, allowance.remaining * self.share
            own, theirs = self.taken[index], self._theirs(index)
            bucket, sharing = self._buckets[index], self._sharings[index]
            taken = own - mark.own[index]
            if bucket is None:
                self._buckets[index] = Bucket(limit, rest - taken, now, capacity=rest)
                continue
            sharing.observe(now, rest, bucket=bucket, taken=(own, theirs))
            if sharing.is_shared:
                taken += theirs - mark.theirs[index]
            bucket.correct(limit, rest, since=since, taken=taken, now=now)

    def feel(self, index: int, amount: float, now: float) -> None:
        """Note what a sibling takes, where it takes it from the same limit."""
        if self._sharings[index].is_shared:
            self._take(index, amount, now)

    def _take(self, index: int, amount: float, now: float) -> None:
        bucket = self._buckets[index]
        if bucket is not None:
            bucket.take(amount, now)

    def _theirs(self, index: int) -> float:
        return sum(sibling.taken[index] for sibling in self.siblings)
