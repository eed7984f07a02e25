"""Decides from plain values: outcomes per case and arm, from a notebook or from another tool."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import nan
from types import MappingProxyType
from typing import Never, SupportsFloat, TypeVar

from evalgate.deciding.verdict import Decision, decide
from evalgate.model.comparison import ArmLedger, CaseKind, CasePair, Comparison
from evalgate.model.policy import GateRules
from evalgate.model.reading import shortened
from evalgate.model.trial import Arm

_DEFAULTS = GateRules()
_NOTHING: Mapping[str, Never] = MappingProxyType({})
_MOST_PROBLEMS = 20
_LIGHTEST, _HEAVIEST = 1e-15, 1e15

_Given = TypeVar("_Given")

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
    baseline: Mapping[str, Iterable[float]],
    candidate: Mapping[str, Iterable[float]],
    *,
    rules: GateRules = _DEFAULTS,
    clusters: Mapping[str, str] = _NOTHING,
    weights: Mapping[str, float] = _NOTHING,
    tags: Mapping[str, Iterable[str]] = _NOTHING,
    critical: Iterable[str] = (),
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
        weights: how much a case counts: 0, or from 1e-15 to 1e15; 1 for the others.
        tags: the tags of cases; cases that share one are a slice.
        critical: the cases that must not break.

    Raises:
        ValueError: a value is wrong; the message names each with its case and what was expected.
    """
    _refuse(
        [
            *_wrong_rules(rules),
            *_wrong_mappings({"baseline": baseline, "candidate": candidate}),
            *_wrong_mappings({"clusters": clusters, "weights": weights, "tags": tags}),
            *_wrong_critical(critical),
        ]
    )
    # What can be gone through only once is kept, so that what is checked is what is decided on.
    before, after, named = _kept(baseline), _kept(candidate), _kept(tags)
    vital = tuple(critical)  # not yet a set: of its members nothing is known
    arms = {Arm.BASELINE: before, Arm.CANDIDATE: after}
    _refuse(
        [
            *_wrong_arms(arms),
            *_wrong_weights(weights, after),
            *_wrong_tags(named),
            *_wrong_clusters(clusters),
            *_strangers(arms, {"clusters": clusters, "weights": weights, "tags": named}),
            *_strangers(arms, {"critical": vital}),
        ]
    )
    crucial = frozenset(vital)
    facts = {
        case: CaseFacts(
            tags=tuple(named.get(case, ())),
            cluster=clusters.get(case),
            weight=float(weights.get(case, 1.0)),
            critical=case in crucial,
        )
        for case in {*clusters, *weights, *named, *crucial}
    }
    comparison = compare_outcomes(_numbers(before), _numbers(after), facts)
    return decide(comparison, rules, baseline=True)


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


def _numbers(arm: Mapping[str, Iterable[float]]) -> Outcomes:
    return {case: tuple(map(float, outcomes)) for case, outcomes in arm.items()}


def _kept(values: Mapping[str, Iterable[_Given]]) -> dict[str, Iterable[_Given]]:
    """Return the values of each case as a tuple; what is no list stays, to be refused by name."""
    return {case: each if _is_no_list(each) else tuple(each) for case, each in values.items()}


def _is_no_list(value: object) -> bool:
    """Whether the value has no members, or none whose number and order are its own."""
    return isinstance(value, str | bytes | Mapping | AbstractSet) or not isinstance(value, Iterable)


def _refuse(wrong: Sequence[str]) -> None:
    if wrong:
        more = f"\nand {len(wrong) - _MOST_PROBLEMS:,} more" if len(wrong) > _MOST_PROBLEMS else ""
        raise ValueError("\n".join(wrong[:_MOST_PROBLEMS]) + more)


def _wrong_mappings(named: Mapping[str, object]) -> Iterator[str]:
    for word, value in named.items():
        if not isinstance(value, Mapping):
            yield f"{word}: expected a mapping with the cases as keys, got {_short(value)}"


