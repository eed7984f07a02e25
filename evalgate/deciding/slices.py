"""The cases that share a tag: their pass rates, and whether they got worse."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.bounds import (
    Sample,
    drop_p_value,
    lower_bound,
    proves_limit,
    upper_bound,
)
from evalgate.deciding.multiplicity import benjamini_hochberg, holm
from evalgate.deciding.rates import comparable, rate
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import FailWhen, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Slice, SliceFlag

SUSPECT_SHARE = 0.1
"""The share of false alarms that is tolerable among the slices that are pointed at."""

_MOST_UNITS = 1_000_000

Draw = Callable[[tuple[CasePair, ...]], Sample]
"""Makes a sample of compared cases, as the claim about the whole set wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntestedSlice:
    """A protected slice that could not have failed: too little of it was compared.

    `carriers` are its cases that no waiver takes out, `compared` those with a comparison, `lost`
    those that should have had one; `expected` tells that without the loss it could have been
    tested. `unedited` are the cases that were there at the base, waived ones included, and `waived`
    those of them that a waiver takes out; `by_waivers` tells that without waivers it could have
    been tested.
    """

    tag: str
    carriers: int
    compared: int
    lost: int
    expected: bool
    unedited: int = 0
    waived: int = 0
    by_waivers: bool = False


def slices(pairs: Sequence[CasePair], rules: GateRules, *, draw: Draw | None) -> tuple[Slice, ...]:
    """Return one slice per tag, sorted by tag.

    Both rates and the difference are over the comparable cases of the tag. A tag that has none
    (new cases only, or no baseline) has the candidate's rate alone, over all its graded cases.
    A tag without any graded case has no slice.

    A protected slice is flagged as worse when its drop is confirmed, the number of protected slices
    considered, and not shown to stay within the limit. Any slice is flagged as suspect when it is
    among those of which at most a tenth are expected to be false alarms.

    Args:
        pairs: the cases.
        rules: which slices are protected, the error rate, and what counts as a drop.
        draw: makes a sample of the compared cases; None when nothing is compared.
    """
    by_tag = _by_tag(pairs)
    drawn = [_slice(tag, by_tag[tag], rules) for tag in sorted(by_tag)]
    told = [each for each in drawn if each is not None]
    if draw is None:
        return tuple(told)
    samples = {each.tag: draw(comparable(by_tag[each.tag])) for each in told}
    tested = [_tested(each, samples[each.tag], rules) for each in told]
    return tuple(_flagged(tested, samples, rules))


def untested(comparison: Comparison, rules: GateRules, *, draw: Draw) -> tuple[UntestedSlice, ...]:
    """Return the protected slices of these cases that could not have failed."""
    by_tag, waived = _by_tag(comparison.pairs), _by_tag(comparison.waived)
    fewest = fewest_to_fail(rules)
    found = []
    for tag in rules.protected_slices:
        carriers, aside = by_tag.get(tag, []), waived.get(tag, [])
        if (carriers or aside) and draw(comparable(carriers)).units < fewest:
            found.append(_untested(tag, carriers, aside, fewest=fewest, draw=draw))
    return tuple(part for part in found if part.carriers or part.by_waivers)


def _untested(
    tag: str, carriers: list[CasePair], aside: list[CasePair], *, fewest: int, draw: Draw
) -> UntestedSlice:
    compared = len(comparable(carriers))
    same, same_aside = _unedited(carriers), _unedited(aside)
    unedited, lost = same + same_aside, same - compared
    could_be_compared = comparable([*carriers, *aside])
    some_lost = len(could_be_compared) < unedited
    return UntestedSlice(
        tag=tag,
        carriers=len(carriers),
        compared=compared,
        lost=lost,
        expected=lost > 0 and (same >= fewest or not compared),
        unedited=unedited,
        waived=same_aside,
        by_waivers=same_aside > 0
        and (draw(could_be_compared).units >= fewest or (some_lost and unedited >= fewest)),
    )


def _unedited(pairs: Sequence[CasePair]) -> int:
    return sum(pair.kind is CaseKind.SAME for pair in pairs)


def fewest_to_fail(rules: GateRules) -> int:
    """Return the number of cases, clusters or trials from which on a slice can fail at all.

    A million stands for itself and for more.
    """

    def can_fail(units: int) -> bool:
        return _p_value(_all_lost(units), rules) <= rules.alpha

    numbers = range(2, _MOST_UNITS)
    return numbers.start + bisect_left(numbers, x=True, key=can_fail)


def _all_lost(units: int) -> Sample:
    many = float(units)
    return Sample(
        units=units,
        effective=many,
        size=many,
        size_squares=many,
        squares=many,
        total=-many,
        cross=-many,
        lost=many,
    )


def _by_tag(pairs: Sequence[CasePair]) -> dict[str, list[CasePair]]:
    by_tag: dict[str, list[CasePair]] = {}
    for pair in pairs:
        for tag in set(pair.tags):
            by_tag.setdefault(tag, []).append(pair)
    return by_tag


def _slice(tag: str, pairs: Sequence[CasePair], rules: GateRules) -> Slice | None:
    compared = comparable(pairs)
    graded = compared or tuple(pair for pair in pairs if pair.candidate)
    candidate = rate(graded, Arm.CANDIDATE)
    if candidate is None:
        return None
    baseline = rate(compared, Arm.BASELINE)
    return Slice(
        tag=tag,
        cases=len(graded),
        baseline=baseline,
        candidate=candidate,
        delta=None if baseline is None else candidate - baseline,
        protected=tag in rules.protected_slices,
    )


def _tested(part: Slice, of: Sample, rules: GateRules) -> Slice:
    if part.delta is None:
        return part
    low, high = lower_bound(of, rules.alpha), upper_bound(of, rules.alpha)
    return replace(part, low=low, high=high, p_value=_p_value(of, rules))


def _p_value(of: Sample, rules: GateRules) -> float:
    beyond = rules.max_drop if rules.fail_when is FailWhen.BEYOND_LIMIT else 0.0
    return drop_p_value(of, beyond=beyond)


def _flagged(
    parts: Sequence[Slice], samples: dict[str, Sample], rules: GateRules
) -> Iterator[Slice]:
    """Yield the slices with their adjusted p-values and what follows from them."""
    known = {part.tag: part.p_value for part in parts if part.p_value is not None}
    among_all = dict(zip(known, benjamini_hochberg(list(known.values())), strict=True))
    protected = {
        part.tag: known[part.tag] for part in parts if part.protected and part.tag in known
    }
    strict = dict(zip(protected, holm(list(protected.values())), strict=True))
    for part in parts:
        if part.tag not in known:
            yield part
            continue
        adjusted = strict.get(part.tag, among_all[part.tag])
        flag = SliceFlag.SUSPECT if among_all[part.tag] <= SUSPECT_SHARE else None
        if part.protected and adjusted <= rules.alpha:
            within = proves_limit(samples[part.tag], rules.max_drop, rules.alpha)
            flag = flag if within else SliceFlag.WORSE
        yield replace(part, adjusted=adjusted, flag=flag)
