"""Decides from plain values: outcomes per case and arm, from a notebook or from another tool."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from types import MappingProxyType
from typing import Never, SupportsFloat

from evalgate.deciding.verdict import Decision, decide
from evalgate.model.comparison import ArmLedger, CaseKind, CasePair, Comparison
from evalgate.model.policy import GateRules
from evalgate.model.trial import Arm

_DEFAULTS = GateRules()
_NOTHING: Mapping[str, Never] = MappingProxyType({})
_MOST_PROBLEMS = 20

Outcomes = Mapping[str, tuple[float, ...]]
"""For each case the outcomes of its trials, in 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What is known of a case besides its outcomes."""

    tags: tuple[str, ...] = ()
    cluster: str | None = None
    weight: float = 1.0
    critical: bool = False


_PLAIN = CaseFacts()


def decide_values(  # noqa: PLR0913 - one function is what a notebook wants
    baseline: Mapping[str, Sequence[float]],
    candidate: Mapping[str, Sequence[float]],
    *,
    rules: GateRules = _DEFAULTS,
    clusters: Mapping[str, str] = _NOTHING,
    weights: Mapping[str, float] = _NOTHING,
    tags: Mapping[str, Sequence[str]] = _NOTHING,
    critical: Collection[str] = (),
) -> Decision:
    """Decide whether the candidate does worse than the baseline.

    A case that only the candidate has counts as new, one that only the baseline has as deleted, by
    the same rules as in the gate.

    Args:
        baseline: for each case the outcomes of its trials: numbers in 0..1, or true and false. The
            number of trials may differ between cases and between the arms.
        candidate: the same of the version under test.
        rules: the thresholds; drops and rates are fractions.
        clusters: the cluster of each case that depends on others.
        weights: how much a case counts, at least 0; 1 for the others.
        tags: the tags of cases; cases that share one are a slice.
        critical: the cases that must not break.

    Raises:
        ValueError: a value is wrong; the message names each with its case and what was expected.
    """
    arms = {Arm.BASELINE: baseline, Arm.CANDIDATE: candidate}
    wrong = [
        *_wrong_rules(rules),
        *_wrong_arms(arms),
        *_wrong_weights(weights),
        *_wrong_tags(tags),
        *_strangers(arms, {"clusters": clusters, "weights": weights, "tags": tags}),
        *_strangers(arms, {"critical": critical}),
    ]
    if wrong:
        more = f"\nand {len(wrong) - _MOST_PROBLEMS:,} more" if len(wrong) > _MOST_PROBLEMS else ""
        raise ValueError("\n".join(wrong[:_MOST_PROBLEMS]) + more)
    vital = frozenset(critical)
    facts = {
        case: CaseFacts(
            tags=tuple(tags.get(case, ())),
            cluster=clusters.get(case),
            weight=float(weights.get(case, 1.0)),
            critical=case in vital,
        )
        for case in {*clusters, *weights, *tags, *vital}
    }
    before, after = (
        {case: tuple(map(float, outcomes)) for case, outcomes in arm.items()}
        for arm in arms.values()
    )
    return decide(compare_outcomes(before, after, facts), rules, baseline=True)


def compare_outcomes(
    baseline: Outcomes, candidate: Outcomes, facts: Mapping[str, CaseFacts]
) -> Comparison:
    """Put the outcomes of both arms side by side, case by case; every trial has one.

    Args:
        baseline: the outcomes of the baseline.
        candidate: those of the candidate.
        facts: what is known of cases; the others have no tag, no cluster and a weight of 1.
    """
    pairs = tuple(
        _pair(case, baseline.get(case), after, facts=facts.get(case, _PLAIN))
        for case, after in candidate.items()
    )
    told = {Arm.BASELINE: baseline, Arm.CANDIDATE: candidate}
    trials = {arm: sum(map(len, outcomes.values())) for arm, outcomes in told.items()}
    return Comparison(
        pairs=pairs,
        deleted=tuple(case for case in baseline if case not in candidate),
        ledger={arm: ArmLedger(planned=number, graded=number) for arm, number in trials.items()},
        planned_pairs=trials[Arm.CANDIDATE],
        lost_pairs=0,
        error_kinds={},
    )


def _pair(
    case: str, before: tuple[float, ...] | None, after: tuple[float, ...], *, facts: CaseFacts
) -> CasePair:
    return CasePair(
        case=case,
        kind=CaseKind.NEW if before is None else CaseKind.SAME,
        baseline=before or (),
        candidate=after,
        tags=facts.tags,
        cluster=facts.cluster,
        weight=facts.weight,
        critical=facts.critical,
    )


def _wrong_rules(rules: GateRules) -> Iterator[str]:
    if not 0 < rules.max_drop < 1:
        meant = f": did you mean {rules.max_drop / 100:g}?" if 1 <= rules.max_drop < 100 else ""
        yield f"rules.max_drop: expected a fraction between 0 and 1, got {rules.max_drop}{meant}"
    if not 0 < rules.alpha < 0.5:
        yield f"rules.alpha: expected a fraction between 0 and 0.5, got {rules.alpha}"
    floor = rules.min_pass_rate
    if floor is not None and not 0 <= floor <= 1:
        yield f"rules.min_pass_rate: expected a fraction from 0 to 1, got {floor}"


def _wrong_arms(arms: Mapping[Arm, Mapping[str, Sequence[float]]]) -> Iterator[str]:
    if not arms[Arm.CANDIDATE]:
        yield "candidate: expected at least one case, got none"
    for arm, cases in arms.items():
        for case, outcomes in cases.items():
            yield from (
                f"{arm.value}: case {_short(case)}{wrong}" for wrong in _wrong_outcomes(outcomes)
            )


def _wrong_outcomes(outcomes: object) -> Iterator[str]:
    if isinstance(outcomes, str) or not isinstance(outcomes, Iterable):
        yield f": expected a list with the outcomes of its trials, got {_short(outcomes)}"
        return
    trials = 0
    for trials, outcome in enumerate(outcomes, start=1):
        # The usual values first: an array's own kinds of numbers take a call each.
        if outcome in (0.0, 1.0) or 0 <= _number(outcome) <= 1:
            continue
        yield f", trial {trials - 1}: expected a number from 0 to 1, got {_short(outcome)}"
    if not trials:
        yield ": expected at least one trial, got none"


def _wrong_weights(weights: Mapping[str, float]) -> Iterator[str]:
    for case, weight in weights.items():
        if not (isfinite(_number(weight)) and weight >= 0):
            got = _short(weight)
            yield f"weights: case {_short(case)}: expected a finite number from 0 up, got {got}"


def _wrong_tags(tags: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for case, each in tags.items():
        if isinstance(each, str) or not isinstance(each, Iterable):
            yield f"tags: case {_short(case)}: expected a list of texts, got {_short(each)}"


def _strangers(
    arms: Mapping[Arm, Mapping[str, Sequence[float]]], named: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """Say which cases are named that have no trial: a slip would go unnoticed otherwise."""
    for word, cases in named.items():
        strangers = [case for case in cases if all(case not in arm for arm in arms.values())]
        yield from (f"{word}: case {_short(case)} has no trial in either arm" for case in strangers)


def _number(value: object) -> float:
    """Return what counts as a number, as a text does not; NaN for anything else."""
    if not isinstance(value, SupportsFloat):
        return nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return nan


def _short(value: object) -> str:
    text = repr(value)
    return f"{text[:57]}…" if len(text) > 60 else text
