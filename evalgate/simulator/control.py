"""Reads what a running server is told from outside: the faults that it is to play from now on."""

import json
from dataclasses import replace

from evalgate.errors import ConfigurationError
from evalgate.simulator.fault_rules import Fault, read_faults
from evalgate.simulator.response import Response, carrying, rejected
from evalgate.simulator.wire import Rejection, invalid

PATH = "/simulator/faults"
HERE = frozenset({"127.0.0.1", "::1"})
"""Only callers on this machine are obeyed."""

MOST_BYTES = 1_000_000
_KEY = "control"


def read_control(body: bytes, *, remote: str | None) -> tuple[Fault, ...] | Rejection:
    """Return the faults that a call lists, or why they are not taken.

    Args:
        body: a JSON list, of the same keys as `faults` in a rule file.
        remote: the address that the call came from.
    """
    if remote not in HERE:
        message = "faults can only be changed from this machine"
        return Rejection(status=403, kind="permission_error", message=message)
    if len(body) > MOST_BYTES:
        return invalid(f"expected at most {MOST_BYTES:,} bytes")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return invalid('expected a JSON list of faults, such as [{"kind": "overloaded"}]')
    try:
        return read_faults(data, origin=PATH)
    except ConfigurationError as error:
        return invalid("; ".join(str(problem) for problem in error.problems))


def control_answer(read: tuple[Fault, ...] | Rejection) -> Response:
    """Return the response to such a call: a line, since it is read in a terminal."""
    if isinstance(read, Rejection):
        answer = rejected(read, key=_KEY)
    else:
        answer = carrying({"faults": len(read)}, key=_KEY)
    return replace(answer, body=answer.body + b"\n")
