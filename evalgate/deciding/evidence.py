"""What a comparison says in numbers, before any rule is applied to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalgate.deciding.bounds import (
    Difference,
    Sample,
    lower_bound,
    proves_limit,
    rare_loss_bound,
    sample,
    smallest_detectable_drop,
    upper_bound,
)
from evalgate.deciding.claim import Claim, needed_units, owed_claim
from evalgate.deciding.rates import comparable, rate
from evalgate.deciding.slices import UntestedSlice, slices, untested
from evalgate.deciding.suite import suite_sample
from evalgate.model.comparison import CasePair, Comparison, mean
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Estimate, Slice

CONFIRMING_TRIALS = 3
"""How many trials tell a case that broke from one that slipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The numbers that the rules look at; rates and differences are fractions.

    `head_rate` is the candidate's pass rate over all cases of the head. `pass_rate` compares: it
    is over the comparable cases when there are any, so that the rates differ by the estimate.
    `delta` is None when no case can be compared. `claim` is what the numbers speak about;
    `needed_units` the number of units that it takes, None when no number suffices. `unseen_loss` is
    the share of trials that have no grade in the candidate alone, those of the baseline set against
    them: the drop that would add if each were a failure. `lopsided` tells that only this stands
    between the candidate and the limit. `untested` are protected slices that could not have failed.
    """

    compared: tuple[CasePair, ...]
    head_rate: float | None
    pass_rate: Mapping[Arm, float | None]
    delta: Estimate | None
    claim: Claim
    sample: Sample
    rare_loss: float
    needed_units: int | None
    unseen_loss: float
    within_limit: bool
    lopsided: bool
    regression: bool
    smallest_detectable_drop: float | None
    slices: tuple[Slice, ...] = ()
    untested: tuple[UntestedSlice, ...] = ()

    @property
    def estimand(self) -> Estimand:
        """What the numbers speak about, never `auto`."""
        return self.claim.estimand

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
    claim = owed_claim(comparison, rules)
    draw = suite_sample if claim.estimand is Estimand.SUITE else _sample
    of = draw(compared)
    high = upper_bound(of, rules.alpha)
    needed = needed_units(rules, clustered=of.clustered)
    enough = needed is not None and of.units >= needed
    seen = enough and proves_limit(of, rules.max_drop, rules.alpha)
    unseen = _unseen_loss(comparison)
    within_limit = seen and proves_limit(of, rules.max_drop, rules.alpha, unseen_loss=unseen)
    beyond = rules.max_drop if rules.fail_when is FailWhen.BEYOND_LIMIT else 0.0
    low = lower_bound(of, rules.alpha)
    return Evidence(
        compared=compared,
        head_rate=rate(comparison.pairs, Arm.CANDIDATE),
        pass_rate=_pass_rates(compared or comparison.pairs, baseline=baseline),
        delta=Estimate(estimate=of.mean, low=low, high=high) if compared else None,
        claim=claim,
        sample=of,
        rare_loss=rare_loss_bound(of, rules.alpha),
        needed_units=needed,
        unseen_loss=unseen,
        within_limit=within_limit,
        lopsided=seen and not within_limit,
        regression=high < -beyond and not seen,
        smallest_detectable_drop=smallest_detectable_drop(of, rules.alpha, beyond=beyond),
        slices=slices(comparison.pairs, rules, draw=draw if compared else None),
        untested=untested(comparison, rules, draw=draw)
        if compared or (baseline and comparison.waived)
        else (),
    )


def _sample(compared: Sequence[CasePair]) -> Sample:
    return sample(differences(compared))


def differences(pairs: Sequence[CasePair]) -> list[Difference]:
    """Return the differences of cases that were graded in both arms, and what the guard sees.

    Where an apparent loss was looked into, the guard counts all trials of the case.
    """
    return [
        Difference(
            value=pair.difference,
            cluster=pair.cluster,
            weight=pair.weight,
            guarded=_looked_into(pair) if pair.confirming else None,
        )
        for pair in pairs
        if pair.difference is not None
    ]


def _looked_into(pair: CasePair) -> float:
    return mean(pair.candidate + pair.confirming) - mean(pair.baseline)


def _unseen_loss(comparison: Comparison) -> float:
    """Return the net share of trials that only the candidate could not grade.

    The share is of the trials that at least one arm graded, among the cases with a baseline.
    """
    alone = {arm: comparison.lost_by.get(arm, 0) for arm in Arm}
    kept = sum(len(pair.candidate) for pair in comparison.pairs if pair.baseline)
    net = max(0, alone[Arm.CANDIDATE] - alone[Arm.BASELINE])
    return net / (kept + sum(alone.values())) if net else 0.0


def _pass_rates(pairs: tuple[CasePair, ...], *, baseline: bool) -> dict[Arm, float | None]:
    before = rate(pairs, Arm.BASELINE) if baseline else None
    return {Arm.BASELINE: before, Arm.CANDIDATE: rate(pairs, Arm.CANDIDATE)}
