"""What a comparison says in numbers, before any rule is applied to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.deciding.bounds import (
    Difference,
    Sample,
    lower_bound,
    proves_limit,
    rare_loss_bound,
    sample,
    smallest_detectable_drop,
    smallest_set,
    suite_sample,
    upper_bound,
)
from evalgate.deciding.rates import comparable, rate
from evalgate.model.comparison import CasePair, Comparison
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Estimate

FEWEST_CLUSTERS = 10
"""With fewer clusters their spread is not known well enough to prove anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The numbers that the rules look at; rates and differences are fractions.

    `head_rate` is the candidate's pass rate over all cases of the head. `pass_rate` compares: it
    is over the comparable cases when there are any, so that the rates differ by the estimate.
    `delta` is None when no case can be compared. `estimand` is what the numbers speak about, never
    `auto`; `population_needs` is the number of units that a claim about the traffic takes and
    `needed_units` that of the claim made; None when no number suffices.
    """

    compared: tuple[CasePair, ...]
    head_rate: float | None
    pass_rate: Mapping[Arm, float | None]
    delta: Estimate | None
    estimand: Estimand
    population_needs: int | None
    sample: Sample
    rare_loss: float
    needed_units: int | None
    within_limit: bool
    regression: bool
    smallest_detectable_drop: float | None

    @property
    def unit(self) -> str:
        """What the independent units are called."""
        if self.estimand is Estimand.SUITE:
            return "trial"
        return "cluster" if self.sample.clustered else "case"

    @property
    def too_few_units(self) -> bool:
        """Whether the set is too small to prove the limit, whatever the results."""
        return self.needed_units is None or self.sample.units < self.needed_units


def weigh(comparison: Comparison, rules: GateRules, *, baseline: bool) -> Evidence:
    """Compute the evidence of a comparison.

    Args:
        comparison: the pairs of trials.
        rules: the limit, the error rate, and what counts as a regression.
        baseline: whether there is a baseline; without one no case is compared.
    """
    compared = comparable(comparison.pairs) if baseline else ()
    population = sample(_differences(compared))
    estimand = _estimand(rules, population)
    suite = estimand is Estimand.SUITE
    of = suite_sample([_changes(pair) for pair in compared]) if suite else population
    high = upper_bound(of, rules.alpha)
    needed = _needed_units(rules, clustered=of.clustered)
    enough = needed is not None and of.units >= needed
    within_limit = enough and proves_limit(of, rules.max_drop, rules.alpha)
    beyond = rules.max_drop if rules.fail_when is FailWhen.BEYOND_LIMIT else 0.0
    low = lower_bound(of, rules.alpha)
    return Evidence(
        compared=compared,
        head_rate=rate([pair.candidate for pair in comparison.pairs]),
        pass_rate=_pass_rates(compared or comparison.pairs, baseline=baseline),
        delta=Estimate(estimate=of.mean, low=low, high=high) if compared else None,
        estimand=estimand,
        population_needs=_needed_units(rules, clustered=population.clustered),
        sample=of,
        rare_loss=rare_loss_bound(of, rules.alpha),
        needed_units=needed,
        within_limit=within_limit,
        regression=high < -beyond and not within_limit,
        smallest_detectable_drop=smallest_detectable_drop(of, rules.alpha, beyond=beyond),
    )


def _differences(compared: tuple[CasePair, ...]) -> list[Difference]:
    return [
        Difference(value=pair.difference, cluster=pair.cluster)
        for pair in compared
        if pair.difference is not None
    ]


def _changes(pair: CasePair) -> list[float]:
    """Return candidate minus baseline for each trial of a case."""
    return [after - before for before, after in zip(pair.baseline, pair.candidate, strict=True)]


def _estimand(rules: GateRules, population: Sample) -> Estimand:
    if rules.estimand is not Estimand.AUTO:
        return rules.estimand
    needed = _needed_units(rules, clustered=population.clustered)
    too_small = needed is not None and population.units < needed
    return Estimand.SUITE if too_small else Estimand.POPULATION


def _pass_rates(pairs: tuple[CasePair, ...], *, baseline: bool) -> dict[Arm, float | None]:
    before = rate([pair.baseline for pair in pairs]) if baseline else None
    return {Arm.BASELINE: before, Arm.CANDIDATE: rate([pair.candidate for pair in pairs])}


def _needed_units(rules: GateRules, *, clustered: bool) -> int | None:
    needed = smallest_set(rules.max_drop, rules.alpha)
    return needed if needed is None else max(needed, FEWEST_CLUSTERS if clustered else 1)
