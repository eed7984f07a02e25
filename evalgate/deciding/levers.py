"""What would decide an undecided comparison: more cases, more trials, or a wider limit."""

import math
from dataclasses import dataclass

from evalgate.deciding.bounds import proves_limit
from evalgate.deciding.evidence import Evidence
from evalgate.deciding.suite import variance_within
from evalgate.deciding.wording import counted, points
from evalgate.model.comparison import CasePair
from evalgate.model.policy import Estimand, GateRules

_COPIES = (1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0)
_MOST_TRIALS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """What would decide if the results stay like these; None where it would not help.

    `trials` are per case; `units` are cases, clusters or, of a suite, all its trials. `limit` is
    the smallest whole number of points, as a fraction, that this evidence proves.
    """

    limit: float
    trials: int | None = None
    units: int | None = None


def find_levers(evidence: Evidence, rules: GateRules) -> Levers:
    """Return what would decide; more of the same only where that would help."""
    limit = provable_limit(evidence)
    copies = _copies_needed(evidence, rules)
    if copies is None:
        return Levers(limit=limit)
    is_suite = evidence.estimand is Estimand.SUITE
    return Levers(
        limit=limit,
        trials=_trials_needed(evidence, rules, copies),
        units=None if is_suite else _round_up(evidence.sample.units * copies),
    )


def levers(evidence: Evidence, rules: GateRules) -> str:
    """Name the steps that would decide, as one clause.

    More cases and more trials are named only where they would help if the results stay like these.
    """
    found = find_levers(evidence, rules)
    limit = f"a limit of {points(found.limit)}"
    if found.trials is None and found.units is None:
        advice = "more of the same evidence would not prove it, so look at the cases that got worse"
        return f"{advice}, or accept {limit}"
    steps = []
    if found.trials is not None:
        steps.append(f"about {counted(found.trials, 'trial')} per case")
    if found.units is not None:
        steps.append(f"about {counted(found.units, evidence.unit)} like these")
    return f"{', '.join(steps)} or {limit} would decide"


def provable_limit(evidence: Evidence) -> float:
    """Return the smallest whole number of points, as a fraction, that this evidence proves."""
    low = evidence.delta.low if evidence.delta else -1.0
    worst = max(evidence.unseen_loss - low, evidence.rare_loss)
    return min(1.0, (math.floor(worst * 100) + 1) / 100)


def _copies_needed(evidence: Evidence, rules: GateRules) -> float | None:
    for copies in _COPIES:
        if proves_limit(
            evidence.sample,
            rules.max_drop,
            rules.alpha,
            copies=copies,
            unseen_loss=evidence.unseen_loss,
        ):
            return copies
    return None


def _trials_needed(evidence: Evidence, rules: GateRules, copies: float) -> int | None:
    """Return the trials per case that narrow the bounds as much as so many copies of the set.

    The variance of a case's difference is that between cases plus that within a case over the
    number of trials; trials shrink only the latter, and cannot lift the guard against rare losses.
    """
    now = min((len(pair.candidate) for pair in evidence.compared), default=0)
    if evidence.estimand is Estimand.SUITE:
        return math.ceil(evidence.sample.units * copies / len(evidence.compared))
    if min(now, len(evidence.compared)) < 2 or evidence.rare_loss >= rules.max_drop:
        return None
    total = variance_within(tuple(pair.difference or 0.0 for pair in evidence.compared))
    within = math.fsum(map(_noise, evidence.compared)) / len(evidence.compared)
    room = total / copies - max(0.0, total - within)
    if room <= 0:
        return None
    trials = math.ceil(now * within / room)
    return trials if now < trials <= _MOST_TRIALS else None


def _noise(pair: CasePair) -> float:
    """Return the variance of a case's difference that is due to its trials alone."""
    arms = (pair.baseline, pair.candidate)
    return math.fsum(variance_within(arm) / len(arm) for arm in arms if len(arm) > 1)


def _round_up(number: float) -> int:
    """Round to two leading digits, upwards: the number is an estimate and should read as one."""
    step: int = 10 ** max(0, len(str(math.ceil(number))) - 2)
    return math.ceil(number / step) * step
