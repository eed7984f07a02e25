"""The deterministic checks, as a table from a grader's key to what it looks for in an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import regex

from evalgate.grading.answer import Answer
from evalgate.grading.grades import graded, quote, shorten, ungraded
from evalgate.grading.json_text import NotJson, as_text, parse_json, same_value
from evalgate.grading.pattern import size_fault
from evalgate.grading.schema import schema_fault, violation
from evalgate.model.document import Data
from evalgate.model.evalset import GraderSpec
from evalgate.model.reading import describe
from evalgate.model.trial import Grade

PATTERN_SECONDS = 0.25
"""How long one pattern may search one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check sees in an answer.

    `holds` is None when the check cannot tell, and `cause` says why. A `final` finding is one that
    `not:` does not turn around.
    """

    holds: bool | None
    reason: str
    cause: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of check.

    `fault` says what is wrong with an argument, or None. `find` takes an argument without fault,
    and an answer.
    """

    fault: Callable[[Data], str | None]
    find: Callable[[Data, Answer], Finding]


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
        same = text == argument
        reason = f"The answer is {quote(text)}" + ("." if same else f", not {quote(argument)}.")
        return Finding(holds=same, reason=reason)
    data = parse_json(text)
    if isinstance(data, NotJson):
        return Finding(holds=False, reason=f"The answer {data.reason}.", final=True)
    same = same_value(data, argument)
    reason = f"The answer {'equals' if same else 'does not equal'} {quote(as_text(argument))}."
    return Finding(holds=same, reason=reason)


def _contains_fault(argument: Data) -> str | None:
    if isinstance(argument, bool) or not isinstance(argument, str | int | float):
        return f"expected text or a number, got {describe(argument)}; write one grader per text"
    return "expected text; every answer contains the empty text" if argument == "" else None


def _contains(argument: Data, answer: Answer) -> Finding:
    text = answer.text
    wanted = as_text(argument)
    holds = wanted in text
    verb = "contains" if holds else "does not contain"
    return Finding(holds=holds, reason=f"The answer {verb} {quote(wanted)}.")


def _regex_fault(argument: Data) -> str | None:
    if not isinstance(argument, str) or not argument:
        return f"expected a pattern as text, got {describe(argument or None)}"
    fault = size_fault(argument)
    if fault is not None:
        return fault
    try:
        _pattern(argument)
    except regex.error as error:
        return f"not a valid pattern: {error}"
    except RecursionError:
        return "not a usable pattern: its groups are nested too deeply"
    return None


def _regex(argument: Data, answer: Answer) -> Finding:
    text = answer.text
    written = as_text(argument)
    try:
        match = _pattern(written).search(text, timeout=PATTERN_SECONDS)
    except TimeoutError:
        reason = f"The pattern {quote(written)} searched longer than {PATTERN_SECONDS:g} s."
        return Finding(holds=None, reason=reason, cause="timeout")
    if match is None:
        return Finding(holds=False, reason=f"Nothing in the answer matches {quote(written)}.")
    return Finding(holds=True, reason=f"{quote(match[0])} matches {quote(written)}.")


# Compiled once per pattern: every trial of a case asks for the same one.
@lru_cache(maxsize=4096)
def _pattern(written: str) -> "regex.Pattern[str]":
    return regex.compile(written)


def _json_schema_fault(argument: Data) -> str | None:
    if isinstance(argument, str):
        return f"there is no file {quote(argument)} beside the eval set, seen from its folder"
    if not isinstance(argument, dict):
        return f"expected a schema file or a schema, got {describe(argument)}"
    fault = schema_fault(argument)
    return None if fault is None else f"not a usable JSON Schema: {fault}"


def _json_schema(argument: Data, answer: Answer) -> Finding:
    text = answer.text
    data = parse_json(text)
    if isinstance(data, NotJson):
        return Finding(holds=False, reason=f"The answer {data.reason}.")
    broken = violation(argument if isinstance(argument, dict) else {}, data)
    if broken is None:
        return Finding(holds=True, reason="The answer is JSON that is valid under the schema.")
    return Finding(holds=False, reason=shorten(f"The answer breaks the schema {broken}.", 240))


CHECKS: Mapping[str, Check] = {
    "equals": Check(fault=_equals_fault, find=_equals),
    "contains": Check(fault=_contains_fault, find=_contains),
    "regex": Check(fault=_regex_fault, find=_regex),
    "json_schema": Check(fault=_json_schema_fault, find=_json_schema),
}
