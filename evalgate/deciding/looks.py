"""When a comparison is looked at before its last trial, and what may be claimed at each look.

All looks are planned before the first trial. Alpha is spent in proportion to the information that
a look has of the last one's (Lan and DeMets, Biometrika 70, 1983), at a look at half of the cases
in proportion to its square. That keeps each wrong claim at alpha over all looks together. The plan
guesses how the information grows; a wrong guess costs power and no error rate worth mention
(`benchmarks/error_rates.py` measures it).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evalgate.deciding.bounds import mean_and_error
from evalgate.deciding.evidence import Evidence
from evalgate.deciding.quantiles import normal_quantile
from evalgate.deciding.spending import nominal_levels, spend_linear
from evalgate.deciding.suite import variance_within
from evalgate.model.comparison import CasePair
from evalgate.model.policy import FailWhen, GateRules
from evalgate.model.trial import Arm

FEWEST_UNITS = 100
"""With fewer units every trial is needed at once."""

HALF_FROM = 200
"""From so many units on there is a first look at half of the cases, which may only fail."""

_BETWEEN = 4.0
"""The variance between cases that the plan supposes, in multiples of that of one trial."""

_LUCK = 0.1
"""How rare a lucky course of the remaining trials is before nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look: the share of the cases that have run, their rounds, and the level of its claims.

    `rounds` are the candidate's trials of each case whose baseline is known to vary.
    """

    share: float
    rounds: int
    level: float

    @property
    def is_partial(self) -> bool:
        """Whether cases are left that have not run."""
        return self.share < 1


def planned_looks(units: int, *, rounds: int, alpha: float) -> tuple[Look, ...]:
    """Plan the looks at a set.

    Args:
        units: how many independent cases or clusters it has.
        rounds: the most trials of the candidate per case.
        alpha: one-sided error rate of each claim, over all looks.
    """
    steps = [(0.5, 1)] if units >= HALF_FROM else []
    steps += [(1.0, number) for number in range(1, rounds + 1)]
    fractions = [
        share * (_BETWEEN + 1 / rounds) / (_BETWEEN + 1 / number) for share, number in steps
    ]
    # The look at half is there to save money, and leaves most of its share to those at all.
    spent = [
        spend_linear(fraction**2 if share < 1 else fraction, alpha)
        for fraction, (share, _) in zip(fractions, steps, strict=True)
    ]
    levels = nominal_levels(fractions, spent)
    return tuple(
        Look(share=share, rounds=number, level=level)
        for (share, number), level in zip(steps, levels, strict=True)
    )


def is_futile(
    evidence: Evidence,
    rules: GateRules,
    *,
    extended: Mapping[str, Collection[Arm]],
    rounds: tuple[int, int],
) -> bool:
    """Tell whether even a lucky course of the remaining rounds would decide nothing.

    The rounds shrink the variance within the extended cases and nothing else. The mean is taken to
    move by 1.28 of the standard deviations that they leave to chance, in either direction.

    Args:
        evidence: what is known now.
        rules: the limit, with the level of the last look as `alpha`.
        extended: the cases that get further trials, and in which arms.
        rounds: how many of their trials have run, and how many will have.
    """
    now, most = rounds
    if now < 2:
        return False
    mean, error = mean_and_error(evidence.sample, (-1.0,))
    open_part = _within(evidence.compared, extended) * (1 - now / most)
    shift = normal_quantile(1 - _LUCK) * math.sqrt(open_part)
    reach = normal_quantile(1 - rules.alpha) * math.sqrt(max(0.0, error**2 - open_part))
    beyond = rules.max_drop if rules.fail_when is FailWhen.BEYOND_LIMIT else 0.0
    may_pass = mean + shift - reach > -rules.max_drop
    may_fail = evidence.sample.mean - shift + reach < -beyond
    return not may_pass and not may_fail


def _within(pairs: Sequence[CasePair], extended: Mapping[str, Collection[Arm]]) -> float:
    """Return the variance of the mean that is due to trials of which there will be more."""
    outcomes = (
        pair.baseline if arm is Arm.BASELINE else pair.candidate
        for pair in pairs
        for arm in extended.get(pair.case, ())
    )
    noise = math.fsum(variance_within(each) / len(each) for each in outcomes if len(each) > 1)
    return noise / max(1, len(pairs)) ** 2
