"""Which sampled answers people look at first, and what becomes of what they say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.document import Data
from evalgate.model.sample import Sample
from evalgate.model.spooled import SpoolPlace
from evalgate.runtime.smelling.sampling import drawn

_SALT = "review"
_DIGITS = 12
_CASE = "production-"


class Order(StrEnum):
    """What is shown first.

    `random` alone shows answers as they are met in production, so only its labels tell how good
    they are. `worst` begins with the lowest score, `disagreeing` where the criteria, or the smell
    test and the judge, differ most; `smell` with the most smells, `newest` with the latest.
    """

    RANDOM = "random"
    WORST = "worst"
    DISAGREEING = "disagreeing"
    SMELL = "smell"
    NEWEST = "newest"


class Word(StrEnum):
    """What a reviewer can say, by its first letter."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNSURE = "unsure"
    SKIP = "skip"
    BACK = "back"
    QUIT = "quit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sampled answer that can be looked at; `scores` are by criterion, None where ungraded."""

    place: SpoolPlace
    ts: float
    request_id: str
    smell: tuple[str, ...] = ()
    scores: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer says of an answer, with a note or without."""

    word: Word
    note: str = ""


def in_order(
    candidates: Iterable[Candidate], order: Order, *, criterion: str, rater: str = ""
) -> Sequence[Candidate]:
    """Return the answers in the order in which they are shown; equal ones as they were drawn.

    Each rater has a draw of their own, so that two who begin together see different ones first.
    """

    def place(each: Candidate) -> tuple[float, float]:
        return _rank(each, order, criterion), drawn(each.request_id, f"{_SALT}\0{rater}")

    return sorted(candidates, key=place)


def read_decision(text: str) -> Decision | None:
    """Return what a line says: a letter or a word, and perhaps a note; None when it is neither."""
    word, _, note = text.strip().partition(" ")
    said = word.casefold()
    found = next((each for each in Word if said in (each.value, each.value[0])), None)
    return None if found is None else Decision(word=found, note=" ".join(note.split()))


def case_name(request_id: str, criterion: str) -> str:
    """Return the id of the case that a sampled call becomes."""
    kept = "".join(each for each in request_id if each.isalnum())[-_DIGITS:]
    return f"{_CASE}{kept}-{criterion}"


def label_row(
    sample: Sample, decision: Decision, *, criterion: str, evalset: str = "", rater: str = ""
) -> dict[str, Data]:
    """Return the row that `evalgate calibrate` reads; of texts it holds the answer alone.

    Args:
        sample: the call.
        decision: that it passes, fails, or that nobody can tell.
        criterion: that the answer was held against, whose rubric is the case's.
        evalset: the set with the case; empty where nobody says.
        rater: who says so.
    """
    row: dict[str, Data] = {"case": case_name(sample.request_id, criterion), "answer": sample.text}
    if evalset:
        row = {"evalset": evalset, **row}
    if decision.word in (Word.PASS, Word.FAIL):
        row["human"] = decision.word.value
    if rater:
        row["rater"] = rater
    note = decision.note or ("unsure" if decision.word is Word.UNSURE else "")
    return {**row, "note": note} if note else row


def _rank(each: Candidate, order: Order, criterion: str) -> float:
    known = [score for score in each.scores.values() if score is not None]
    match order:
        case Order.WORST:
            score = each.scores.get(criterion)
            return 2.0 if score is None else score
        case Order.DISAGREEING:
            told = [*known, 0.0] if each.smell else known
            return min(told) - max(told) if told else 1.0
        case Order.SMELL:
            return -float(len(each.smell))
        case Order.NEWEST:
            return -each.ts
        case Order.RANDOM:
            return 0.0
