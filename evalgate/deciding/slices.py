"""The cases that share a tag: their pass rates, and whether they got worse."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.bounds import (
    Difference,
    Sample,
    drop_p_value,
    proves_limit,
    sample,
)
from evalgate.deciding.multiplicity import benjamini_hochberg, holm
from evalgate.deciding.rates import comparable, rate
from evalgate.model.comparison import CaseKind, CasePair
from evalgate.model.policy import FailWhen, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Slice, SliceFlag

SUSPECT_SHARE = 0.1
"""The share of false alarms that is tolerable among the slices that are pointed at."""

Draw = Callable[[tuple[CasePair, ...]], Sample]
"""Makes a sample of compared cases, as the claim about the whole set wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntestedSlice:
    """A protected slice that could not have failed: too little of it was compared.

    `carriers` are its cases, `compared` those with a comparison, `lost` those that should have had
    one; `expected` tells that without the loss it could have been tested.
    """

    tag: str
    carriers: int
    compared: int
    lost: int
    expected: bool


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


def untested(
    pairs: Sequence[CasePair], rules: GateRules, *, draw: Draw
) -> tuple[UntestedSlice, ...]:
    """Return the protected slices of these cases that could not have failed."""
    by_tag = _by_tag(pairs)
    fewest = fewest_units(rules)
    found = []
    for tag in rules.protected_slices:
        carriers = by_tag.get(tag, [])
        compared = comparable(carriers)
        if not carriers or draw(compared).units >= fewest:
            continue
        same = sum(pair.kind is CaseKind.SAME for pair in carriers)
        lost = same - len(compared)
        slice_ = UntestedSlice(
            tag=tag,
            carriers=len(carriers),
            compared=len(compared),
            lost=lost,
            expected=lost > 0 and (same >= fewest or not compared),
        )
        found.append(slice_)
    return tuple(found)


def fewest_units(rules: GateRules) -> int:
    """Return the number of cases, clusters or trials from which on a slice can fail at all."""
    units = 2
    while _p_value(sample([Difference(value=-1.0)] * units), rules) > rules.alpha:
        units += 1
    return units


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
    return part if part.delta is None else replace(part, p_value=_p_value(of, rules))


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
