"""Judges an answer by the required rubrics of a case, criterion by criterion, as labels do."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from evalgate.grading.answer import Answer
from evalgate.grading.case_hash import CaseHasher, Substance
from evalgate.grading.graders import RUBRIC
from evalgate.grading.judgement import criterion_verdicts, rubric_grade, verdict_from_criteria
from evalgate.grading.rubric import FILES, REFERENCES, RESULTS, SYSTEM, TEXTS
from evalgate.grading.trial import Judge, Judging, grade_answer
from evalgate.model.chat import CallFailure, ChatRequest, Completion, Usage
from evalgate.model.evalset import Case, GraderSpec
from evalgate.model.trial import Grade

_INSTRUCTIONS = "\0".join((SYSTEM, REFERENCES, TEXTS, FILES, RESULTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the judge says of an answer: a grade for each required rubric, and each criterion.

    `criteria` holds what it said about each criterion, by text; None where it cannot tell.
    `simulated` tells that a simulator said it.
    """

    grades: tuple[Grade, ...]
    criteria: Mapping[str, bool | None]
    simulated: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether every rubric passes; None, as in a trial, when one has no grade."""
        verdicts = [grade.passed for grade in self.grades]
        return None if None in verdicts else all(verdicts)

    @property
    def reason(self) -> str:
        """The reason of the rubric that decides."""
        return _deciding(self.grades, self.passed).reason

    @property
    def cause(self) -> str:
        """Why there is no verdict; empty when there is one."""
        return "" if self.passed is not None else _deciding(self.grades, None).cause or ""


def required_rubrics(case: Case) -> tuple[GraderSpec, ...]:
    """Return the rubrics of a case that an answer must pass."""
    return tuple(spec for spec in case.graders if spec.kind == RUBRIC and spec.required)


def criteria_of(case: Case) -> tuple[str, ...]:
    """Return the criteria of the required rubrics of a case, each once."""
    texts = (criterion.text for spec in required_rubrics(case) for criterion in spec.criteria)
    return tuple(dict.fromkeys(texts))


def asked_hash(case: Case) -> str:
    """Return a hash of all that the judge is asked about a case, but for the answer.

    It covers the required rubrics, what the judge reads besides them, and its instructions.
    """
    substance = Substance(
        vars=case.vars,
        expected=case.expected,
        pass_at=0.0,
        references=case.references,
        tool_results=case.tool_results,
        files=case.files,
    )
    asked = CaseHasher(shared=()).hash(substance, required_rubrics(case))
    return hashlib.sha256(f"{_INSTRUCTIONS}\0{asked}".encode()).hexdigest()[:32]


def label_from_criteria(case: Case, labels: Mapping[str, bool]) -> bool | None:
    """Return whether an answer passes, by what people said of the criteria.

    None means that too few of them are labelled to tell.
    """
    verdicts = [verdict_from_criteria(spec, labels) for spec in required_rubrics(case)]
    if False in verdicts:
        return False
    return None if None in verdicts else True


async def judge_answer(case: Case, answer: str, *, trial: str, judging: Judging) -> Judgement:
    """Return what the judge says of an answer.

    Args:
        case: what was asked; of its graders only the required rubrics are used.
        answer: the text that people have labelled.
        trial: `<case>/<index>`; travels with the judge's requests.
        judging: by which judge.
    """
    rubrics = required_rubrics(case)
    listening = _Listening(judge=judging.judge)
    grades = await grade_answer(
        replace(case, graders=rubrics),
        Answer(completion=written(answer)),
        trial=trial,
        judging=replace(judging, judge=listening),
    )
    criteria: dict[str, bool | None] = {}
    for spec, grade, replies in zip(rubrics, grades, listening.replies, strict=True):
        # Of several votes the one whose grade stands speaks for the criteria too.
        vote = next((each for each in replies if _agrees(spec, each, grade)), replies[-1])
        criteria.update(criterion_verdicts(spec, vote))
    heard = [reply for replies in listening.replies for reply in replies]
    simulated = any(isinstance(reply, Completion) and reply.simulated for reply in heard)
    return Judgement(grades=grades, criteria=criteria, simulated=simulated)


def written(answer: str) -> Completion:
    """Return a finished answer that nobody was asked for."""
    return Completion(
        text=answer,
        model="",
        stop_reason="end_turn",
        usage=Usage(input_tokens=0, output_tokens=0),
        latency_ms=0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listening:
    """Passes requests on to the judge and keeps its replies, rubric by rubric."""

    judge: Judge
    replies: list[list[Completion | CallFailure]] = field(default_factory=list)

    async def __call__(self, request: ChatRequest) -> Completion | CallFailure:
        if request.sample == 0:  # the first vote on the next rubric
            self.replies.append([])
        reply = await self.judge(request)
        self.replies[-1].append(reply)
        return reply


def _agrees(spec: GraderSpec, reply: Completion | CallFailure, grade: Grade) -> bool:
    return rubric_grade(spec, reply).passed is grade.passed


def _deciding(grades: tuple[Grade, ...], passed: bool | None) -> Grade:
    return next(grade for grade in grades if grade.passed is passed)
