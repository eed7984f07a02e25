"""Grades answers by Python functions that a team trusts; what they get wrong is ungraded."""

import re
from collections.abc import Iterator, Mapping

from evalgate.errors import Problem
from evalgate.grading.answer import Answer
from evalgate.grading.grades import graded, shorten, ungraded
from evalgate.model.document import Data
from evalgate.model.evalset import Case, EvalSet, GraderSpec
from evalgate.model.ports import CodeFault, CodeGraders
from evalgate.model.reading import describe
from evalgate.model.trial import Grade

PYTHON = "python"

PASSES_FROM = 0.5
"""The number from which on a function that returns a mere number accepts an answer."""

_REFERENCE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
_LONGEST_REFERENCE = 200
_KEYS = frozenset({"passed", "score", "reason"})
_FORBIDDEN = "Python graders are allowed by `paths.graders` in the policy at the base only"


def code_fault(argument: Data) -> str | None:
    """Say what is wrong with the argument of a `python` grader, or None."""
    written = argument if isinstance(argument, str) else ""
    if len(written) <= _LONGEST_REFERENCE and _REFERENCE.fullmatch(written):
        return None
    return f"expected `module:function`, got {describe(argument)}"


def code_references(evalset: EvalSet) -> Mapping[str, Case]:
    """Return the functions that an eval set grades with, each with the first case that does."""
    first: dict[str, Case] = {}
    for case in evalset.cases:
        for spec in case.graders:
            if spec.kind == PYTHON:
                first.setdefault(str(spec.argument), case)
    return first


def code_problems(evalset: EvalSet, code: CodeGraders | None) -> Iterator[Problem]:
    """Yield why functions that an eval set grades with cannot be called.

    Args:
        evalset: the set.
        code: the functions; None when the policy allows none.
    """
    for reference, case in code_references(evalset).items():
        for fault in (_FORBIDDEN,) if code is None else code.faults([reference]):
            yield Problem(
                path=case.path or evalset.path,
                line=case.line,
                key=f"case {case.id}: python: {reference}",
                message=fault,
            )


def code_grade(spec: GraderSpec, case: Case, answer: Answer, *, code: CodeGraders | None) -> Grade:
    """Return the grade that a function gives an answer.

    A function returns true or false, a number in 0..1, which accepts from 0.5 on, or a mapping with
    `passed`, and perhaps `score` and `reason`. Anything else leaves the answer ungraded.

    Args:
        spec: the grader.
        case: the case that was asked.
        answer: what the model said.
        code: the functions; None when the policy allows none.
    """
    if code is None:
        return ungraded(spec, cause="python_not_allowed", reason=f"{_FORBIDDEN}.")
    context = _context(case, answer)
    said = code.call(str(spec.argument), answer.text, context=context)
    if isinstance(said, CodeFault):
        return ungraded(spec, cause="python_error", reason=said.reason)
    return _grade(spec, said)


def _context(case: Case, answer: Answer) -> dict[str, Data]:
    """Return what a function may know; which version answered is no part of it."""
    completion = answer.completion
    return {
        "vars": dict(case.vars),
        "expected": case.expected,
        "references": list(case.references),
        "tags": list(case.tags),
        "stop_reason": completion.stop_reason,
        "tool_calls": [
            {"name": call.name, "input": dict(call.input)} for call in completion.tool_calls
        ],
        "latency_ms": completion.latency_ms,
        "cost_usd": answer.cost_usd,
    }


def _grade(spec: GraderSpec, said: Data) -> Grade:
    if isinstance(said, bool):
        return _accepted(spec, said)
    if isinstance(said, int | float) and 0 <= said <= 1:
        reason = f"`{spec.argument}` gives the answer {said:.3g}."
        return graded(spec, said >= PASSES_FROM, score=float(said), reason=reason)
    if isinstance(said, dict):
        return _from_mapping(spec, said)
    return _unreadable(spec, f"a value of the type `{type(said).__name__}`")


def _from_mapping(spec: GraderSpec, said: Mapping[str, Data]) -> Grade:
    unknown = [str(key) for key in said if key not in _KEYS]
    if unknown:
        return _unreadable(spec, f"a mapping with the key `{shorten(unknown[0], 40)}`")
    passed, score, reason = (said.get(key) for key in ("passed", "score", "reason"))
    if not isinstance(passed, bool):
        return _unreadable(spec, "a mapping whose `passed` is neither true nor false")
    if score is not None and not _is_share(score):
        return _unreadable(spec, "a mapping whose `score` is no number in 0..1")
    if reason is not None and not isinstance(reason, str):
        return _unreadable(spec, "a mapping whose `reason` is no text")
    degree = score if isinstance(score, int | float) else None
    return _accepted(spec, passed, score=degree, reason=reason or "")


def _accepted(
    spec: GraderSpec, passed: bool, *, score: float | None = None, reason: str = ""
) -> Grade:
    usual = f"`{spec.argument}` {'accepts' if passed else 'does not accept'} the answer."
    return graded(spec, passed, reason=shorten(reason, 400) or usual, score=score)


def _is_share(value: Data) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _unreadable(spec: GraderSpec, what: str) -> Grade:
    expected = "expected true, false, a number in 0..1 or a mapping with `passed`"
    reason = f"`{spec.argument}` returned {what}: {expected}."
    return ungraded(spec, cause="python_error", reason=reason)
