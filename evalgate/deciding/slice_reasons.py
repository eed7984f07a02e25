"""The reasons that slices give a verdict, with the chance of a false alarm in plain words."""

from collections.abc import Sequence

from evalgate.deciding.slices import UntestedSlice
from evalgate.deciding.wording import counted, listed, percent, points
from evalgate.model.policy import FailWhen, GateRules
from evalgate.model.verdict import Reason, Slice

_RAREST = 10_000


def protected_slice(part: Slice, rules: GateRules) -> Reason:
    """A protected slice got worse."""
    beyond = rules.fail_when is FailWhen.BEYOND_LIMIT
    than = f"dropped by more than {points(rules.max_drop)}" if beyond else "got worse"
    return Reason(
        code="protected_slice",
        message=f"The protected slice {part.tag} {than}: {_numbers(part)}. "
        f"Chance alone would make some protected slice look this bad {odds(part.adjusted or 0.0)}.",
    )


def suspect_slices(parts: Sequence[Slice]) -> Reason:
    """Protected slices look worse, which is not enough to fail."""
    many = len(parts) > 1
    said = listed([f"{part.tag} ({_numbers(part)})" for part in parts])
    return Reason(
        code="slice_suspect",
        message=f"The protected {'slices' if many else 'slice'} {said} may have got worse, "
        f"which is not confirmed: look at {'their' if many else 'its'} cases.",
    )


def slice_not_tested(part: UntestedSlice, fewest: int) -> Reason:
    """Cases of a protected slice went without a comparison, so that it could not have failed."""
    return Reason(
        code="protected_slice_lost",
        message=f"The protected slice {part.tag} was not tested: {part.lost:,} of its "
        f"{counted(part.carriers, 'case')} should have been compared and have no grades, "
        f"and it takes {fewest} comparisons to see a drop: find out why and run again.",
    )


def slice_waived(part: UntestedSlice) -> Reason:
    """Waivers leave too little of a protected slice to see a drop."""
    return Reason(
        code="protected_slice_waived",
        message=f"{waived_away(part.tag, waived=part.waived, of=part.unedited)}.",
    )


def waived_away(tag: str, *, waived: int, of: int) -> str:
    """Say how many of a protected slice's cases are waived, and that the rest is too little.

    Args:
        tag: the slice.
        waived: how many of its cases do not count.
        of: how many cases it has that could be compared without waivers.
    """
    if waived == of:
        return f"All cases of the protected slice {tag} are waived: it is not judged"
    left = of - waived
    return (
        f"{waived:,} of the {counted(of, 'case')} of the protected slice {tag} "
        f"{'are' if waived > 1 else 'is'} waived; "
        f"the {left:,} left {'are' if left > 1 else 'is'} too few to judge it"
    )


def slice_too_small(part: UntestedSlice, fewest: int) -> Reason:
    """A protected slice is too small to ever fail."""
    return Reason(
        code="protected_slice_small",
        message=f"The slice {part.tag} is protected in name only: {part.compared:,} of its "
        f"{counted(part.carriers, 'case')} can be compared, and with fewer than {fewest} "
        "no drop can ever be confirmed: add cases with this tag.",
    )


def odds(p_value: float) -> str:
    """Write a small chance in words: `about once in 40 harmless changes`."""
    if p_value < 1 / _RAREST:
        return f"less than once in {_RAREST:,} harmless changes"
    about = float(f"{1 / p_value:.2g}")
    return f"about once in {about:,.0f} harmless changes"


def _numbers(part: Slice) -> str:
    before = "" if part.baseline is None else f"{percent(part.baseline)} before and "
    return f"{before}{percent(part.candidate)} now over {counted(part.cases, 'case')}"
