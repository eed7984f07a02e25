"""Reads a fault of the simulator from one option of the command line."""

import re
from argparse import ArgumentTypeError
from collections.abc import Mapping

from evalgate.errors import ConfigurationError
from evalgate.model.document import Data
from evalgate.simulator.fault_rules import Fault, read_faults

_PAIRS = re.compile(r",(?=\w+=)")
"""A comma before the next key; any other belongs to a value, such as a pattern."""

_NUMBERS: Mapping[str, type[int] | type[float]] = {
    "first_attempts": int,
    **dict.fromkeys(("share", "seconds", "between", "from", "until"), float),
}


def read_fault_option(text: str) -> Fault:
    """Return the fault that `key=value` pairs, with commas between them, describe.

    Raises:
        ArgumentTypeError: with every problem, so that the command line is refused.
    """
    pairs = [pair.partition("=") for pair in _PAIRS.split(text)]
    bare = [key for key, equals, _ in pairs if not equals]
    if bare:
        raise ArgumentTypeError(f"expected KEY=VALUE, got {bare[0][:60]!r}")
    twice = {key for key, _, _ in pairs if [pair[0] for pair in pairs].count(key) > 1}
    if twice:
        raise ArgumentTypeError(f"the key {min(twice)!r} is given twice")
    try:
        (fault,) = read_faults([{key: _value(key, value) for key, _, value in pairs}], origin="")
    except ConfigurationError as error:
        places = [(each.key.removeprefix("faults[0]").lstrip("."), each) for each in error.problems]
        told = "; ".join(f"{key}: {each.message}" if key else each.message for key, each in places)
        raise ArgumentTypeError(told) from None
    return fault


def _value(key: str, text: str) -> Data:
    try:
        return _NUMBERS.get(key, str)(text)
    except ValueError:
        return text
