"""Says in words what is known of the slices that a reader should see."""

from collections.abc import Iterator, Mapping

from evalgate.deciding.slice_reasons import odds
from evalgate.model.verdict import PromptVerdict, Slice, SliceFlag
from evalgate.reporting.numbers import count, percent

_TOLD = 20
_FLAGS: Mapping[SliceFlag, str] = {
    SliceFlag.WORSE: "got worse",
    SliceFlag.SUSPECT: "may have got worse",
}


def told_slices(verdict: PromptVerdict) -> Iterator[tuple[str, str]]:
    """Yield the tags of the protected and of the suspect slices with what is known of them."""
    told = [part for part in verdict.slices if part.protected or part.flag]
    told.sort(key=lambda part: (part.flag is not SliceFlag.WORSE, part.flag is None, part.tag))
    for part in told[:_TOLD]:
        yield part.tag, _said(part)
    if len(told) > _TOLD:
        yield "…", f"{count(len(told) - _TOLD, 'more slice')} in the full report"


def slice_mark(part: Slice) -> str:
    """Return what a table says of a slice: whether it is protected, and whether it got worse."""
    marks = ["protected"] if part.protected else []
    return ", ".join([*marks, *([_FLAGS[part.flag]] if part.flag else [])])


def _said(part: Slice) -> str:
    rates = [rate for rate in (part.baseline, part.candidate) if rate is not None]
    change = " → ".join(map(percent, rates))
    mark = slice_mark(part)
    # Of suspect slices a share is a false alarm; only of protected ones is there a rate per change.
    if part.flag is SliceFlag.WORSE and part.adjusted is not None:
        mark += f", by chance {odds(part.adjusted)}"
    return f"{count(part.cases, 'case')}, {change}: {mark}"
