"""Says in words what would change a verdict."""

from collections.abc import Iterator

from evalgate.model.turning import Mending, Remedy, Turning
from evalgate.model.verdict import PromptVerdict, Verdict
from evalgate.reporting.numbers import count, points

_NEXT = 0.01
"""How far above the worst end of the range a limit may lie for no other reason than rounding."""


def turnings(verdict: PromptVerdict) -> tuple[str, ...]:
    """Return one sentence for each thing that would change the verdict."""
    turning = verdict.turning
    return () if turning is None else tuple(_sentences(verdict, turning))


def _sentences(verdict: PromptVerdict, turning: Turning) -> Iterator[str]:
    if turning.mending is not None:
        yield _mending(turning.mending)
    if turning.trials is not None:
        trials = count(turning.trials, "trial")
        yield f"About {trials} per case would decide it, if the results stay like these."
    if turning.units is not None:
        yield _units(turning, turning.units)
    elif turning.trials is None and verdict.verdict is Verdict.INCONCLUSIVE:
        yield "More of the same evidence would not decide it: look at the cases that did worse."
    if turning.limit is not None:
        yield _limit(verdict, turning.limit)
    if turning.breaking is not None:
        broke = count(turning.breaking, "more case")
        yield f"It would no longer pass if {broke} broke."


def _mending(mending: Mending) -> str:
    as_before = mending.remedy is Remedy.AS_BEFORE
    kind = "case that did worse" if as_before else "failing case"
    kinds = "cases that did worse" if as_before else "failing cases"
    does = "answered as before" if as_before else "passed"
    if mending.of == 1:
        return f"It would pass if the one {kind} {does}."
    if mending.cases == mending.of:
        return f"It would pass if all {mending.of:,} {kinds} {does}."
    return f"It would pass if {mending.cases:,} of the {mending.of:,} {kinds} {does}, worst first."


def _units(turning: Turning, units: int) -> str:
    more = units - turning.have
    if turning.unit == "trial":
        return (
            f"{count(more, 'more trial')} in all would decide it, if the results stay like these."
        )
    about = f"About {count(more, f'more {turning.unit}')}"
    return f"{about} like these would decide it; there are {turning.have:,}."


def _limit(verdict: PromptVerdict, limit: float) -> str:
    size = points(limit)
    unit = "point" if size == "1" else "points"
    still = "still " if verdict.verdict is Verdict.PASS else ""
    said = f"It would {still}pass with a limit of {size} {unit} (`gate.max_drop`)"
    worst = -verdict.delta.low if verdict.delta else limit
    # The guard against rare losses looks at the share of cases that are lost, not at the mean.
    guard = ", which also has to allow for cases that may have broken outright"
    return f"{said}{guard if limit > worst + _NEXT else ''}."
