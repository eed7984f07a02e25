"""Pass rates of the cases that share a tag."""

from collections.abc import Sequence

from evalgate.deciding.rates import comparable, rate
from evalgate.model.comparison import CasePair
from evalgate.model.trial import Arm
from evalgate.model.verdict import Slice


def slices(pairs: Sequence[CasePair]) -> tuple[Slice, ...]:
    """Return one slice per tag, sorted by tag.

    Both rates and the difference are over the comparable cases of the tag. A tag that has none
    (new cases only, or no baseline) has the candidate's rate alone, over all its graded cases.
    A tag without any graded case has no slice.
    """
    by_tag: dict[str, list[CasePair]] = {}
    for pair in pairs:
        for tag in set(pair.tags):
            by_tag.setdefault(tag, []).append(pair)
    drawn = (_slice(tag, by_tag[tag]) for tag in sorted(by_tag))
    return tuple(drawn_slice for drawn_slice in drawn if drawn_slice is not None)


def _slice(tag: str, pairs: Sequence[CasePair]) -> Slice | None:
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
    )
