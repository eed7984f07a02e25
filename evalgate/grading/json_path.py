"""Selects values in an answer's JSON by a path (RFC 9535) and holds them against conditions."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from typing import cast

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery

from evalgate.grading.answer import Answer
from evalgate.grading.arguments import is_number, keys_fault, number_of, text_fault
from evalgate.grading.finding import Finding
from evalgate.grading.grades import quote, shorten
from evalgate.grading.json_text import NotJson, as_text, parse_json, same_value
from evalgate.grading.pattern import PATTERN_SECONDS, pattern, pattern_fault
from evalgate.grading.text_checks import exact
from evalgate.model.document import Data
from evalgate.model.reading import describe

MOST_NODES = 10_000
"""Nodes that one path may select."""

LONGEST_PATH = 500

_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")

# What a filter selects from the root is selected anew for every value that it is asked about.
_WIDE_FROM_ROOT = re.compile(r"\$(?:\s*\.\s*+\w++|\s*\[\s*+-?\d*+\s*+\])*+\s*+[.\[]")

_CONDITIONS = ("equals", "contains", "regex", "one_of", "exists", "min", "max", "count")


class _Paths(JSONPathEnvironment):
    """RFC 9535 without the functions that search by patterns of their own."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            del self.function_extensions[name]


_PATHS = _Paths()


def json_path_fault(argument: Data) -> str | None:
    """Say what is wrong with `{path, …}`, or None."""
    if not isinstance(argument, dict):
        return f"expected {{path: $.…, equals: …}}, got {describe(argument)}"
    fault = keys_fault(argument, ("path", *_CONDITIONS), required=("path",))
    fault = fault or path_fault(argument["path"])
    if fault:
        return fault
    conditions = [key for key in _CONDITIONS if key in argument]
    if not conditions:
        return f"expected a condition: one of {', '.join(_CONDITIONS)}"
    return next(filter(None, (_condition_fault(key, argument[key]) for key in conditions)), None)


def path_fault(path: Data) -> str | None:
    """Say what is wrong with a JSON path, or None."""
    if not isinstance(path, str) or not path:
        return f"expected a JSON path such as $.total, got {describe(path or None)}"
    if len(path) > LONGEST_PATH:
        return f"a path has at most {LONGEST_PATH} characters, this one has {len(path):,}"
    if path.count("..") > 2 or ("?" in path and ".." in path[path.index("?") :]):
        return "a path descends (`..`) at most twice, and not inside or after a filter"
    if _WIDE_FROM_ROOT.search(_LITERAL.sub("", path).partition("?")[2]):
        return (
            "inside a filter, a path from the root (`$`) names one value: no `*`, slice or filter"
        )
    try:
        _compiled(path)
    except (JSONPathError, RecursionError) as error:
        return f"not a JSON path (RFC 9535): {shorten(str(error).splitlines()[0], 120)}"
    return None


def json_path(argument: Data, answer: Answer) -> Finding:
    """Select values in an answer and hold each against the conditions."""
    told = argument if isinstance(argument, dict) else {}
    data = parse_json(answer.text)
    if isinstance(data, NotJson):
        return Finding(holds=False, reason=f"The answer {data.reason}.", final=True)
    path = as_text(told["path"])
    values = select(path, data)
    if len(values) > MOST_NODES:
        reason = f"{quote(path)} selects more than {MOST_NODES:,} values."
        return Finding(holds=None, reason=reason, cause="too_large")
    if "exists" in told and bool(values) is not told["exists"]:
        return Finding(holds=False, reason=f"{quote(path)} selects {some(values)}.")
    if "count" in told and len(values) != told["count"]:
        return Finding(holds=False, reason=f"{quote(path)} selects {some(values)}.")
    return _each(path, values, told)


def select(path: str, data: Data) -> list[Data]:
    """Return the values that a path selects, at most one more than `MOST_NODES`."""
    nodes = _compiled(path).finditer(data)
    return [cast("Data", node.value) for node in islice(nodes, MOST_NODES + 1)]


def some(values: list[Data]) -> str:
    """Say how many values there are."""
    return "nothing" if not values else f"{len(values):,} value{'s' if len(values) > 1 else ''}"


def _condition_fault(key: str, wanted: Data) -> str | None:
    if key in ("contains", "regex"):
        return text_fault(wanted) if key == "contains" else pattern_fault(wanted)
    fits: Mapping[str, tuple[str, bool]] = {
        "equals": ("a value", True),
        "one_of": ("a list", isinstance(wanted, list) and bool(wanted)),
        "exists": ("true or false", isinstance(wanted, bool)),
    }
    expected, is_right = fits.get(key, ("a number", is_number(wanted)))
    return None if is_right else f"expected {expected} at `{key}`, got {describe(wanted)}"


def _each(path: str, values: list[Data], told: Mapping[str, Data]) -> Finding:
    conditions = [key for key in _CONDITIONS if key in told and key not in ("exists", "count")]
    if conditions and not values:
        return Finding(holds=False, reason=f"{quote(path)} selects nothing.")
    for value in values:
        for key in conditions:
            broken = _broken(key, value, told[key])
            if isinstance(broken, Finding):
                return broken
            if broken:
                said = quote(as_text(value), 60)
                return Finding(holds=False, reason=f"At {quote(path)} stands {said}, {broken}.")
    said = quote(as_text(values[0]), 60) if len(values) == 1 else some(values)
    return Finding(holds=True, reason=f"At {quote(path)} stands {said}.")


def _broken(key: str, value: Data, wanted: Data) -> str | Finding | None:
    """Say how a value breaks a condition, or None when it does not."""
    if key == "regex":
        return _unmatched(value, as_text(wanted))
    return None if _HOLDS[key](value, wanted) else _MISSED[key].format(quote(as_text(wanted), 60))


def _unmatched(value: Data, written: str) -> str | Finding | None:
    try:
        found = pattern(written).search(as_text(value), timeout=PATTERN_SECONDS)
    except TimeoutError:
        reason = f"The pattern {quote(written)} searched longer than {PATTERN_SECONDS:g} s."
        return Finding(holds=None, reason=reason, cause="timeout")
    return None if found else f"which {quote(written, 60)} does not match"


def _contains(value: Data, wanted: Data) -> bool:
    if isinstance(value, list):
        return any(same_value(each, wanted) for each in value)
    return isinstance(value, str) and exact(as_text(wanted)) in exact(value)


def _listed(value: Data) -> list[Data]:
    return value if isinstance(value, list) else []


_HOLDS: Mapping[str, Callable[[Data, Data], bool]] = {
    "equals": same_value,
    "one_of": lambda value, options: any(same_value(value, each) for each in _listed(options)),
    "contains": _contains,
    "min": lambda value, least: is_number(value) and number_of(value) >= number_of(least),
    "max": lambda value, most: is_number(value) and number_of(value) <= number_of(most),
}
_MISSED: Mapping[str, str] = {
    "equals": "not {}",
    "one_of": "which is none of {}",
    "contains": "without {}",
    "min": "which is no number of at least {}",
    "max": "which is no number of at most {}",
}


@lru_cache(maxsize=1024)
def _compiled(path: str) -> JSONPathQuery:
    return _PATHS.compile(path)
