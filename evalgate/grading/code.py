"""Grades answers by Python functions that a team trusts; what they get wrong is ungraded."""

import re
from collections.abc import Iterator
from copy import deepcopy
from math import isfinite

from evalgate.grading.answer import Answer
from evalgate.grading.grades import graded, quote, shorten, ungraded
from evalgate.model.document import Data
from evalgate.model.evalset import Case, EvalSet, GraderSpec
from evalgate.model.ports import CodeGraders
from evalgate.model.reading import describe
from evalgate.model.trial import Grade

KIND = "python"

_REFERENCE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
_KEYS = frozenset({"passed", "score", "reason"})


def code_fault(argument: Data) -> str | None:
    """Say what is wrong with the argument of a `python` grader, or None."""
    if isinstance(argument, str) and _REFERENCE.fullmatch(argument):
        return None
    return f"expected `module:function`, got {describe(argument)}"


def code_references(evalset: EvalSet) -> Iterator[str]:
    """Yield the functions that an eval set grades with, repeats included."""
    for case in evalset.cases:
        for spec in case.graders:
            if spec.kind == KIND:
                yield str(spec.argument)


def code_grade(spec: GraderSpec, case: Case, answer: Answer, *, code: CodeGraders | None) -> Grade:
    """Return the grade that a function gives an answer.

    A function returns true or false, a number in 0..1 (1 passes), or a mapping with `passed`, and
    perhaps `score` and `reason`. Anything else, and any exception, leaves the answer ungraded.

    Args:
        spec: the grader.
        case: the case that was asked.
        answer: what the model said.
        code: the functions; None when the policy allows none.
    """
    if code is None:
        reason = "The policy at the base allows no Python graders (`paths.graders`)."
        return ungraded(spec, cause="python_not_allowed", reason=reason)
    try:
        said = code.call(str(spec.argument), answer.text, _context(case, answer))
    except Exception as error:  # noqa: BLE001 - whatever a team's function raises is its result
        reason = f"The function raised {type(error).__name__}{_line_of(error)}."
        return ungraded(spec, cause="python_error", reason=reason)
    return _grade(spec, said)


def _context(case: Case, answer: Answer) -> dict[str, Data]:
    """Return what a function may know; a copy, so that no function can change it for others."""
    completion = answer.completion
    context: dict[str, Data] = {
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
    return deepcopy(context)


def _grade(spec: GraderSpec, said: Data) -> Grade:
    fields = said if isinstance(said, dict) else {"passed": said}
    passed, score = fields.get("passed"), fields.get("score")
    if not isinstance(passed, bool) and _is_share(passed) and not isinstance(said, dict):
        passed, score = float(str(passed)) >= 1, passed
    if not isinstance(passed, bool) or not fields.keys() <= _KEYS or not _is_share(score, 1.0):
        reason = f"The function returned {quote(str(said))}: expected true, false, a number in 0..1"
        reason += " or a mapping with `passed`."
        return ungraded(spec, cause="python_error", reason=reason)
    written = fields.get("reason")
    usual = f"`{spec.argument}` {'accepts' if passed else 'does not accept'} the answer."
    reason = shorten(written, 400) if isinstance(written, str) and written.strip() else usual
    degree = None if score is None else float(str(score))
    return graded(spec, passed, reason=reason, score=degree)


def _is_share(value: Data, absent: float | None = None) -> bool:
    number = absent if value is None else value
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return is_number and isfinite(float(str(number))) and 0 <= float(str(number)) <= 1


def _line_of(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" at line {trace.tb_lineno}"
