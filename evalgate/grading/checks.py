"""The deterministic checks, as a table from a grader's key to what it looks for in an answer."""

from collections.abc import Mapping

from evalgate.grading import (
    call_checks,
    json_checks,
    json_path,
    language,
    measures,
    number_check,
    refusal,
    text_checks,
)
from evalgate.grading.answer import Answer
from evalgate.grading.arguments import span_fault, text_fault, texts_fault, word_fault
from evalgate.grading.finding import Check, Finding
from evalgate.grading.grades import graded, quote, ungraded
from evalgate.grading.json_text import NotJson, as_text, parse_json, same_value
from evalgate.grading.pattern import PATTERN_SECONDS, pattern, pattern_fault
from evalgate.model.document import Data
from evalgate.model.evalset import GraderSpec
from evalgate.model.trial import Grade


def check_grade(spec: GraderSpec, answer: Answer) -> Grade:
    """Return the grade that a check gives an answer."""
    finding = CHECKS[spec.kind].find(spec.argument, answer)
    if finding.holds is None:
        return ungraded(spec, cause=finding.cause, reason=finding.reason)
    return graded(spec, finding.holds, reason=finding.reason, final=finding.final)


def _equals_fault(argument: Data) -> str | None:
    return "expected a value to compare the answer with, got nothing" if argument is None else None


def _equals(argument: Data, answer: Answer) -> Finding:
    text = answer.text
    if isinstance(argument, str):
        same = text_checks.exact(text) == text_checks.exact(argument)
        reason = f"The answer is {quote(text)}" + ("." if same else f", not {quote(argument)}.")
        return Finding(holds=same, reason=reason)
    data = parse_json(text)
    if isinstance(data, NotJson):
        return Finding(holds=False, reason=f"The answer {data.reason}.", final=True)
    same = same_value(data, argument)
    reason = f"The answer {'equals' if same else 'does not equal'} {quote(as_text(argument))}."
    return Finding(holds=same, reason=reason)


def _regex(argument: Data, answer: Answer) -> Finding:
    written = as_text(argument)
    try:
        match = pattern(written).search(answer.text, timeout=PATTERN_SECONDS)
    except TimeoutError:
        reason = f"The pattern {quote(written)} searched longer than {PATTERN_SECONDS:g} s."
        return Finding(holds=None, reason=reason, cause="timeout")
    if match is None:
        return Finding(holds=False, reason=f"Nothing in the answer matches {quote(written)}.")
    return Finding(holds=True, reason=f"{quote(match[0])} matches {quote(written)}.")


def _stop_reason_fault(argument: Data) -> str | None:
    return word_fault(argument, call_checks.STOP_REASONS)


CHECKS: Mapping[str, Check] = {
    "equals": Check(fault=_equals_fault, find=_equals),
    "contains": Check(fault=text_fault, find=text_checks.contains),
    "contains_any": Check(fault=texts_fault, find=text_checks.contains_any),
    "contains_all": Check(fault=texts_fault, find=text_checks.contains_all),
    "icontains": Check(fault=text_fault, find=text_checks.icontains),
    "icontains_any": Check(fault=texts_fault, find=text_checks.icontains_any),
    "icontains_all": Check(fault=texts_fault, find=text_checks.icontains_all),
    "starts_with": Check(fault=text_fault, find=text_checks.starts_with),
    "ends_with": Check(fault=text_fault, find=text_checks.ends_with),
    "regex": Check(fault=pattern_fault, find=_regex),
    "json": Check(fault=json_checks.json_fault, find=json_checks.is_json),
    "json_schema": Check(fault=json_checks.json_schema_fault, find=json_checks.json_schema),
    "json_path": Check(fault=json_path.json_path_fault, find=json_path.json_path),
    "number": Check(fault=number_check.number_fault, find=number_check.number),
    "length": Check(fault=span_fault, find=measures.length),
    "words": Check(fault=span_fault, find=measures.words),
    "edit_distance": Check(fault=measures.edit_distance_fault, find=measures.edit_distance),
    "refusal": Check(fault=refusal.refusal_fault, find=refusal.refusal),
    "language": Check(fault=language.language_fault, find=language.language),
    "script": Check(fault=language.script_fault, find=language.script),
    "latency_ms": Check(fault=call_checks.limit_fault, find=call_checks.latency_ms),
    "cost_usd": Check(fault=call_checks.limit_fault, find=call_checks.cost_usd),
    "stop_reason": Check(fault=_stop_reason_fault, find=call_checks.stop_reason),
    "tool_called": Check(fault=call_checks.tool_called_fault, find=call_checks.tool_called),
}
