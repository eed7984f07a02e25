"""How much of a fall comes from other questions being asked, and how much from worse answers.

The difference of two means is taken apart by group: what the groups' shares would have changed with
their means as they are, and what their means would have changed with their shares as they are
(Kitagawa, Journal of the American Statistical Association 50, 1955, 1168). Both are averaged over
before and after, so that they add up to the difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.deciding.level_shift import Level


@dataclass(frozen=True, slots=True)
class Parts:
    """What the shares of the groups, and the means within them, add to a difference."""

    shares: float
    within: float


def parts_of(before: Mapping[str, Level], after: Mapping[str, Level]) -> Parts:
    """Return the two parts of the difference of the means.

    Of a group that was not there, or is not there any more, no mean can have moved: all that it
    adds is its share's.

    Args:
        before: scores by group, one at least.
        after: likewise.
    """
    many, later = _number(before), _number(after)
    shares = within = 0.0
    for group in sorted({*before, *after}):
        old, new = before.get(group), after.get(group)
        share_old, share_new = (old.n / many if old else 0.0), (new.n / later if new else 0.0)
        mean_old = old.mean if old else (new.mean if new else 0.0)
        mean_new = new.mean if new else mean_old
        shares += (share_new - share_old) * (mean_old + mean_new) / 2
        within += (mean_new - mean_old) * (share_old + share_new) / 2
    return Parts(shares=shares, within=within)


def _number(groups: Mapping[str, Level]) -> int:
    return sum(level.n for level in groups.values())
