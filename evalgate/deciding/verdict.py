"""The rules, in order: from a comparison to a verdict with its reasons."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from evalgate.deciding import reasons, slice_reasons
from evalgate.deciding.evidence import CONFIRMING_TRIALS, Evidence, weigh
from evalgate.deciding.flakiness import flaky_cases, passed_steadily
from evalgate.deciding.rates import exceeds, passes
from evalgate.deciding.slices import fewest_to_fail
from evalgate.model.comparison import CaseKind, CasePair, Comparison, Flip, mean
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import (
    CaseCounts,
    Estimate,
    Flips,
    Reason,
    Slice,
    SliceFlag,
    Verdict,
)

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict on one comparison, with the numbers that it rests on.

    `delta` is None when nothing could be compared or evaluated.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    delta: Estimate | None
    estimand: Estimand
    pass_rate: Mapping[Arm, float | None]
    smallest_detectable_drop: float | None
    cases: CaseCounts
    flips: Flips
    slices: tuple[Slice, ...]
    flaky: tuple[str, ...]


def decide(
    comparison: Comparison, rules: GateRules, *, baseline: bool, unchanged: bool = False
) -> Decision:
    """Apply the rules to one comparison.

    Args:
        comparison: the trials of both arms, paired.
        rules: the thresholds of the policy.
        baseline: whether there is a baseline; without one absolute rules decide.
        unchanged: whether only the eval set changed and the candidate is the stable version
            itself, so that nothing is compared and nothing can have regressed.
    """
    evidence = weigh(comparison, rules, baseline=baseline and not unchanged)
    verdict, why = _judge(comparison, evidence, rules, baseline=baseline, unchanged=unchanged)
    evaluated = verdict is not Verdict.ERROR and not comparison.awaiting
    return Decision(
        verdict=verdict,
        reasons=why,
        delta=evidence.delta if evaluated else None,
        estimand=evidence.estimand,
        pass_rate=evidence.pass_rate,
        smallest_detectable_drop=evidence.smallest_detectable_drop if evaluated else None,
        cases=_count(comparison, evidence),
        flips=_flips(evidence.compared),
        slices=evidence.slices,
        flaky=flaky_cases({pair.case: pair.baseline for pair in comparison.pairs}),
    )


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; `not_applicable` when there is none."""
    return max(verdicts, key=lambda verdict: verdict.severity, default=Verdict.NOT_APPLICABLE)


def _judge(
    comparison: Comparison,
    evidence: Evidence,
    rules: GateRules,
    *,
    baseline: bool,
    unchanged: bool,
) -> tuple[Verdict, tuple[Reason, ...]]:
    obstacle = next(_obstacles(comparison, rules), None)
    if obstacle:
        return Verdict.ERROR, (obstacle,)
    if comparison.awaiting:
        return Verdict.INCONCLUSIVE, (reasons.awaits_calls(comparison),)
    if comparison.waived and not comparison.pairs:
        return Verdict.INCONCLUSIVE, (reasons.all_waived(comparison),)
    delta = evidence.delta
    standing: tuple[Reason, ...] = ()
    if unchanged:
        standing = (reasons.version_unchanged(evidence.head_rate),)
    elif delta is None:
        standing = (reasons.no_comparison(rules, evidence, baseline=baseline),)
    elif evidence.estimand is Estimand.SUITE:
        standing = (reasons.about_these_cases(evidence, rules),)
    standing += tuple(_about_slices(evidence, rules))
    failures = tuple(_failures(comparison, evidence, rules))
    if failures:
        return Verdict.FAIL, failures + standing
    doubts = tuple(_doubts(comparison, evidence, rules, unchanged=unchanged))
    undecidable = delta is None and rules.min_pass_rate is None and not unchanged
    if doubts or undecidable:
        return Verdict.INCONCLUSIVE, doubts + standing
    proven = (reasons.non_inferior(delta, rules),) if delta else ()
    return Verdict.PASS, proven + standing


def _obstacles(comparison: Comparison, rules: GateRules) -> Iterator[Reason]:
    """Yield why nothing can be decided."""
    for arm, ledger in comparison.ledger.items():
        if not ledger.balances:
            yield reasons.ledger_unbalanced(arm, ledger)
    if comparison.planned_pairs == 0:
        yield reasons.no_cases()
        return
    if sum(ledger.skipped for ledger in comparison.ledger.values()) > comparison.awaiting:
        yield reasons.not_all_trials_ran(comparison)
    if comparison.awaiting:
        return  # what was skipped on purpose is no loss, and nothing is decided anyway
    lost, planned = comparison.lost_pairs, comparison.planned_pairs
    if lost == planned or exceeds(lost, rules.error_budget, of=planned):
        yield reasons.error_budget(comparison, rules)


