"""Grades one answer with every grader of its case, and sums the grades up to an outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Protocol

from evalgate.grading.answer import Answer
from evalgate.grading.checks import check_grade
from evalgate.grading.code import PYTHON, code_grade
from evalgate.grading.completed import completed
from evalgate.grading.exchange import exchange_of
from evalgate.grading.fence import safe_boundary
from evalgate.grading.graders import RUBRIC
from evalgate.grading.judgement import rubric_grade
from evalgate.grading.rubric import Exchange, rubric_request
from evalgate.grading.votes import is_settled, majority
from evalgate.model.chat import CallFailure, ChatRequest, Completion
from evalgate.model.evalset import Case, GraderSpec
from evalgate.model.policy import JudgeSettings
from evalgate.model.ports import CodeGraders
from evalgate.model.trial import Grade, TrialError, TrialStatus

ROUNDING = 1e-9
"""How far a weighted mean may lie below `pass_at` by rounding alone."""


class Judge(Protocol):
    """Sends a request to the judge's model, with the retries that the caller chose."""

    async def __call__(self, request: ChatRequest) -> Completion | CallFailure:
        """Return the judge's reply, or the typed failure."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """By which judge, settings and random boundary rubrics are judged.

    `draw_boundary` returns 32 random lowercase hex digits at each call. `code` are the Python
    graders; without them such a grader gives no grade.
    """

    judge: Judge
    settings: JudgeSettings
    draw_boundary: Callable[[], str]
    code: CodeGraders | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the grades of a trial amount to; `passed` and `score` are None when it is errored."""

    status: TrialStatus
    passed: bool | None = None
    score: float | None = None
    error: TrialError | None = None


async def grade_answer(
    case: Case, answer: Answer, *, trial: str, judging: Judging
) -> tuple[Grade, ...]:
    """Return the grades of an answer, in the order of the case's graders.

    An answer that was refused or cut short gets a failing `completed` in front and no rubric, so
    that no judge is paid for it. A failing check does not spare the judge: its reason is reported.

    Args:
        case: the case that was asked.
        answer: what the model said.
        trial: `<case>/<index>`; travels with the judge's requests.
        judging: how rubrics are judged.
    """
    exchange = exchange_of(case, answer.completion)
    whole = completed(answer.completion, specs=case.graders)
    grades = [] if whole.passed else [whole]
    for spec in case.graders:
        if spec.kind == PYTHON:
            grades.append(code_grade(spec, case, answer, code=judging.code))
        elif spec.kind != RUBRIC:
            grades.append(check_grade(spec, answer))
        elif whole.passed:
            grades.append(await _judged(spec, exchange, trial=trial, judging=judging))
    return tuple(grades)


async def _judged(spec: GraderSpec, exchange: Exchange, *, trial: str, judging: Judging) -> Grade:
    """Return the judge's grade, after further votes when the first one fails the answer."""
    most = judging.settings.votes
    votes: list[Grade] = []
    while not votes or not is_settled(votes, most):
        request = _request(spec, exchange, judging)
        number = len(votes)
        vote = trial if not votes else f"{trial}#{number + 1}"
        reply = await judging.judge(replace(request, trial=vote, sample=number))
        votes.append(rubric_grade(spec, reply))
    return majority(votes, most)


def outcome(grades: Sequence[Grade], *, pass_at: float) -> Outcome:
    """Return what the grades of a trial amount to.

    It passes when every required grade passes and the mean of the scores, by weight and over the
    graded ones, reaches `pass_at`. A required grade that is ungraded makes it errored, and so do
    grades that leave nothing to take a mean of.
    """
    for grade in grades:
        if grade.passed is None and grade.required:
            return _errored(f"`{grade.grader}` is ungraded: {grade.cause}: {grade.reason}")
    score = _mean(grades)
    if score is None:
        return _errored("no grader with a weight gave a grade")
    required = all(grade.passed for grade in grades if grade.required)
    passed = required and score >= pass_at - ROUNDING
    return Outcome(status=TrialStatus.GRADED, passed=passed, score=score)


def _request(spec: GraderSpec, exchange: Exchange, judging: Judging) -> ChatRequest:
    criteria = [criterion.text for criterion in spec.criteria]
    boundary = safe_boundary(judging.draw_boundary, *criteria, *exchange.texts())
    return rubric_request(spec, exchange, boundary=boundary, judge=judging.settings)


def _mean(grades: Sequence[Grade]) -> float | None:
    scored = [(grade.score, grade.weight) for grade in grades if grade.score is not None]
    total = fsum(weight for _, weight in scored)
    return None if total == 0 else fsum(score * weight for score, weight in scored) / total


def _errored(message: str) -> Outcome:
    error = TrialError(kind="ungraded", message=message)
    return Outcome(status=TrialStatus.ERRORED, error=error)
