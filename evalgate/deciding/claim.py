"""What a verdict has to speak about: the traffic, or only the cases of a set too small for that."""

from dataclasses import dataclass

from evalgate.deciding.bounds import smallest_set
from evalgate.model.comparison import CaseKind, Comparison
from evalgate.model.policy import Estimand, GateRules

FEWEST_CLUSTERS = 10
"""With fewer clusters their spread is not known well enough to prove anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the verdict speaks about, never `auto`, and what it takes to speak about the traffic.

    `population_needs` is that number of units, None when no number suffices; `population_unit` is
    what they are called.
    """

    estimand: Estimand
    population_needs: int | None
    population_unit: str


def owed_claim(comparison: Comparison, rules: GateRules) -> Claim:
    """Return the claim that the base's set owes, whatever of it is left to compare.

    It follows from the set as the base has it, so that no case can be deleted, edited or lost in
    order to be judged by the easier claim about a suite.
    """
    clustered = any(pair.cluster for pair in comparison.pairs if pair.kind is CaseKind.SAME)
    needs = needed_units(rules, clustered=clustered)
    estimand = rules.estimand
    if estimand is Estimand.AUTO:
        too_small = needs is not None and _units_at_base(comparison) < needs
        estimand = Estimand.SUITE if too_small else Estimand.POPULATION
    return Claim(
        estimand=estimand,
        population_needs=needs,
        population_unit="cluster" if clustered else "case",
    )


def needed_units(rules: GateRules, *, clustered: bool) -> int | None:
    """Return the number of units below which no result proves the limit; None when none does."""
    needed = smallest_set(rules.max_drop, rules.alpha)
    return needed if needed is None else max(needed, FEWEST_CLUSTERS if clustered else 1)


def _units_at_base(comparison: Comparison) -> int:
    """Count the independent units of the base's set; never too few of them."""
    same = [pair for pair in comparison.pairs if pair.kind is CaseKind.SAME]
    clusters = {pair.cluster for pair in same if pair.cluster is not None}
    alone = sum(pair.cluster is None for pair in same)
    # An edit may have moved a case into another cluster; where it was is no longer known.
    edited = sum(pair.kind is CaseKind.EDITED for pair in comparison.pairs)
    return len(clusters) + alone + edited + len(comparison.deleted)
