"""Says how a verdict came about: at which look, on what record, and which losses are real."""

from collections.abc import Iterator, Sequence

from evalgate.model.verdict import LookTaken, PromptVerdict
from evalgate.reporting.numbers import count, percent
from evalgate.reporting.visible import on_one_line

_NAMED = 20
"""How many cases a line names."""


def course(verdict: PromptVerdict) -> Iterator[tuple[str, str]]:
    """Yield what there is to say, as titles and sentences of plain text."""
    if verdict.look is not None:
        yield "evidence", _evidence(verdict.look)
    if verdict.flips.broken:
        yield "confirmed", f"fail in every trial: {_named(verdict.flips.broken)}"
    if verdict.flips.slipped:
        yield "slips", f"failed once and not again: {_named(verdict.flips.slipped)}"


def _evidence(look: LookTaken) -> str:
    said = [f"{count(look.recorded, 'case')} on record"]
    if look.of > 1:
        said.append(f"look {look.number} of {look.of}, claims at {percent(look.level)}")
    if look.drifted:
        said.append("the record no longer holds, so the baseline ran again")
    elif look.afresh:
        said.append("the drop was checked against fresh trials of the baseline")
    return "; ".join(said)


def _named(cases: Sequence[str]) -> str:
    shown = ", ".join(on_one_line(case, 60) for case in cases[:_NAMED])
    more = len(cases) - _NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown
