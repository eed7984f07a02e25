"""Decides what follows from the evidence about a rollout: advance, hold or roll back; pure.

Nothing is concluded from silence: what is not shown holds, and says what is missing.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.deciding.split_ratio import SKEWED
from evalgate.deciding.wording import counted, percent, points
from evalgate.model.milestone import Phase
from evalgate.model.policy import OnDeadline, RolloutRules, Stage
from evalgate.model.rollout import (
    Criterion,
    CriterionEvidence,
    Evidence,
    Lack,
    Outcome,
    Outlook,
    Rollout,
)
from evalgate.model.verdict import Reason
from evalgate.rollout.course import ALL
from evalgate.rollout.stepping import next_share

FEWEST_UNKNOWN = 20
"""Sampled units of an arm from which on it is told whether its scores are missing."""

_HOUR = 3600.0
_MINUTE = 60.0
_LONGEST = 366 * 24 * _HOUR
"""Seconds ahead beyond which nothing is foretold."""

_REQUIRED = frozenset({Criterion.QUALITY, Criterion.ERRORS})
_OF_TIME = frozenset({"bake", "full_day"})
"""What a step lacks by the policy's own will: it is not late for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A rollout, what is known of it, and the stage of the policy that it is in."""

    rollout: Rollout
    evidence: Evidence
    rules: RolloutRules
    stage: Stage

    @property
    def now(self) -> float:
        return self.evidence.at

    @property
    def began(self) -> float:
        """The instant from which on the version had the share that it has."""
        if self.rollout.at_full is not None:
            return self.rollout.at_full
        return self.rollout.steps[-1].since if self.rollout.steps else self.rollout.since


def outlook_of(rollout: Rollout, evidence: Evidence, rules: RolloutRules) -> Outlook:
    """Return what is to be done about a rollout.

    Harm decides first, whatever else is missing. An advance needs all of: both arms split as
    configured, enough scored units and time in this step, and proof by every criterion.
    """
    if rollout.phase.is_over:
        return Outlook(outcome=Outcome.HOLD, reasons=(_over(rollout),))
    limit = 1 / rules.alpha
    if evidence.harm >= limit:
        return Outlook(outcome=Outcome.ROLL_BACK, reasons=tuple(_harms(evidence, limit)))
    case = _Case(
        rollout=rollout, evidence=evidence, rules=rules, stage=stage_of(rollout.percent, rules)
    )
    lacks = tuple(_lacks(case))
    following = next_share(rules, rollout.percent)
    if not lacks:
        return Outlook(outcome=Outcome.ADVANCE, reasons=(_shown(case),), to=following)
    is_late = case.now - case.began >= rules.deadline_hours * _HOUR
    if not is_late or all(lack.code in _OF_TIME for lack in lacks):
        return Outlook(outcome=Outcome.HOLD, reasons=_reasons(lacks), lacks=lacks, to=following)
    late = Reason(
        code="deadline",
        message=f"the step has lasted {rules.deadline_hours:g} hours, which is as long as it may",
    )
    back = rules.on_deadline is OnDeadline.ROLLBACK
    return Outlook(
        outcome=Outcome.ROLL_BACK if back else Outcome.HOLD,
        reasons=(late, *_reasons(lacks)),
        lacks=lacks,
        to=following,
        expired=True,
    )


def stage_of(share: float, rules: RolloutRules) -> Stage:
    """Return the stage that a share of the traffic is in: the last one that it reaches."""
    reached = [stage for stage in rules.stages if stage.percent <= share]
    return reached[-1] if reached else rules.stages[0]


def _over(rollout: Rollout) -> Reason:
    word = "promoted" if rollout.phase is Phase.PROMOTED else "rolled back"
    return Reason(code="over", message=f"{rollout.version} was {word}: this rollout is over")


def _harms(evidence: Evidence, limit: float) -> Iterator[Reason]:
    """Yield what shows harm, the worst first; where it lies in the past, that it did."""
    ranked = sorted(evidence.criteria, key=_harm, reverse=True)
    telling = [each for each in ranked if _harm(each) >= limit / len(ranked)]
    for each in telling or ranked[:1]:
        rates = f"{_rate(each.canary.rate)} of the canary's units against {_rate(each.stable.rate)}"
        yield Reason(code=f"harm_{each.criterion.value}", message=f"{_FAIL[each.criterion]}{rates}")


def _harm(each: CriterionEvidence) -> float:
    return each.weight * each.harm


_FAIL: Mapping[Criterion, str] = {
    Criterion.QUALITY: "quality fell: answers fall short in ",
    Criterion.ERRORS: "calls fail more often: ",
    Criterion.REFUSALS: "the model refuses more often: ",
    Criterion.LATENCY: "calls are slow more often: ",
    Criterion.COST: "calls are dear more often: ",
}


