"""What may stand after `is` in a Jinja template: each question about a value, within bounds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evalgate.adapters.jinja_run import Missing, Run, Unfit, Value
from evalgate.adapters.jinja_values import (
    Order,
    number,
    ordered,
    present,
    reckon,
    same,
    text,
    within,
)
from evalgate.model.document import Data

Ask = Callable[[Run, Value, Sequence[Data]], bool]


@dataclass(frozen=True, slots=True)
class Predicate:
    """A question about a value, with so many arguments."""

    ask: Ask
    arguments: int = 0


def ask(run: Run, name: str, value: Value, *, given: Sequence[Data]) -> bool:
    """Return the answer of a predicate that is named by a value rather than in the template."""
    predicate = PREDICATES.get(name)
    if predicate is None:
        raise Unfit(f"there is no test `{name[:60]}`")
    if len(given) != predicate.arguments:
        raise Unfit(f"the test `{name}` takes {predicate.arguments} arguments, got {len(given)}")
    return predicate.ask(run, value, given)


def _simple(question: Callable[[Data], bool]) -> Predicate:
    return Predicate(lambda _run, value, _given: question(present(value)))


def _order(sign: Order) -> Predicate:
    return Predicate(lambda run, value, given: ordered(run, present(value), given[0], sign=sign), 1)


def _is_number(value: Data) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _remainder(value: Data, divisor: Data) -> float:
    return reckon("%", number(value), divisor)


_EQUAL = Predicate(lambda run, value, given: same(run, present(value), given[0]), 1)
_UNEQUAL = Predicate(lambda run, value, given: not same(run, present(value), given[0]), 1)
_CONTAINER = _simple(lambda value: isinstance(value, str | list | dict))
_LESS, _GREATER = _order("<"), _order(">")

PREDICATES: Mapping[str, Predicate] = {
    "defined": Predicate(lambda _run, value, _given: not isinstance(value, Missing)),
    "undefined": Predicate(lambda _run, value, _given: isinstance(value, Missing)),
    "none": _simple(lambda value: value is None),
    "true": _simple(lambda value: value is True),
    "false": _simple(lambda value: value is False),
    "boolean": _simple(lambda value: isinstance(value, bool)),
    "number": _simple(_is_number),
    "integer": _simple(lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "float": _simple(lambda value: isinstance(value, float)),
    "string": _simple(lambda value: isinstance(value, str)),
    "mapping": _simple(lambda value: isinstance(value, dict)),
    "sequence": _CONTAINER,
    "iterable": _CONTAINER,
    "even": _simple(lambda value: _remainder(value, 2) == 0),
    "odd": _simple(lambda value: _remainder(value, 2) == 1),
    "divisibleby": Predicate(
        lambda _run, value, given: _remainder(present(value), given[0]) == 0, 1
    ),
    "lower": _simple(lambda value: text(value).islower()),
    "upper": _simple(lambda value: text(value).isupper()),
    "in": Predicate(lambda run, value, given: within(run, present(value), given[0]), 1),
    "eq": _EQUAL,
    "equalto": _EQUAL,
    "==": _EQUAL,
    "ne": _UNEQUAL,
    "!=": _UNEQUAL,
    "lt": _LESS,
    "lessthan": _LESS,
    "<": _LESS,
    "gt": _GREATER,
    "greaterthan": _GREATER,
    ">": _GREATER,
    "le": _order("<="),
    "<=": _order("<="),
    "ge": _order(">="),
    ">=": _order(">="),
}
