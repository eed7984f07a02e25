"""Compares the number in an answer, or at a path in its JSON, within a tolerance."""

from collections.abc import Mapping
from decimal import Decimal

from evalgate.grading.answer import Answer
from evalgate.grading.arguments import is_number, keys_fault, number_of
from evalgate.grading.finding import Finding
from evalgate.grading.grades import quote
from evalgate.grading.json_checks import LONGEST_SEARCHED
from evalgate.grading.json_path import path_fault, select, some
from evalgate.grading.json_text import NotJson, as_text, parse_json
from evalgate.grading.numbers import Tolerance, decimal_of, numbers_in, readings
from evalgate.model.document import Data
from evalgate.model.reading import describe

Readings = Mapping[str, list[Decimal]]
"""Numbers as they are written, each with the values that it can mean."""

_KEYS = ("equals", "within", "within_percent", "path", "pick")
_PICKS = ("only", "first", "last", "any")


def number_fault(argument: Data) -> str | None:
    """Say what is wrong with a number, or with `{equals, …}`, or None."""
    if not isinstance(argument, dict):
        return None if is_number(argument) else f"expected a number, got {describe(argument)}"
    fault = keys_fault(argument, _KEYS, required=("equals",))
    for key in ("equals", "within", "within_percent"):
        value = argument.get(key, 0)
        if not is_number(value) or (key != "equals" and number_of(value) < 0):
            fault = fault or f"expected a number at `{key}`, got {describe(value)}"
    if argument.get("pick", "only") not in _PICKS:
        known = ", ".join(_PICKS)
        fault = fault or f"expected one of {known} at `pick`, got {describe(argument['pick'])}"
    return fault or (path_fault(argument["path"]) if "path" in argument else None)


def number(argument: Data, answer: Answer) -> Finding:
    """Compare the number in an answer, or at a path in its JSON, within a tolerance."""
    told = argument if isinstance(argument, dict) else {"equals": argument}
    expected = decimal_of(told["equals"])
    tolerance = Tolerance(
        amount=decimal_of(told.get("within", 0)) or Tolerance().amount,
        percent=decimal_of(told.get("within_percent", 0)) or Tolerance().percent,
    )
    if expected is None:
        return Finding(holds=None, reason="No number is expected.", cause="no_number")
    found = _at_path(told, answer) if "path" in told else _in_prose(told, answer)
    if isinstance(found, Finding):
        return found
    near = [
        written
        for written, values in found.items()
        if any(tolerance.allows(value, expected) for value in values)
    ]
    shown = ", ".join(quote(written, 30) for written in (near or list(found))[:5])
    verb = "is" if near else "is not"
    reason = f"The answer's number {shown} {verb} {as_text(told['equals'])}{_within(told)}."
    return Finding(holds=bool(near), reason=reason)


def _at_path(told: Mapping[str, Data], answer: Answer) -> Finding | Readings:
    data = parse_json(answer.text)
    if isinstance(data, NotJson):
        return Finding(holds=False, reason=f"The answer {data.reason}.", final=True)
    path = as_text(told["path"])
    values = select(path, data)
    if len(values) != 1:
        return Finding(holds=False, reason=f"{quote(path)} selects {some(values)}, not one.")
    value = decimal_of(values[0])
    if value is None:
        reason = f"At {quote(path)} stands {describe(values[0])}, which is no number."
        return Finding(holds=False, reason=reason)
    return {as_text(values[0]): [value]}


def _in_prose(told: Mapping[str, Data], answer: Answer) -> Finding | Readings:
    written = list(numbers_in(answer.text[:LONGEST_SEARCHED]))
    pick = told.get("pick", "only")
    if not written:
        return Finding(holds=False, reason="No number stands in the answer.")
    if pick == "only" and len(set(written)) > 1:
        shown = ", ".join(quote(each, 30) for each in list(dict.fromkeys(written))[:5])
        reason = f"Several numbers stand in the answer ({shown}); `pick` says which one counts."
        return Finding(holds=False, reason=reason, final=True)
    chosen = {"first": written[:1], "last": written[-1:]}.get(str(pick), written)
    return {each: readings(each) for each in chosen}


def _within(told: Mapping[str, Data]) -> str:
    parts = [f"{as_text(told['within'])}"] if "within" in told else []
    parts += [f"{as_text(told['within_percent'])} %"] if "within_percent" in told else []
    return f" within {' or '.join(parts)}" if parts else ""
