"""What Jinja expressions do to values, each within bounds: reach in, compare, reckon, cut."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Literal

from evalgate.adapters.jinja_run import Missing, Run, Unfit, Value
from evalgate.model.document import Data
from evalgate.model.template import as_text

LARGEST = 10**18
"""The largest number that an expression may have."""

LARGEST_POWER = 64

Number = int | float
Order = Literal["<", "<=", ">", ">="]


def kind(value: Data) -> str:
    """Say what a value is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def present(value: Value) -> Data:
    """Return a value that is there."""
    if isinstance(value, Missing):
        raise Unfit(value.message)
    return value


def number(value: Data) -> Number:
    """Return a value that is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"expected a number, got {kind(value)}")
    return value


def text(value: Data) -> str:
    """Return a value that is a text."""
    if not isinstance(value, str):
        raise Unfit(f"expected a text, got {kind(value)}")
    return value


def items(run: Run, value: Data) -> list[Data]:
    """Return the items of a list, or the keys of a mapping."""
    if isinstance(value, str) or not isinstance(value, list | dict):
        raise Unfit(f"expected a list or a mapping, got {kind(value)}")
    run.spend(len(value))
    return list(value)


def size(value: Data) -> int:
    """Return the number of characters, items or keys."""
    if not isinstance(value, str | list | dict):
        raise Unfit(f"expected a text, a list or a mapping, got {kind(value)}")
    return len(value)


def inside(value: Data, key: Data, *, name: str = "") -> Value:
    """Return what a value holds under a key or at a position, counted from 0.

    Args:
        value: a list, a mapping or a text.
        key: a key or a position.
        name: what the value is called in a message.
    """
    if isinstance(key, str) and key.startswith("_"):
        return Missing(f"what starts with `_` is out of reach: `{key[:60]}`")
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key, Missing(f"there is no `{key[:60]}` in {name or 'the mapping'}"))
    is_position = isinstance(key, int) and not isinstance(key, bool)
    if is_position and isinstance(value, list | str):
        position = int(str(key))
        if -len(value) <= position < len(value):
            return value[position]
        return Missing(f"there is no item {position} in {name or kind(value)} of {len(value)}")
    what = "items" if is_position else f"`{as_text(key)[:60]}`"
    return Missing(f"{name or kind(value)} has no {what}: it is {kind(value)}")


def along(value: Data, path: Data) -> Value:
    """Return what lies at the end of a path: `customer.name`, `rows.0`."""
    steps = str(path).split(".") if isinstance(path, str) else [path]
    for step in steps:
        is_position = isinstance(step, str) and step.isascii() and step.isdigit() and len(step) < 9
        found = inside(value, int(str(step)) if is_position else step)
        if isinstance(found, Missing):
            return found
        value = found
    return value


def cut(run: Run, value: Data, *, bounds: tuple[Data, Data, Data]) -> Data:
    """Return the part of a list or text between two positions, in steps."""
    if not isinstance(value, list | str):
        raise Unfit(f"expected a list or a text to cut, got {kind(value)}")
    if any(bound is not None and type(bound) is not int for bound in bounds):
        raise Unfit("expected whole numbers between `[` and `]`")
    if bounds[2] == 0:
        raise Unfit("the step of a slice cannot be 0")
    start, stop, step = (None if bound is None else int(str(bound)) for bound in bounds)
    if isinstance(value, str):
        run.spend_text(len(value))
        return value[start:stop:step]
    run.spend(len(value))
    return value[start:stop:step]


def same(run: Run, left: Data, right: Data) -> bool:
    """Return whether two values are equal."""
    run.walk(left)
    return left == right


def within(run: Run, item: Data, whole: Data) -> bool:
    """Return whether a text has a part, a list an item, or a mapping a key."""
    run.walk(whole)
    if isinstance(whole, str):
        return text(item) in whole
    if isinstance(whole, dict):
        if isinstance(item, list | dict):
            raise Unfit(f"expected a key before `in`, got {kind(item)}")
        return isinstance(item, str) and item in whole
    if isinstance(whole, list):
        run.walk(item)
        return item in whole
    raise Unfit(f"expected a text, a list or a mapping after `in`, got {kind(whole)}")


def ordered(run: Run, left: Data, right: Data, *, sign: Order) -> bool:
    """Return whether two numbers or two texts stand in an order."""
    if isinstance(left, str) and isinstance(right, str):
        run.walk(left)
        order = (left > right) - (left < right)
    elif isinstance(left, str) or isinstance(right, str):
        raise Unfit(f"cannot compare {kind(left)} with {kind(right)}")
    else:
        first, second = number(left), number(right)
        order = (first > second) - (first < second)
    return order in _ORDERS[sign]


def reckon(sign: str, left: Data, right: Data) -> Number:
    """Return what arithmetic makes of two numbers."""
    if isinstance(left, str | list) or isinstance(right, str | list):
        raise Unfit(
            f"`{sign}` works on numbers only: to put texts together, write them side by side "
            "or use `[a, b]|join`"
        )
    first, second = number(left), number(right)
    if sign == "**" and (abs(second) > LARGEST_POWER or (first < 0 and second != int(second))):
        raise Unfit(f"a power of at most {LARGEST_POWER}, and of a negative number a whole one")
    try:
        return bounded(_ARITHMETIC[sign](first, second))
    except (ZeroDivisionError, OverflowError) as error:
        raise Unfit(f"cannot reckon this: {error}") from None


def bounded(value: Number) -> Number:
    """Return a number that is not too large, and is one at all."""
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise Unfit("a number is larger than a 1 with 18 zeros, or is none")
    return value


_ORDERS: Mapping[Order, tuple[int, ...]] = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}

_ARITHMETIC: Mapping[str, Callable[[Number, Number], Number]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
