"""Compares what failed before a change point with what failed after it, part by part; pure.

A *loss* is what a call or a score lacks to be good, from 0 to 1. The rise of the whole is split
into what happened within the parts, and what comes from the parts having other shares than before
(Kitagawa 1955: https://doi.org/10.1080/01621459.1955.10501299).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

DIMENSIONS = ("version", "feature", "route", "provider", "model")
"""By which parts are told apart."""

FEWEST = 10
"""Calls or scores that a part needs to say anything."""

CERTAIN = 3.0
"""Standard errors from which on a rise counts as one."""

WORTH = 0.01
"""The least rise that is looked into: a point."""

FOREIGN = 1 / 3
"""Of the rise of a part, what the others may rise too for the part to stand alone."""


@dataclass(slots=True, kw_only=True)
class Sum:
    """Calls or scores of one kind, with the sums that a mean and its error need."""

    n: float = 0.0
    loss: float = 0.0
    squares: float = 0.0

    def add(self, loss: float, *, times: float = 1.0) -> None:
        """Count a loss so many times."""
        self.n += times
        self.loss += loss * times
        self.squares += loss * loss * times

    def plus(self, other: "Sum") -> "Sum":
        """Return both together."""
        return Sum(
            n=self.n + other.n, loss=self.loss + other.loss, squares=self.squares + other.squares
        )

    @property
    def mean(self) -> float:
        """The mean loss; 0 of nothing."""
        return self.loss / self.n if self.n else 0.0

    @property
    def error(self) -> float:
        """The standard error of the mean, never below that of one loss more."""
        if self.n < 1:
            return 1.0
        variance = max(self.squares / self.n - self.mean**2, 0.0)
        return sqrt(max(variance, 0.25 / self.n) / self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """One loss, when it was, and where: `names` are by dimension."""

    ts: float
    loss: float
    names: Mapping[str, str]
    times: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the traffic before and after; `within` is its share of the whole's rise."""

    name: str
    before: Sum
    after: Sum
    within: float = 0.0

    @property
    def is_new(self) -> bool:
        """Whether it was hardly there before."""
        return self.before.n < FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """By how much a loss rose, and how certain that is, in standard errors."""

    by: float
    certainty: float

    @property
    def is_one(self) -> bool:
        """Whether it rose, beyond chance and worth a look."""
        return self.by >= WORTH and self.certainty >= CERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The traffic by one dimension, and how much of the rise came within its parts."""

    dimension: str
    parts: tuple[Part, ...]
    rise: Rise
    within: float
    mix: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """The one part that rose while the others did not; `others` is None where there are none."""

    part: Part
    rise: Rise
    others: Rise | None


@dataclass(slots=True, kw_only=True)
class _Pair:
    before: Sum = field(default_factory=Sum)
    after: Sum = field(default_factory=Sum)


def rise(before: Sum, after: Sum) -> Rise:
    """Return by how much a mean loss rose."""
    by = after.mean - before.mean
    return Rise(by=by, certainty=by / sqrt(before.error**2 + after.error**2))


def split_by(lost: Iterable[Lost], dimension: str, *, began: float) -> Split:
    """Split what was lost by one dimension, before and after an instant."""
    pairs: dict[str, _Pair] = {}
    for each in lost:
        name = each.names.get(dimension, "")
        if name:
            pair = pairs.setdefault(name, _Pair())
            (pair.before if each.ts < began else pair.after).add(each.loss, times=each.times)
    before = _total(pair.before for pair in pairs.values())
    after = _total(pair.after for pair in pairs.values())
    whole = rise(before, after)
    parts = tuple(
        Part(
            name=name,
            before=pair.before,
            after=pair.after,
            within=_within(pair, before, after),
        )
        for name, pair in pairs.items()
    )
    within = sum(part.within for part in parts)
    ranked = sorted(parts, key=lambda part: (-part.within, part.name))
    return Split(
        dimension=dimension,
        parts=tuple(ranked),
        rise=whole,
        within=within,
        mix=whole.by - within,
    )


def alone(split: Split) -> Alone | None:
    """Return the part that explains the rise by itself, if one does.

    A part that is new is held against all that was before it.
    """
    for part in split.parts:
        if part.after.n < FEWEST:
            continue
        before = _total(each.before for each in split.parts) if part.is_new else part.before
        own = rise(before, part.after)
        if not own.is_one:
            continue
        rest = [each for each in split.parts if each is not part]
        others = _rest(rest)
        if others is None or (not others.is_one and others.by < own.by * FOREIGN):
            return Alone(part=part, rise=own, others=others)
    return None


def is_mix(split: Split) -> bool:
    """Return whether the parts are as good as before, and only their shares have changed."""
    return (
        split.rise.is_one
        and split.mix >= 0.6 * split.rise.by
        and not any(
            rise(part.before, part.after).is_one
            for part in split.parts
            if part.before.n >= FEWEST and part.after.n >= FEWEST
        )
    )


def _rest(rest: Sequence[Part]) -> Rise | None:
    """Return the rise of the other parts, each held against itself; None where there are none."""
    known = [part for part in rest if part.before.n >= FEWEST and part.after.n >= FEWEST]
    if not known:
        return None
    # The parts are weighed as after the change, so that shares that moved make no rise.
    total = sum(part.after.n for part in known)
    by = sum(part.after.n / total * (part.after.mean - part.before.mean) for part in known)
    error = sqrt(
        sum(
            (part.after.n / total) ** 2 * (part.before.error**2 + part.after.error**2)
            for part in known
        )
    )
    return Rise(by=by, certainty=by / error)


def _within(pair: _Pair, before: Sum, after: Sum) -> float:
    if not pair.after.n or not before.n or not after.n:
        return 0.0
    then = pair.before.mean if pair.before.n else before.mean
    share = (pair.before.n / before.n + pair.after.n / after.n) / 2
    if not pair.before.n:
        share = pair.after.n / after.n
    return share * (pair.after.mean - then)


def _total(sums: Iterable[Sum]) -> Sum:
    whole = Sum()
    for each in sums:
        whole = whole.plus(each)
    return whole
