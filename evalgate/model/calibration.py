"""A calibration: how the judge did on answers that people have labelled, frozen in a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.policy import JudgeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePrint:
    """What of the judge's settings shapes its verdicts; the route is not among it."""

    model: str
    effort: str | None
    max_tokens: int
    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """An answer with the label that people gave it, and what the judge said of it then.

    `human` and `judge` tell whether the answer meets the required rubrics of its case.
    """

    case: str
    answer: str
    human: bool
    judge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionCounts:
    """How often people and the judge said what about one criterion, people first in the names."""

    pass_pass: int = 0
    pass_fail: int = 0
    fail_pass: int = 0
    fail_fail: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The file `<evalset>.json` of one eval set.

    `asked` holds for each case of the anchors a hash of all that the judge is asked about it.
    `ungraded` counts by cause the answers that the judge gave no verdict on; they are no anchors.
    """

    evalset: str
    judge: JudgePrint
    asked: Mapping[str, str]
    anchors: tuple[Anchor, ...]
    criteria: Mapping[str, CriterionCounts] = field(default_factory=dict)
    ungraded: Mapping[str, int] = field(default_factory=dict)
    simulated: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorCheck:
    """An anchor that a judge is held against.

    `settings` are those of the judge. `known` is its verdict where nothing that shapes it has
    changed; None asks the judge. `human` is None for an answer without a label of its own.
    """

    answer: str
    human: bool | None
    settings: JudgeSettings
    known: bool | None = None


def verdict_word(passed: bool) -> str:
    """Return the word for what was said of an answer."""
    return "pass" if passed else "fail"


def print_of(settings: JudgeSettings) -> JudgePrint:
    """Return what of the settings a calibration holds for."""
    return JudgePrint(
        model=settings.model,
        effort=settings.effort,
        max_tokens=settings.max_tokens,
        votes=settings.votes,
    )
