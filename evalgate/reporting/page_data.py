"""The cases of a report as data that its page reads: a list of all, and the whole of each.

The list is small and read at once; what stands behind a case is read when somebody opens it. Every
text is made visible here, so that the page has only to show it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from evalgate.model.document import Data
from evalgate.model.track import Track
from evalgate.model.trial import Arm, Grade
from evalgate.reporting.numbers import tally
from evalgate.reporting.story import (
    ArmStory,
    CaseOutcome,
    CaseStory,
    Mark,
    Outcome,
    PromptStory,
    Report,
    TrialStory,
    complaint_of,
)
from evalgate.reporting.visible import Excerpt, ended, shorter, visible
from evalgate.reporting.word_diff import ALIKE, likeness, word_diff

_FLIPPED = frozenset((Outcome.REGRESSED, Outcome.FAILING, Outcome.FIXED, Outcome.WAIVED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How many characters a text may have: of a case that flipped, and of any other."""

    flipped: int
    other: int

    def of(self, outcome: Outcome) -> int:
        """Return the limit for a case."""
        return self.flipped if outcome in _FLIPPED else self.other


def list_data(report: Report) -> Data:
    """Return the list of all cases, prompt by prompt, in the order of the report.

    A case has a `place` when there is more to read about it: its number among those of
    `case_data`, counted through all prompts.
    """
    prompts: list[Data] = []
    place = 0
    for story in report.prompts:
        whole = {told.result.case: place + i for i, told in enumerate(story.cases)}
        place += len(story.cases)
        prompts.append(_prompt(story, whole))
    return {"run": report.run.run_id, "prompts": prompts}


def case_data(report: Report, depth: Depth) -> Iterator[Data]:
    """Yield the whole of each case that can be told, prompt by prompt."""
    for story in report.prompts:
        for told in story.cases:
            yield _case(told, story.track, depth.of(told.result.outcome))


def _prompt(story: PromptStory, whole: Mapping[str, int]) -> Data:
    verdict = story.verdict
    told = {each.result.case: each for each in story.cases}
    return {
        "name": visible(verdict.name),
        "version": visible(verdict.candidate.version) if verdict.candidate else "",
        "baseline": visible(verdict.baseline.version) if verdict.baseline else "",
        "evalset": visible(verdict.evalset),
        "cases": [_row(result, told.get(result.case), whole) for result in story.results],
    }


def _row(result: CaseOutcome, told: CaseStory | None, whole: Mapping[str, int]) -> Data:
    row: dict[str, Data] = {
        "id": visible(result.case),
        "outcome": result.outcome.value,
        "before": _tally(result, Arm.BASELINE),
        "after": _tally(result, Arm.CANDIDATE),
        "change": _change(result),
    }
    if result.tags:
        row["tags"] = [visible(tag) for tag in result.tags]
    if result.marks:
        row["marks"] = [mark.value for mark in Mark if mark in result.marks]
    if result.failing:
        row["failing"] = [visible(grader) for grader in result.failing]
    if told:
        row |= {"place": whole[result.case], "says": visible(ended(complaint_of(told), 300))}
        row |= _took(told)
    return row


def _tally(result: CaseOutcome, arm: Arm) -> str:
    return tally(result.arms[arm].outcomes) if arm in result.arms else ""


def _change(result: CaseOutcome) -> float | None:
    means = [result.arms[arm].mean for arm in Arm if arm in result.arms]
    if len(means) < len(Arm) or None in means:
        return None
    before, after = (mean or 0.0 for mean in means)
    return round(after - before, 4)


def _took(told: CaseStory) -> dict[str, Data]:
    """Return how long the candidate's slowest answer took, and what its answers cost."""
    trials = told.trials.get(Arm.CANDIDATE, ())
    times = [trial.latency_ms for trial in trials if trial.latency_ms is not None]
    costs = [trial.cost_usd for trial in trials]
    known = [cost for cost in costs if cost is not None]
    total = sum(known)
    # JSON has no infinity: a browser would refuse the whole list for one such number.
    is_known = trials and len(known) == len(costs) and isfinite(total)
    return {"ms": max(times, default=None), "cost": round(total, 6) if is_known else None}


def _case(told: CaseStory, track: Track | None, limit: int) -> Data:
    case: dict[str, Data] = {
        "given": [[visible(name), *_text(value, limit)] for name, value in told.variables],
        "expected": _text(told.expected, limit) if told.expected else None,
        "cluster": visible(told.cluster) if told.cluster else "",
        "arms": {arm.value: _arm(told.arms[arm], limit) for arm in Arm if arm in told.arms},
        "trials": {
            arm.value: [_trial(trial, limit) for trial in told.trials[arm]]
            for arm in Arm
            if arm in told.trials
        },
        "history": _history(told.result.case, track),
        # Half of a case is none: it could not be read as YAML.
        "source": visible(told.source) if len(told.source) <= 4 * limit else "",
        "command": visible(told.command),
    }
    if len(told.arms) == len(Arm):
        case["diff"] = _diff(told.arms, limit)
    return case


def _text(part: Excerpt, limit: int) -> list[Data]:
    """Return a text and, where it was cut, the note about what is missing."""
    cut = shorter(part, limit)
    return [visible(cut.text), cut.note] if cut.note else [visible(cut.text)]


def _arm(side: ArmStory, limit: int) -> Data:
    return {
        "version": visible(side.version),
        "trial": side.trial,
        "answer": _text(side.answer, limit),
        "stop": visible(side.stop_reason),
        "grades": [_grade(grade, limit) for grade in side.grades],
    }


def _grade(grade: Grade, limit: int) -> Data:
    return {
        "grader": visible(ended(grade.grader, limit)),
        "passed": grade.passed,
        "score": None if grade.score is None else round(grade.score, 4),
        "says": visible(ended(grade.reason, limit)),
        "cause": visible(grade.cause or ""),
        "required": grade.required,
    }


def _trial(trial: TrialStory, limit: int) -> Data:
    told: dict[str, Data] = {"trial": trial.trial, "outcome": trial.outcome}
    more: dict[str, Data] = {
        "why": visible(trial.why),
        "ms": trial.latency_ms,
        "cost": trial.cost_usd,
        "reused": trial.reused,
        "confirms": trial.confirms or None,
        "answer": _text(trial.answer, limit) if trial.answer else None,
    }
    return told | {key: value for key, value in more.items() if value not in (None, "")}


def _history(case: str, track: Track | None) -> list[Data]:
    """Return what the records say of a case: when, which version, and its outcomes."""
    points = track.points if track else ()
    return [
        [point.at[:10], visible(point.version), tally(point.outcomes[case])]
        for point in points
        if case in point.outcomes
    ]


def _diff(arms: Mapping[Arm, ArmStory], limit: int) -> Data:
    """Return the pieces of both answers, none when they have next to nothing in common."""
    before, after = (visible(shorter(arms[arm].answer, limit).text) for arm in Arm)
    pieces = word_diff(before, after)
    if likeness(pieces) < ALIKE:
        return None
    return [[piece.kind.value, piece.text] for piece in pieces]


def in_chunks(items: Iterator[Data], size: int) -> Iterator[Sequence[Data]]:
    """Yield so many items at a time; the last chunk may have fewer."""
    chunk: list[Data] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
