"""Says what is known by each criterion of a rollout: rates of both arms, rise, proof and harm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor

from evalgate.model.policy import RolloutRules, Stage
from evalgate.model.rollout import (
    ArmRate,
    Criterion,
    CriterionEvidence,
    Evidence,
    RolloutReport,
)
from evalgate.model.verdict import Verdict
from evalgate.reporting.numbers import count, milliseconds, money, percent, points, signed_points
from evalgate.reporting.sentences import ICONS

NAMES: Mapping[Criterion, str] = {
    Criterion.QUALITY: "Quality",
    Criterion.ERRORS: "Errors",
    Criterion.REFUSALS: "Refusals",
    Criterion.LATENCY: "Latency",
    Criterion.COST: "Cost",
}
"""What people call a criterion."""

_FULL = 100.0
_MOST_SHOWN = 1_000_000
_ROUNDING = 1e-9
_NONE = "–"
_STANDS: Mapping[Verdict, str] = {
    Verdict.FAIL: "worse",
    Verdict.PASS: "within the limit",
    Verdict.INCONCLUSIVE: "not shown yet",
    Verdict.NOT_APPLICABLE: "no units yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """By how much more of the canary fails, as fractions; the bounds are None while unknown."""

    estimate: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One line of the table, in plain text; a dash or nothing stands for what is not known."""

    criterion: Criterion
    name: str
    meaning: str
    stands: Verdict
    stable: str
    stable_units: str
    stable_bounds: str
    canary: str
    canary_units: str
    canary_bounds: str
    rise: str
    rise_bounds: str
    most: str
    proof: str
    harm: str

    @property
    def standing(self) -> str:
        """Where the criterion stands: a sign and a word."""
        return f"{ICONS[self.stands]} {_STANDS[self.stands]}"


def criterion_rows(report: RolloutReport) -> tuple[CriterionRow, ...]:
    """Return a line for each criterion, in their order."""
    return tuple(_row(each, report) for each in report.evidence.criteria)


def _row(each: CriterionEvidence, report: RolloutReport) -> CriterionRow:
    rise, needed = rise_of(each), needed_proof(report)
    return CriterionRow(
        criterion=each.criterion,
        name=NAMES[each.criterion],
        meaning=meaning(each),
        stands=_stands(each, report),
        stable=rate(each.stable.rate),
        stable_units=_units(each.stable),
        stable_bounds=_rates(each.stable),
        canary=rate(each.canary.rate),
        canary_units=_units(each.canary),
        canary_bounds=_rates(each.canary),
        rise=_NONE if rise is None else signed_points(rise.estimate, apart_from=(each.max_rise,)),
        rise_bounds=_bounds(rise, each.max_rise),
        most=f"+{points(each.max_rise)}",
        proof=of(each.proof, needed),
        harm=of(weighted_harm(each), harm_limit(report.rules)),
    )


def _stands(each: CriterionEvidence, report: RolloutReport) -> Verdict:
    if each in harmful(report.evidence, report.rules):
        return Verdict.FAIL
    if not (each.stable.units and each.canary.units):
        return Verdict.NOT_APPLICABLE
    return Verdict.PASS if each.proof >= needed_proof(report) else Verdict.INCONCLUSIVE


def _units(arm: ArmRate) -> str:
    if not arm.units:
        return "no units"
    return f"{_number(arm.failed)} of {count(arm.units, 'unit')}"


def _rates(arm: ArmRate) -> str:
    return f"{rate(arm.low)} to {rate(arm.high)}" if arm.units else ""


def _number(failed: float) -> str:
    return f"{failed:,.1f}".removesuffix(".0")


def _bounds(rise: Rise | None, max_rise: float) -> str:
    if rise is None or rise.low is None or rise.high is None:
        return ""
    low, high = (signed_points(end, apart_from=(max_rise,)) for end in (rise.low, rise.high))
    return f"{low} to {high}"


def rise_of(each: CriterionEvidence) -> Rise | None:
    """Return the rise as it stands: that of the last snapshot, else the difference of the rates."""
    if each.course:
        last = each.course[-1]
        return Rise(estimate=last.rise, low=last.low, high=last.high)
    stable, canary = each.stable.rate, each.canary.rate
    return None if stable is None or canary is None else Rise(estimate=canary - stable)


