"""Whether a judge says something else of the same answers than it did before.

An unchanged judge flips one way as often as the other, as a fair coin falls.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from evalgate.deciding.paired import mcnemar_exact

ALPHA = 0.01
"""The chance to call a judge drifted that is as it was, over both tests together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """One anchor: what people said, what the judge said then, and what it says now."""

    human: bool
    then: bool
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How verdicts flipped; `worse` and `better` are those against people's labels.

    `leaning` is the p-value of flips that go one way, from pass to fail or back; `decline` that of
    flips away from people's labels or towards them.
    """

    to_pass: int
    to_fail: int
    worse: int
    better: int

    @property
    def leaning(self) -> float:
        """The p-value of a judge that became neither stricter nor laxer."""
        return mcnemar_exact(self.to_pass, self.to_fail)

    @property
    def decline(self) -> float:
        """The p-value of a judge that agrees with people as often as it did."""
        return mcnemar_exact(self.worse, self.better)

    @property
    def has_drifted(self) -> bool:
        """Whether either test says so; each has half of the chance to be wrong."""
        return min(self.leaning, self.decline) < ALPHA / 2


def drift(anchors: Iterable[Rejudged]) -> Drift:
    """Count how verdicts flipped."""
    flipped = [each for each in anchors if each.then is not each.now]
    to_pass = sum(each.now for each in flipped)
    better = sum(each.now is each.human for each in flipped)
    return Drift(
        to_pass=to_pass,
        to_fail=len(flipped) - to_pass,
        worse=len(flipped) - better,
        better=better,
    )


def fewest_flips(alpha: float = ALPHA / 2) -> int:
    """Return how many flips, all one way, it takes to be called drift."""
    number = 1
    while mcnemar_exact(number, 0) >= alpha:
        number += 1
    return number