def _rate(rate: float | None) -> str:
    return "none" if rate is None else percent(rate)


def _shown(case: _Case) -> Reason:
    if case.rollout.percent >= ALL:
        return Reason(code="baked", message="all of the traffic has gone well for long enough")
    units = case.evidence.by(Criterion.QUALITY).canary.units
    return Reason(
        code="no_harm",
        message=f"{counted(units, 'scored unit')} of the canary show no harm by any criterion",
    )


def _reasons(lacks: tuple[Lack, ...]) -> tuple[Reason, ...]:
    return tuple(Reason(code=lack.code, message=lack.message) for lack in lacks)


def _lacks(case: _Case) -> Iterator[Lack]:
    yield from _lacking_time(case)
    if case.rollout.percent >= ALL:
        return
    yield from _lacking_split(case)
    yield from _lacking_units(case)
    yield from _lacking_scores(case)
    yield from _lacking_proof(case)


def _lacking_time(case: _Case) -> Iterator[Lack]:
    baked = case.began + case.stage.bake_minutes * _MINUTE
    if case.now < case.began:
        message = "the clock is behind the instant at which this step began"
        yield Lack(code="clock", message=message, until=baked)
    elif case.now < baked:
        message = f"the step must last {case.stage.bake_minutes:g} minutes"
        yield Lack(code="bake", message=message, until=baked)
    full = case.rollout.started + case.rules.full_after_hours * _HOUR
    is_next = next_share(case.rules, case.rollout.percent) >= ALL > case.rollout.percent
    if is_next and case.now < full:
        message = (
            f"all of the traffic is given {case.rules.full_after_hours:g} hours after the start"
        )
        yield Lack(code="full_day", message=message, until=full)


def _lacking_split(case: _Case) -> Iterator[Lack]:
    split = case.evidence.split
    if split is not None and split.p_value < SKEWED:
        share = split.canary / (split.canary + split.stable)
        yield Lack(
            code="split",
            message=(
                f"{percent(share)} of the units met the canary where {split.percent:g} % should: "
                "look for hosts that serve another state, lost lines, or an override"
            ),
        )


def _lacking_units(case: _Case) -> Iterator[Lack]:
    if not sum(case.evidence.assigned):
        yield Lack(code="no_calls", message="no call of this step is in the log")
        return
    for arm, units in zip(("stable", "canary"), case.evidence.scored, strict=True):
        if units < case.stage.units:
            yield Lack(
                code=f"units_{arm}",
                message=f"{units:,} of {case.stage.units:,} units of the {arm} arm are scored",
                until=_until(case, units, case.stage.units),
            )


def _until(case: _Case, units: int, needed: int) -> float | None:
    if not units or not case.evidence.hours:
        return None
    return _in(case, (needed - units) / units * case.evidence.hours)


def _in(case: _Case, hours: float) -> float | None:
    """Return the instant in so many hours; None where nobody can know."""
    return case.now + hours * _HOUR if hours * _HOUR <= _LONGEST else None


def _lacking_scores(case: _Case) -> Iterator[Lack]:
    quality = case.evidence.by(Criterion.QUALITY)
    shares = [
        unknown / (unknown + arm.units) if unknown + arm.units >= FEWEST_UNKNOWN else 0.0
        for unknown, arm in zip(quality.unknown, (quality.stable, quality.canary), strict=True)
    ]
    if shares[1] - shares[0] > quality.max_rise:
        yield Lack(
            code="scores_missing",
            message=(
                f"{percent(shares[1])} of the canary's sampled units have no score, and "
                f"{percent(shares[0])} of the others: what is missing may be what failed"
            ),
        )


def _lacking_proof(case: _Case) -> Iterator[Lack]:
    for each in case.evidence.criteria:
        is_needed = each.criterion in _REQUIRED or not each.is_silent
        if each.proof >= case.stage.proof or not is_needed:
            continue
        yield Lack(
            code=f"proof_{each.criterion.value}",
            message=(
                f"{each.criterion.value}: that the canary does not fail {points(each.max_rise)} "
                f"more often has evidence {_reached(each.proof, case.stage.proof)}"
            ),
            until=_proven(case, each),
        )


def _reached(proof: float, needed: float) -> str:
    """Say how much of a proof there is; what falls short looks so."""
    text = f"{proof:.3g}"
    return f"{text} of {needed:g}" if float(text) < needed else f"just below {needed:g}"


def _proven(case: _Case, each: CriterionEvidence) -> float | None:
    """Return when a criterion should be proven, if nothing is wrong with the version."""
    if not each.pace:
        return None
    left = math.log(case.stage.proof) - math.log(max(each.proof, 1e-300))
    return _in(case, left / each.pace)