def weighted_harm(each: CriterionEvidence) -> float:
    """Return what a criterion adds to the evidence that a rollback goes by."""
    return each.weight * each.harm


def harm_limit(rules: RolloutRules) -> float:
    """Return the evidence of harm that rolls back."""
    return 1 / rules.alpha


def harmful(evidence: Evidence, rules: RolloutRules) -> tuple[CriterionEvidence, ...]:
    """Return the criteria for which a version is rolled back, worst first; none when it is not.

    One of several has at least its even share of the evidence that a rollback takes.
    """
    limit, ranked = harm_limit(rules), sorted(evidence.criteria, key=weighted_harm, reverse=True)
    if not ranked or not evidence.harm >= limit:
        return ()
    telling = [each for each in ranked if weighted_harm(each) >= limit / len(ranked)]
    return tuple(telling or ranked[:1])


def stage_of(report: RolloutReport, share: float | None = None) -> Stage:
    """Return the stage whose demands hold at a share of the traffic, the present one by default.

    That is the last one that the share reaches; at all of the traffic, where nothing is compared
    any more, the last one before that.
    """
    stages = [each for each in report.rules.stages if each.percent < _FULL]
    wanted = present_share(report) if share is None else share
    reached = [each for each in stages if each.percent <= wanted]
    known = reached[-1:] or stages[:1] or report.rules.stages[:1]
    return known[0] if known else Stage(percent=_FULL, proof=1.0)


def needed_proof(report: RolloutReport, share: float | None = None) -> float:
    """Return the proof that every criterion needs at a share, the present one by default."""
    return stage_of(report, share).proof


def present_share(report: RolloutReport) -> float:
    """Return the share that the version has, or had last, in percent; 0 before any."""
    rollout = report.rollout
    if rollout.percent or not rollout.steps:
        return rollout.percent
    return _FULL if rollout.at_full is not None else rollout.steps[-1].percent


def meaning(each: CriterionEvidence) -> str:
    """Say what counts as a failure."""
    limit = each.limit
    if each.criterion is Criterion.QUALITY:
        return "answers that were scored as failing"
    if each.criterion is Criterion.ERRORS:
        return "calls without an answer"
    if each.criterion is Criterion.REFUSALS:
        return "answers that refuse"
    if each.criterion is Criterion.LATENCY:
        bound = "a limit that is not known yet" if limit is None else milliseconds(round(limit))
        return f"calls that take more than {bound}"
    bound = "a limit that is not known yet" if limit is None else money(limit)
    return f"calls that cost more than {bound}"


def criterion_sentence(row: CriterionRow) -> str:
    """Say what is known by a criterion, without its name and without a full stop."""
    if row.stands is Verdict.NOT_APPLICABLE:
        return f"{row.standing}; {row.most} points are allowed"
    bounds = f" ({row.rise_bounds})" if row.rise_bounds else ""
    return (
        f"{row.standing}: {row.canary} of the canary fail ({row.canary_units}; "
        f"{row.canary_bounds}), {row.stable} of the stable version ({row.stable_units}; "
        f"{row.stable_bounds}); rise {row.rise} points{bounds}, {row.most} allowed; "
        f"proof {row.proof}, harm {row.harm}"
    )


def unknown_outcomes(evidence: Evidence) -> Iterator[str]:
    """Yield how many calls have no outcome, by criterion."""
    for each in evidence.criteria:
        stable, canary = each.unknown
        if stable or canary:
            yield (
                f"{NAMES[each.criterion]}: {count(stable, 'call')} of the stable version and "
                f"{canary:,} of the canary without an outcome"
            )


def of(value: float, needed: float) -> str:
    """Write evidence beside what is needed: `12.3 of 40`."""
    return f"{e_value(value)} of {e_value(needed)}"


def e_value(value: float) -> str:
    """Write an e-value, rounded down: 39.97 is not yet 40."""
    if not value < _MOST_SHOWN:
        return "over 1M"
    if value >= 100:
        return f"{floor(value + _ROUNDING):,}"
    if 0 < value < 0.01:
        return "<0.01"
    scale = 10 if value >= 0.1 else 100
    return f"{floor(value * scale + _ROUNDING) / scale:g}"


def rate(fraction: float | None) -> str:
    """Write a rate in percent as shares of the traffic are written: with a space."""
    return percent(fraction).replace("%", " %")