def _wrong_critical(critical: object) -> Iterator[str]:
    if isinstance(critical, str | bytes | Mapping) or not isinstance(critical, Iterable):
        yield f"critical: expected a list of cases, got {_short(critical)}"


def _wrong_rules(rules: GateRules) -> Iterator[str]:
    if not 0 < rules.max_drop < 1:
        meant = f": did you mean {rules.max_drop / 100:g}?" if 1 <= rules.max_drop < 100 else ""
        yield f"rules.max_drop: expected a fraction between 0 and 1, got {rules.max_drop}{meant}"
    if not 0 < rules.alpha < 0.5:
        yield f"rules.alpha: expected a fraction between 0 and 0.5, got {rules.alpha}"
    floor = rules.min_pass_rate
    if floor is not None and not 0 <= floor <= 1:
        yield f"rules.min_pass_rate: expected a fraction from 0 to 1, got {floor}"


def _wrong_arms(arms: Mapping[Arm, Mapping[str, Iterable[float]]]) -> Iterator[str]:
    if not arms[Arm.CANDIDATE]:
        yield "candidate: expected at least one case, got none"
    for arm, cases in arms.items():
        for case, outcomes in cases.items():
            yield from (
                f"{arm.value}: case {_short(case)}{wrong}" for wrong in _wrong_outcomes(outcomes)
            )


def _wrong_outcomes(outcomes: Iterable[object]) -> Iterator[str]:
    if not isinstance(outcomes, tuple):
        yield f": expected a list with the outcomes of its trials, got {_short(outcomes)}"
        return
    for trial, outcome in enumerate(outcomes):
        # The usual values first: an array's own kinds of numbers take a call each.
        if isinstance(outcome, int | float) and 0 <= outcome <= 1:
            continue
        if not 0 <= _number(outcome) <= 1:
            yield f", trial {trial}: expected a number from 0 to 1, got {_short(outcome)}"
    if not outcomes:
        yield ": expected at least one trial, got none"


def _wrong_weights(weights: Mapping[str, float], cases: Collection[str]) -> Iterator[str]:
    """Say which weights are wrong: sums of far smaller or larger ones would not be exact."""
    for case, weight in weights.items():
        number = _number(weight)
        if number != 0 and not _LIGHTEST <= number <= _HEAVIEST:
            span = f"0 or a number from {_LIGHTEST:g} to {_HEAVIEST:g}"
            yield f"weights: case {_short(case)}: expected {span}, got {_short(weight)}"
    if cases and all(_number(weights.get(case, 1.0)) == 0 for case in cases):
        yield "weights: all weights are 0: expected one case at least that counts"


def _wrong_tags(tags: Mapping[str, Iterable[object]]) -> Iterator[str]:
    for case, each in tags.items():
        if not isinstance(each, tuple):
            yield f"tags: case {_short(case)}: expected a list of texts, got {_short(each)}"
            continue
        for tag in each:
            if not isinstance(tag, str):
                yield f"tags: case {_short(case)}: expected texts, got {_short(tag)}"


def _wrong_clusters(clusters: Mapping[str, object]) -> Iterator[str]:
    for case, cluster in clusters.items():
        if not isinstance(cluster, str):
            yield f"clusters: case {_short(case)}: expected a text, got {_short(cluster)}"


def _strangers(
    arms: Mapping[Arm, Mapping[str, object]], named: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """Say which cases are named that have no trial: a slip would go unnoticed otherwise."""
    known = {*arms[Arm.BASELINE], *arms[Arm.CANDIDATE]}
    for word, cases in named.items():
        strangers = [case for case in cases if not _is_among(case, known)]
        yield from (f"{word}: case {_short(case)} has no trial in either arm" for case in strangers)


def _is_among(case: str, known: AbstractSet[str]) -> bool:
    try:
        return case in known
    except TypeError:  # a list or another name that no case can have
        return False


def _number(value: object) -> float:
    """Return what counts as a number, as a text does not; NaN for anything else."""
    if not isinstance(value, SupportsFloat):
        return nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return nan


def _short(value: object) -> str:
    return shortened(repr(value))