def _failures(comparison: Comparison, evidence: Evidence, rules: GateRules) -> Iterator[Reason]:
    """Yield every rule that the candidate breaks."""
    rate, minimum = evidence.head_rate, rules.min_pass_rate
    if minimum is not None and rate is not None and rate < minimum - _ROUNDING:
        yield reasons.below_min_pass_rate(rate, minimum)
    broken = [pair for pair in comparison.pairs if _seems_broken(pair) and _confirmed(pair)]
    if broken:
        yield reasons.critical_case(broken)
    for part in evidence.slices:
        if part.flag is SliceFlag.WORSE:
            yield slice_reasons.protected_slice(part, rules)
    if evidence.delta and evidence.regression:
        yield reasons.regression(evidence, evidence.delta, rules)


def _doubts(
    comparison: Comparison, evidence: Evidence, rules: GateRules, *, unchanged: bool
) -> Iterator[Reason]:
    """Yield every reason why a candidate that breaks no rule still does not pass."""
    counts = _count(comparison, evidence)
    changed = counts.edited + counts.deleted
    cases = comparison.pairs + comparison.waived
    existing = changed + sum(pair.kind is CaseKind.SAME for pair in cases)
    if exceeds(changed, rules.edit_budget, of=existing):
        yield reasons.set_changed(changed, existing, rules, alone=unchanged)
    doubtful = [pair for pair in comparison.pairs if _seems_broken(pair) and not _confirmed(pair)]
    if doubtful:
        yield reasons.critical_unconfirmed(doubtful, CONFIRMING_TRIALS)
    yield from _untested_slices(evidence, rules)
    if evidence.delta is None:
        return
    before = evidence.pass_rate[Arm.BASELINE]
    if before is not None and before <= rules.max_drop:
        yield reasons.no_headroom(before, rules)
    if evidence.within_limit:
        return
    if evidence.lopsided:
        yield reasons.lopsided_errors(comparison, evidence, evidence.delta, rules)
    elif evidence.too_few_units:
        yield reasons.too_few_units(evidence, rules)
    else:
        yield reasons.cannot_tell(evidence, evidence.delta, rules)


def _untested_slices(evidence: Evidence, rules: GateRules) -> Iterator[Reason]:
    """Yield the protected slices that could have failed but for lost trials or waivers."""
    for part in evidence.untested:
        if part.expected:
            yield slice_reasons.slice_not_tested(part, fewest_to_fail(rules))
        elif part.by_waivers:
            yield slice_reasons.slice_waived(part)


def _about_slices(evidence: Evidence, rules: GateRules) -> Iterator[Reason]:
    """Yield what a reader should know about protected slices and what decides nothing."""
    suspect = [
        part for part in evidence.slices if part.protected and part.flag is SliceFlag.SUSPECT
    ]
    if suspect:
        yield slice_reasons.suspect_slices(suspect)
    for part in evidence.untested:
        if not part.expected and not part.by_waivers:
            yield slice_reasons.slice_too_small(part, fewest_to_fail(rules))


def _seems_broken(pair: CasePair) -> bool:
    """Tell whether a critical case fails on average, or has no trial, and did not fail before."""
    fails = not pair.candidate or not passes(mean(pair.candidate))
    failed_before = bool(pair.baseline) and not passes(mean(pair.baseline))
    return pair.critical and fails and not failed_before


def _confirmed(pair: CasePair) -> bool:
    """Tell whether enough trials of a case all fail, and nearly all passed before."""
    trials = pair.candidate + pair.confirming
    return (
        len(trials) >= CONFIRMING_TRIALS and not any(map(passes, trials)) and passed_steadily(pair)
    )


def _count(comparison: Comparison, evidence: Evidence) -> CaseCounts:
    # A waiver takes a case out of the comparison, not out of the change.
    kinds = [pair.kind for pair in comparison.pairs + comparison.waived]
    return CaseCounts(
        compared=len(evidence.compared),
        new=kinds.count(CaseKind.NEW),
        edited=kinds.count(CaseKind.EDITED),
        deleted=len(comparison.deleted),
    )


def _flips(compared: tuple[CasePair, ...]) -> Flips:
    """List the flipped cases: slips last, then the largest change first, then by id."""
    ranked = sorted(
        compared, key=lambda pair: (_slipped(pair), -abs(pair.difference or 0.0), pair.case)
    )
    regressed = [pair for pair in ranked if pair.flip is Flip.REGRESSED]
    return Flips(
        regressed=tuple(pair.case for pair in regressed),
        fixed=tuple(pair.case for pair in ranked if pair.flip is Flip.FIXED),
        broken=tuple(pair.case for pair in regressed if _confirmed(pair)),
        slipped=tuple(pair.case for pair in regressed if _slipped(pair)),
    )


def _slipped(pair: CasePair) -> bool:
    """Tell whether most trials pass of a case that was looked into."""
    return bool(pair.confirming) and passes(mean(pair.candidate + pair.confirming))
