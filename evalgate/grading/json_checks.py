"""Checks of answers that are JSON: as a whole, somewhere in prose, or under a schema."""

import json
from itertools import islice

import regex

from evalgate.grading.answer import Answer
from evalgate.grading.finding import Finding
from evalgate.grading.grades import quote, shorten
from evalgate.grading.json_text import NotJson, parse_json
from evalgate.grading.schema import schema_fault, violation
from evalgate.model.document import Data
from evalgate.model.reading import describe

MOST_STARTS = 100
"""Places at which embedded JSON is looked for."""

LONGEST_SEARCHED = 1_000_000

_JSON = ("whole", "anywhere")


def json_fault(argument: Data) -> str | None:
    """Say what is wrong with `whole` or `anywhere`, or None."""
    if isinstance(argument, str) and argument in _JSON:
        return None
    return f"expected `whole` or `anywhere`, got {describe(argument)}"


def is_json(argument: Data, answer: Answer) -> Finding:
    """Read an answer as JSON, or look for an object or a list in it."""
    if argument == "whole":
        data = parse_json(answer.text)
        if isinstance(data, NotJson):
            return Finding(holds=False, reason=f"The answer {data.reason}.")
        return Finding(holds=True, reason="The whole answer is JSON.")
    found = _embedded(answer.text)
    if found is None:
        return Finding(holds=False, reason="No JSON object or list stands in the answer.")
    return Finding(holds=True, reason=f"The answer holds the JSON {quote(found, 60)}.")


def json_schema_fault(argument: Data) -> str | None:
    """Say what is wrong with a schema, or with the name of a file, or None."""
    if isinstance(argument, str):
        return f"there is no file {quote(argument)} beside the eval set, seen from its folder"
    if not isinstance(argument, dict):
        return f"expected a schema file or a schema, got {describe(argument)}"
    fault = schema_fault(argument)
    return None if fault is None else f"not a usable JSON Schema: {fault}"


def json_schema(argument: Data, answer: Answer) -> Finding:
    """Hold an answer against a JSON Schema."""
    data = parse_json(answer.text)
    if isinstance(data, NotJson):
        return Finding(holds=False, reason=f"The answer {data.reason}.")
    broken = violation(argument if isinstance(argument, dict) else {}, data)
    if broken is None:
        return Finding(holds=True, reason="The answer is JSON that is valid under the schema.")
    return Finding(holds=False, reason=shorten(f"The answer breaks the schema {broken}.", 240))


def _embedded(text: str) -> str | None:
    """Return the first JSON object or list that stands in a text."""
    searched = text[:LONGEST_SEARCHED]
    decoder = json.JSONDecoder(parse_constant=_refuse)
    for mark in islice(regex.finditer(r"[{\[]", searched), MOST_STARTS):
        try:
            _, end = decoder.raw_decode(searched, mark.start())
        except (ValueError, RecursionError):
            continue
        return searched[mark.start() : end]
    return None


def _refuse(word: str) -> Data:
    raise ValueError(word)
