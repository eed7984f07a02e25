"""What would change a verdict: the least that would turn it, as far as that is known."""

from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What mended cases would have to do: answer as the baseline does, or simply pass."""

    AS_BEFORE = "as_before"
    PASS = "pass"  # noqa: S105 - a verdict, not a password


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """How many of the `of` cases that stand in the way, worst first, would have to be mended."""

    cases: int
    of: int
    remedy: Remedy = Remedy.AS_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """The least that would turn a verdict; each is None where it is not known, or would not help.

    Of a failure: the `mending` that would let it pass. Of an undecided verdict: the `trials` per
    case, or the `units` in all, that would decide it if the results stay like these; `unit` is what
    is counted, a case, a cluster or a trial, and `have` how many there are. Of a pass: `breaking`,
    how many further cases would have to break before it is none. `limit`, a fraction on the
    policy's own scale, is the smallest of whole or half points under which it would pass, or still
    pass.
    """

    mending: Mending | None = None
    limit: float | None = None
    trials: int | None = None
    units: int | None = None
    have: int = 0
    unit: str = "case"
    breaking: int | None = None
